"""What is told together must fit many people; so each thing that is told must be on a list."""

import pytest

from protection.disclosure import (
    LINES,
    MILESTONES,
    NEED_CARD,
    STORY,
    Counts,
    K,
    facts_told,
    is_enough,
)
from stories.milestones import VOCABULARY
from values.bands import COLUMNS
from values.lines import BudgetLine

NOTHING = {"lines": (), "milestones": (), "notes": False}


def test_every_line_and_every_milestone_has_been_thought_of():
    assert LINES.keys() == set(BudgetLine)
    assert MILESTONES.keys() == VOCABULARY.keys()
    told = [STORY, NEED_CARD, *LINES.values(), *MILESTONES.values()]
    assert all(facts <= COLUMNS.keys() for facts in told)


@pytest.mark.parametrize(("people", "enough"), [(0, False), (K - 1, False), (K, True)])
def test_eleven_are_enough(people, enough):
    assert K == 11
    assert is_enough(people) is enough


@pytest.mark.parametrize(
    ("things", "more"),
    [
        ({}, ()),
        ({"story": True}, ("gender",)),
        ({"notes": True}, ("gender",)),
        ({"lines": [BudgetLine.LEGAL]}, ("period_band",)),
        ({"lines": [BudgetLine.SHELTER, BudgetLine.JOURNEY_HOME]}, ()),
        ({"milestones": ["wages_claimed"]}, ("period_band",)),
        ({"milestones": ["job_found", "arrived_home"]}, ()),
        ({"story": True, "milestones": ["wages_received"]}, ("gender", "period_band")),
    ],
)
def test_what_is_told_adds_up(things, more):
    told = facts_told(**{"story": False, **NOTHING, **things})

    assert told == ("region", "age_band", "exploitation", *more)


def test_people_are_counted_for_any_facts_letter_for_letter():
    counts = Counts(
        [
            ({"region": "a", "gender": "man"}, 3),
            ({"region": "a", "gender": "woman"}, 4),
            ({"region": "b", "gender": "man"}, 5),
            ({"region": "a", "gender": "man"}, 2),
        ]
    )

    assert counts.people({}) == 14
    assert counts.people({"region": "a"}) == 9
    assert counts.people({"gender": "man", "region": "a"}) == 5
    assert counts.people({"gender": "Man"}) == 0
    assert counts.people({"age_band": "18_29"}) == 0
