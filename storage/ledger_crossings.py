"""Postings that are more than one plain leg: re-earmark, contribution, reversal."""

import datetime as dt

import sqlalchemy as sa

from storage.database import Connection
from storage.errors import StorageError
from storage.ledger_posting import ORGANISATION_BOOK, Crossing, Leg, Posted, Posting, post
from storage.ledger_rules import AccountKind
from storage.ledger_tables import transfer
from values.money import Money


class NothingToReverse(StorageError):
    """There is no transfer with that seq."""


async def re_earmark(
    connection: Connection,
    *,
    source: str,
    external_ref: str,
    payload_sha256: bytes,
    donation_id: int,
    from_case: int,
    to_case: int,
    amount: Money,
    consent_ref: str,
    consent_sha256: bytes,
    now: dt.datetime,
    out_of: AccountKind = "fund",
) -> Posted:
    """
    Move what is left of one donation from one case to another, by its donor's consent.

    A consent serves once. The database refuses more than the donation still has in *from_case*.

    Args:
        out_of: fund or over_goal of *from_case*; it arrives in the fund of *to_case*.
        consent_ref: Names the consent, e.g. "consent 17".
        consent_sha256: Digest of the words the donor agreed to.

    Raises: as `post`.
    """
    legs = (
        Leg(from_case, out_of, "moved_out", amount, donation_id),
        Leg(to_case, "moved_in", "fund", amount, donation_id),
    )
    crossing = Crossing(from_case, to_case, amount, donation_id, consent_ref, consent_sha256)
    posting = Posting(source, external_ref, "re-earmark", legs, payload_sha256, crossing)
    return await post(connection, posting, now)


async def contribute(
    connection: Connection,
    *,
    source: str,
    external_ref: str,
    payload_sha256: bytes,
    to_case: int,
    amount: Money,
    now: dt.datetime,
    out_of: AccountKind = "own_means",
    into: AccountKind = "moved_in",
) -> Posted:
    """
    Pay the organisation's own money into a case: a fee it bears, a loss, an advance.

    It is a one-way bridge; nothing ever comes back over it.

    Args:
        out_of: own_means, or reserve, which cannot give more than it holds.
        into: By way of moved_in; by shortfall where it takes the place of money that was spent and
            then taken back. Both lead into the fund.

    Raises: as `post`.
    """
    legs = (
        Leg(ORGANISATION_BOOK, out_of, "contributed", amount),
        Leg(to_case, into, "fund", amount),
    )
    crossing = Crossing(ORGANISATION_BOOK, to_case, amount)
    posting = Posting(source, external_ref, "contribution", legs, payload_sha256, crossing)
    return await post(connection, posting, now)


async def reverse(
    connection: Connection,
    *,
    source: str,
    external_ref: str,
    payload_sha256: bytes,
    seq: int,
    now: dt.datetime,
) -> Posted:
    """
    Take one transfer back: its exact swap, once. Legs of a crossing cannot be taken back.

    Raises:
        NothingToReverse: there is no transfer *seq*.
        As `post` for the rest.
    """
    row = (await connection.execute(sa.select(transfer).where(transfer.c.seq == seq))).one_or_none()
    if row is None:
        raise NothingToReverse(f"no transfer with seq {seq}")
    leg = Leg(
        row.book_id,
        row.credit_kind,
        row.debit_kind,
        Money(row.amount_minor, row.currency),
        row.donation_id,
        reverses=seq,
    )
    posting = Posting(source, external_ref, "reversal", (leg,), payload_sha256)
    return await post(connection, posting, now)
