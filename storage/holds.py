"""
Holds: an amount of a case's need that is reserved while somebody may still pay it.

A hold takes part in what is missing until it is *released*, which happens only when it is certain
that it cannot be paid any more. Who took it stands in a table of its own that can be erased.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.ledger_tables import crossing
from storage.schema import table
from values.money import Money


class HoldState(StrEnum):
    """
    Where the money of a hold is.

    OPEN: reserved, a checkout may be paid. PROMISED: the donor chose a slow method, nothing has
    arrived. PAID: paid, not yet settled. SETTLED: in the ledger. RELEASED: cannot be paid any more.
    SET_ASIDE: what was paid is not what was asked for; it stands in suspense, for a person to see.
    """

    OPEN = "open"
    PROMISED = "promised"
    PAID = "paid"
    SETTLED = "settled"
    RELEASED = "released"
    SET_ASIDE = "set_aside"


class FeeBearer(StrEnum):
    """Who bears the payment fee: the organisation, or the gift, so that the plan gets the net."""

    ORGANISATION = "organisation"
    GIFT = "gift"


RESERVING = (HoldState.OPEN, HoldState.PROMISED, HoldState.PAID)
"""States in which the amount stands between the ledger and what is still missing."""

UNPAID = (HoldState.OPEN, HoldState.PROMISED)
"""States in which an amount is reserved and nobody has paid it."""

hold = table(
    "hold",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("reference", TEXT, nullable=False, unique=True),
    sa.Column("request_key", TEXT, nullable=False, unique=True),
    sa.Column("case_id", BIG, nullable=False),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("cover_minor", BIG, nullable=False),
    sa.Column("charge_currency", TEXT, nullable=False),
    sa.Column("charge_minor", BIG, nullable=False),
    sa.Column("fee_bearer", TEXT, nullable=False),
    sa.Column("origin", TEXT, nullable=False),
    sa.Column("address_hash", BLOB),
    sa.Column("locale", TEXT, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
    sa.Column("donation_id", BIG, sa.ForeignKey("posting.id"), unique=True),
    sa.Column("lease", TEXT),
    sa.Column("leased_until", UnixTime),
    sa.ForeignKeyConstraint(["case_id", "currency"], ["cases.id", "cases.currency"]),
    sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    sa.CheckConstraint("cover_minor >= 0", name="cover_not_negative"),
    sa.CheckConstraint("charge_minor > 0", name="charge_positive"),
    sa.CheckConstraint(
        "charge_currency <> currency OR charge_minor = amount_minor + cover_minor",
        name="charge_is_gift_and_cover",
    ),
    sa.CheckConstraint("fee_bearer IN ('organisation', 'gift')", name="known_fee_bearer"),
    sa.CheckConstraint("origin IN ('chat', 'web')", name="known_origin"),
    sa.CheckConstraint(
        "state IN ('open', 'promised', 'paid', 'settled', 'released', 'set_aside')",
        name="known_state",
    ),
    sa.CheckConstraint("(state = 'settled') = (donation_id IS NOT NULL)", name="settled_is_booked"),
    sa.Index("hold_case_state", "case_id", "state"),
)

giver = table(
    "giver",
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), primary_key=True),
    sa.Column("person_id", BIG, sa.ForeignKey("person.id"), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Hold:
    """
    A hold.

    Attributes:
        reference: The receipt's reference; whoever has it may see the receipt.
        amount: What the plan is to get, in its currency; so much is reserved.
        cover: What the donor adds for the payment fee, in the same currency; zero if nothing.
        charge: What is paid: amount and cover, or a sum in another currency, of which the plan
            gets what it settles as.
        fee_bearer: As the donor was told before paying.
        origin: "chat" or "web".
        locale: The language it was taken in.
        donation_id: Its posting in the ledger; None until it is settled.
    """

    id: int
    reference: str
    case_id: int
    amount: Money
    cover: Money
    charge: Money
    fee_bearer: FeeBearer
    origin: str
    locale: str
    state: HoldState
    created_at: dt.datetime
    donation_id: int | None


async def add(
    connection: Connection,
    *,
    reference: str,
    request_key: str,
    case_id: int,
    amount: Money,
    locale: str,
    now: dt.datetime,
    cover: Money | None = None,
    charge: Money | None = None,
    fee_bearer: FeeBearer = FeeBearer.ORGANISATION,
    person_id: int | None = None,
    address_hash: bytes | None = None,
) -> Hold:
    """
    Reserve *amount*. The caller has locked the case and made sure that so much is missing.

    Args:
        request_key: Names the act that asks for it; unique, so that a repeat takes nothing twice.
        cover: What the donor adds for the fee; None for nothing.
        charge: What is paid; None for the amount, and the cover.
        person_id: Who takes it in the chat; None on the web.
        address_hash: Keyed hash of a web visitor's address; None in the chat.
    """
    paid = charge or (amount if cover is None else amount + cover)
    hold_id = await rows.add(
        connection,
        hold,
        reference=reference,
        request_key=request_key,
        case_id=case_id,
        currency=amount.currency,
        amount_minor=amount.amount_minor,
        cover_minor=0 if cover is None else cover.amount_minor,
        charge_currency=paid.currency,
        charge_minor=paid.amount_minor,
        fee_bearer=fee_bearer,
        origin="web" if person_id is None else "chat",
        address_hash=address_hash,
        locale=locale,
        state=HoldState.OPEN,
        created_at=now,
    )
    if person_id is not None:
        await connection.execute(sa.insert(giver).values(hold_id=hold_id, person_id=person_id))
    added = await by_id(connection, hold_id)
    if added is None:
        raise AssertionError(f"hold {hold_id} was added and is not there")
    return added


async def by_id(connection: Connection, hold_id: int) -> Hold | None:
    """The hold with this id, or None."""
    return await _one(connection, hold.c.id == hold_id)


async def locked(connection: Connection, hold_id: int) -> Hold | None:
    """
    The hold with this id, or None; its row is held until the transaction ends.

    Whoever moves a gift on takes this lock first and those of its cases then, in the order of their
    ids, so that each step sees what the one before did. Others may still add rows that refer to it.
    On SQLite there is one writer at a time and nothing to lock.
    """
    return await _one(connection, hold.c.id == hold_id, locked=True)


async def by_reference(connection: Connection, reference: str) -> Hold | None:
    """The hold with this receipt reference, or None."""
    return await _one(connection, hold.c.reference == reference)


async def by_request(connection: Connection, request_key: str) -> Hold | None:
    """The hold that this act took before, or None."""
    return await _one(connection, hold.c.request_key == request_key)


async def open_of_person(connection: Connection, person_id: int) -> list[Hold]:
    """The holds this person could still pay, newest first."""
    rows = await connection.execute(
        sa.select(hold)
        .join(giver, giver.c.hold_id == hold.c.id)
        .where(giver.c.person_id == person_id, hold.c.state == HoldState.OPEN)
        .order_by(hold.c.id.desc())
    )
    return [_hold(row) for row in rows]


async def unpaid_of_person(connection: Connection, person_id: int) -> int:
    """How many holds of this person reserve an amount for which no money has come."""
    mine = sa.select(giver.c.hold_id).where(giver.c.person_id == person_id)
    return await rows.count(connection, hold, hold.c.id.in_(mine), hold.c.state.in_(UNPAID))


async def of_person(connection: Connection, person_id: int, limit: int) -> list[Hold]:
    """The newest gifts of this person that were not released, newest first."""
    rows = await connection.execute(
        sa.select(hold)
        .join(giver, giver.c.hold_id == hold.c.id)
        .where(giver.c.person_id == person_id, hold.c.state != HoldState.RELEASED)
        .order_by(hold.c.id.desc())
        .limit(limit)
    )
    return [_hold(row) for row in rows]


async def giver_of(connection: Connection, hold_id: int) -> int | None:
    """The person who took the hold; None on the web or when the link was erased."""
    found: int | None = await connection.scalar(
        sa.select(giver.c.person_id).where(giver.c.hold_id == hold_id)
    )
    return found


async def lock_address(connection: Connection, address_hash: bytes) -> None:
    """
    Hold the address until the transaction ends, so that two of its requests stand in line.

    An address has no row to lock, so PostgreSQL locks a number made of it. On SQLite there is one
    writer at a time and nothing to lock.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(address_hash[:8], "big", signed=True)
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


