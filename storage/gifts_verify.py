"""
Gifts, refunds, disputes and spending against the ledger: what happened is booked, what is booked
happened, to the cent.

Each check is one SELECT that finds the rows that should not be, as in `storage.ledger_verify`.
"""

# ruff: noqa: S608 - what is put together here is our own text

import sqlalchemy as sa

from storage.database import Connection
from storage.ledger_verify import Difference

_COUNTED = """
SELECT (SELECT COUNT(*) FROM cases),
       (SELECT COUNT(*) FROM posting WHERE source = 'stripe' AND kind = 'donation')
"""

# A posting that Stripe caused is named `kind:transaction`, or `kind:transaction:2` for its second
# part. So the name tells the transaction; also that of what we took back when we learned whose it
# was, which no longer counts.
_NAMED = "substr(p.external_ref, length(p.kind) + 2)"
# Without the CAST the name has no type, and SQLite makes no index for joining by it: verifying
# 10,000 transactions then takes a minute.
_TRANSACTION = (
    f"CAST(CASE WHEN {_NAMED} LIKE '%\\:_' THEN substr({_NAMED}, 1, length({_NAMED}) - 2)"
    f" ELSE {_NAMED} END AS TEXT)"
)
_BOOKED = f"""
SELECT {_TRANSACTION} AS id,
       SUM(CASE WHEN p.kind IN ('fee', 'fee_returned') THEN 0
                WHEN p.source = 'homeward' THEN -t.amount_minor ELSE t.amount_minor END) AS minor,
       SUM(CASE p.kind WHEN 'fee' THEN t.amount_minor WHEN 'fee_returned' THEN -t.amount_minor
                ELSE 0 END) AS fee_minor
  FROM posting p JOIN transfer t ON t.posting_id = p.id
 WHERE p.source = 'stripe' OR (p.source = 'homeward' AND p.kind = 'reversal') GROUP BY 1
"""

# What stands of each donation in one kind of account.
_STANDING = """
SELECT t.donation_id AS id,
       SUM(CASE WHEN t.credit_kind = '{kind}' THEN t.amount_minor ELSE 0 END)
     - SUM(CASE WHEN t.debit_kind = '{kind}' THEN t.amount_minor ELSE 0 END) AS minor
  FROM transfer t
 WHERE t.donation_id IS NOT NULL AND (t.credit_kind = '{kind}' OR t.debit_kind = '{kind}')
 GROUP BY t.donation_id
"""

_DISPUTES = (
    "SELECT 1 FROM stripe_dispute d JOIN stripe_charge c ON c.id = d.charge_id"
    " WHERE c.hold_id = h.id AND d.status IN ({statuses})"
)
_OPEN = _DISPUTES.format(statuses="'needs_response', 'under_review'")
_LOST = _DISPUTES.format(statuses="'lost', 'appeal_needs_response', 'appeal_under_review', 'won'")
_UNFINISHED = (
    "SELECT 1 FROM refund_order r WHERE r.hold_id = h.id"
    " AND r.state IN ('wanted', 'asked', 'failed')"
)

