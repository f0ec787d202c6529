"""Long exports: made once by whoever works, held by whoever asked, and gone after a day."""

import csv
import io
import json
import re
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import text, update

from tests.house import CSRF, TestHouse
from tests.moves import leave, move
from training.accounts.models import RoleGrant
from training.jobs import run_due, run_exports, works_of
from training.reports import export_making, people_export, standing_lines, workbook
from training.reports.export_making import LEASE, MOST_TRIES, Workshop, work_off
from training.reports.exports import KEPT_FOR, MOST_UNDER_WAY
from training.reports.models import Export

PEOPLE = {"kind": "people", "format": "xlsx"}
TEAM = {"kind": "team", "format": "xlsx"}
PDF = {"kind": "team", "format": "pdf"}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a list of two be a long one already."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 1)


@pytest.fixture
def shop(house: TestHouse) -> Workshop:
    return Workshop(house.database, house.settings.data_dir, None, house.clock)


def ask(house: TestHouse, client: FlaskClient, **wanted: str) -> str:
    """Ask for a file as the page does; return the address of its page."""
    reply = house.post(client, "/files", **wanted)
    assert reply.status_code == 303, reply.text
    return str(reply.headers["Location"])


def take(client: FlaskClient, page: str) -> bytes:
    reply = client.get(f"{page}/download", buffered=True)
    assert reply.status_code == 200
    return reply.data


def ids_in(data: bytes) -> set[object]:
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return {row[0].value for row in sheet.iter_rows(min_row=2)}


def row(house: TestHouse, page: str) -> Export:
    with house.database.read() as session:
        return session.get_one(Export, int(page.rsplit("/", 1)[1]))


def change(house: TestHouse, page: str, **values: object) -> None:
    with house.database.write() as session:
        mine = update(Export).where(Export.id == int(page.rsplit("/", 1)[1]))
        session.execute(mine.values(**values))


def on_disk(shop: Workshop) -> list[str]:
    return sorted(path.name for path in shop.folder.iterdir()) if shop.folder.exists() else []


def test_a_long_list_goes_from_the_page_to_a_file_that_holds_what_the_page_shows(
    house: TestHouse, shop: Workshop
) -> None:
    house.train("alice")
    olga = house.signed_in("olga")
    asked = olga.get("/program/people.xlsx?q=Ward 3")
    assert asked.status_code == 303
    offer = olga.get(asked.headers["Location"]).text
    assert "more than 1 rows" in offer
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', offer))
    fields.pop("csrf_token")

    page = ask(house, olga, **fields)
    assert "It waits for its turn" in olga.get(page).text
    assert work_off(shop) == "1 files made"

    assert "Your file is ready" in olga.get(page).text
    reply = olga.get(f"{page}/download", buffered=True)
    assert "filename=people-2026-11-24.xlsx" in reply.headers["Content-Disposition"]
    shown = set(re.findall(r"\bE-\w+", olga.get("/program/people?q=Ward 3").text))
    assert ids_in(reply.data) == shown == {"E-alice", "E-bob", "E-mona"}
    assert "Ready until" in olga.get("/files").text


@pytest.mark.either_database
@pytest.mark.parametrize("wanted", [TEAM, PDF])
def test_a_managers_long_list_is_made_with_her_own_view(
    house: TestHouse, shop: Workshop, wanted: dict[str, str]
) -> None:
    mona = house.signed_in("mona")
    asked = mona.get(f"/team.{wanted['format']}?department=Ward 3")
    assert asked.headers["Location"].startswith(f"/files/new?kind=team&format={wanted['format']}")
    assert "My files" in mona.get("/team").text
    page = ask(house, mona, **wanted)
    work_off(shop)
    data = take(mona, page)
    if wanted is TEAM:
        listed = csv.DictReader(io.StringIO(mona.get("/team.csv").text))
        assert ids_in(data) == {line["employee_id"] for line in listed} == {"E-alice", "E-bob"}
    else:
        assert data.startswith(b"%PDF")


