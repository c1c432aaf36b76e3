"""Names of the closed vocabularies."""

import pytest

from locales import names
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine


@pytest.mark.parametrize(
    ("table", "vocabulary"),
    [
        (names.BUDGET_LINES, BudgetLine),
        (names.REGIONS, Region),
        (names.AGE_BANDS, AgeBand),
        (names.EXPLOITATION_FORMS, ExploitationForm),
        (names.CHAPTERS, ["before", "exploitation", "freedom", "dreams"]),
    ],
)
def test_each_word_has_a_name_of_its_own_in_the_vocabulary_s_order(table, vocabulary):
    assert list(table) == list(vocabulary)
    assert len({text.msgid for text in table.values()}) == len(table)