_CHECKS = (
    (
        "transaction_not_booked",
        "transaction",
        f"""
SELECT x.id, ABS(x.amount_minor), COALESCE(b.minor, 0) FROM stripe_transaction x
  LEFT JOIN ({_BOOKED}) b ON b.id = x.id
 WHERE x.kind NOT IN ('payout', 'fee') AND COALESCE(b.minor, 0) <> ABS(x.amount_minor)""",
    ),
    (
        "fee_not_booked",
        "transaction",
        f"""
SELECT x.id, x.fee_minor - CASE x.kind WHEN 'fee' THEN x.amount_minor ELSE 0 END,
       COALESCE(b.fee_minor, 0)
  FROM stripe_transaction x LEFT JOIN ({_BOOKED}) b ON b.id = x.id
 WHERE COALESCE(b.fee_minor, 0)
    <> x.fee_minor - CASE x.kind WHEN 'fee' THEN x.amount_minor ELSE 0 END""",
    ),
    (
        "booked_without_transaction",
        "transaction",
        f"""
SELECT b.id, 'a transaction at Stripe', b.minor + b.fee_minor FROM ({_BOOKED}) b
  LEFT JOIN stripe_transaction x ON x.id = b.id WHERE x.id IS NULL""",
    ),
    (
        # What no gift explains must be somewhere to be found, and nothing else may be there.
        "stray_not_noted",
        "transaction",
        """
SELECT x.id, CASE x.kind WHEN 'other' THEN 'a note that nothing explains it' ELSE 'no note' END,
       COALESCE(s.word, 'none') FROM stripe_transaction x
  LEFT JOIN stray s ON s.transaction_id = x.id
 WHERE (x.kind = 'other') <> (s.transaction_id IS NOT NULL)""",
    ),
    (
        # What arrived stands in suspense, what left among what is unexplained.
        "stray_in_a_wrong_place",
        "transaction",
        """
SELECT x.id, CASE WHEN x.amount_minor > 0 THEN 'suspense' ELSE 'unexplained' END, p.kind
  FROM stripe_transaction x
  JOIN posting p ON p.source = 'stripe' AND p.external_ref
       = CASE WHEN x.amount_minor > 0 THEN 'unexplained:' ELSE 'suspense:' END || x.id
 WHERE x.kind = 'other'""",
    ),
    (
        "settled_gift_not_booked",
        "gift",
        """
SELECT h.id, 'a donation to case ' || h.case_id, COALESCE(p.kind, 'nothing') FROM hold h
  LEFT JOIN posting p ON p.id = h.donation_id
  LEFT JOIN transfer t ON t.posting_id = p.id AND t.leg = 1
 WHERE h.donation_id IS NOT NULL
   AND (COALESCE(p.kind, '') <> 'donation' OR COALESCE(t.book_id, 0) <> h.case_id)""",
    ),
    (
        "booked_gift_not_settled",
        "posting",
        """
SELECT p.id, 'a settled gift', p.external_ref FROM posting p
  LEFT JOIN hold h ON h.donation_id = p.id
 WHERE p.source = 'stripe' AND p.kind = 'donation' AND h.id IS NULL""",
    ),
    (
        "hold_without_checkout",
        "gift",
        """
SELECT h.id, 'a checkout that is not done', 'none' FROM hold h
 WHERE h.state IN ('open', 'promised')
   AND NOT EXISTS (SELECT 1 FROM checkout c WHERE c.hold_id = h.id AND c.state <> 'done')""",
    ),
    (
        "released_hold_payable",
        "gift",
        """
SELECT h.id, 'no checkout that can be paid', c.state FROM hold h
  JOIN checkout c ON c.hold_id = h.id
 WHERE h.state = 'released' AND c.state <> 'done'""",
    ),
    (
        "charge_of_another_amount",
        "gift",
        """
SELECT h.id, h.charge_minor || ' ' || h.charge_currency, c.amount_minor || ' ' || c.currency
  FROM hold h JOIN stripe_charge c ON c.hold_id = h.id
 WHERE h.state <> 'set_aside'
   AND (h.charge_minor <> c.amount_minor OR h.charge_currency <> c.currency)""",
    ),
    (
        "refund_due_without_order",
        "gift",
        f"""
SELECT h.id, 'an unfinished refund', s.minor FROM hold h
  JOIN ({_STANDING.format(kind="refund_due")}) s ON s.id = h.donation_id
 WHERE s.minor > 0 AND NOT EXISTS ({_UNFINISHED})""",
    ),
    (
        "refund_without_money",
        "gift",
        f"""
SELECT h.id, 'money set apart for a refund', 'none' FROM hold h
  LEFT JOIN ({_STANDING.format(kind="refund_due")}) s ON s.id = h.donation_id
 WHERE COALESCE(s.minor, 0) = 0 AND EXISTS ({_UNFINISHED.replace("'asked', ", "")})""",
    ),
    (
        "disputed_without_dispute",
        "gift",
        f"""
SELECT h.id, 'an open dispute', s.minor FROM hold h
  JOIN ({_STANDING.format(kind="disputed")}) s ON s.id = h.donation_id
 WHERE s.minor > 0 AND NOT EXISTS ({_OPEN})""",
    ),
    (
        # What the organisation bore stays so where an appeal won: the money came back to it.
        "charged_back_without_loss",
        "gift",
        f"""
SELECT h.id, 'a lost dispute', s.minor FROM hold h
  JOIN ({_STANDING.format(kind="charged_back")}) s ON s.id = h.donation_id
 WHERE s.minor > 0 AND NOT EXISTS ({_LOST})""",
    ),
    (
        "surplus_without_question",
        "gift",
        f"""
SELECT h.id, 'a question to its donor', s.minor FROM hold h
  JOIN ({_STANDING.format(kind="over_goal")}) s ON s.id = h.donation_id
 WHERE s.minor > 0
   AND NOT EXISTS (SELECT 1 FROM surplus_question q
                    WHERE q.hold_id = h.id AND q.closed_at IS NULL)
   AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.kind = 'surplus_cannot_go_back'
                      AND a.subject = CAST(h.id AS TEXT))""",
    ),
    (
        "moved_without_consent",
        "posting",
        """
SELECT x.posting_id, 'consent of its giver to case ' || x.to_book, x.consent_ref FROM crossing x
  LEFT JOIN surplus_consent c ON 'consent ' || c.id = x.consent_ref
       AND c.to_case_id = x.to_book AND c.text_sha256 = x.consent_sha256
  LEFT JOIN hold h ON h.id = c.hold_id AND h.donation_id = x.donation_id
 WHERE x.kind = 're-earmark' AND h.id IS NULL""",
    ),
    (
        "spending_not_booked",
        "disbursement",
        """
SELECT d.id, d.amount_minor || ' ' || d.currency || ' of case ' || d.case_id,
       COALESCE(t.amount_minor || ' ' || t.currency || ' of case ' || t.book_id, 'nothing')
  FROM disbursement d JOIN disbursement_decision e ON e.disbursement_id = d.id
  LEFT JOIN transfer t ON t.posting_id = e.posting_id AND t.posting_kind = 'disbursement'
 WHERE e.approved = 1
   AND (t.seq IS NULL OR t.amount_minor <> d.amount_minor OR t.book_id <> d.case_id
        OR t.currency <> d.currency)""",
    ),
    (
        "booked_without_approval",
        "posting",
        """
SELECT p.id, 'spending that was approved', p.external_ref FROM posting p
  LEFT JOIN disbursement_decision e ON e.posting_id = p.id
 WHERE p.kind = 'disbursement' AND e.disbursement_id IS NULL""",
    ),
)


async def verify_gifts(connection: Connection) -> list[Difference]:
    """Every difference between gifts, what Stripe told of them, and the ledger."""
    differences = []
    for what, subject, select in _CHECKS:
        for row in await connection.execute(sa.text(select)):
            differences.append(Difference(what, f"{subject} {row[0]}", str(row[1]), str(row[2])))
    return differences


async def count_plans_and_gifts(connection: Connection) -> tuple[int, int]:
    """How many cases there are, and how many gifts are booked."""
    plans, gifts = (await connection.execute(sa.text(_COUNTED))).one()
    return plans, gifts
