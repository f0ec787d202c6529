"""A rule as one sentence that an officer can read aloud, with the basis of its periods."""

import re
from collections.abc import Mapping, Sequence

from training.rules.renewal import Anchor, Basis, FirstAnchor, RenewalPolicy

BASIS_WORDS = {
    Basis.FEDERAL_LAW: "federal law",
    Basis.STATE_LAW: "state law",
    Basis.CORRECTIVE_ACTION_PLAN: "corrective action plan",
    Basis.OUR_POLICY: "our policy",
}
KINDS_OF_WORK = {
    "employee": "employees",
    "volunteer": "volunteers",
    "student": "students",
    "agency": "agency staff",
    "clinical": "clinical staff",
}
OF_A_CHANGE = {
    "learned_before": "whoever learned an older version",
    "signed_before": "whoever answered an earlier policy text",
}
FIRST_WORDS = {FirstAnchor.HIRE: "hire", FirstAnchor.ACCESS: "access"}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
PERIODS = {1: "monthly", 12: "yearly"}
SMALL = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 9: "nine", 10: "ten"}
STATES: dict[str, str] = dict(
    re.findall(
        r"(\w\w)=([^;]+)",
        "AL=Alabama;AK=Alaska;AZ=Arizona;AR=Arkansas;CA=California;CO=Colorado;CT=Connecticut;"
        "DE=Delaware;DC=the District of Columbia;FL=Florida;GA=Georgia;GU=Guam;HI=Hawaii;ID=Idaho;"
        "IL=Illinois;IN=Indiana;IA=Iowa;KS=Kansas;KY=Kentucky;LA=Louisiana;ME=Maine;MD=Maryland;"
        "MA=Massachusetts;MI=Michigan;MN=Minnesota;MS=Mississippi;MO=Missouri;MT=Montana;"
        "NE=Nebraska;NV=Nevada;NH=New Hampshire;NJ=New Jersey;NM=New Mexico;NY=New York;"
        "NC=North Carolina;ND=North Dakota;OH=Ohio;OK=Oklahoma;OR=Oregon;PA=Pennsylvania;"
        "PR=Puerto Rico;RI=Rhode Island;SC=South Carolina;SD=South Dakota;TN=Tennessee;TX=Texas;"
        "UT=Utah;VT=Vermont;VA=Virginia;VI=the Virgin Islands;WA=Washington;WV=West Virginia;"
        "WI=Wisconsin;WY=Wyoming",
    )
)


def rule_sentence(
    *,
    audience: Mapping[str, Sequence[str]],
    course: str,
    days: int,
    anchor: FirstAnchor,
    renewal: RenewalPolicy,
    human_unlock: bool = False,
) -> str:
    """Return a rule in words: who, what, by when, how it comes round again, on what basis."""
    first = f"{course} within {_days(days)} of {FIRST_WORDS[anchor]}"
    parts = [first, _renewal(renewal, course)]
    if renewal.grace_days:
        parts[-1] += f", {_days(renewal.grace_days)} of grace"
    if human_unlock:
        parts.append("after three tries somebody helps before it goes on")
    told = f"{who(audience)}: {'; '.join(parts)}."
    return f"{told} Basis: {BASIS_WORDS[renewal.basis]}."


def who(audience: Mapping[str, Sequence[str]]) -> str:
    """Return whom a rule is for, such as "Clinical staff in Texas"."""
    kinds = [KINDS_OF_WORK.get(kind, kind) for kind in audience.get("worker_types", ())]
    changed = (words for key, words in OF_A_CHANGE.items() if audience.get(key))
    told = _list(kinds, "and") or next(changed, "all staff")
    lists = (("departments", "of"), ("sites", "at"), ("states", "in"), ("entities", "of"))
    for key, word in lists:
        names = [STATES.get(name, name) for name in audience.get(key, ())]
        if names:
            told += f" {word} {_list(names, 'or')}"
    return told[0].upper() + told[1:]


def _renewal(policy: RenewalPolicy, course: str) -> str:
    if policy.anchor is Anchor.FIXED and policy.fixed_day:
        month, day = policy.fixed_day
        told = f"{policy.refresher_course or course} each year by {day} {MONTHS[month - 1]}"
        if policy.minimum_gap_days:
            told += f", not within {_days(policy.minimum_gap_days)} of the last time"
    elif policy.validity_months is None:
        return "no refresher comes by itself"
    else:
        told = f"{policy.refresher_course or course} {period(policy.validity_months)} from "
        previous = policy.anchor is Anchor.PREVIOUS_EXPIRY
        told += "the previous expiry" if previous else "the day of completion"
    opens = f"{_days(policy.window_days)} before" if policy.window_days else "on that day"
    return f"{told}, opens {opens}"


def period(months: int) -> str:
    """Return how often, such as "yearly" or "every 18 months"."""
    if months in PERIODS:
        return PERIODS[months]
    count, unit = (months // 12, "years") if months % 12 == 0 else (months, "months")
    return f"every {SMALL.get(count, count)} {unit}"


def _days(count: int) -> str:
    return "a day" if count == 1 else f"{count} days"


def _list(names: Sequence[str], word: str) -> str:
    """Return "a", "a or b", "a, b or c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