@pytest.mark.either_database
def test_a_short_list_is_still_a_file_of_the_moment(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 20_000)
    assert house.signed_in("olga").get("/program/people.xlsx").status_code == 200
    assert house.signed_in("mona").get("/team.pdf").status_code == 200
    assert house.count("export") == 0


def test_asked_twice_it_is_made_once_and_one_person_has_so_many_under_way(
    house: TestHouse, shop: Workshop
) -> None:
    olga = house.signed_in("olga")
    assert ask(house, olga, **PEOPLE) == ask(house, olga, **PEOPLE)
    for number in range(1, MOST_UNDER_WAY):
        ask(house, olga, **PEOPLE, q=f"word {number}")
    refused = house.post(olga, "/files", **PEOPLE, q="one more")
    assert refused.status_code == 429
    assert "Wait until one is ready" in refused.text
    assert house.count("export") == MOST_UNDER_WAY
    assert work_off(shop) == f"{MOST_UNDER_WAY} files made"
    assert ask(house, olga, **PEOPLE)  # the old one is ready: this is a new one
    assert house.count("export") == MOST_UNDER_WAY + 1


# --- on record --------------------------------------------------------------------------------


@pytest.mark.either_database
def test_E13_asking_and_taking_are_an_event_each_and_no_word_of_the_search_is_in_it(
    house: TestHouse, shop: Workshop
) -> None:
    olga = house.signed_in("olga")
    before = house.count("audit_event")
    page = ask(house, olga, **PEOPLE, q="Alice")
    ask(house, olga, **PEOPLE, q="Alice")
    work_off(shop)
    olga.get(page), olga.get("/files")
    assert house.count("audit_event") == before + 1
    take(olga, page)
    assert house.count("audit_event") == before + 2
    assert house.count("audit_event", "name = 'export.asked'") == 1
    with house.database.read() as session:
        body = session.execute(
            text("SELECT body FROM audit_event WHERE name = 'people.exported'")
        ).scalar_one()
    detail = json.loads(body)["detail"]
    assert detail == {"format": "xlsx", "rows": 1, "searched": True, "status": ""}
    assert house.count("audit_event", "body LIKE '%Alice%'") == 0


# --- who may have it ---------------------------------------------------------------------------


def words_on(browser: FlaskClient, path: str) -> str:
    """Return a page without its form token, which tells the second."""
    return CSRF.sub("", browser.get(path).text)


@pytest.mark.either_database
def test_nobody_else_finds_it_neither_ready_nor_waiting(house: TestHouse, shop: Workshop) -> None:
    page = ask(house, house.signed_in("olga"), **PEOPLE)
    others = [house.signed_in(name) for name in ("audrey", "mona")]
    for _ in range(2):
        for other in others:
            for path in (page, f"{page}/download"):
                assert other.get(path).status_code == 404
                assert words_on(other, path) == words_on(other, "/files/999999")
            assert house.post(other, f"{page}/again").status_code == 404
            assert page not in other.get("/files").text
        work_off(shop)


@pytest.mark.either_database
@pytest.mark.parametrize("wanted", [{"kind": "people", "format": "pdf"}, {"kind": "x"}, {}, TEAM])
def test_a_list_that_is_not_hers_can_not_be_asked_for(
    house: TestHouse, wanted: dict[str, str]
) -> None:
    olga = house.signed_in("olga")  # nobody reports to her
    assert house.post(olga, "/files", **wanted).status_code == 404
    assert olga.get("/files/new", query_string=wanted).status_code == 404
    mona = house.signed_in("mona")
    assert house.post(mona, "/files", **PEOPLE).status_code == 404
    assert house.count("export") == 0


def take_away(house: TestHouse, name: str) -> None:
    with house.database.write() as session:
        mine = update(RoleGrant).where(RoleGrant.user_id == house.id_of(name))
        session.execute(mine.values(superseded_at=house.clock.now()))


