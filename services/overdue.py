"""
News that is due: money of a plan is held, and nobody who follows it has heard anything for long.

First staff are reminded by an alarm; if nothing comes of it the case says so itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage import alarms, ledger, updates
from storage import cases as case_rows
from storage import minors as minor_rows
from storage import need_cards as card_rows
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from storage.ledger import AccountKind
from storage.sealing import Seal

_FUND: AccountKind = "fund"

if TYPE_CHECKING:
    from services.house import House

REMIND_AFTER = dt.timedelta(days=60)
SHOWN_AFTER = REMIND_AFTER + dt.timedelta(days=7)


async def remind(house: House) -> int:
    """Ring an alarm for each case whose news is due, once for each silence; hand back how many."""
    now = house.clock()
    async with house.read() as connection:
        cases = await case_rows.all_cases(connection)
        silent = await silent_since(connection, house.seal, now, cases)
    rung = 0
    for case in cases:
        since = silent.get(case.id)
        if since is not None and since + REMIND_AFTER <= now:
            async with house.write() as connection:
                subject = f"{case.code} {since:%Y-%m-%d}"
                rung += await alarms.ring(connection, "update_due", subject, now)
    return rung


async def is_shown(connection: Connection, seal: Seal, now: dt.datetime, case: Case) -> bool:
    """Whether readers are told that news of this case is due."""
    since = (await silent_since(connection, seal, now, [case])).get(case.id)
    return since is not None and since + SHOWN_AFTER <= now


async def silent_since(
    connection: Connection, seal: Seal, now: dt.datetime, cases: Sequence[Case]
) -> dict[int, dt.datetime]:
    """
    Since when nothing was told of those of *cases* that are public and hold money, by id.

    Of somebody under 18 no news is told, so none is due.
    """
    ids = [case.id for case in cases]
    minors = await minor_rows.of_each(connection, ids)
    cards = await card_rows.shown(connection, ids)
    public = {case_id: since for case_id, (_, since) in cards.items() if case_id not in minors}
    public |= await story_rows.published_at(connection, ids)
    held = await ledger.balances(connection, ids, [_FUND])
    told = await updates.shown(connection, seal, list(public), now)
    found = {}
    for case in cases:
        if case.id in public and held.get((case.id, _FUND, case.currency)):
            news = [one.public_from for one in told if one.case_id == case.id and one.public_from]
            found[case.id] = max([public[case.id], *news])
    return found
