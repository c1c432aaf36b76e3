"""
The closed vocabulary of milestones: what an update can say has happened on somebody's way home.

Staff choose one of these and the month; nobody writes a sentence. So no milestone can give away
where a person is or who she is, and each is said in every language at once.
"""

from dataclasses import dataclass
from enum import StrEnum

from locales.text import Text, say
from stories import icons


class UnknownMilestone(ValueError):
    """The name is not in the vocabulary of `stories/milestones.py`."""


class Kind(StrEnum):
    """
    What a milestone is about, no closer: so much is told before somebody opens the news.

    A message that is sent cannot be taken back; what is opened can.
    """

    SAFETY = "safety"
    HEALTH = "health"
    RIGHTS = "rights"
    JOURNEY = "journey"
    HOME = "home"
    LEARNING = "learning"
    WORK = "work"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Milestone:
    """
    One thing that can have happened.

    Attributes:
        name: The word for it: `course_finished`.
        kind: What it is about.
        icon: A word of the vocabulary of icons.
        label: What is shown; it stands alone and names nobody.
    """

    name: str
    kind: Kind
    icon: str
    label: Text


_ALL = (
    # Translators: News of a person's way home, which names nobody: "Moved into a safe home".
    # A label that stands alone; max 50 characters. The same holds for all news below.
    Milestone("safe_home", Kind.SAFETY, "shelter", say("Moved into a safe home")),
    Milestone("medical_care_begun", Kind.HEALTH, "doctor", say("Medical care begun")),
    Milestone("medical_care_finished", Kind.HEALTH, "hospital", say("Medical care finished")),
    Milestone(
        "counselling_begun", Kind.HEALTH, "counselling", say("Talks with a counsellor begun")
    ),
    Milestone("papers_received", Kind.RIGHTS, "papers_back", say("Identity papers received")),
    Milestone("legal_help_begun", Kind.RIGHTS, "law", say("Legal help begun")),
    Milestone("wages_claimed", Kind.RIGHTS, "court", say("Unpaid wages claimed")),
    Milestone("wages_received", Kind.RIGHTS, "coins", say("Unpaid wages received")),
    Milestone("journey_booked", Kind.JOURNEY, "ticket", say("Journey home booked")),
    Milestone("journey_begun", Kind.JOURNEY, "suitcase", say("Journey home begun")),
    Milestone("arrived_home", Kind.HOME, "way_home", say("Arrived home")),
    Milestone("family_together", Kind.HOME, "family", say("Together with the family again")),
    Milestone("first_month_home", Kind.HOME, "calendar", say("First month at home")),
    Milestone("house_repaired", Kind.HOME, "home_village", say("House repaired")),
    Milestone("school_begun", Kind.LEARNING, "school", say("Back at school")),
    Milestone("course_begun", Kind.LEARNING, "training", say("Course begun")),
    Milestone("course_finished", Kind.LEARNING, "certificate", say("Course finished")),
    Milestone("tools_received", Kind.WORK, "tools", say("Tools received")),
    Milestone("workplace_found", Kind.WORK, "key", say("A place to work found")),
    Milestone("seeds_planted", Kind.WORK, "seedling", say("First seeds planted")),
    Milestone("first_harvest", Kind.WORK, "rice", say("First harvest")),
    Milestone("business_opened", Kind.WORK, "shop", say("Own business opened")),
    Milestone("first_market_day", Kind.WORK, "market", say("First market day")),
    Milestone("job_found", Kind.WORK, "job", say("New job found")),
    Milestone("first_income", Kind.WORK, "wallet", say("First income of one's own")),
    Milestone("plan_completed", Kind.PLAN, "star", say("Plan completed")),
)

VOCABULARY: dict[str, Milestone] = {milestone.name: milestone for milestone in _ALL}
"""Name to milestone, in the order in which they often come."""

KIND_ICONS = {
    Kind.SAFETY: "shelter",
    Kind.HEALTH: "doctor",
    Kind.RIGHTS: "law",
    Kind.JOURNEY: "suitcase",
    Kind.HOME: "home_village",
    Kind.LEARNING: "school",
    Kind.WORK: "tools",
    Kind.PLAN: "star",
}
"""What stands for each kind in a picture."""

KIND_LABELS = {
    # Translators: What news of a person's way home is about: "It is about: Health". A label that
    # stands alone; max 30 characters. The same holds for the seven below.
    Kind.SAFETY: say("A safe place"),
    Kind.HEALTH: say("Health"),
    Kind.RIGHTS: say("Papers and rights"),
    Kind.JOURNEY: say("The way home"),
    Kind.HOME: say("Being at home"),
    Kind.LEARNING: say("Learning"),
    Kind.WORK: say("Work"),
    Kind.PLAN: say("The plan"),
}
"""What each kind is called where readers see it."""


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
