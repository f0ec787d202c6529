"""Where the content is: the setting, then the checkout, then the wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def content_dir(setting: Path | None = None) -> Path:
    """Return the content folder. Raises FileNotFoundError if there is none anywhere."""
    for place in (setting, PACKAGE.parent / "content", PACKAGE / "_content"):
        if place is not None and (place / "facts.yaml").is_file():
            return place
    raise FileNotFoundError("there is no content folder: set BYP_CONTENT_DIR")
