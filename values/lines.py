"""What a plan's money is for: the closed vocabulary of budget lines."""

from enum import StrEnum


class BudgetLine(StrEnum):
    """The lines a need is made of. Spending is recorded against the same ones."""

    SHELTER = "shelter"
    MEDICAL = "medical"
    LEGAL = "legal"
    JOURNEY_HOME = "journey_home"
    EDUCATION = "education"
    LIVELIHOOD = "livelihood"
