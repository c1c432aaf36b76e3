"""What may be shown now: cases with a published story that is consented to on the channel asked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locales.text import Name
from protection.consent import allowed_locales
from services.progress import Progress, progress_of
from storage import cases as case_rows
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from storage.sealing import Seal
from stories.pack import Chapter, Pack, Step

__all__ = [
    "Chapter",
    "Pack",
    "PublicCase",
    "Shelf",
    "Step",
    "public_among",
    "public_case",
    "public_cases",
]


@dataclass(frozen=True, slots=True)
class PublicCase:
    """
    A case that may be shown on one channel.

    Attributes:
        locales: The languages in which the story may be told there; at least one.
    """

    case: Case
    story: Pack
    locales: frozenset[str]
    progress: Progress

    def told_in(self, locale: str) -> str:
        """
        The language in which a reader of *locale* gets the story.

        Their own if it is written and consented to; else English; else any that is.
        """
        if locale in self.locales:
            return locale
        return "en" if "en" in self.locales else min(self.locales)

    def name_in(self, locale: str) -> Name:
        """The pseudonym as a reader of *locale* gets it."""
        return Name(self.story.pseudonym(self.told_in(locale)))

    @property
    def has_room(self) -> bool:
        """It takes gifts, and something is missing."""
        return self.case.is_open and bool(self.progress.missing)


class Shelf:
    """
    Opened stories by the SHA-256 of their texts.

    A version never changes, so what is on the shelf is never stale; whether it may be shown is
    asked of the database every time.
    """

    def __init__(self, seal: Seal, room_for: int = 256) -> None:
        self.seal = seal
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
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime
) -> tuple[PublicCase, ...]:
    """Every case that may be shown on *channel* ("bot" or "web") now, oldest first."""
    published = await story_rows.published(connection)
    cases = await case_rows.by_ids(connection, published)
    return await _public(connection, shelf, channel, now, tuple(cases.values()), published)


async def public_case(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, case: Case | None
) -> PublicCase | None:
    """*case* as it may be shown, or None if it may not (or there is none)."""
    if case is None:
        return None
    found = await public_among(connection, shelf, channel, now, (case,))
    return found[0] if found else None


async def public_among(
    connection: Connection, shelf: Shelf, channel: str, now: dt.datetime, cases: Sequence[Case]
) -> tuple[PublicCase, ...]:
    """Those of *cases* that may be shown, in their order."""
    published = await story_rows.published(connection, [case.id for case in cases])
    return await _public(connection, shelf, channel, now, cases, published)


async def _public(
    connection: Connection,
    shelf: Shelf,
    channel: str,
    now: dt.datetime,
    cases: Sequence[Case],
    published: Mapping[int, tuple[int, bytes]],
) -> tuple[PublicCase, ...]:
    cases = [case for case in cases if case.id in published]
    ids = [case.id for case in cases]
    consents = await story_rows.consents(connection, ids)
    progress = await progress_of(connection, cases)
    shown = []
    for case in cases:
        story = await shelf.story(connection, *published[case.id])
        locales = allowed_locales(
            consents[case.id], purpose="tell_story", channel=channel, now=now
        ) & frozenset(story.locales)
        if locales:
            shown.append(PublicCase(case, story, locales, progress[case.id]))
    return tuple(shown)
