"""Help lines as they may be shown now, and what the operator does to keep them true."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from protection.helplines import (
    ALWAYS,
    UNKNOWN,
    Emergency,
    HelpLine,
    Note,
    directory,
    is_due,
    may_be_shown,
)
from storage import helpline_checks
from storage.database import Connection
from storage.helpline_checks import Check
from values.clock import utc_now

__all__ = ["ALWAYS", "UNKNOWN", "Checked", "Country", "HelpLine", "Note", "State", "countries"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that somebody of the operator has called, on that day."""

    line: HelpLine
    on: dt.date


@dataclass(frozen=True, slots=True)
class Country:
    """
    What can be told to somebody in one country.

    Attributes:
        code: Two letters.
        lines: Only those that were checked, and not too long ago.
    """

    code: str
    emergency: Emergency
    lines: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class State:
    """
    Where one line stands.

    Attributes:
        checked_at: When it was called as it is written now; None if it never was.
        checked_by: Who called it.
        is_shown: People see it now.
        is_due: It is to be called (again).
    """

    line: HelpLine
    checked_at: dt.datetime | None
    checked_by: str | None
    is_shown: bool
    is_due: bool


def countries() -> tuple[str, ...]:
    """The countries of which something can be told, by their letters."""
    return directory().countries


async def help_in(connection: Connection, country: str, now: dt.datetime) -> Country | None:
    """What can be told to somebody in this country now; None if it is not in the directory."""
    if country not in directory().emergency:
        return None
    return _told(country, await helpline_checks.newest(connection), now)


async def everywhere(connection: Connection, now: dt.datetime) -> tuple[Country, ...]:
    """What can be told for each country."""
    checks = await helpline_checks.newest(connection)
    return tuple(_told(country, checks, now) for country in countries())


def unchecked() -> tuple[Country, ...]:
    """What can be told for each country where the database cannot be asked: no help line."""
    return tuple(_told(country, {}, utc_now()) for country in countries())


def _told(country: str, checks: Mapping[str, Check], now: dt.datetime) -> Country:
    lines = tuple(
        Checked(line, at.date())
        for line in directory().lines_in(country)
        if (at := _checked_at(line, checks.get(line.id))) and may_be_shown(at, now)
    )
    return Country(country, directory().emergency[country], lines)


async def states(connection: Connection, now: dt.datetime) -> list[State]:
    """Where each line stands, in the order of the directory."""
    checks = await helpline_checks.newest(connection)
    found = []
    for line in directory().line:
        check = checks.get(line.id)
        at = _checked_at(line, check)
        by = check.checked_by if check is not None and at is not None else None
        found.append(State(line, at, by, may_be_shown(at, now), is_due(at, now)))
    return found


async def check(connection: Connection, line_id: str, by: str, now: dt.datetime) -> HelpLine | None:
    """
    Write down that *by* has called this line and found it as it is written; None: no such line.

    Raises:
        ValueError: *by* names nobody, or is longer than 60 characters.
    """
    line = directory().by_id(line_id)
    if line is None:
        return None
    who = by.strip()
    if not 1 <= len(who) <= 60:
        raise ValueError("who called is 1 to 60 characters")
    await helpline_checks.add(connection, line_id, Check(line.digest, now, who))
    return line


def line_named(line_id: str) -> HelpLine | None:
    """The line with this id, or None."""
    return directory().by_id(line_id)


def _checked_at(line: HelpLine, check: Check | None) -> dt.datetime | None:
    """When the line was called as it is written now."""
    if check is None or check.line_sha256 != line.digest:
        return None
    return check.checked_at
