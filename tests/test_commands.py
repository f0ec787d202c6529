"""The commands, as somebody at a terminal meets them: what they print, and how they end."""

import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.house import TestHouse
from tests.settings_table import table, written
from tests.terminal import Said, byp, byp_process
from training.clock import Clock

ROSTER = """employee_id,legal_name,email,department,manager_id,site,hire_date,status
N1,Nora New,nora@clinic.example,Ward 3,,Main Street,2026-11-20,active
N2,Ned Next,ned@clinic.example,Ward 3,N1,Harbor,2026-11-21,active
"""


def test_help_names_every_command_and_imports_none_of_them(tmp_path: Path) -> None:
    found = byp_process(None, "--help", folder=tmp_path)
    assert found.returncode == 0
    for name in ("serve", "demo", "db", "user", "roster", "content", "renew", "remind", "audit"):
        assert name in found.stdout
    loaded = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-c",
            "import training.cli",
        ],
        capture_output=True,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    ).stderr
    for heavy in ("sqlalchemy", "pydantic", "flask", "reportlab"):
        assert f" {heavy}\n" not in loaded


def test_db_check_renew_and_audit_verify_say_what_they_found(house: TestHouse) -> None:
    assert "as they should be" in byp_process(house, "db", "check").stdout
    dry = byp(house, "renew", "--today", "2026-11-24", "--dry-run")
    assert dry.stdout == "would do: 8 first trainings opened\n"
    assert house.count("assignment") == 0
    assert byp(house, "renew", "--today", "2026-11-24").stdout == (
        "done: 8 first trainings opened\n"
    )
    assert byp(house, "renew", "--today", "2026-11-24").stdout == "done: nothing to do\n"
    found = byp(house, "audit", "verify")
    assert found.returncode == 0
    assert found.stdout.startswith("the audit log holds: ")


def test_audit_verify_names_the_event_that_was_touched(house: TestHouse) -> None:
    house.open_cycle("alice")
    trigger = "guard_audit_event_update"
    with house.database.writer.begin() as connection:
        on = "" if house.database.is_sqlite else " ON audit_event"
        connection.execute(text(f"DROP TRIGGER {trigger}{on}"))
        touched = "UPDATE audit_event SET body = replace(body, '1', '2') WHERE seq = 1"
        connection.execute(text(touched))
    found = byp(house, "audit", "verify")
    assert found.returncode == 1
    assert "event 1: its text is not the text that was recorded" in found.stderr


@pytest.mark.either_database
def test_remind_without_a_mail_server_is_a_no_with_the_mend(house: TestHouse) -> None:
    found = byp(house, "remind", "--today", "2026-11-24")
    assert found.returncode == 1
    assert "BYP_SMTP_URL" in found.stderr


def test_a_wrong_setting_is_wrong_usage_and_named(tmp_path: Path) -> None:
    found = byp_process(None, "db", "check", folder=tmp_path, BYP_BASE_URL="nowhere")
    assert found.returncode == 2
    assert "BYP_BASE_URL" in found.stderr
    assert "Traceback" not in found.stderr


