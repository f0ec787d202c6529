"""What an item writer would mend: rules L01 to L26, after Haladyna, Downing and Rodriguez.

Thresholds are ours, to be tuned on pilot data. The rules read English; each looks at active items
only, since a retired item is never asked again.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from quizzes.items import Item, ItemBank, ItemType
from quizzes.lint import balance, cues, sources, wording
from quizzes.lint.findings import (
    BankRule,
    FactState,
    Finding,
    ItemRule,
    Remark,
    Severity,
    Subject,
)
from quizzes.papers import Blueprint

__all__ = ["FactState", "Finding", "Severity", "lint_bank"]

ITEM_RULES: tuple[tuple[str, ItemRule], ...] = (
    ("L02", cues.longest_key),
    ("L05", wording.all_or_none),
    ("L06", cues.absolute_words),
    ("L07", cues.vague_key),
    ("L08", wording.negative_stem),
    ("L09", cues.clang),
    ("L10", cues.grammar_fit),
    ("L11", cues.convergence),
    ("L12", balance.duplicate_options),
    ("L13", sources.distractor_map),
    ("L14", wording.implausible),
    ("L15", cues.parallel_form),
    ("L16", wording.stem_completeness),
    ("L17", wording.one_idea),
    ("L18", sources.citation),
    ("L19", sources.stale),
    ("L20", wording.privacy),
    ("L21", wording.hinge),
    ("L22", wording.cultural_load),
    ("L23", sources.policy_as_law),
    ("L26", sources.rule_in_feedback),
)
OF_KEY_AGAINST_DISTRACTORS = frozenset({"L02", "L06", "L07", "L09", "L11", "L13", "L14"})
BANK_RULES: tuple[tuple[str, BankRule], ...] = (
    ("L03", balance.key_length_share),
    ("L04", balance.key_position),
    ("L04", balance.key_runs),
    ("L06", balance.absolute_balance),
    ("L08", wording.negative_share),
    ("L12", balance.duplicate_stems),
    ("L22", wording.gendered_roles),
    ("L24", balance.coverage),
    ("L24", balance.recall_share),
    ("L25", balance.yes_to_no),
)


def lint_bank(
    bank: ItemBank, *, facts: Mapping[str, FactState], blueprint: Blueprint, today: date
) -> tuple[Finding, ...]:
    """Return all findings: those of the items in the order of the file, then those of the bank.

    A warning at an item whose `lint_reasons` name the rule becomes a note with that reason; errors
    cannot be excused. The steps of an order are all right, so the rules that hold a key against its
    distractors leave it out. An item that breaks L01 is not judged any further: without its key and
    its distractors the other rules have nothing to look at, so that the bank is not judged either.
    """
    subject = Subject(bank, facts, blueprint, today)
    found: list[Finding] = []
    for item in subject.items:
        counted = list(_named("L01", item, wording.option_count(item, subject)))
        found += counted
        for rule, check in _rules_for(item):
            found += _named(rule, item, check(item, subject))
    if not any(finding.rule == "L01" and finding.severity is Severity.ERROR for finding in found):
        for rule, check_bank in BANK_RULES:
            found += (_finding(rule, remark, bank) for remark in check_bank(subject))
    return tuple(found)


def _rules_for(item: Item) -> tuple[tuple[str, ItemRule], ...]:
    """Return the rules that look at an item: fewer where no key stands against distractors."""
    if item.type is ItemType.ORDER:
        return tuple(entry for entry in ITEM_RULES if entry[0] not in OF_KEY_AGAINST_DISTRACTORS)
    return ITEM_RULES if item.keys and item.distractors else ()


def _named(rule: str, item: Item, remarks: Iterator[Remark]) -> Iterator[Finding]:
    for remark in remarks:
        yield _excused(Finding(rule, remark.severity, item.id, remark.what, remark.mend), item)


def _finding(rule: str, remark: Remark, bank: ItemBank) -> Finding:
    finding = Finding(rule, remark.severity, remark.item_id, remark.what, remark.mend)
    return _excused(finding, bank.item(remark.item_id)) if remark.item_id else finding


def _excused(finding: Finding, item: Item) -> Finding:
    reason = item.lint_reasons.get(finding.rule)
    if reason is None or finding.severity is not Severity.WARNING:
        return finding
    return Finding(finding.rule, Severity.NOTE, item.id, finding.what, reason)
