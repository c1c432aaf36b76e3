"""How dangerous telling is at least, from the answers of the risk form."""

from itertools import product

import pytest

from protection.risk import higher, least_level
from values.bands import RiskLevel

ASKED = ("trafficker_at_large", "court_case", "minor", "returns_to_same_area")
NO = dict.fromkeys(ASKED, False)


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ((), RiskLevel.LOW),
        (("court_case",), RiskLevel.MEDIUM),
        (("returns_to_same_area",), RiskLevel.MEDIUM),
        (("court_case", "returns_to_same_area"), RiskLevel.MEDIUM),
        (("trafficker_at_large",), RiskLevel.MEDIUM),
        (("trafficker_at_large", "returns_to_same_area"), RiskLevel.HIGH),
        (("trafficker_at_large", "court_case"), RiskLevel.HIGH),
        (("minor",), RiskLevel.HIGH),
    ],
)
def test_answers_ask_for_a_level(answers, level):
    assert least_level(**NO | dict.fromkeys(answers, True)) is level


def test_one_more_yes_never_makes_it_less_dangerous():
    for answers in product((False, True), repeat=4):
        given = dict(zip(ASKED, answers, strict=True))
        for asked in ASKED:
            more = least_level(**given | {asked: True})
            assert higher(more, least_level(**given)) is more
