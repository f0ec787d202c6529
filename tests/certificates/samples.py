"""A certificate to begin with, and names that have broken other people's certificates."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from certificates import Certificate, SigningKey, new_serial

KEY = SigningKey.from_bytes(bytes(range(32)))

SAMPLE = Certificate(
    serial=new_serial(bytes(range(3, 20))),
    legal_name="Dana Nguyễn-Rodríguez",
    title="Patient privacy and social media: training completed",
    practice="Maple Street Dental",
    completed_on=date(2027, 3, 4),
    zone="America/Chicago",
    next_refresher_on=date(2028, 3, 4),
    base_url="https://training.maplestreetdental.example",
    course_digest="5f" * 32,
    issued_at=datetime(2027, 3, 4, 22, 5, 6, 789, tzinfo=UTC),
    key_id=KEY.key_id,
    signatory="Privacy officer: Pat Moreno",
)


def certificate(**changes: Any) -> Certificate:
    return replace(SAMPLE, **changes)


NAMES = [
    "X",
    "Bo Li",
    "O'Brien-d’Arcy",
    'Robert "Bobby" Tables',
    "Robert'); DROP TABLE users;--",
    "A & B",
    "<b>Ann</b>",
    "</para>",
    '<img src="/etc/hostname"/>',
    "<a href='javascript:alert(1)'>x</a>",
    "<font color=red>Ann</font>",
    "{{ 7*7 }} {% raw %}",
    "${jndi:ldap://x}",
    "%s %d %n",
    "=1+1",
    "@SUM(A1)",
    "(((((",
    ")))))",
    "\\ backslash \\) Tj ET",
    ") Tj ET Q /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
    "endstream endobj",
    "%PDF-1.4 %%EOF",
    "<</ActualText (x)>> BDC",
    "null",
    "undefined",
    "NaN",
    "None",
    "true",
    "0",
    "-",
    "Šárka Dvořáková",
    "Łukasz Żółć",
    "Þórdís Guðmundsdóttir",
    "Ængus Ørsted Åse",
    "İbrahim Işık Çağrı Ğüş",
    "Nguyễn Thị Phương Ẩn",
    "Trần Đặng Ngọc Ỷ",
    "Ωμέγα Παπαδοπούλου",
    "Ἀριστοτέλης ὁ Σταγειρίτης",
    "Жанна Ёлкина",
    "Їжакевич Ґалаґан",
    "Ђорђе Његош",
    "José María de los Ángeles",
    "Jose\u0301 Mari\u0301a",
    "Ǆeko Ǌegoš",
    "ẞtraße Größe",
    "ﬁona ﬂynn",
    "ʻOkina Kahananui",
    "Nǃxau ǂToma",
    "Ọlábísí Adéyẹmí",
    "X Æ A-12",
    "Anne  Marie\tLee",
    "Zero\u200bWidth",
    "Soft\u00adHyphen",
    "Bidi\u202eedirrevo",
    "Line\nBreak",
    "山田 太郎",
    "김철수",
    "محمد علي",
    "שלום כהן",
    "ธนาคาร ใจดี",
    "अनिता शर्मा",
    "Emoji 😀 Person",
    "Zalgo Z̶̢̛a̷̕l̸g̵o̶",
    "\U0001d54f Math",
    "W" * 120,
    "i" * 120,
    "Wolfeschlegelsteinhausenbergerdorff " * 3,
    "a " * 60,
    "Very long name " * 80,
]
