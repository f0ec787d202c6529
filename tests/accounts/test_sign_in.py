"""Signing in: by link, by password, out again; and everything that must not work."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.effort import times
from tests.house import TestHouse
from training.accounts import links, passwords
from training.accounts.models import User
from training.settings import Settings, SettingsError, load_settings

PASSWORD = "four plain words do well"


@pytest.fixture
def with_password(house: TestHouse) -> str:
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("alice"))
        user.password_hash = passwords.hash_password(PASSWORD)
    return "alice@clinic.example"


def sign_in(
    house: TestHouse, client: FlaskClient, address: str, password: str, **headers: str
) -> int:
    token = house.csrf(client)
    reply = client.post(
        "/sign-in",
        data={"csrf_token": token, "address": address, "password": password},
        **headers,  # type: ignore[arg-type]  # environ_base and headers
    )
    return reply.status_code


def make_link(house: TestHouse, name: str, purpose: str = "sign_in", next_path: str = "/") -> str:
    with house.database.write() as session:
        return links.make_link(
            session,
            house.id_of(name),
            purpose=purpose,
            method="mailed_link",
            now=house.clock.now(),
            next_path=next_path,
        )


def cookie(client: FlaskClient) -> str | None:
    found = client.get_cookie("sid")
    return found.value if found else None


# --- links ------------------------------------------------------------------------------


def test_a_mail_scanner_that_looks_three_times_uses_nothing_up(house: TestHouse) -> None:
    token, scanner = make_link(house, "alice"), house.client()
    before = house.dump()
    for _ in range(3):
        assert scanner.get(f"/sign-in/{token}").status_code == 200
        assert scanner.head(f"/sign-in/{token}").status_code == 200
    assert house.dump() == before

    alice = house.client()
    reply = house.post(alice, f"/sign-in/{token}", answer="yes")

    assert (reply.status_code, reply.headers["Location"]) == (303, "/")
    assert b"Hi Alice" in alice.get("/").data


def test_S07_a_link_works_once_and_for_half_an_hour(house: TestHouse) -> None:
    used, old = make_link(house, "alice"), make_link(house, "alice")
    assert house.post(house.client(), f"/sign-in/{used}", answer="yes").status_code == 303
    assert house.post(house.client(), f"/sign-in/{used}", answer="yes").status_code == 410

    house.clock.at += timedelta(minutes=31)

    assert house.client().get(f"/sign-in/{old}").status_code == 410
    assert house.post(house.client(), f"/sign-in/{old}", answer="yes").status_code == 410


def test_S07_twenty_browsers_at_once_get_one_session_from_one_link(house: TestHouse) -> None:
    token = make_link(house, "alice")
    browsers = [house.client() for _ in range(20)]
    tokens = [house.csrf(browser) for browser in browsers]

    def use(n: int) -> int:
        data = {"csrf_token": tokens[n], "answer": "yes"}
        return browsers[n].post(f"/sign-in/{token}", data=data).status_code

    with ThreadPoolExecutor(20) as pool:
        found = sorted(pool.map(use, range(20)))

    assert found.count(303) == 1
    assert set(found) <= {303, 410, 503}
    assert house.count("sign_in") == 1


def test_S07_links_never_come_from_the_host_header(house: TestHouse, tmp_path: Path) -> None:
    from training.jobs import works_of

    forged = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    assert b"evil" not in house.client().get("/sign-in", headers=forged).data
    assert "evil" not in house.client().get("/", headers=forged).headers["Location"]
    house.post(house.client(), "/sign-in/link", address="alice@clinic.example")
    folder = tmp_path / "mail"
    house.settings.smtp_url, house.settings.mail_from = f"file:{folder}", "t@clinic.example"
    works_of(house.settings, house.database, house.clock).send_links()

    mail = next(folder.glob("*.eml")).read_text()
    assert "http://byp.test/sign-in/" in mail
    assert "evil" not in mail


def test_a_link_that_reached_somebody_else_is_ended(house: TestHouse) -> None:
    token = make_link(house, "alice")
    house.post(house.client(), f"/sign-in/{token}", answer="no")

    assert house.client().get(f"/sign-in/{token}").status_code == 410
    assert house.count("audit_event", "name = 'link.disowned'") == 1


def test_an_old_link_sends_a_new_one_and_still_leads_to_its_page(house: TestHouse) -> None:
    house.app.settings.smtp_url = "file:nowhere"
    token = make_link(house, "alice", next_path="/certificates")
    house.clock.at += timedelta(hours=1)
    page = house.client().get(f"/sign-in/{token}")
    assert page.status_code == 410

    house.post(house.client(), f"/sign-in/{token}/again")

    assert house.count("link_mail", "next_path = '/certificates' AND state = 'due'") == 1


def test_S08_asked_twice_is_one_mail_and_three_an_hour_at_most(house: TestHouse) -> None:
    client = house.client()
    for _ in range(5):
        house.post(client, "/sign-in/link", address="alice@clinic.example")
    assert house.count("link_mail") == 1

    for _ in range(6):
        with house.database.write() as session:
            from sqlalchemy import text

            session.execute(text("UPDATE link_mail SET state = 'sent'"))
        house.post(client, "/sign-in/link", address="alice@clinic.example")
    assert house.count("link_mail") == 3


# --- passwords --------------------------------------------------------------------------


def test_S01_the_session_is_a_new_one_at_every_sign_in(
    house: TestHouse, with_password: str
) -> None:
    client = house.client()
    client.set_cookie("sid", "chosen-by-an-attacker", domain="localhost")
    assert sign_in(house, client, with_password, PASSWORD) == 303
    first = cookie(client)
    assert first != "chosen-by-an-attacker"

    assert sign_in(house, client, with_password, PASSWORD) == 303
    assert cookie(client) != first


@pytest.mark.parametrize("how", ["sign out", "password", "left"])
def test_S02_an_ended_session_is_dead_on_a_copied_cookie_too(
    house: TestHouse, with_password: str, how: str
) -> None:
    from tests.moves import leave

    client, thief = house.client(), house.client()
    sign_in(house, client, with_password, PASSWORD)
    thief.set_cookie("sid", cookie(client) or "", domain="localhost")
    assert thief.get("/").status_code == 200

    if how == "sign out":
        reply = house.post(client, "/sign-out")
        assert reply.headers["Clear-Site-Data"] == '"cache", "storage"'
    elif how == "password":
        other = house.signed_in("alice")
        assert house.post(other, "/password", password="entirely new words here").status_code == 200
    else:
        leave(house, "alice")

    assert thief.get("/").status_code == 302


def test_S03_unknown_address_and_wrong_password_look_alike(
    house: TestHouse, with_password: str
) -> None:
    client = house.client()
    known = house.post(client, "/sign-in", address=with_password, password="wrong " * 4)
    unknown = house.post(client, "/sign-in", address="nobody@else.example", password="wrong " * 4)
    neutral = re.compile(rb'value="[^"]*"|\S+@\S+')

    assert known.status_code == unknown.status_code == 422
    assert neutral.sub(b"", known.data) == neutral.sub(b"", unknown.data)

    asked = [
        house.post(client, "/sign-in/link", address=address)
        for address in (with_password, "nobody@else.example")
    ]
    assert neutral.sub(b"", asked[0].data) == neutral.sub(b"", asked[1].data)


def test_S03_an_unknown_address_costs_a_hash_too() -> None:
    before = time.process_time()
    assert not passwords.matches(None, "whatever it is")
    assert time.process_time() - before > 0.001, "no hash was computed for an unknown address"


def test_S04_brute_force_is_slowed_and_the_true_user_gets_in_later(
    house: TestHouse, with_password: str
) -> None:
    client = house.client()
    checked = 0
    for _ in range(times(40, 200)):
        status = sign_in(house, client, with_password, "wrong " * 4)
        checked += status == 422
        house.clock.at += timedelta(seconds=1)
    assert checked <= 15

    house.clock.at += timedelta(minutes=16)
    assert sign_in(house, client, with_password, PASSWORD) == 303


def test_S05_an_attacker_elsewhere_keeps_nobody_out(house: TestHouse, with_password: str) -> None:
    attacker, alice = house.client(), house.client()
    far, ward = {"REMOTE_ADDR": "203.0.113.7"}, {"REMOTE_ADDR": "198.51.100.9"}
    found = {
        sign_in(house, attacker, with_password, "wrong " * 4, environ_base=far)  # type: ignore[arg-type]
        for _ in range(12)
    }
    assert 429 in found

    assert sign_in(house, alice, with_password, PASSWORD, environ_base=ward) == 303  # type: ignore[arg-type]


def test_a_shift_change_from_one_address_refuses_nobody(
    house: TestHouse, with_password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", fast)
    with house.database.write() as session:
        user = session.get_one(User, house.id_of("alice"))
        user.password_hash = passwords.hash_password(PASSWORD)
    client = house.client()
    token = house.csrf(client)
    data = {"csrf_token": token, "address": with_password, "password": PASSWORD}

    found = {client.post("/sign-in", data=data).status_code for _ in range(times(200, 2_000))}

    assert found == {303}
    assert house.count("throttle") == 0


def test_S10_a_password_of_ten_megabytes_is_refused_at_once(house: TestHouse) -> None:
    client = house.client()
    token = house.csrf(client)
    before = time.monotonic()
    reply = client.post(
        "/sign-in", data={"csrf_token": token, "address": "a@b.example", "password": "x" * 10**7}
    )
    assert reply.status_code == 413
    assert time.monotonic() - before < 2
    assert not passwords.matches(None, "x" * 5_000)


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("short", "at least 15"),
        ("a" * 20, "different characters"),
        ("x" * 129 + "abcdefg", "at most 128"),
        ("alice adams 1", "at least 15"),
        ("passwordpassword", "too easy"),
        ("adamsadamsadams1", "too easy"),
    ],
)
def test_a_weak_password_is_told_why(house: TestHouse, password: str, told: str) -> None:
    client = house.signed_in("alice")
    reply = house.post(client, "/password", password=password)

    assert reply.status_code == 422
    assert told in reply.get_data(as_text=True)
    assert house.count("user", "password_hash IS NOT NULL") == 0


# --- where a sign-in leads --------------------------------------------------------------

EVIL = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:x=1",
    "///evil.example",
    "/ /evil.example",
    "http:evil.example",
    "//evil.example/sign-in",
    "/sign-in/../../evil",
    "",
    "x",
    "/no-such-page",
    "/" + "a" * 600,
    "\u2028/evil",
]


@pytest.mark.parametrize("path", EVIL)
def test_S06_nobody_is_led_to_another_site(house: TestHouse, with_password: str, path: str) -> None:
    client = house.client()
    token = house.csrf(client)
    data = {"csrf_token": token, "address": with_password, "password": PASSWORD, "next": path}
    reply = client.post("/sign-in", data=data)

    assert reply.status_code in {303, 422}
    assert reply.headers.get("Location", "/") == "/"


def test_S06_ones_own_page_is_where_one_comes_back(house: TestHouse, with_password: str) -> None:
    client = house.client()
    away = client.get("/certificates")
    assert away.headers["Location"] == "/sign-in?next=/certificates"
    token = house.csrf(client)
    data = {"csrf_token": token, "address": with_password, "password": PASSWORD}
    reply = client.post("/sign-in", data={**data, "next": "/certificates"})
    assert reply.headers["Location"] == "/certificates"


# --- forms, cookies, headers ------------------------------------------------------------


def test_S13_a_stale_form_keeps_what_was_typed(house: TestHouse) -> None:
    client = house.client()
    reply = client.post("/sign-in/link", data={"csrf_token": "stale", "address": "me@x.example"})

    page = reply.get_data(as_text=True)
    assert reply.status_code == 400
    assert 'value="me@x.example"' in page
    assert "csrf_token" in page


def test_S12_a_form_from_another_site_is_refused(house: TestHouse) -> None:
    client = house.client()
    token = house.csrf(client)
    reply = client.post(
        "/sign-in/link",
        data={"csrf_token": token, "address": "alice@clinic.example"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert reply.status_code == 400
    assert house.count("link_mail") == 0


def test_S14_S18_cookies_and_headers_behind_https(settings: Settings, house: TestHouse) -> None:
    secure = settings.model_copy(update={"base_url": "https://byp.test"})
    behind = TestHouse(secure, house.clock)
    token = make_link(behind, "alice")
    client = behind.client()
    page = client.get("/sign-in", base_url="https://localhost")
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert csrf
    reply = client.post(
        f"/sign-in/{token}",
        data={"csrf_token": csrf[1], "answer": "yes"},
        base_url="https://localhost",
        headers={"Referer": "https://localhost/"},
    )
    behind.close()

    assert reply.status_code == 303
    cookies = [*page.headers.getlist("Set-Cookie"), *reply.headers.getlist("Set-Cookie")]
    assert cookies
    for one in cookies:
        assert one.startswith("__Host-"), one
        assert "Secure" in one
        assert "HttpOnly" in one
        assert "SameSite=Lax" in one
        assert "Domain" not in one
    assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing-here", "/verify/none", "/static/none"])
def test_S18_every_page_says_no_store_and_the_same_policy(house: TestHouse, path: str) -> None:
    client = house.signed_in("alice")
    headers = client.get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": "a" * 40}, "SECRET_KEY"),
        ({"host": "0.0.0.0"}, "BYP_HOST"),
        ({"base_url": "byp.example"}, "BYP_BASE_URL"),
        ({"smtp_url": "smtp://localhost"}, "BYP_MAIL_FROM"),
        ({"port": 0}, "PORT"),
    ],
)
def test_S16_a_setting_that_is_not_safe_stops_the_start(
    given: dict[str, object], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(**given)


def test_S16_the_key_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    from training.settings import kept_secret

    first = kept_secret(tmp_path / "data", "secret_key")
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert kept_secret(tmp_path / "data", "secret_key") == first
    assert len(first) == 32


def test_S20_a_forged_forwarded_address_is_not_believed(
    house: TestHouse, with_password: str
) -> None:
    client = house.client()
    found = [
        sign_in(
            house,
            client,
            with_password,
            "wrong " * 4,
            headers={"X-Forwarded-For": f"10.0.{n}.1"},  # type: ignore[arg-type]
        )
        for n in range(8)
    ]
    assert 429 in found


def test_a_session_ends_after_half_an_hour_of_nothing_and_after_twelve_hours(
    house: TestHouse,
) -> None:
    idle, busy = house.signed_in("alice"), house.signed_in("bob")
    house.clock.at += timedelta(minutes=29)
    assert busy.get("/").status_code == 200
    house.clock.at += timedelta(minutes=2)
    assert idle.get("/").status_code == 302

    for _ in range(27):
        assert busy.get("/").status_code == 200
        house.clock.at += timedelta(minutes=26)
    assert busy.get("/").status_code == 302
