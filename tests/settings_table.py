"""README's table of settings, made from the settings class."""

import sys
from pathlib import Path

from pydantic import AliasChoices

from training.settings import Settings

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- settings:", "<!-- /settings -->"


def table() -> str:
    lines = ["| setting | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        told = f"BYP_{name.upper()}"
        if isinstance(alias, AliasChoices):
            told = str(alias.choices[-1])
        default = field.get_default(call_default_factory=True)
        shown = f"`{default}`" if isinstance(default, int | str | Path) and str(default) else ""
        lines.append(f"| `{told}` | {shown} | {field.description} |")
    return "\n".join(lines)


def written() -> str:
    """Return what README has between its two marks."""
    text = README.read_text(encoding="utf-8")
    return text.split(BEGIN, 1)[1].split("-->\n", 1)[1].split(END, 1)[0].strip()


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN, 1)
    mark, tail = rest.split("-->\n", 1)
    README.write_text(f"{head}{BEGIN}{mark}-->\n{table()}\n{END}{tail.split(END, 1)[1]}")
    sys.stdout.write("README's table of settings is written anew\n")
