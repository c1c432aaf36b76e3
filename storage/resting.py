"""Money in a case's fund that may still be taken back, and so is not to be spent yet."""

import datetime as dt

import sqlalchemy as sa

from storage.columns import UnixTime
from storage.database import Connection
from values.money import Money

_IN_FUND = sa.text(
    """
SELECT COALESCE(SUM(held.minor), 0) FROM (
  SELECT t.donation_id,
         SUM(CASE WHEN t.credit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END) AS minor
    FROM account a JOIN transfer t ON a.id IN (t.debit_id, t.credit_id)
   WHERE a.book_id = :book_id AND a.kind = 'fund' AND a.currency = :currency
     AND t.donation_id IN (
       SELECT h.donation_id FROM hold h
         JOIN stripe_charge c ON c.hold_id = h.id
         LEFT JOIN stripe_transaction x ON x.charge_id = c.id AND x.kind = 'charge'
        WHERE h.donation_id IS NOT NULL
          AND (c.created_at > :paid_after OR x.available_at > :now
               OR EXISTS (SELECT 1 FROM stripe_dispute d WHERE d.charge_id = c.id
                             AND d.status IN ('warning_needs_response', 'warning_under_review'))))
   GROUP BY t.donation_id) held
 WHERE held.minor > 0
"""
).bindparams(sa.bindparam("paid_after", type_=UnixTime), sa.bindparam("now", type_=UnixTime))


async def in_fund(
    connection: Connection,
    book_id: int,
    currency: str,
    *,
    paid_after: dt.datetime,
    now: dt.datetime,
) -> Money:
    """
    What the fund got from gifts that may still be taken back.

    Gifts paid after *paid_after*, gifts whose money is not available at Stripe yet, and gifts that
    a bank is asking about. What a bank has taken is in the fund no more.
    """
    found = await connection.scalar(
        _IN_FUND, {"book_id": book_id, "currency": currency, "paid_after": paid_after, "now": now}
    )
    return Money(int(found or 0), currency)
