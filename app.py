"""The app for any WSGI server (`app:app`); `python app.py` serves it here."""

import os
import sys

from training.cli import byp


def __getattr__(name: str) -> object:
    """Build the app when a server asks this module for it, not when it is imported."""
    if name in {"app", "application"}:
        from training.factory import create_app

        return create_app()
    raise AttributeError(name)


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - before any import
    byp(["serve", *sys.argv[1:]])