async def open_web_holds(connection: Connection, case_id: int) -> int:
    """How many holds of the case were taken on the web and could still be paid."""
    return await rows.count(
        connection, hold, hold.c.case_id == case_id, hold.c.origin == "web", hold.c.state == "open"
    )


async def unpaid_of_address(connection: Connection, address_hash: bytes) -> int:
    """How many holds taken from this address today reserve an amount without money for it."""
    return await rows.count(
        connection, hold, hold.c.address_hash == address_hash, hold.c.state.in_(UNPAID)
    )


async def reserved(connection: Connection, case_ids: list[int]) -> dict[int, dict[HoldState, int]]:
    """What stands reserved in each case, in minor units, by state; states with nothing left out."""
    rows = await connection.execute(
        sa.select(hold.c.case_id, hold.c.state, sa.func.sum(hold.c.amount_minor).label("minor"))
        .where(hold.c.case_id.in_(case_ids), hold.c.state.in_(RESERVING))
        .group_by(hold.c.case_id, hold.c.state)
    )
    found: dict[int, dict[HoldState, int]] = {case_id: {} for case_id in case_ids}
    for row in rows:
        found[row.case_id][HoldState(row.state)] = int(row.minor)
    return found


async def set_state(connection: Connection, hold_id: int, state: HoldState) -> None:
    """Write down where the hold's money is now; `set_settled` for what is in the ledger."""
    await connection.execute(sa.update(hold).where(hold.c.id == hold_id).values(state=state))


