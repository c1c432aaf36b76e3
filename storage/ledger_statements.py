"""
The statements of every posting, put together once and few.

To build one with SQLAlchemy anew takes longer than the database takes to carry it out, and a round
trip to PostgreSQL longer than both. So a posting without a crossing, whose accounts are there, is
one statement on PostgreSQL and two on SQLite, which cannot insert into two tables by one.
"""

# ruff: noqa: S608 - what is put together here is our own text

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from storage.ledger_tables import account, posting, transfer

_NAMED = ("source", "external_ref", "payload_sha256", "kind", "n_legs", "recorded_at")

_HAS_ITS_REFERENCE = sa.and_(
    posting.c.source == sa.bindparam("source"),
    posting.c.external_ref == sa.bindparam("external_ref"),
)

_NOTHING_YET = sa.literal_column("0", sa.Integer).label("n_booked")

FIND = sa.select(posting.c.id, posting.c.payload_sha256, posting.c.kind).where(_HAS_ITS_REFERENCE)
"""The posting with a source and a reference, if it is there."""

CLAIM_ON_SQLITE = (
    sa.insert(posting)
    .from_select(
        _NAMED,
        sa.select(*(sa.bindparam(name, type_=posting.c[name].type) for name in _NAMED)).where(
            ~sa.exists().where(_HAS_ITS_REFERENCE)
        ),
    )
    .returning(posting.c.id, _NOTHING_YET)
)
"""
Insert a posting unless its reference is taken, and hand back its id and how many legs it has.

A guard of the table refuses a second insert before ON CONFLICT is looked at. There is one writer,
so nobody comes between the question and the insert.
"""

CLAIM_ON_POSTGRESQL = (
    postgresql.insert(posting).on_conflict_do_nothing().returning(posting.c.id, _NOTHING_YET)
)
"""The same; it waits for another transaction that is posting the same reference."""

ACCOUNTS = sa.select(account.c.id, account.c.kind).where(
    account.c.book_id == sa.bindparam("book_id"), account.c.currency == sa.bindparam("currency")
)
"""All accounts of a book in one currency."""

BOOK = sa.insert(transfer)
"""Insert legs."""

_INSERT_LEGS = """
INSERT INTO transfer (posting_id, posting_kind, n_legs, leg, book_id, currency, debit_id,
                      debit_kind, credit_id, credit_kind, amount_minor, donation_id, reverses)"""

_WITH_ACCOUNTS = """
 SELECT said.*, debit.id AS debit_id, credit.id AS credit_id FROM said
   JOIN account debit ON debit.book_id = said.book_id AND debit.kind = said.debit_kind
    AND debit.currency = said.currency
   JOIN account credit ON credit.book_id = said.book_id AND credit.kind = said.credit_kind
    AND credit.currency = said.currency"""

LEG = (
    "book_id",
    "currency",
    "debit_kind",
    "credit_kind",
    "amount_minor",
    "donation_id",
    "reverses",
)
"""What is said of each leg to the statements below, in this order."""

_LEG_OF_JSON = ", ".join(f"json_extract(value, '$[{at}]') AS {name}" for at, name in enumerate(LEG))

BOOK_ON_SQLITE = sa.text(f"""
WITH said AS (SELECT key + 1 AS number, {_LEG_OF_JSON} FROM json_each(:legs)),
leg AS ({_WITH_ACCOUNTS})
{_INSERT_LEGS}
SELECT :posting_id, :kind, :n_legs, number, book_id, currency, debit_id, debit_kind, credit_id,
       credit_kind, amount_minor,
       CASE WHEN :kind = 'donation' THEN :posting_id ELSE donation_id END, reverses
  FROM leg WHERE (SELECT count(*) FROM leg) = :n_legs ORDER BY number""")
"""Insert all legs, a JSON array of arrays, or none if an account is not there yet."""

CLAIM_AND_BOOK = sa.text(f"""
WITH claimed AS (
 INSERT INTO posting (source, external_ref, payload_sha256, kind, n_legs, recorded_at)
 VALUES (:source, :external_ref, :payload_sha256, CAST(:kind AS text), CAST(:n_legs AS integer),
         :recorded_at)
 ON CONFLICT DO NOTHING RETURNING id
), said AS (
 SELECT * FROM unnest(
   CAST(:book_id AS bigint[]), CAST(:currency AS text[]), CAST(:debit_kind AS text[]),
   CAST(:credit_kind AS text[]), CAST(:amount_minor AS bigint[]), CAST(:donation_id AS bigint[]),
   CAST(:reverses AS bigint[])) WITH ORDINALITY AS said ({", ".join(LEG)}, number)
), leg AS ({_WITH_ACCOUNTS}
), locked AS (
 SELECT account_id FROM balance
  WHERE EXISTS (SELECT FROM claimed)
    AND (SELECT count(*) FROM leg) = CAST(:n_legs AS integer)
    AND account_id IN (SELECT debit_id FROM leg UNION SELECT credit_id FROM leg)
  ORDER BY account_id FOR NO KEY UPDATE
), booked AS ({_INSERT_LEGS}
 SELECT claimed.id, CAST(:kind AS text), CAST(:n_legs AS integer), number, book_id, currency,
        debit_id, debit_kind, credit_id, credit_kind, amount_minor,
        CASE WHEN CAST(:kind AS text) = 'donation' THEN claimed.id ELSE donation_id END, reverses
   FROM claimed CROSS JOIN leg WHERE (SELECT count(*) FROM locked) > 0
  ORDER BY number RETURNING seq
)
SELECT claimed.id, (SELECT count(*) FROM booked) AS n_booked FROM claimed
""").bindparams(sa.bindparam("recorded_at", type_=posting.c.recorded_at.type))
"""
Claim the reference, take all balances in the order of their ids, so that two postings wait and do
not deadlock, and insert the legs, said as arrays. Hand back the posting's id and how many legs were
booked: no row if the reference was taken, no legs if an account is not there yet.
"""
