"""The coarse, banded facts that may be shown of a person. There is no field for anything finer."""

from enum import StrEnum


class AgeBand(StrEnum):
    """How old the person is, as coarsely as it may be told."""

    UNDER_18 = "under_18"
    FROM_18_TO_29 = "18_29"
    FROM_30_TO_44 = "30_44"
    FROM_45 = "45_up"


class Region(StrEnum):
    """Where the person is going home to. Never a country's part, never a place."""

    MAINLAND_SOUTH_EAST_ASIA = "mainland_south_east_asia"
    ISLAND_SOUTH_EAST_ASIA = "island_south_east_asia"
    SOUTH_ASIA = "south_asia"
    EAST_ASIA = "east_asia"
    EAST_AFRICA = "east_africa"
    WEST_AFRICA = "west_africa"
    MIDDLE_EAST_AND_NORTH_AFRICA = "middle_east_and_north_africa"
    EASTERN_EUROPE = "eastern_europe"
    LATIN_AMERICA = "latin_america"


class ExploitationForm(StrEnum):
    """What kind of exploitation it was."""

    FISHING = "fishing"
    DOMESTIC_WORK = "domestic_work"
    FACTORY_WORK = "factory_work"
    FARM_WORK = "farm_work"
    CONSTRUCTION = "construction"
    ONLINE_SCAM = "online_scam"
    OTHER = "other"
