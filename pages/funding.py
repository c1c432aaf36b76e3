"""How far a plan is funded, as a bar and in words: each kind of money under its own name."""

from dataclasses import dataclass

from services.progress import Progress
from values.money import Money

WHOLE = 1000
"""The bar's length, in its own units."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the bar: where it begins, how long it is, which money it stands for."""

    kind: str
    start: int
    length: int


def bar(progress: Progress) -> tuple[Part, ...]:
    """
    The pieces of the bar, one behind the other; none for nothing.

    Ends are rounded down and kept within the bar, so that it is full only when nothing is missing.
    """
    parts = []
    so_far = Money(0, progress.need.currency)
    for kind in ("funded", "arriving", "promised", "held"):
        amount: Money = getattr(progress, kind)
        start = _place(so_far, progress.need)
        so_far += amount
        length = _place(so_far, progress.need) - start
        if length:
            parts.append(Part(kind, start, length))
    return tuple(parts)


def _place(amount: Money, need: Money) -> int:
    return min(WHOLE, amount.amount_minor * WHOLE // need.amount_minor)
