"""
Pictures of the public ledger, drawn from its rows: where money is, and how it came and went.

Shapes only, in their own units; the numbers stand beside them in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.public_ledger import SoFar, Sums
from values.money import Money

WIDE, HIGH = 400, 120
"""The picture's own size. It is stretched to the page's width."""
_POST = 14
"""So broad is what stands at both sides of the streams."""
_GAP = 6
_THINNEST = 2


@dataclass(frozen=True, slots=True)
class Stream:
    """
    From what came in to one place where it is now.

    Attributes:
        kind: The place: "held", "spent", "fees", "donors" (theirs, on the way back or back),
            "banks" (taken back), "moved".
        path: The stream's outline.
        top: Where its end begins.
        height: How high its end is.
    """

    kind: str
    path: str
    top: int
    height: int


def streams(sums: Sums) -> tuple[Stream, ...]:
    """The streams from top to bottom, as broad as the money is much; none for nothing."""
    places: tuple[tuple[str, Money], ...] = (
        ("held", sums.held),
        ("spent", sums.spent),
        ("fees", sums.fees),
        ("donors", sums.over_goal + sums.refund_due + sums.refunded),
        ("banks", sums.disputed + sums.charged_back),
        ("moved", sums.moved_on),
    )
    there = [(kind, amount.amount_minor) for kind, amount in places if amount.amount_minor > 0]
    whole = sum(minor for _, minor in there)
    room = HIGH - _GAP * (len(there) - 1) - _THINNEST * len(there)
    found, left, top = [], 0, 0
    for kind, minor in there:
        height = _THINNEST + room * minor // whole
        found.append(Stream(kind, _outline(left, top, height), top, height))
        left += height
        top += height + _GAP
    return tuple(found)


def _outline(left: int, right: int, height: int) -> str:
    """From *left* at the one side to *right* at the other, both tops."""
    start, end, middle = _POST, WIDE - _POST, WIDE // 2
    return (
        f"M{start} {left}C{middle} {left} {middle} {right} {end} {right}v{height}"
        f"C{middle} {right + height} {middle} {left + height} {start} {left + height}z"
    )


@dataclass(frozen=True, slots=True)
class Growth:
    """The outlines of what had come in and what had been spent by the end of each month."""

    came_in: str
    spent: str


def growth(months: Sequence[SoFar]) -> Growth | None:
    """Both as stairs, a step each month; None if nothing came in yet."""
    most = max((month.came_in.amount_minor for month in months), default=0)
    if most <= 0:
        return None
    return Growth(
        _stairs([month.came_in.amount_minor for month in months], most),
        _stairs([month.spent.amount_minor for month in months], most),
    )


def _stairs(heights: Sequence[int], most: int) -> str:
    steps = (
        f"V{HIGH - HIGH * min(most, max(0, height)) // most}H{WIDE * (at + 1) // len(heights)}"
        for at, height in enumerate(heights)
    )
    return f"M0 {HIGH}{''.join(steps)}V{HIGH}z"