@pytest.mark.either_database
@pytest.mark.parametrize("when", ["before it is made", "before it is taken"])
def test_a_role_that_was_lost_loses_the_file(house: TestHouse, shop: Workshop, when: str) -> None:
    audrey = house.signed_in("audrey")
    page = ask(house, audrey, **PEOPLE)
    if when == "before it is taken":
        work_off(shop)
        assert audrey.get(page).status_code == 200
    take_away(house, "audrey")
    move(house, "zoe", manager="audrey")  # she may still open some page of files
    if when == "before it is made":
        assert work_off(shop) == "0 files made, 1 not made"
        assert on_disk(shop) == []
    assert audrey.get("/files").status_code == 200
    assert page not in audrey.get("/files").text
    for path in (page, f"{page}/download"):
        assert audrey.get(path).status_code == 404
    assert house.count("audit_event", "name = 'people.exported'") == 0


@pytest.mark.either_database
def test_who_left_gets_no_file_made(house: TestHouse, shop: Workshop) -> None:
    page = ask(house, house.signed_in("olga"), **PEOPLE)
    leave(house, "olga")
    assert work_off(shop) == "0 files made, 1 not made"
    assert row(house, page).state == "failed"


@pytest.mark.either_database
def test_A04_a_file_with_somebody_who_is_no_longer_in_her_view_is_not_handed_out(
    house: TestHouse, shop: Workshop
) -> None:
    mona = house.signed_in("mona")
    page = ask(house, mona, **TEAM)
    work_off(shop)
    assert take(mona, page)
    move(house, "alice", manager="max")
    reply = mona.get(f"{page}/download")
    assert (reply.status_code, reply.headers["Location"]) == (303, page)
    assert "no longer kept" in mona.get(page).text
    again = house.post(mona, f"{page}/again").headers["Location"]
    work_off(shop)
    assert ids_in(take(mona, again)) == {"E-bob"}
    assert house.count("audit_event", "name = 'team.exported'") == 2


@pytest.mark.either_database
def test_where_an_lms_leads_a_managers_file_rests_and_an_officers_does_not(
    house: TestHouse, shop: Workshop
) -> None:
    mona, olga = house.signed_in("mona"), house.signed_in("olga")
    page, officers = ask(house, mona, **TEAM), ask(house, olga, **PEOPLE)
    house.database.led_by = "lms"
    assert work_off(shop) == "1 files made, 1 not made"
    assert mona.get(page).status_code == 404
    assert take(olga, officers)


# --- the file ---------------------------------------------------------------------------------


@pytest.mark.either_database
def test_the_file_is_for_this_process_alone_and_its_name_is_nowhere(
    house: TestHouse, shop: Workshop
) -> None:
    olga = house.signed_in("olga")
    page = ask(house, olga, **PEOPLE)
    work_off(shop)
    (name,) = on_disk(shop)
    file = shop.folder / name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(shop.folder.stat().st_mode) == 0o700
    assert len(file.stem) >= 43
    taken = olga.get(f"{page}/download", buffered=True)
    shown = olga.get(page).text + olga.get("/files").text + str(taken.headers)
    assert file.stem not in shown
    from training.reports.own_data import everything_about

    with house.database.read() as session:
        assert file.stem not in str(everything_about(session, house.id_of("olga")))


@pytest.mark.either_database
def test_a_file_goes_after_its_day_on_the_page_at_once_and_from_the_disk_with_the_sweep(
    house: TestHouse, shop: Workshop
) -> None:
    olga = house.signed_in("olga")
    page = ask(house, olga, **PEOPLE)
    work_off(shop)
    house.clock.at += KEPT_FOR - timedelta(seconds=1)
    assert take(house.signed_in("olga"), page)
    house.clock.at += timedelta(seconds=1)
    olga = house.signed_in("olga")
    assert "no longer kept" in olga.get(page).text
    assert olga.get(f"{page}/download").status_code == 303
    assert len(on_disk(shop)) == 1
    assert run_exports(works_of(house.settings, house.database, house.clock)) == {
        "exports": "0 files made, 1 taken away"
    }
    assert on_disk(shop) == []
    house.clock.at += export_making.KEPT_AS_ROW
    work_off(shop)
    assert house.count("export") == 0
    assert run_exports(works_of(house.settings, house.database, house.clock)) == {}


