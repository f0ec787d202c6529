"""A practice's own policy text: pasted or uploaded, looked over, adopted as a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from training.accounts.people import Place
from training.catalog import publishing
from training.catalog.courses import Policy
from training.catalog.digests import canonical, digest_of
from training.catalog.lint.policy import Remark, own_policy_remarks
from training.catalog.source import FRONT
from training.program import policy_change

LONGEST = {"title": 120, "statement": 700, "body": 30_000}
NAMES = {"title": "title", "statement": "sentence", "body": "text"}


@dataclass(frozen=True, slots=True)
class Looked:
    """A text as it was looked over: what is wrong by field, what is to be said by line."""

    policy: Policy
    errors: Mapping[str, str]
    remarks: tuple[Remark, ...]

    @property
    def body(self) -> str:
        """Return the text as a version keeps it."""
        return canonical(self.policy.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        """Return the digest of the text as a version keeps it."""
        return digest_of(self.body)

    @property
    def gags(self) -> tuple[Remark, ...]:
        """Return the places that can read as a ban on talk about work."""
        return tuple(remark for remark in self.remarks if remark.kind == "gag")


def text_of_file(raw: bytes) -> str | None:
    """Return an uploaded file's text; None where it is not UTF-8 text."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def split(text: str) -> dict[str, str]:
    """Return title, statement and text of a file that begins as ours do; else the text alone."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    found = FRONT.match(plain)
    if found is None:
        return {"body": plain}
    front = (line.partition(":") for line in found[1].split("\n"))
    named = {key.strip(): value.strip().strip('"') for key, _colon, value in front}
    return {k: v for k, v in named.items() if k in NAMES and v} | {"body": found[2]}


def look_over(given: Mapping[str, str]) -> Looked:
    """Return what is to be said of a text, its line ends and trailing blanks made one kind."""
    lines = given.get("body", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    policy = Policy(
        title=" ".join(given.get("title", "").split()),
        statement=" ".join(given.get("statement", "").split()),
        body="\n".join(line.rstrip() for line in lines).strip() + "\n",
    )
    errors = {}
    for name, most in LONGEST.items():
        text = str(getattr(policy, name))
        if not text.strip():
            errors[name] = f"The {NAMES[name]} is missing."
        elif len(text) > most:
            errors[name] = f"The {NAMES[name]} is too long: at most {most:,} characters."
    remarks = own_policy_remarks(policy) if not errors else ()
    if any(remark.kind == "error" for remark in remarks):
        errors["body"] = "Mend what is marked below, then look again."
    return Looked(policy, errors, remarks)


def adopt(
    session: Session, place: Place, looked: Looked, *, change: str, by: int, now: datetime
) -> None:
    """Keep the text as a version and adopt it from today on: staff sign exactly this.

    `change` says what it means for whoever signed another. Raises ValueError where it must.
    """
    digest = publishing.keep(session, "policy", "own", looked.body, now)
    policy_change.adopt(
        session,
        place,
        digest,
        change=change,
        by=by,
        now=now,
        noted={"own_text": True, "lines_for_counsel": [remark.line for remark in looked.gags]},
    )