def test_the_roster_import_shows_the_difference_then_applies_it_once(
    house: TestHouse, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(ROSTER, encoding="utf-8")
    args = ("roster", "import", str(file), "--source", "agency")
    before = house.count("user")

    dry = byp(house, *args, "--dry-run")
    assert (dry.returncode, house.count("user")) == (0, before)
    assert "2: new: N1 Nora New" in dry.stdout

    assert byp(house, *args).stdout.splitlines()[-1].startswith("done: 2 new")
    assert house.count("user") == before + 2
    rows = house.count("placement")
    assert byp(house, *args).stdout.splitlines()[-1] == "done: 2 same"
    assert house.count("placement") == rows


@pytest.mark.either_database
def test_a_faulty_roster_is_refused_with_file_line_and_mend(
    house: TestHouse, tmp_path: Path
) -> None:
    file = tmp_path / "staff.csv"
    file.write_text(ROSTER.replace("2026-11-21", "yesterday"), encoding="utf-8")
    before = house.dump()
    found = byp(house, "roster", "import", str(file), "--source", "agency")
    assert found.returncode == 1
    assert f"{file}:3: hire_date: 'yesterday' is no date" in found.stderr
    assert house.dump() == before


def test_prior_training_is_shown_then_recorded_once(house: TestHouse, tmp_path: Path) -> None:
    file = tmp_path / "prior.csv"
    head = "employee_id,course,completed_on,source\n"
    file.write_text(f"{head}E-alice,HIPAA Basics,2024-03-04,Old LMS\n")
    refused = byp(house, "roster", "prior", str(file))
    assert refused.returncode == 1
    assert f"{file}:2: no rule asks a course named 'HIPAA Basics'" in refused.stderr

    args = ("roster", "prior", str(file), "--course", "HIPAA Basics=onboarding")
    dry = byp(house, *args, "--dry-run")
    assert (dry.returncode, "would do: 1 to be recorded" in dry.stdout) == (0, True), dry.stderr
    assert house.count("completion") == 0
    assert "done: 1 recorded" in byp(house, *args).stdout
    assert "done: 1 on record already" in byp(house, *args).stdout
    assert house.count("completion", "method = 'recorded'") == 1


def test_a_person_a_link_a_role_and_her_data(house: TestHouse) -> None:
    added = byp(house, "user", "add", "Petra Plain", "--email", "petra@clinic.example")
    external_id = added.stdout.split("\t")[0]
    assert external_id.startswith("X-")
    link = byp(house, "user", "sign-in-link", external_id).stdout.strip()
    assert link.startswith("http://byp.test/sign-in/")
    assert byp(house, "user", "grant", "auditor", external_id).returncode == 0

    client = house.client()
    house.clock.at = Clock().now()
    house.post(client, link.removeprefix("http://byp.test"), answer="yes")
    assert client.get("/program").status_code == 200

    told = json.loads(byp(house, "user", "export", external_id).stdout)
    assert told["user"][0]["legal_name"] == "Petra Plain"
    assert "token_hash" not in json.dumps(told)
    hers = client.get("/certificates").get_data(as_text=True)
    for what in ("read everything that is kept about you", "made a sign-in link for you"):
        assert f"Somebody at the server’s command line {what}." in hers


@pytest.mark.either_database
def test_report_completion_has_one_row_a_person_and_course(house: TestHouse) -> None:
    house.train("alice")
    found = byp(house, "report", "completion", "--on", "2026-11-24")
    lines = found.stdout.splitlines()
    assert lines[0].startswith('"employee_id","name","department","site","course","status"')
    assert len(lines) == 1 + 9  # eight who work here, and Dora, who left
    alice = next(line for line in lines if "E-alice" in line)
    assert '"current","yes"' in alice


def test_backup_is_checked_and_restore_puts_it_back(house: TestHouse, tmp_path: Path) -> None:
    copy = tmp_path / "out" / "copy.sqlite3"
    found = byp(house, "backup", str(copy))
    if not house.database.is_sqlite:
        assert found.returncode == 1
        assert "pg_dump" in found.stderr
        return
    assert found.returncode == 0
    people = house.count("user")
    byp(house, "user", "add", "Gone Again")
    assert house.count("user") == people + 1
    house.database.dispose()

    assert byp(house, "restore", str(copy)).returncode == 0
    assert house.count("user") == people
    assert byp(house, "backup", str(copy)).returncode == 1

    bad = tmp_path / "bad.sqlite3"
    bad.write_bytes(b"not a database" * 100)
    refused = byp(house, "restore", str(bad))
    assert refused.returncode == 1
    assert "not a SQLite database" in refused.stderr
    assert house.count("user") == people


def test_doctor_looks_the_house_over(house: TestHouse) -> None:
    found = byp(house, "doctor")
    assert "audit log holds" in found.stdout
    assert "LOOK the hourly work has not run yet" in found.stdout
    assert found.returncode == 1


@pytest.mark.either_database
@pytest.mark.parametrize(("hours", "told"), [(25, "ok   the hourly"), (27, "LOOK the hourly")])
def test_J14_work_that_has_stopped_is_told_after_a_day(
    house: TestHouse, hours: int, told: str
) -> None:
    from training.renewals.models import JobRun

    at = Clock().now() - timedelta(hours=hours)
    with house.database.write() as session:
        session.add(JobRun(name="renew", started_at=at, succeeded_at=at))
    assert told in byp(house, "doctor").stdout
    house.clock.at = Clock().now()
    page = house.signed_in("olga").get("/program").get_data(as_text=True)
    assert ("The hourly work has not run since" in page) is (hours > 26)


def test_content_check_names_every_fault_at_once(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(Path(__file__).resolve().parents[1] / "content", content)
    bank = content / "modules" / "accounts" / "bank.yaml"
    bank.write_text(bank.read_text().replace("    bloom: apply", "    blom: apply", 2))
    found = byp(None, "content", "check", str(content), folder=tmp_path)

    assert found.returncode == 1
    assert found.stderr.count("unknown key 'blom'") == 2
    assert "modules/accounts/bank.yaml:" in found.stderr


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The shipped content with one screen worded anew."""
    content = tmp_path / "content"
    shutil.copytree(Path(__file__).resolve().parents[1] / "content", content)
    lesson = content / "modules" / "deleted" / "lesson.md"
    text = lesson.read_text()
    lesson.write_text(text.replace("\n\n", "\n\nA post is a letter. ", 1))
    return content


@pytest.mark.either_database
def test_content_publish_says_what_changes_and_wants_to_know_what_it_means(
    house: TestHouse, edited: Path
) -> None:
    def publish(*args: str) -> Said:
        return byp(house, "content", "publish", *args, BYP_CONTENT_DIR=str(edited))

    before = house.count("content_release")
    unsaid = publish()
    assert unsaid.returncode == 1
    assert unsaid.stdout.startswith("module deleted\n  screen where-it-goes, its text: “")
    assert "is now “A post is a letter." in unsaid.stdout
    assert "say what the change means: --change cosmetic, clarifying, material" in unsaid.stderr
    assert publish("--change", "material", "--dry-run").stdout.endswith(
        "would put in force: module deleted\n"
    )
    assert house.count("content_release") == before

    done = publish("--change", "clarifying")
    assert done.stdout.splitlines()[-1] == "1 in force, clarifying: module deleted"
    assert publish().stdout == "nothing new\n"
    assert house.count("content_release") == before + 1


@pytest.mark.either_database
def test_content_publish_asks_at_a_terminal(house: TestHouse, edited: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    os.write(ours, b"large\nmaterial\n")
    done = byp_process(house, "content", "publish", BYP_CONTENT_DIR=str(edited), stdin=theirs)
    os.close(ours)
    assert done.stdout.count("What does this mean for people who are trained already?") == 2
    assert "its short course opens, due in 30 days" in done.stdout
    assert house.count("content_release", "change = 'material' AND slug LIKE 'change-%'") == 1


def test_the_readme_tells_every_setting() -> None:
    assert written() == table()


def test_S19_a_new_house_is_set_up_once_by_its_link(tmp_path: Path) -> None:
    """S19: no default account; the set-up link works once, and never while there is an officer."""
    from tests import stores
    from tests.cast import NOW, make_empty
    from training.clock import FixedClock
    from training.commands.first_steps import furnish, set_up_link
    from training.house import House
    from training.renewals.models import JobRun
    from training.settings import Settings

    with stores.copy_of("sqlite", "empty", make_empty, tmp_path) as url:
        settings = Settings(env="test", data_dir=tmp_path, database_url=url)
        new = TestHouse(settings, FixedClock(NOW))
        house = House(settings, new.database, new.clock)
        assert furnish(house)
        assert furnish(house) is None
        link = (set_up_link(house) or "").removeprefix(settings.public_url)
        fields = {
            "practice": "Tooth & Co",
            "zone": "America/Denver",
            "legal_name": "Wilma Owner",
            "email": "wilma@tooth.example",
            "password": "four plain words do well",
        }
        client = new.client()
        asked = client.get(link).get_data(as_text=True)
        assert "Training that you require is normally paid time" in asked  # F9: told once
        assert "Monday to Friday, 08:00 to 18:00" in asked
        bad = new.post(client, link, **(fields | {"zone": "Mars/Base"}))
        assert bad.status_code == 422
        assert new.count("user") == 0

        with new.database.write() as session:  # the hourly work ran before there was anybody
            session.add(JobRun(name="renew", started_at=NOW))
        assert new.post(client, link, **fields).headers["Location"] == "/program"
        assert new.count("job_run", "name = 'renew' AND started_at IS NULL") == 1
        assert client.get("/program").status_code == 200
        assert new.count("site_mail", "weekdays = '01234' AND from_hour = 8") == 1
        assert new.client().get(link).status_code == 404
        assert set_up_link(house) is None
        new.close()
