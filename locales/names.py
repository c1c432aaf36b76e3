"""
What the words of the closed vocabularies are called where donors read them.

They name work, care and places to live, never what was done to a person's body: a reader may be a
survivor herself. Each is a label that stands alone, so it begins with a capital.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from locales.text import Text, say
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine

BUDGET_LINES: Mapping[BudgetLine, Text] = MappingProxyType(
    {
        # Translators: A line of the plan's budget. A label that stands alone; max 40 characters.
        BudgetLine.SHELTER: say("A safe place to stay"),
        # Translators: A line of the plan's budget. A label that stands alone; max 40 characters.
        BudgetLine.MEDICAL: say("Doctors and medicine"),
        # Translators: A line of the plan's budget. A label that stands alone; max 40 characters.
        BudgetLine.LEGAL: say("Legal help"),
        # Translators: A line of the plan's budget. A label that stands alone; max 40 characters.
        BudgetLine.JOURNEY_HOME: say("The journey home"),
        # Translators: A line of the plan's budget. A label that stands alone; max 40 characters.
        BudgetLine.EDUCATION: say("School and new skills"),
        # Translators: A line of the plan's budget: tools, stock or a licence to earn a living
        # with. A label that stands alone; max 40 characters.
        BudgetLine.LIVELIHOOD: say("A way to earn a living"),
    }
)

REGIONS: Mapping[Region, Text] = MappingProxyType(
    {
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.MAINLAND_SOUTH_EAST_ASIA: say("Mainland South-East Asia"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.ISLAND_SOUTH_EAST_ASIA: say("Island South-East Asia"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.SOUTH_ASIA: say("South Asia"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.EAST_ASIA: say("East Asia"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.EAST_AFRICA: say("East Africa"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.WEST_AFRICA: say("West Africa"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.MIDDLE_EAST_AND_NORTH_AFRICA: say("Middle East and North Africa"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.EASTERN_EUROPE: say("Eastern Europe"),
        # Translators: Where a person is going home to; never a country. max 40 characters.
        Region.LATIN_AMERICA: say("Latin America"),
    }
)

AGE_BANDS: Mapping[AgeBand, Text] = MappingProxyType(
    {
        # Translators: How old a person is, on purpose not more exactly. max 30 characters.
        AgeBand.UNDER_18: say("Under 18"),
        # Translators: How old a person is, on purpose not more exactly. max 30 characters.
        AgeBand.FROM_18_TO_29: say("18 to 29 years old"),
        # Translators: How old a person is, on purpose not more exactly. max 30 characters.
        AgeBand.FROM_30_TO_44: say("30 to 44 years old"),
        # Translators: How old a person is, on purpose not more exactly. max 30 characters.
        AgeBand.FROM_45: say("45 or older"),
    }
)

EXPLOITATION_FORMS: Mapping[ExploitationForm, Text] = MappingProxyType(
    {
        # Translators: What work a person was forced to do. Sober; never blame. max 50 characters.
        ExploitationForm.FISHING: say("Forced work on a fishing boat"),
        # Translators: What work a person was forced to do. Sober; never blame. max 50 characters.
        ExploitationForm.DOMESTIC_WORK: say("Forced work in a household"),
        # Translators: What work a person was forced to do. Sober; never blame. max 50 characters.
        ExploitationForm.FACTORY_WORK: say("Forced work in a factory"),
        # Translators: What work a person was forced to do. Sober; never blame. max 50 characters.
        ExploitationForm.FARM_WORK: say("Forced work on a farm"),
        # Translators: What work a person was forced to do. Sober; never blame. max 50 characters.
        ExploitationForm.CONSTRUCTION: say("Forced work on a building site"),
        # Translators: What work a person was forced to do: made to write to strangers and take
        # their money. The person is not to blame. max 50 characters.
        ExploitationForm.ONLINE_SCAM: say("Forced work in an online scam centre"),
        # Translators: A form of exploitation that is not told any closer, to protect the person.
        # max 50 characters.
        ExploitationForm.OTHER: say("Another form of exploitation"),
    }
)

CHAPTERS: Mapping[str, Text] = MappingProxyType(
    {
        # Translators: The first of four chapters of a survivor's story. max 20 characters.
        "before": say("Before"),
        # Translators: The second of four chapters: what the exploitation was like. max 20
        # characters.
        "exploitation": say("Exploitation"),
        # Translators: The third of four chapters: how the person became free. max 20 characters.
        "freedom": say("Freedom"),
        # Translators: The last of four chapters: what the person hopes for now. max 20 characters.
        "dreams": say("Dreams"),
    }
)
"""The four chapters of every story, in their order."""
