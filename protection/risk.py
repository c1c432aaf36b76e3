"""
How dangerous telling would be, from what the risk form says.

Source of the questions: WHO (2003), standards 1 and 2: assume the risk is extreme until shown
otherwise, and assess it; UNICEF on children: not even with an identity that is changed.
"""

from values.bands import RiskLevel

_ORDER = (RiskLevel.LOW, RiskLevel.MEDIUM, RiskLevel.HIGH)


def least_level(
    *, trafficker_at_large: bool, court_case: bool, minor: bool, returns_to_same_area: bool
) -> RiskLevel:
    """The level that these answers ask for at least; an officer may say more, never less."""
    if minor or (trafficker_at_large and (court_case or returns_to_same_area)):
        return RiskLevel.HIGH
    if trafficker_at_large or court_case or returns_to_same_area:
        return RiskLevel.MEDIUM
    return RiskLevel.LOW


def forbids_need_card(
    *,
    trafficker_at_large: bool,
    court_case: bool,
    minor: bool,
    returns_to_same_area: bool,
    level: RiskLevel,
) -> bool:
    """
    Whether even a card without a story is too dangerous.

    Of somebody under 18 the level is always high, because no story is told; there the other
    answers decide, each of which forbids it.
    """
    if minor:
        return trafficker_at_large or court_case or returns_to_same_area
    return level is RiskLevel.HIGH


def higher(one: RiskLevel, other: RiskLevel) -> RiskLevel:
    """The more dangerous of two."""
    return max(one, other, key=_ORDER.index)
