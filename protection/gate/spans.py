"""Where something was found in the plain form of a text, and which finding stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from protection.gate.kinds import Kind


@dataclass(frozen=True, slots=True)
class Span:
    """
    Something found in a plain form, from *start* to *end*.

    Attributes:
        rank: Of two numbers in one place the one of the lower rank stands: what a word says it
            is, before what it looks like; the nearest word.
    """

    kind: Kind
    start: int
    end: int
    hard: bool
    rank: int = 0

    def overlaps(self, other: "Span") -> bool:
        """Whether they share a character."""
        return self.start < other.end and other.start < self.end


_NUMBERS = frozenset({Kind.PHONE, Kind.ID_NUMBER, Kind.GPS, Kind.EXACT_DATE, Kind.EXACT_AGE})


def settled(spans: Iterable[Span]) -> list[Span]:
    """
    One finding for each thing, in order of place.

    Findings of one kind that overlap become one; of two numbers in one place one stands; what
    blocks hides what only warns.
    """
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (not one.hard, one.rank, one.start - one.end)):
        rivals = [other for other in kept if other.overlaps(span)]
        if any(_hides(other, span) for other in rivals):
            continue
        same = next((other for other in rivals if other.kind is span.kind), None)
        if same is None:
            kept.append(span)
        else:
            kept[kept.index(same)] = replace(
                same, start=min(same.start, span.start), end=max(same.end, span.end)
            )
    return sorted(kept, key=lambda one: (one.start, one.end, one.kind))


_STAYS = frozenset({Kind.SENSATIONAL, Kind.BODY_MARK})
"""What is looked at whatever else stands within it: its words run on over names and numbers."""


def _hides(first: Span, second: Span) -> bool:
    if first.kind is second.kind:
        return first.hard != second.hard
    if first.hard != second.hard:
        return second.kind not in _STAYS
    if first.kind is Kind.EMAIL:
        return second.kind is Kind.HANDLE_OR_URL or second.kind in _NUMBERS
    if first.kind in _NUMBERS and second.kind in _NUMBERS:
        return True
    return not first.hard and first.rank < second.rank and second.kind not in _STAYS
