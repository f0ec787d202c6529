"""The sample clinic: invented people, brought in by the real import, with a past."""
