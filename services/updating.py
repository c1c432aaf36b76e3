"""
Updates: news of a case, of a milestone in a month, perhaps with a note; written by one person,
approved by another, and shown only after a while that nobody can foretell.
"""

import calendar
import datetime as dt
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from locales.known import KNOWN
from protection.consent import allowed_locales
from protection.gate.checking import Finding, findings
from services import broadcasting, disclosing, looking, minors, secret_words
from services.broadcasting import Kind
from services.house import House
from storage import broadcasts, case_sheets, updates
from storage import cases as case_rows
from storage import stories as story_rows
from storage.database import Connection
from storage.updates import Update
from stories.milestones import VOCABULARY, Milestone
from stories.rules import faults
from values.bands import Limit, RiskLevel

__all__ = ["Milestone", "Update"]

MOST_OF_A_NOTE = 350
"""Characters of a note."""

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_LONGEST_WAIT_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class NotWritten:
    """
    The update was not kept.

    Attributes:
        why: A fixed word: `milestone`, `month`, `locale`, `note`, `gate` or `under_18` (of whom
            nothing is told).
        findings: What the gate blocks, if it is `gate`.
        faults: What is wrong with a note's form, if it is `note`.
    """

    why: str
    findings: tuple[Finding, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotDecided:
    """
    Nothing was decided.

    Attributes:
        why: A fixed word: `unknown`, `decided`, `author`, `gate`, `risk`, `limit` (she wants no
            updates), `consent`, `disclosure`, `under_18`, `looked` (not yet), `not_approved` or
            `stopped`.
        reasons: A line each, if it is `disclosure` or `looked`.
    """

    why: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""


def wait_a_while() -> dt.timedelta:
    """Up to a day, so that the hour of the news tells nothing."""
    return dt.timedelta(minutes=1 + secrets.randbelow(_LONGEST_WAIT_MINUTES))


def milestones() -> tuple[Milestone, ...]:
    """What can be told, in the order in which it often comes."""
    return tuple(VOCABULARY.values())


async def write(
    house: House,
    connection: Connection,
    *,
    case_id: int,
    milestone: str,
    month: str,
    notes: Mapping[str, str],
    author_id: int,
) -> Update | NotWritten:
    """
    Keep an update, to be approved by somebody else.

    What the same author has written already, and nobody has decided on, is not written twice.

    Args:
        month: "2026-11", one that has begun.
        notes: Language to text; may be empty.
    """
    wrong = _wrong(milestone, month, notes, house.clock())
    if wrong is not None:
        return wrong
    if await minors.is_untold(connection, case_id):
        return NotWritten("under_18")
    hits = await _secrets_in(house, connection, case_id, notes)
    if hits:
        return NotWritten("gate", findings=tuple(hits))
    content_sha256 = _sha256(case_id, milestone, month, notes)
    await case_rows.lock(connection, case_id)
    twin = await updates.undecided_twin(
        connection,
        house.seal,
        case_id=case_id,
        content_sha256=content_sha256,
        author_id=author_id,
    )
    if twin is not None:
        return twin
    update_id = await updates.add(
        connection,
        house.seal,
        case_id=case_id,
        milestone=milestone,
        month=month,
        notes=notes,
        content_sha256=content_sha256,
        author_id=author_id,
        now=house.clock(),
    )
    kept = await updates.by_id(connection, house.seal, update_id)
    if kept is None:
        raise LookupError(f"update {update_id} was written and is not there")
    return kept


async def approve(
    house: House,
    connection: Connection,
    update_id: int,
    *,
    approver_id: int,
    wait: Callable[[], dt.timedelta] = wait_a_while,
) -> Update | NotDecided:
    """
    Approve exactly this update. It is shown when its month is over long enough, and a while later.

    Args:
        wait: How much later; random.
    """
    update = await _undecided(house, connection, update_id)
    if isinstance(update, NotDecided):
        return update
    if update.author_id == approver_id:
        return NotDecided("author")
    obstacle = await _obstacle(house, connection, update)
    if obstacle is not None:
        return obstacle
    seen = await warned(house, connection, update)
    missing = looking.unseen_by_two(seen, approver_id)
    if missing:
        return NotDecided("looked", tuple(looking.reasons(missing, approver_id)))
    earliest = max(house.clock(), _old_enough(update.month, house.terms.update_after))
    public_from = earliest + wait()
    await updates.decide(
        connection, update, decider_id=approver_id, public_from=public_from, now=house.clock()
    )
    await broadcasting.want(
        house, connection, Kind.UPDATE, update.case_id, update_id, public_from=public_from
    )
    return await updates.by_id(connection, house.seal, update_id) or update


async def warned(
    house: House, connection: Connection, update: Update
) -> tuple[looking.Warned, ...]:
    """What the gate warns of in the notes; author and approver must have looked."""
    return await looking.warned(connection, house.seal, update.case_id, update.notes)


async def turn_down(
    house: House, connection: Connection, update_id: int, *, decider_id: int
) -> Done | NotDecided:
    """Turn an update down; its author may take it back so."""
    update = await _undecided(house, connection, update_id)
    if isinstance(update, NotDecided):
        return update
    await updates.decide(
        connection, update, decider_id=decider_id, public_from=None, now=house.clock()
    )
    return Done()


async def stop(
    house: House, connection: Connection, update_id: int, *, staff_id: int
) -> Done | NotDecided:
    """An approved update is not shown, or not any more. No reason is asked."""
    update = await _locked(house, connection, update_id)
    if update is None:
        return NotDecided("unknown")
    if not update.approved:
        return NotDecided("not_approved")
    if update.stopped:
        return NotDecided("stopped")
    await updates.stop(connection, update_id, staff_id=staff_id, now=house.clock())
    await broadcasts.cancel(connection, Kind.UPDATE, update.case_id, update_id)
    return Done()


def _wrong(
    milestone: str, month: str, notes: Mapping[str, str], now: dt.datetime
) -> NotWritten | None:
    if milestone not in VOCABULARY:
        return NotWritten("milestone")
    if not _MONTH.fullmatch(month) or month > now.strftime("%Y-%m"):
        return NotWritten("month")
    if not notes.keys() <= KNOWN.keys():
        return NotWritten("locale")
    bad = [
        f"{locale}: {fault}"
        for locale, text in notes.items()
        for fault in faults(text, locale, MOST_OF_A_NOTE)
    ]
    if bad:
        return NotWritten("note", faults=tuple(bad))
    blocked = findings(notes)
    return NotWritten("gate", findings=tuple(blocked)) if blocked else None


async def _obstacle(house: House, connection: Connection, update: Update) -> NotDecided | None:
    if await minors.is_untold(connection, update.case_id):
        return NotDecided("under_18")
    # The gate may have become stricter since it was written.
    hits = await _secrets_in(house, connection, update.case_id, update.notes)
    if hits or findings(update.notes):
        return NotDecided("gate")
    risk = await case_sheets.risk_of(connection, update.case_id)
    if risk is None or risk.level is RiskLevel.HIGH:
        return NotDecided("risk")
    if Limit.UPDATES in risk.limits:
        return NotDecided("limit")
    consents = (await story_rows.consents(connection, [update.case_id]))[update.case_id]
    now, purpose = house.clock(), "publish_updates"
    for channel in ("bot", "web"):
        allowed = allowed_locales(consents, purpose=purpose, channel=channel, now=now)
        if not allowed or not update.notes.keys() <= allowed:
            return NotDecided("consent")
    case = (await case_rows.by_ids(connection, [update.case_id]))[update.case_id]
    told = await disclosing.of_update(connection, house.seal, case, update)
    return None if told.obstacle is None else NotDecided("disclosure", (told.obstacle,))


async def _secrets_in(
    house: House, connection: Connection, case_id: int, notes: Mapping[str, str]
) -> list[Finding]:
    """What of *notes*, or of the names that the case goes by, is on its secret list."""
    case = (await case_rows.by_ids(connection, [case_id]))[case_id]
    return await secret_words.found_in(connection, house.seal, case, notes)


async def _undecided(house: House, connection: Connection, update_id: int) -> Update | NotDecided:
    update = await _locked(house, connection, update_id)
    if update is None:
        return NotDecided("unknown")
    return update if update.approved is None else NotDecided("decided")


async def _locked(house: House, connection: Connection, update_id: int) -> Update | None:
    """The update as it is while nobody else decides about its case."""
    update = await updates.by_id(connection, house.seal, update_id)
    if update is None:
        return None
    await case_rows.lock(connection, update.case_id)
    return await updates.by_id(connection, house.seal, update_id)


def _old_enough(month: str, wait: dt.timedelta) -> dt.datetime:
    """When what happened on the last day of *month* is so long ago; the first day if no time is."""
    year, number = int(month[:4]), int(month[5:])
    first = dt.datetime(year, number, 1, tzinfo=dt.UTC)
    if not wait:
        return first
    return first + dt.timedelta(days=calendar.monthrange(year, number)[1]) + wait


def _sha256(case_id: int, milestone: str, month: str, notes: Mapping[str, str]) -> bytes:
    said = [case_id, milestone, month, dict(notes)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).digest()
