"""Who must complete what, by when, and why: rules, cycles, leave and waivers."""
