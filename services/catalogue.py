"""
What may be shown now, on the channel asked: cases with a published story that is consented to, and
cases with an approved need card that is consented to.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from locales.text import Name
from protection.consent import allowed_locales
from services import need_cards
from services.need_cards import NeedCard
from services.progress import Progress, progress_of
from storage import cases as case_rows
from storage import need_cards as card_rows
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from storage.sealing import Seal
from stories.pack import Chapter, Pack, Step
from stories.schema import Facts

__all__ = [
    "Chapter",
    "Facts",
    "Pack",
    "PublicCase",
    "Shelf",
    "ShowCases",
    "Step",
    "public_among",
    "public_case",
    "public_cases",
]


@dataclass(frozen=True, slots=True)
class PublicCase:
    """
    A case that may be shown on one channel, with its story or with its need alone.

    Attributes:
        story: None: it is shown as its need card, without a story.
        locales: The languages in which it may be shown so there; at least one.
        pseudonyms: What the person is called, by language; a need card has one for all.
        facts: All that is told of the person beside a story.
    """

    case: Case
    story: Pack | None
    locales: frozenset[str]
    progress: Progress
    pseudonyms: Mapping[str, str]
    facts: Facts

    def told_in(self, locale: str) -> str:
        """
        The language in which a reader of *locale* gets it.

        Their own if it is written and consented to; else English; else any that is.
        """
        if locale in self.locales:
            return locale
        return "en" if "en" in self.locales else min(self.locales)

    def name_in(self, locale: str) -> Name:
        """The pseudonym as a reader of *locale* gets it."""
        return Name(self.pseudonyms[self.told_in(locale)])

    @property
    def has_room(self) -> bool:
        """It takes gifts, and something is missing."""
        return self.case.is_open and bool(self.progress.missing)


class ShowCases(StrEnum):
    """
    What is shown of a case that has a story and a need card.

    STORY: its story. NEED: its need card while the plan takes gifts and is not funded; then its
    story.
    """

    STORY = "story"
    NEED = "need"


class Shelf:
    """
    Opened stories by the SHA-256 of their texts.

    A version never changes, so what is on the shelf is never stale; whether it may be shown is
    asked of the database every time.

    Attributes:
        shows: What the operator has laid down is shown of a case that has both.
    """

    def __init__(self, seal: Seal, room_for: int = 256, shows: ShowCases = ShowCases.STORY) -> None:
        self.seal = seal
        self.shows = shows
        self._room_for = room_for
        self._packs: dict[bytes, Pack] = {}

    async def story(self, connection: Connection, version_id: int, content_sha256: bytes) -> Pack:
        """The story of a version that exists."""
        known = self._packs.get(content_sha256)
        if known is None:
            version = await story_rows.version(connection, self.seal, version_id)
            if version is None:
                raise LookupError(f"story version {version_id} is published and does not exist")
            known = Pack.from_json(version.pack)
            if len(self._packs) >= self._room_for:
                self._packs.pop(next(iter(self._packs)))
            self._packs[content_sha256] = known
        return known


async def public_cases(
    connection: Connection,
    shelf: Shelf,
    channel: str,
    now: dt.datetime,
    locale: str | None = None,
) -> tuple[PublicCase, ...]:
    """
    Every case that may be shown on *channel* ("bot" or "web") now, oldest first.

    Args:
        locale: Who reads, so that no need card is shown in a language that it is not consented to
            in; None: nobody does.
    """
    published = await story_rows.published(connection)
    cases = await case_rows.by_ids(connection, {*published, *await card_rows.shown(connection)})
    return await _public(connection, shelf, channel, now, tuple(cases.values()), published, locale)


async def public_case(
    connection: Connection,
    shelf: Shelf,
    channel: str,
    now: dt.datetime,
    case: Case | None,
    locale: str | None = None,
) -> PublicCase | None:
    """*case* as it may be shown, or None if it may not (or there is none)."""
    if case is None:
        return None
    found = await public_among(connection, shelf, channel, now, (case,), locale)
    return found[0] if found else None


async def public_among(
    connection: Connection,
    shelf: Shelf,
    channel: str,
    now: dt.datetime,
    cases: Sequence[Case],
    locale: str | None = None,
) -> tuple[PublicCase, ...]:
    """Those of *cases* that may be shown, in their order."""
    published = await story_rows.published(connection, [case.id for case in cases])
    return await _public(connection, shelf, channel, now, cases, published, locale)


async def _public(
    connection: Connection,
    shelf: Shelf,
    channel: str,
    now: dt.datetime,
    cases: Sequence[Case],
    published: Mapping[int, tuple[int, bytes]],
    locale: str | None,
) -> tuple[PublicCase, ...]:
    cards = await need_cards.shown_cards(connection, cases)
    cases = [case for case in cases if case.id in published or case.id in cards]
    consents = await story_rows.consents(connection, [case.id for case in cases])
    progress = await progress_of(connection, cases)
    shown = []
    for case in cases:
        given, so_far = consents[case.id], progress[case.id]
        ways: list[PublicCase | None] = []
        if case.id in published:
            story = await shelf.story(connection, *published[case.id])
            told = allowed_locales(given, purpose="tell_story", channel=channel, now=now)
            ways.append(_with_story(case, story, told, so_far))
        if case.id in cards:
            in_these = need_cards.consented(given, channel=channel, now=now)
            if locale is None or locale in in_these:
                ways.append(_with_need(case, cards[case.id], in_these, so_far))
        if shelf.shows is ShowCases.NEED and case.is_open and not so_far.is_funded:
            ways.reverse()
        shown += [way for way in ways if way is not None][:1]
    return tuple(shown)


def _with_story(
    case: Case, story: Pack, told: frozenset[str], progress: Progress
) -> PublicCase | None:
    locales = told & frozenset(story.locales)
    names = {locale: story.pseudonym(locale) for locale in locales}
    return PublicCase(case, story, locales, progress, names, story.facts) if locales else None


def _with_need(
    case: Case, card: NeedCard, locales: frozenset[str], progress: Progress
) -> PublicCase | None:
    names = dict.fromkeys(locales, card.pseudonym)
    return PublicCase(case, None, locales, progress, names, card.facts) if locales else None
