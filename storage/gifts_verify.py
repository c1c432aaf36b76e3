"""
The gifts against the ledger: what was settled is booked, what is booked was settled, to the cent.

Each check is one SELECT that finds the rows that should not be, as in `storage.ledger_verify`.
"""

import sqlalchemy as sa

from storage.database import Connection
from storage.ledger_verify import Difference

_COUNTED = """
SELECT (SELECT COUNT(*) FROM cases),
       (SELECT COUNT(*) FROM posting WHERE source = 'stripe' AND kind = 'donation')
"""

_BOOKED = """
SELECT p.external_ref AS ref, SUM(t.amount_minor) AS minor, MIN(t.book_id) AS book_id
  FROM posting p JOIN transfer t ON t.posting_id = p.id
 WHERE p.source = 'stripe' AND p.kind = '{kind}' GROUP BY p.external_ref
"""

_CHECKS = (
    (
        "settled_gift_not_booked",
        f"""
SELECT h.id, h.amount_minor, COALESCE(b.minor, 0) FROM hold h
  LEFT JOIN stripe_charge c ON c.hold_id = h.id
  LEFT JOIN ({_BOOKED.format(kind="donation")}) b
         ON b.ref = 'donation:' || c.id AND b.book_id = h.case_id
 WHERE h.state = 'settled' AND COALESCE(b.minor, 0) <> h.amount_minor""",  # noqa: S608
    ),
    (
        "booked_gift_not_settled",
        f"""
SELECT b.ref, b.minor, COALESCE(h.state, 'no hold') FROM ({_BOOKED.format(kind="donation")}) b
  LEFT JOIN stripe_charge c ON b.ref = 'donation:' || c.id
  LEFT JOIN hold h ON h.id = c.hold_id
 WHERE COALESCE(h.state, '') <> 'settled'""",  # noqa: S608
    ),
    (
        "fee_not_booked",
        f"""
SELECT x.id, x.fee_minor, COALESCE(b.minor, 0) FROM stripe_balance_transaction x
  LEFT JOIN ({_BOOKED.format(kind="fee")}) b ON b.ref = 'fee:' || x.id
 WHERE x.fee_minor <> COALESCE(b.minor, 0)""",  # noqa: S608
    ),
    (
        "hold_without_checkout",
        """
SELECT h.id, 'a checkout that is not done', 'none' FROM hold h
 WHERE h.state IN ('open', 'promised')
   AND NOT EXISTS (SELECT 1 FROM checkout c WHERE c.hold_id = h.id AND c.state <> 'done')""",
    ),
    (
        "released_hold_payable",
        """
SELECT h.id, 'no checkout that can be paid', c.state FROM hold h
  JOIN checkout c ON c.hold_id = h.id
 WHERE h.state = 'released' AND c.state <> 'done'""",
    ),
    (
        "charge_of_another_amount",
        """
SELECT h.id, h.amount_minor || ' ' || h.currency, c.amount_minor || ' ' || c.currency FROM hold h
  JOIN stripe_charge c ON c.hold_id = h.id
 WHERE h.amount_minor <> c.amount_minor OR h.currency <> c.currency""",
    ),
    (
        "settlement_of_another_amount",
        """
SELECT x.id, c.amount_minor || ' ' || c.currency, x.amount_minor || ' ' || x.currency
  FROM stripe_balance_transaction x JOIN stripe_charge c ON c.id = x.charge_id
 WHERE x.amount_minor <> c.amount_minor OR x.currency <> c.currency""",
    ),
)


async def verify_gifts(connection: Connection) -> list[Difference]:
    """Every difference between gifts, what Stripe told of them, and the ledger."""
    differences = []
    for what, select in _CHECKS:
        for row in await connection.execute(sa.text(select)):
            differences.append(Difference(what, f"gift {row[0]}", str(row[1]), str(row[2])))
    return differences


async def count_plans_and_gifts(connection: Connection) -> tuple[int, int]:
    """How many cases there are, and how many gifts are booked."""
    plans, gifts = (await connection.execute(sa.text(_COUNTED))).one()
    return plans, gifts