async def set_settled(connection: Connection, hold_id: int, donation_id: int) -> None:
    """Write down that the gift is in the ledger, and as which posting."""
    await connection.execute(
        sa.update(hold)
        .where(hold.c.id == hold_id)
        .values(state=HoldState.SETTLED, donation_id=donation_id)
    )


async def by_donation(connection: Connection, donation_id: int) -> Hold | None:
    """The hold whose gift is this posting, or None."""
    return await _one(connection, hold.c.donation_id == donation_id)


async def donations_of_case(connection: Connection, case_id: int) -> list[Hold]:
    """The settled gifts that were given to the case or moved on to it, newest first."""
    came_in = sa.select(crossing.c.donation_id).where(crossing.c.to_book == case_id)
    rows = await connection.execute(
        sa.select(hold)
        .where(
            hold.c.donation_id.is_not(None),
            sa.or_(hold.c.case_id == case_id, hold.c.donation_id.in_(came_in)),
        )
        .order_by(hold.c.donation_id.desc())
    )
    return [_hold(row) for row in rows]


async def open_of_case(connection: Connection, case_id: int) -> list[int]:
    """The ids of the case's holds that could still be paid."""
    rows = await connection.execute(
        sa.select(hold.c.id)
        .where(hold.c.case_id == case_id, hold.c.state == HoldState.OPEN)
        .order_by(hold.c.id)
    )
    return list(rows.scalars())


async def take_lease(
    connection: Connection, hold_id: int, token: str, now: dt.datetime, until: dt.datetime
) -> bool:
    """
    Take the right to read and write what Stripe knows of this gift, until *until*.

    True if it was free or had run out. So two processes never work on one gift at once, and no
    transaction is held open across a network call.
    """
    taken = await connection.execute(
        sa.update(hold)
        .where(
            hold.c.id == hold_id,
            sa.or_(hold.c.leased_until.is_(None), hold.c.leased_until <= now),
        )
        .values(lease=token, leased_until=until)
    )
    return bool(taken.rowcount)


async def still_leased(connection: Connection, hold_id: int, token: str) -> bool:
    """Whether *token* still holds the lease; locks the row until the transaction ends."""
    query = sa.select(hold.c.lease).where(hold.c.id == hold_id)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(key_share=True)
    return await connection.scalar(query) == token


async def give_lease_back(connection: Connection, hold_id: int, token: str) -> None:
    """Give the lease back early."""
    await connection.execute(
        sa.update(hold)
        .where(hold.c.id == hold_id, hold.c.lease == token)
        .values(lease=None, leased_until=None)
    )


async def _one(
    connection: Connection, where: sa.ColumnElement[bool], *, locked: bool = False
) -> Hold | None:
    query = sa.select(hold).where(where)
    if locked:
        query = query.with_for_update(key_share=True)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _hold(row)


def _hold(row: sa.Row[tuple[object, ...]]) -> Hold:
    return Hold(
        row.id,
        row.reference,
        row.case_id,
        Money(row.amount_minor, row.currency),
        Money(row.cover_minor, row.currency),
        Money(row.charge_minor, row.charge_currency),
        FeeBearer(row.fee_bearer),
        row.origin,
        row.locale,
        HoldState(row.state),
        row.created_at,
        row.donation_id,
    )
