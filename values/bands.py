"""The bands of a case that only staff and the disclosure counts see, and the survivor's limits."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from values.facts import AgeBand, ExploitationForm, Region


class Gender(StrEnum):
    """As the person says it; NOT_SAID is as good as any."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"
    NOT_SAID = "not_said"


class PeriodBand(StrEnum):
    """How long it lasted. Never when."""

    UNDER_6_MONTHS = "under_6_months"
    FROM_6_TO_24_MONTHS = "6_24_months"
    OVER_24_MONTHS = "over_24_months"
    NOT_SAID = "not_said"


class Limit(StrEnum):
    """What the survivor does not want told, of a closed list. The approver sees it."""

    REGION = "no_region"
    FAMILY = "no_family"
    HARD_CHAPTER = "no_hard_chapter"
    UPDATES = "no_updates"


class Guardian(StrEnum):
    """Who looks after somebody under 18, or has judged what is best for them. Never a name."""

    GUARDIAN = "guardian"
    COURT = "court"
    CHILD_PROTECTION_SERVICE = "child_protection_service"
    BEST_INTEREST_PANEL = "best_interest_panel"


class RiskLevel(StrEnum):
    """How dangerous telling would be. HIGH blocks publication."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


COLUMNS: Mapping[str, type[StrEnum]] = MappingProxyType(
    {
        "region": Region,
        "age_band": AgeBand,
        "exploitation": ExploitationForm,
        "gender": Gender,
        "period_band": PeriodBand,
    }
)
"""The facts that a caseload counts people by, and the words of each."""
