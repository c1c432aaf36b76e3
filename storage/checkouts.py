"""
Checkouts: the payment pages that were asked for, one row an attempt.

The row, with its idempotency key and expiry, is committed before the request goes out; so a process
that dies in between repeats exactly the same request and gets the same page.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection
from storage.schema import table


class CheckoutState(StrEnum):
    """WANTED: to be asked for. OPEN: can be paid. DONE: paid, expired or refused; nothing to do."""

    WANTED = "wanted"
    OPEN = "open"
    DONE = "done"


checkout = table(
    "checkout",
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), primary_key=True),
    sa.Column("attempt", BIG, primary_key=True),
    sa.Column("idempotency_key", TEXT, nullable=False, unique=True),
    sa.Column("stripe_session_id", TEXT, unique=True),
    sa.Column("url", TEXT),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("expires_at", UnixTime, nullable=False),
    sa.Column("look_at", UnixTime, nullable=False),
    sa.Column("looks", BIG, nullable=False, default=0),
    sa.CheckConstraint("state IN ('wanted', 'open', 'done')", name="known_state"),
    sa.CheckConstraint(
        "state <> 'open' OR (stripe_session_id IS NOT NULL AND url IS NOT NULL)",
        name="open_has_page",
    ),
    sa.Index("checkout_due", "state", "look_at"),
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """
    One attempt at a payment page for a hold.

    Attributes:
        stripe_session_id: None until the page exists.
        url: Where it can be paid; None until the page exists.
        look_at: When to read it again at Stripe, if no event comes before.
        looks: How often that was done.
    """

    hold_id: int
    attempt: int
    idempotency_key: str
    stripe_session_id: str | None
    url: str | None
    state: CheckoutState
    expires_at: dt.datetime
    look_at: dt.datetime
    looks: int


async def add(
    connection: Connection,
    *,
    hold_id: int,
    attempt: int,
    idempotency_key: str,
    expires_at: dt.datetime,
    look_at: dt.datetime,
) -> None:
    """Write down that a payment page is wanted."""
    await connection.execute(
        sa.insert(checkout).values(
            hold_id=hold_id,
            attempt=attempt,
            idempotency_key=idempotency_key,
            state=CheckoutState.WANTED,
            expires_at=expires_at,
            look_at=look_at,
            looks=0,
        )
    )


async def newest(connection: Connection, hold_id: int) -> Checkout | None:
    """The last attempt of the hold, or None."""
    rows = await connection.execute(
        sa.select(checkout)
        .where(checkout.c.hold_id == hold_id)
        .order_by(checkout.c.attempt.desc())
        .limit(1)
    )
    row = rows.one_or_none()
    return None if row is None else _checkout(row)


async def hold_of_session(connection: Connection, stripe_session_id: str) -> int | None:
    """The hold that this session was made for, or None."""
    found: int | None = await connection.scalar(
        sa.select(checkout.c.hold_id).where(checkout.c.stripe_session_id == stripe_session_id)
    )
    return found


async def opened(
    connection: Connection, wanted: Checkout, *, stripe_session_id: str, url: str
) -> None:
    """Write down the page that exists now."""
    await _update(
        connection, wanted, stripe_session_id=stripe_session_id, url=url, state=CheckoutState.OPEN
    )


async def found(connection: Connection, wanted: Checkout, stripe_session_id: str) -> None:
    """Write down the id of the page of a *wanted* attempt; its address is not known yet."""
    await _update(connection, wanted, stripe_session_id=stripe_session_id)


async def done(connection: Connection, finished: Checkout) -> None:
    """Write down that this attempt needs nothing more."""
    await _update(connection, finished, state=CheckoutState.DONE)


async def look_later(connection: Connection, seen: Checkout, look_at: dt.datetime) -> None:
    """Write down when to read this attempt at Stripe again."""
    await _update(connection, seen, look_at=look_at, looks=seen.looks + 1)


async def make_due(connection: Connection, now: dt.datetime) -> None:
    """Let every attempt that is not done be looked at now."""
    await connection.execute(
        sa.update(checkout)
        .where(checkout.c.state != CheckoutState.DONE, checkout.c.look_at > now)
        .values(look_at=now)
    )


async def due(connection: Connection, now: dt.datetime, limit: int) -> list[int]:
    """The holds with an attempt that should be looked at now, longest due first."""
    rows = await connection.execute(
        sa.select(checkout.c.hold_id)
        .where(checkout.c.state != CheckoutState.DONE, checkout.c.look_at <= now)
        .order_by(checkout.c.look_at, checkout.c.hold_id)
        .limit(limit)
    )
    return list(rows.scalars())


async def _update(connection: Connection, attempt: Checkout, **values: object) -> None:
    await connection.execute(
        sa.update(checkout)
        .where(checkout.c.hold_id == attempt.hold_id, checkout.c.attempt == attempt.attempt)
        .values(**values)
    )


def _checkout(row: sa.Row[tuple[object, ...]]) -> Checkout:
    return Checkout(
        row.hold_id,
        row.attempt,
        row.idempotency_key,
        row.stripe_session_id,
        row.url,
        CheckoutState(row.state),
        row.expires_at,
        row.look_at,
        row.looks,
    )
