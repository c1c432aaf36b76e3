"""
The disclosure budget: what is told of a case, taken together, must fit many people.

Each thing that is published tells some of five banded facts, and a reader puts them together. The
facts that all of it tells must be those of at least `K` people in the organisation's own caseload.
What the caseload has no column for cannot be counted; that remains for the two who decide.

Source of the number: the Counter-Trafficking Data Collaborative publishes what is k-anonymous with
k = 11 (ctdatacollaborative.org, read 2026-11).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from values.bands import COLUMNS
from values.lines import BudgetLine

K = 11
"""For so many people, at least, published facts must stand."""

NEED_CARD = frozenset({"region", "age_band", "exploitation"})
"""What a need card shows in words; its invented name was drawn whatever the gender."""

STORY = NEED_CARD | {"gender"}
"""A story shows the same, and says she or he in most languages."""

NOTE = frozenset({"gender"})
"""A note with news says she or he."""

LINES: Mapping[BudgetLine, frozenset[str]] = MappingProxyType(
    {
        BudgetLine.SHELTER: frozenset(),
        BudgetLine.MEDICAL: frozenset(),
        # A claim grows with the months that were worked: what it costs tells how long it was.
        BudgetLine.LEGAL: frozenset({"period_band"}),
        BudgetLine.JOURNEY_HOME: frozenset({"region"}),
        BudgetLine.EDUCATION: frozenset({"age_band"}),
        BudgetLine.LIVELIHOOD: frozenset(),
    }
)
"""What a budget line tells beside the need."""

MILESTONES: Mapping[str, frozenset[str]] = MappingProxyType(
    dict.fromkeys(
        (
            "safe_home", "medical_care_begun", "medical_care_finished", "counselling_begun",
            "papers_received", "family_together", "first_month_home", "house_repaired",
            "course_begun", "course_finished", "tools_received", "workplace_found",
            "business_opened", "first_market_day", "job_found", "first_income", "plan_completed",
        ),
        frozenset[str](),
    )
    | dict.fromkeys(
        ("legal_help_begun", "wages_claimed", "wages_received"), frozenset({"period_band"})
    )
    | dict.fromkeys(("journey_booked", "journey_begun", "arrived_home"), frozenset({"region"}))
    | dict.fromkeys(("seeds_planted", "first_harvest"), frozenset({"region"}))
    | {"school_begun": frozenset({"age_band"})}
)  # fmt: skip
"""What news of a milestone tells; each of `stories.milestones` is here."""


def facts_told(
    *,
    story: bool,
    lines: Iterable[BudgetLine],
    milestones: Iterable[str],
    notes: bool,
) -> tuple[str, ...]:
    """
    The columns of the caseload that all of this tells together, in their order.

    Args:
        story: It is told with its story; else as a need card.
        lines: The budget lines that are shown.
        milestones: Of the news that is or will be shown.
        notes: Some of the news has a note.
    """
    told = set(STORY if story else NEED_CARD)
    for line in lines:
        told |= LINES[line]
    for milestone in milestones:
        told |= MILESTONES[milestone]
    if notes:
        told |= NOTE
    return tuple(column for column in COLUMNS if column in told)


class Counts:
    """How many people there are for any combination of facts."""

    def __init__(self, rows: Iterable[tuple[Mapping[str, str], int]]) -> None:
        """
        Args:
            rows: Facts by column, and how many people have them; the same facts may come again.
        """
        self._rows = tuple(rows)
        self._counted: dict[tuple[str, ...], Counter[tuple[str | None, ...]]] = {}

    def people(self, facts: Mapping[str, str]) -> int:
        """How many people have all of *facts*, letter for letter; without any, all people."""
        columns = tuple(sorted(facts))
        if columns not in self._counted:
            counted: Counter[tuple[str | None, ...]] = Counter()
            self._counted[columns] = counted
            for row, people in self._rows:
                counted[tuple(row.get(column) for column in columns)] += people
        return self._counted[columns][tuple(facts[column] for column in columns)]


def is_enough(people: int) -> bool:
    """Whether facts that fit so many people may be told."""
    return people >= K
