"""Promises about the code itself: the rules of the house, each of which can be broken."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint

from tests.house import TestHouse
from training.web import check_routes

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("training", "quizzes", "certificates")
TEMPLATES = ROOT / "training" / "templates"

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
EXEMPT_FILES: dict[str, str] = {}


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations/versions" not in str(path):
                yield path
    yield ROOT / "app.py"


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_only_db_commits() -> None:
    found = [
        named(path)
        for path in sources()
        if ".commit()" in path.read_text(encoding="utf-8") and path.name != "db.py"
    ]
    assert found == []
    assert (ROOT / "training/db.py").read_text(encoding="utf-8").count(".commit()") == 1


def test_only_the_clock_reads_the_clock() -> None:
    pattern = re.compile(r"(datetime\.now|date\.today|utcnow|time\.time)\(")
    found = [
        named(path)
        for path in sources()
        if pattern.search(path.read_text(encoding="utf-8")) and path.name != "clock.py"
    ]
    assert found == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources()
        if named(path) not in EXEMPT_FILES
    }
    assert {name: size for name, size in long.items() if size > LONGEST_FILE} == {}


def test_no_function_is_longer_than_the_eye() -> None:
    found = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{named(path)}:{node.name} ({length})")
    assert found == []


def test_no_room_without_a_name() -> None:
    bad = {"utils", "helpers", "common", "misc"}
    assert [named(p) for p in sources() if p.stem in bad or bad & set(p.parts)] == []


@pytest.mark.parametrize(
    "pattern",
    [r"\sstyle=", r"<style", r"\son[a-z]+=\"", r"<script(?![^>]*\bsrc=)[^>]*>", r"javascript:"],
)
def test_no_template_needs_an_unsafe_policy(pattern: str) -> None:
    found = [
        named(path)
        for path in TEMPLATES.rglob("*.html")
        if re.search(pattern, path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_macro_is_used() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    everything = "\n".join(texts.values())
    for path, text in texts.items():
        for name in re.findall(r"{%-? macro (\w+)\(", text):
            calls = len(re.findall(rf"\b{name}\(", everything)) - len(
                re.findall(rf"macro {name}\(", everything)
            )
            assert calls > 0, f"{named(path)}: the macro {name} is used nowhere"


def test_nothing_is_called_from_outside() -> None:
    hosts = re.compile(
        r"(cdn\.|googleapis|unpkg|jsdelivr|//[a-z0-9.-]+\.(com|net|io)/)", re.IGNORECASE
    )
    found = [
        named(path)
        for folder in (TEMPLATES, ROOT / "training" / "static")
        for path in folder.rglob("*")
        if path.suffix in {".html", ".css", ".js"}
        and hosts.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_promise_that_nobody_can_keep() -> None:
    pattern = re.compile(r"HIPAA[- ](trained|certified|compliant)", re.IGNORECASE)
    files = [
        *TEMPLATES.rglob("*.html"),
        *(ROOT / "content").rglob("*.*"),
        *(ROOT / "certificates").rglob("*.py"),
        *(ROOT / "training" / "renewals").rglob("*.py"),
    ]
    texts = {named(p): re.sub(r"https?://\S+", "", p.read_text(encoding="utf-8")) for p in files}
    assert [name for name, text in texts.items() if pattern.search(text)] == []


def test_A01_the_app_does_not_start_with_a_route_that_names_no_action(house: TestHouse) -> None:
    check_routes(house.app)
    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "bare", lambda: "open to all")
    house.app._got_first_request = False
    house.app.register_blueprint(bare)

    with pytest.raises(RuntimeError, match=r"these routes name no action: /bare"):
        check_routes(house.app)


def test_every_cycle_says_when_it_was_put_on_record() -> None:
    """A past day is answered by it; the column is null only on rows older than itself."""
    bare = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named_so = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named_so and node.func.id == "Assignment":
                given = {keyword.arg for keyword in node.keywords}
                if "recorded_at" not in given:
                    bare.append(f"{named(path)}:{node.lineno}")
    assert bare == []


SHE_OR_HE = re.compile(r"\b(?:she|her|herself|he|him|his|himself)\b", re.IGNORECASE)
TELLS = ("accounts", "assignments", "commands", "learning", "program", "renewals", "reports")


@pytest.mark.parametrize("part", TELLS)
def test_what_is_told_of_somebody_fits_whoever_it_is(part: str) -> None:
    """A page, mail or message is about anybody; only invented people in lessons have a sex."""
    found = [
        f"{file.relative_to(ROOT)}:{line}: {told}"
        for file in sorted((ROOT / "training" / part).rglob("*.py"))
        for line, told in strings_of(file)
        if SHE_OR_HE.search(told)
    ]
    assert found == []


def test_what_a_page_says_of_somebody_fits_whoever_it_is() -> None:
    said = re.compile(r"{#.*?#}", re.DOTALL)
    pages = sorted(TEMPLATES.rglob("*.html"))
    found = [page.name for page in pages if SHE_OR_HE.search(said.sub(" ", page.read_text()))]
    assert found == []


def strings_of(file: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a module but its docstrings."""
    tree = ast.parse(file.read_text())
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value
