"""
News for programs that ask by themselves: that there is some, of which plan, and in which month.

Whoever has fetched a feed keeps it for as long as they like, and nothing can take it back. So an
entry holds no word of a story and no name, not even the address of a page, which has one: only the
plan's code. It says the same of every kind of news.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from protection.consent import allowed_locales
from services.catalogue import PublicCase
from services.look import Look
from storage import cases as case_rows
from storage import stories as story_rows
from storage import updates

MOST_ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """
    That there is news.

    Attributes:
        name: The same whenever it is asked for; tells nothing else.
        case_code: Of which plan.
        month: "2026-11", the month that the news is of.
        since: The first moment of the month in which it came to be shown.
    """

    name: uuid.UUID
    case_code: str
    month: str
    since: dt.datetime

    @property
    def year_and_month(self) -> tuple[int, int]:
        """The month."""
        return int(self.month[:4]), int(self.month[5:7])


async def of_all(look: Look, locale: str) -> tuple[Entry, ...]:
    """The newest news that may be told in this language, the newest first."""
    return await _entries(look, await look.cases(), locale)


async def of_case(look: Look, code: str, locale: str) -> tuple[Entry, ...] | None:
    """
    The same of one plan: nothing of one that was taken back, None if none was ever shown.
    """
    case = await look.case(code)
    if case is not None:
        return await _entries(look, (case,), locale)
    return () if await was_recalled(look, code) else None


async def was_recalled(look: Look, code: str) -> bool:
    """Whether the story of the case with this code was taken back, and has not come back."""
    known = await case_rows.by_code(look.connection, code)
    return known is not None and await look.was_recalled(known.slug)


async def _entries(look: Look, cases: Iterable[PublicCase], locale: str) -> tuple[Entry, ...]:
    codes = {case.case.id: case.case.code for case in cases}
    seal = look.shelf.seal
    consents = await story_rows.consents(look.connection, list(codes))
    allowed = {
        case_id
        for case_id, given in consents.items()
        if locale
        in allowed_locales(given, purpose="publish_updates", channel=look.channel, now=look.now)
    }
    shown = await updates.shown(look.connection, seal, list(allowed), look.now)
    entries = [
        Entry(
            uuid.UUID(bytes=seal.fingerprint("feed", str(update.id))[:16], version=4),
            codes[update.case_id],
            update.month,
            _month_of(update.public_from),
        )
        for update in shown
        if update.public_from is not None
    ]
    entries.sort(key=lambda entry: (entry.since, entry.month, entry.name), reverse=True)
    return tuple(entries[:MOST_ENTRIES])


def _month_of(moment: dt.datetime) -> dt.datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