@pytest.mark.either_database
def test_a_file_that_is_gone_from_the_disk_is_told_and_can_be_asked_again(
    house: TestHouse, shop: Workshop
) -> None:
    olga = house.signed_in("olga")
    page = ask(house, olga, **PEOPLE)
    work_off(shop)
    for path in shop.folder.iterdir():
        path.unlink()
    assert olga.get(f"{page}/download").status_code == 303
    assert "Ask again" in olga.get(page).text


def test_a_list_longer_than_a_sheet_goes_on_in_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "A_SHEET", 2)
    out = io.BytesIO()
    about = workbook.About("title", "told")
    assert workbook.write_workbook(out, ("n",), ((n,) for n in range(5)), about) == 5
    sheets = load_workbook(out).worksheets
    assert [[row[0] for row in s.iter_rows(values_only=True)] for s in sheets] == [
        ["n", 0, 1],
        ["n", 2, 3],
        ["n", 4],
    ]


# --- runners: slow, dead, two at once -----------------------------------------------------------


class Stopped(BaseException):
    """What a test stops a runner with, as a kill would: no handler of the product takes it."""


def stopped_after(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Let the next making die when it has read so many rows."""
    whole = people_export.rows

    def some(*given: Any, **more: Any) -> Iterator[Any]:
        for number, each in enumerate(whole(*given, **more)):
            if number == rows:
                raise Stopped
            yield each

    monkeypatch.setattr(people_export, "rows", some)


def test_a_dead_runner_is_taken_over_when_its_claim_ran_out_and_leaves_nothing(
    house: TestHouse, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = house.signed_in("olga")
    page = ask(house, olga, **PEOPLE)
    with monkeypatch.context() as dying:
        dying.setattr(export_making.shutil, "rmtree", lambda *_a, **_k: None)
        stopped_after(dying, 3)
        with pytest.raises(Stopped):
            work_off(shop)
    left = on_disk(shop)
    assert len(left) == 1  # the folder of the dead
    assert "Your file is being made" in olga.get(page).text
    assert work_off(shop) == "0 files made"  # its claim still stands
    assert on_disk(shop) == left

    house.clock.at += LEASE + timedelta(seconds=1)
    assert work_off(shop) == "1 files made"
    work_off(shop)
    assert on_disk(shop) == [f"{row(house, page).claim}.xlsx"]
    assert len(ids_in(take(house.signed_in("olga"), page))) == 9


@pytest.mark.either_database
def test_a_slow_runner_whose_claim_was_taken_over_gives_up_and_one_file_is_left(
    house: TestHouse, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ask(house, house.signed_in("olga"), **PEOPLE)
    slow = export_making._claim(shop)
    assert slow is not None
    house.clock.at += LEASE + timedelta(seconds=1)
    assert work_off(shop) == "1 files made"
    first = row(house, page).claim
    assert export_making._make(shop, slow) is False
    assert (row(house, page).state, row(house, page).claim) == ("ready", first)
    assert on_disk(shop) == [f"{first}.xlsx"]


def test_progress_renews_the_claim_so_a_long_file_is_not_taken_over(
    house: TestHouse, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_lines, "PAGE", 2)
    page = ask(house, house.signed_in("olga"), **PEOPLE)
    seen: list[int] = []
    whole = people_export.rows

    def slowly(*given: Any, **more: Any) -> Iterator[Any]:
        for each in whole(*given, **more):
            now = row(house, page)
            seen.append(now.done * 100 // (now.total or 1))
            house.clock.at += timedelta(minutes=4)
            assert export_making._claim(shop) is None  # nobody else gets it
            yield each

    monkeypatch.setattr(people_export, "rows", slowly)
    assert work_off(shop) == "1 files made"
    assert seen == sorted(seen)
    assert seen[0] < 50 < seen[-1]
    assert row(house, page).tries == 1


def test_many_runners_claim_each_file_once(house: TestHouse, shop: Workshop) -> None:
    olga = house.signed_in("olga")
    pages = [ask(house, olga, **PEOPLE, q=word) for word in ("a", "e", "o", "Ward 3")]
    claimed: list[int] = []

    def claim_all() -> None:
        while (export := export_making._claim(shop)) is not None:
            claimed.append(export.id)

    runners = [threading.Thread(target=claim_all) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(claimed) == [row(house, page).id for page in pages]
    assert {row(house, page).tries for page in pages} == {1}


@pytest.mark.either_database
def test_runners_in_one_process_do_not_write_into_each_others_folder(
    house: TestHouse, shop: Workshop
) -> None:
    olga = house.signed_in("olga")
    pages = [ask(house, olga, **PEOPLE, q=word) for word in ("a", "e", "o")]
    runners = [threading.Thread(target=work_off, args=[shop]) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert {row(house, page).state for page in pages} == {"ready"}
    assert len(on_disk(shop)) == 3


@pytest.mark.either_database
def test_what_goes_wrong_is_told_in_words_and_asked_again_is_a_new_file(
    house: TestHouse, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = house.signed_in("olga")
    page = ask(house, olga, **PEOPLE)
    with monkeypatch.context() as broken:
        broken.setattr(people_export, "rows", lambda *_a, **_k: iter([object()]))
        assert work_off(shop) == "0 files made, 1 not made"
    told = olga.get(page).text
    assert "Your file could not be made" in told
    assert "Error" not in told
    assert on_disk(shop) == []
    again = house.post(olga, f"{page}/again").headers["Location"]
    assert again != page
    work_off(shop)
    assert take(olga, again)


@pytest.mark.either_database
def test_a_file_whose_runners_die_each_time_is_given_up(house: TestHouse, shop: Workshop) -> None:
    page = ask(house, house.signed_in("olga"), **PEOPLE)
    change(
        house,
        page,
        state="making",
        claim="dead",
        tries=MOST_TRIES,
        leased_until=house.clock.now() - timedelta(seconds=1),
    )
    assert work_off(shop) == "0 files made"
    assert row(house, page).state == "failed"


@pytest.mark.either_database
def test_a_mail_does_not_wait_for_a_file_and_cron_makes_both(house: TestHouse) -> None:
    ask(house, house.signed_in("olga"), **PEOPLE)
    works = works_of(house.settings, house.database, house.clock)
    assert "exports" not in run_due(works, exports=False)
    made = run_due(works)
    assert set(made) == {"dates", "links", "nudges", "exports"}
    assert made["exports"] == "1 files made"


@pytest.mark.either_database
def test_a_file_that_nobody_begins_says_who_to_tell(house: TestHouse) -> None:
    olga = house.signed_in("olga")
    page = ask(house, olga, **PEOPLE)
    assert "Nothing has begun yet" not in olga.get(page).text
    house.clock.at += timedelta(minutes=6)
    assert "Nothing has begun yet" in olga.get(page).text


def test_the_memory_of_a_workbook_does_not_grow_with_its_rows(tmp_path: Path) -> None:
    import tracemalloc

    def peak(rows: int) -> int:
        cells = (tuple(f"cell {n} {c}" for c in range(15)) for n in range(rows))
        tracemalloc.start()
        with (tmp_path / "large.xlsx").open("wb") as file:
            workbook.write_workbook(file, tuple("abcdefghijklmno"), cells, workbook.About("", ""))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(10)  # what is imported and cached is not the rows' doing
    assert peak(1_200) < peak(300) * 1.5 + 50_000
