"""
Routes of following: whose news one gets, how often, when not, and the news itself.

A `zone` is one's own time as a number that a button holds: minutes ahead of UTC, and 720 more.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Follow:
    """Hear the news of this person from now on; *then* is the screen to go back to (`folded`)."""

    code: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Unfollow:
    """Hear no news of this person any more; *then* as above."""

    code: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Hear of anyone new, or not any more; *wanted* is "on" or "off"."""

    wanted: str


@dataclass(frozen=True, slots=True)
class Follows:
    """The news one gets, and how; *page* counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class UnfollowAll:
    """Hear no news at all any more."""


@dataclass(frozen=True, slots=True)
class ChoosePace:
    """Hear "at_once" or "weekly"."""

    pace: str


@dataclass(frozen=True, slots=True)
class Clock:
    """
    What time is it where one is?

    Attributes:
        zone: The hour that was chosen, to choose the minutes; 0: the hour is to be chosen.
    """

    zone: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """Which hours are to be quiet?"""

    zone: int


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """No news between these two minutes of the own day."""

    zone: int
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class EndQuiet:
    """News at any hour."""


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news of a person."""

    code: str
    update_id: int


@dataclass(frozen=True, slots=True)
class NewsList:
    """All the news of a person, the newest first; *page* counts from 0."""

    code: str
    page: int = 0
