"""
Cases of somebody under 18: refused, unless two protection officers and the guardian record agree.

Then only what is needed may be shown; a story or news is never told.
"""

import datetime as dt
import re
from dataclasses import dataclass

from services.house import House
from storage import case_sheets, minors
from storage.cases import Case
from storage.database import Connection
from storage.minors import Minor
from values.bands import Guardian
from values.facts import AgeBand

__all__ = ["Guardian", "Minor"]

NEVER_TOLD = "The story of somebody under 18 is not told."

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Record:
    """
    The guardian's or best-interest record: who looks after the child, and since which month.

    Attributes:
        month: "2026-11", one that has begun. Nobody's name stands in it.
    """

    guardian: Guardian
    month: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Two protection officers agree; the case is open."""


@dataclass(frozen=True, slots=True)
class NotConfirmed:
    """
    The case stays as it is.

    Attributes:
        why: A fixed word: `not_asked`, `confirmed` or `same_person`.
    """

    why: str


def is_a_record(record: Record, now: dt.datetime) -> bool:
    """Whether its month is one, and has begun."""
    return bool(_MONTH.fullmatch(record.month)) and record.month <= now.strftime("%Y-%m")


async def ask(
    house: House, connection: Connection, case_id: int, record: Record, *, staff_id: int
) -> None:
    """Close the case that was opened just now, until another protection officer confirms it."""
    await minors.ask(
        connection, case_id, guardian=record.guardian, month=record.month, asked_by=staff_id,
        now=house.clock(),
    )  # fmt: skip


async def confirm(
    house: House, connection: Connection, case: Case, *, staff_id: int
) -> Confirmed | NotConfirmed:
    """Agree that the case of somebody under 18 is opened."""
    asked = await minors.of_case(connection, case.id)
    if asked is None:
        return NotConfirmed("not_asked")
    if asked.confirmed_by is not None:
        return NotConfirmed("confirmed")
    if asked.asked_by == staff_id:
        return NotConfirmed("same_person")
    await minors.confirm(connection, case.id, asked, confirmed_by=staff_id, now=house.clock())
    return Confirmed()


async def waits(connection: Connection, case_id: int) -> bool:
    """Whether the case waits to be confirmed, and is closed to everything."""
    minor = await minors.of_case(connection, case_id)
    return minor is not None and minor.confirmed_by is None


async def is_untold(connection: Connection, case_id: int) -> bool:
    """Whether no story and no news is told: it was opened as a child's, or turns out to be one."""
    facts = await case_sheets.facts_of(connection, case_id)
    if facts is not None and facts.age_band is AgeBand.UNDER_18:
        return True
    return await minors.of_case(connection, case_id) is not None
