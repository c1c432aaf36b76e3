"""
A draft as it is written at the desk: place by place, in one language at a time.

Whoever saves says what they had read of each text they changed. So two people who write in
different places do not disturb each other, and of two who write in the same place the second is
shown what the first wrote.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services import words_acts
from services.drafting import Draft, NotBegun, Overtaken
from services.house import House
from services.permits import NotAllowed
from services.staff_acts import Unknown
from stories.editing import TEXTS, DrawStep, Edit, MoveStep, NotEditable, SetText, step_in, text_in
from stories.pack import FALLBACK, GENTLE, Chapter
from stories.reading import most_characters
from stories.rules import CAPTION_UNITS, HEADING_UNITS, faults, utf16_units

__all__ = ["FALLBACK", "GENTLE", "Chapter", "Draft", "NotBegun", "NotEditable"]

STORY, LINES = "story", "lines"
PARTS = (STORY, *(chapter.value for chapter in Chapter), LINES)
"""What is written on one page: the texts of the whole, a chapter, what the budget lines pay for."""

MOST_STEPS = 7
"""Steps of a chapter."""

_TRIES = 5

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """
    A text of a draft, as it is kept.

    Attributes:
        place: "title", "steps.s01", "lines.shelter".
        most: The most characters it may have when it is handed in.
        notes: What is wrong with it, each as what to do.
        was: Says in a form what was read.
    """

    place: str
    text: str
    most: int
    notes: tuple[str, ...]
    was: str


class Change(Protocol):
    """Something of a draft that somebody has read, and wants otherwise."""

    @property
    def was(self) -> str: ...
    @property
    def now(self) -> str: ...
    def read(self, content: Content) -> str:
        """What stands there. Raises NotEditable: nothing can stand there any more."""

    def edits(self, content: Content, /) -> Sequence[Edit]:
        """What makes it as it is wanted."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """Other words for a place in one language; `was` is the fingerprint of those that were read."""

    locale: str
    place: str
    was: str
    now: str

    def read(self, content: Content) -> str:
        return text_in(content, self.locale, self.place)

    def edits(self, _content: Content) -> Sequence[Edit]:
        return (SetText(self.locale, self.place, self.now),)


@dataclass(frozen=True, slots=True)
class DrawnChange:
    """Another chapter or other icons for a step; `was` likewise, of `drawn`."""

    step_id: str
    was: str
    chapter: Chapter
    icon: str
    helpers: tuple[str, str]

    @property
    def now(self) -> str:
        return " ".join((self.chapter, self.icon, *self.helpers))

    def read(self, content: Content) -> str:
        return drawn(content, self.step_id)

    def edits(self, content: Content) -> Sequence[Edit]:
        draws = DrawStep(self.step_id, self.icon, self.helpers)
        if self.step_id == GENTLE or step_in(content, self.step_id)[0] is self.chapter:
            return (draws,)
        last = len(content["chapters"][self.chapter])
        return MoveStep(self.step_id, self.chapter, last), draws


@dataclass(frozen=True, slots=True)
class Clashes:
    """
    Somebody else has changed the same places since they were read; nothing was saved.

    Attributes:
        draft: As it is now.
        changes: Those that nobody may make without having seen what is there now.
    """

    draft: Draft
    changes: tuple[Change, ...]


def fingerprint(text: str) -> str:
    """What stands for a text in a form."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def tidied(text: str) -> str:
    """*text* as one line in the usual form of its characters, which no keyboard can promise."""
    return unicodedata.normalize("NFC", " ".join(text.split("\n")).replace("\r", "")).strip()


def places_in(content: Content, part: str, locale: str) -> list[str]:
    """The places that are written on one page; the invented name is given, in English."""
    if part == STORY:
        return [place for place in TEXTS if place != "pseudonym" or locale != FALLBACK]
    if part == LINES:
        return [f"lines.{entry['line']}" for entry in content["budget"]["lines"]]
    return [f"steps.{step['id']}" for step in content["chapters"][part]]


def words(draft: Draft, locale: str, place: str) -> Words:
    """The text of a place with what is wrong with it. Raises NotEditable: there is no such one."""
    text = text_in(draft.content, locale, place)
    most = most_characters(place)
    notes = faults(text, locale, most) if text else []
    if place.startswith("steps.") and not notes:
        title = text_in(draft.content, locale, "title")
        units = utf16_units(text) + utf16_units(title) + HEADING_UNITS
        if units > CAPTION_UNITS:
            notes.append("it is too long for a message with its heading; shorten it")
    where = f"{locale}: {place}"
    blocked = [finding.remedy for finding in draft.findings if finding.where == where]
    return Words(place, text, most, (*notes, *blocked), fingerprint(text))


def written(content: Content, locale: str) -> tuple[int, int]:
    """How many places of a language have words, and how many there are."""
    places = [place for part in PARTS for place in places_in(content, part, locale)]
    return sum(bool(text_in(content, locale, place)) for place in places), len(places)


def drawn(content: Content, step_id: str) -> str:
    """The chapter and the icons of a step, or of the gentle card. Raises NotEditable."""
    chapter, step = step_in(content, step_id)
    return " ".join((chapter, step["icon"], *step["helpers"]))


def moved(content: Content, step_id: str, *, up: bool) -> MoveStep | None:
    """
    A step one place further up or down, into the next chapter from a chapter's end; None where it
    can go no further. Raises NotEditable: there is no such step.
    """
    chapter, step = step_in(content, step_id)
    index = content["chapters"][chapter].index(step)
    if up and index > 0:
        return MoveStep(step_id, chapter, index - 1)
    if not up and index < len(content["chapters"][chapter]) - 1:
        return MoveStep(step_id, chapter, index + 1)
    order = list(Chapter)
    beside = order.index(chapter) + (-1 if up else 1)
    if not 0 <= beside < len(order):
        return None
    return MoveStep(step_id, order[beside], len(content["chapters"][order[beside]]) if up else 0)


async def save(
    house: House, *, case: str, changes: Sequence[Change], by: str
) -> Draft | Clashes | NotBegun | Unknown | NotAllowed:
    """
    Save what was changed, all of it or nothing; what was only read stays as it is by now.

    Raises:
        NotEditable: a place is not there any more, or cannot be so.
    """
    wanted = [change for change in changes if fingerprint(change.now) != change.was]
    for _ in range(_TRIES):
        draft = await words_acts.read_draft(house, case)
        if not isinstance(draft, Draft):
            return draft
        clashes = tuple(change for change in wanted if _clashes(change, draft.content))
        if clashes:
            return Clashes(draft, clashes)
        done = await words_acts.save_draft(
            house,
            case=case,
            edits=[edit for change in wanted for edit in change.edits(draft.content)],
            revision=draft.revision,
            by=by,
        )
        if not isinstance(done, Overtaken):
            return done
    raise NotEditable("others save all the time; save once more")


def _clashes(change: Change, content: Content) -> bool:
    there = change.read(content)
    return fingerprint(there) != change.was and there != change.now
