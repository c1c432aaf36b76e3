"""
The closed vocabulary of milestones: what an update can say has happened on somebody's way home.

Staff choose one of these and the month; nobody writes a sentence. So no milestone can give away
where a person is or who she is, and each is said in every language at once.
"""

from dataclasses import dataclass

from locales.text import Text, say
from stories import icons


class UnknownMilestone(ValueError):
    """The name is not in the vocabulary of `stories/milestones.py`."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """
    One thing that can have happened.

    Attributes:
        name: The word for it: `course_finished`.
        icon: A word of the vocabulary of icons.
        label: What is shown; it stands alone and names nobody.
    """

    name: str
    icon: str
    label: Text


_ALL = (
    # Translators: News of a person's way home, which names nobody: "Moved into a safe home".
    # A label that stands alone; max 50 characters. The same holds for all news below.
    Milestone("safe_home", "shelter", say("Moved into a safe home")),
    Milestone("medical_care_begun", "doctor", say("Medical care begun")),
    Milestone("medical_care_finished", "hospital", say("Medical care finished")),
    Milestone("counselling_begun", "counselling", say("Talks with a counsellor begun")),
    Milestone("papers_received", "papers_back", say("Identity papers received")),
    Milestone("legal_help_begun", "law", say("Legal help begun")),
    Milestone("wages_claimed", "court", say("Unpaid wages claimed")),
    Milestone("wages_received", "coins", say("Unpaid wages received")),
    Milestone("journey_booked", "ticket", say("Journey home booked")),
    Milestone("journey_begun", "suitcase", say("Journey home begun")),
    Milestone("arrived_home", "way_home", say("Arrived home")),
    Milestone("family_together", "family", say("Together with the family again")),
    Milestone("first_month_home", "calendar", say("First month at home")),
    Milestone("house_repaired", "home_village", say("House repaired")),
    Milestone("school_begun", "school", say("Back at school")),
    Milestone("course_begun", "training", say("Course begun")),
    Milestone("course_finished", "certificate", say("Course finished")),
    Milestone("tools_received", "tools", say("Tools received")),
    Milestone("workplace_found", "key", say("A place to work found")),
    Milestone("seeds_planted", "seedling", say("First seeds planted")),
    Milestone("first_harvest", "rice", say("First harvest")),
    Milestone("business_opened", "shop", say("Own business opened")),
    Milestone("first_market_day", "market", say("First market day")),
    Milestone("job_found", "job", say("New job found")),
    Milestone("first_income", "wallet", say("First income of one's own")),
    Milestone("plan_completed", "star", say("Plan completed")),
)

VOCABULARY: dict[str, Milestone] = {milestone.name: milestone for milestone in _ALL}
"""Name to milestone, in the order in which they often come."""


def milestone(name: str) -> Milestone:
    """
    Look *name* up.

    Raises:
        UnknownMilestone: it is not in the vocabulary.
    """
    found = VOCABULARY.get(name)
    if found is None:
        raise UnknownMilestone(f"{name!r} is not a milestone (stories/milestones.py)")
    icons.icon(found.icon)
    return found
