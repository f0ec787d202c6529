"""Reading raw content key by key: nothing raises, every fault is noted with its place and mend."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in raw content: the path into it, what is wrong, and how to mend it."""

    path: Path
    what: str
    mend: str


@dataclass(slots=True)
class Record:
    """A raw mapping under inspection; where a value is unusable, a harmless stand-in is returned.

    All records of one document share the list of faults.
    """

    path: Path
    faults: list[Fault]
    values: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: object, path: Path, faults: list[Fault], keys: Collection[str]) -> "Record":
        """Open a raw value that has to be a mapping of some of these keys; else it is empty."""
        record = cls(path, faults)
        if not isinstance(raw, Mapping) or not raw:
            record.fault(f"{_kind(raw)} stands here", f"write the keys {', '.join(keys)}")
            return record
        record.values = raw
        for key in raw:
            if key not in keys:
                record.fault(f"unknown key {key!r}", _near(str(key), keys), key)
        return record

    def fault(self, what: str, mend: str, *deeper: object) -> None:
        """Note a fault at this record, or deeper in it."""
        steps = tuple(step if isinstance(step, int) else str(step) for step in deeper)
        self.faults.append(Fault(self.path + steps, what, mend))

    def has(self, key: str) -> bool:
        """Tell whether the key is written and not empty."""
        return self.values.get(key) is not None

    def text(self, key: str, why: str) -> str:
        """Return a text that has to be there, stripped; `why` says what to write."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return str(value).strip()
        missing = value is None or isinstance(value, str)
        what = f"no {key}" if missing else f"{key} is {_kind(value)}, not text"
        self.fault(what, f"write {key}: {why}", *([key] if key in self.values else []))
        return ""

    def word(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Return one of the allowed words; without a default it has to be there."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in allowed:
            return str(value)
        choices = ", ".join(allowed)
        if value is None:
            self.fault(f"no {key}", f"write {key}: one of {choices}")
        else:
            self.fault(f"{key} is {value!r}", _near(str(value), allowed), key)
        return default or next(iter(allowed), "")

    def flag(self, key: str) -> bool:
        """Return true or false; left out means false, and `yes` is a fault but meant as true."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.fault(f"{key} is {value!r}", f"write {key}: true, or leave it out", key)
        return bool(value)

    def size(self, key: str) -> int:
        """Return a whole number above nought."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return int(value)
        self.fault(f"{key} is {value!r}", f"write {key}: a whole number of viewBox units", key)
        return 0

    def entries(self, key: str, why: str) -> list[object]:
        """Return a list that has to have at least one entry; `why` says what to write."""
        value = self.values.get(key)
        if isinstance(value, list) and value:
            return list(value)
        what = f"no {key}" if value is None or value == [] else f"{key} is {_kind(value)}"
        self.fault(what, f"write {key}: {why}", *([key] if key in self.values else []))
        return []


def _near(word: str, allowed: Collection[str]) -> str:
    match = get_close_matches(word, list(allowed), n=1)
    return f"write {match[0]!r}" if match else f"write one of {', '.join(allowed) or '(none)'}"


def _kind(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list"
    return f"{value!r}"
