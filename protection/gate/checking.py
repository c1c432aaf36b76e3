"""
The publish gate: what no story may hold, and what two people must have looked at.

It is an aid and not a judge: rules know telephone numbers, and cannot know that everybody in her
village would recognise her. What it finds *hard* blocks; the rest warns. No model, no network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from protection.gate.contacts import contacts
from protection.gate.kinds import REMEDIES, Kind
from protection.gate.lexicon import Lexicon, lexicon
from protection.gate.numbers import numbers
from protection.gate.plain import plain
from protection.gate.spans import Span, settled
from protection.gate.words_found import told_by_words

__all__ = ["Finding", "Kind", "examine", "findings", "warnings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something in a text that must not be published, or that must be looked at.

    Attributes:
        where: Which text, as its caller named it.
        value: As it stands in the text; not shown in a log by chance.
        start: Where in the text, in characters (code points).
        end: Where it ends.
        hard: It blocks; otherwise it warns.
    """

    where: str
    kind: Kind
    value: str = field(repr=False)
    start: int
    end: int
    hard: bool

    @property
    def remedy(self) -> str:
        """What to do, for the officer."""
        return REMEDIES[self.kind]


@lru_cache(maxsize=2048)
def examine(text: str, locale: str) -> tuple[Finding, ...]:
    """
    All that the rules of *locale* find in *text*, in order; `where` is empty.

    Kept for the texts asked for last: a draft is read again on every page that shows it, in all its
    languages, and one text of it has changed.

    Args:
        locale: "zh_Hans"; without a word list of its own it is read by the English one.
    """
    form = plain(text)
    found = []
    for span in _spans(form.text, lexicon(locale)):
        start, end = form.origin(span.start, span.end)
        found.append(Finding("", span.kind, text[start:end], start, end, span.hard))
    return tuple(found)


def findings(texts: Mapping[str, str]) -> list[Finding]:
    """What blocks publication of *texts*, whose keys are "<locale>: <place>" or "<locale>"."""
    return [finding for finding in _all(texts) if finding.hard]


def warnings(texts: Mapping[str, str]) -> list[Finding]:
    """
    What does not block *texts*, and must be looked at; the keys are those of `findings`.

    The invented name of a text "<locale>: pseudonym" is no finding in the texts of its language.
    """
    invented = {_locale(where): text for where, text in texts.items() if _is_invented_name(where)}
    return [
        finding
        for finding in _all(texts)
        if not finding.hard and not _names_only(finding, invented.get(_locale(finding.where), ""))
    ]


def _all(texts: Mapping[str, str]) -> list[Finding]:
    found = []
    for where, text in texts.items():
        found += [replace(finding, where=where) for finding in examine(text, _locale(where))]
    return found


def _spans(text: str, words: Lexicon) -> list[Span]:
    return settled([*contacts(text, words), *numbers(text, words), *told_by_words(text, words)])


def _locale(where: str) -> str:
    return where.partition(":")[0]


def _is_invented_name(where: str) -> bool:
    return where.partition(":")[2].strip() == "pseudonym"


def _names_only(finding: Finding, invented: str) -> bool:
    return finding.kind is Kind.PERSON_NAME and finding.value.casefold() == invented.casefold()
