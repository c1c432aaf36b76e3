"""
The tables of the ledger.

One row of `transfer` is one transfer: one debit, one credit, one positive amount. So it balances
by construction. Both accounts must bear the row's own book and currency (composite foreign keys),
so value cannot pass from one person's book to another's, except through a `crossing`: two legs
under one row, both or none.

What the constraints cannot say (nothing is ever changed; balances follow; a donation gives no more
than it has) the guards in `storage.guards_ledger` do.

Portable on purpose: deferred foreign keys exist on both engines, deferred triggers on one.
Generated columns turn "this is set, so that rule holds" into plain foreign keys.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)

from storage.columns import BIG, BLOB, INT, TEXT, Flag, UnixTime
from storage.schema import table

MOST_MINOR = 2**53 - 1
"""The largest single amount: exact in JSON too, and no sum of real life overflows 64 bits."""

_IS_CURRENCY = "length(currency) = 3 AND currency = upper(currency)"
_IS_AMOUNT = f"amount_minor BETWEEN 1 AND {MOST_MINOR}"

book = table(
    "book",
    Column("id", BIG, primary_key=True),
    Column("kind", TEXT, nullable=False),
    UniqueConstraint("id", "kind"),
    CheckConstraint("kind IN ('case', 'organisation')", name="kind"),
    Index(
        "ix_book_one_organisation",
        "kind",
        unique=True,
        sqlite_where=text("kind = 'organisation'"),
        postgresql_where=text("kind = 'organisation'"),
    ),
)

account_kind = table(
    "account_kind",
    Column("kind", TEXT, primary_key=True),
    Column("book_kind", TEXT, primary_key=True),
    Column("floored", Flag, nullable=False),
    UniqueConstraint("kind", "book_kind", "floored"),
    CheckConstraint("book_kind IN ('case', 'organisation')", name="book_kind"),
)

posting_rule = table(
    "posting_rule",
    Column("posting_kind", TEXT, primary_key=True),
    Column("debit_kind", TEXT, primary_key=True),
    Column("credit_kind", TEXT, primary_key=True),
    Column("shape", TEXT, nullable=False),
    Column("of_donation", Flag, nullable=False),
    UniqueConstraint(
        "posting_kind",
        "debit_kind",
        "credit_kind",
        "shape",
        "of_donation",
        name="uq_posting_rule_whole",
    ),
    CheckConstraint("shape IN ('plain', 'out', 'in', 'reversal')", name="shape"),
)

account = table(
    "account",
    Column("id", BIG, primary_key=True),
    Column("book_id", BIG, nullable=False),
    Column("book_kind", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("currency", TEXT, nullable=False),
    Column("floored", Flag, nullable=False),
    UniqueConstraint("book_id", "kind", "currency"),
    UniqueConstraint("id", "book_id", "currency", "kind"),
    UniqueConstraint("id", "floored"),
    ForeignKeyConstraint(["book_id", "book_kind"], ["book.id", "book.kind"]),
    ForeignKeyConstraint(
        ["kind", "book_kind", "floored"],
        ["account_kind.kind", "account_kind.book_kind", "account_kind.floored"],
    ),
    CheckConstraint(_IS_CURRENCY, name="currency"),
)

posting = table(
    "posting",
    # Said aloud because the foreign key below would switch the numbering off.
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("source", TEXT, nullable=False),
    Column("external_ref", TEXT, nullable=False),
    Column("payload_sha256", BLOB, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("n_legs", INT, nullable=False),
    Column("recorded_at", UnixTime, nullable=False),
    UniqueConstraint("source", "external_ref"),
    UniqueConstraint("id", "kind"),
    UniqueConstraint("id", "kind", "n_legs"),
    # No posting without its last leg; `prior_leg` of transfer sees to the legs before.
    ForeignKeyConstraint(
        ["id", "n_legs"],
        ["transfer.posting_id", "transfer.leg"],
        name="fk_posting_has_its_legs",
        use_alter=True,
        deferrable=True,
        initially="DEFERRED",
    ),
    CheckConstraint("source <> '' AND external_ref <> ''", name="is_named"),
    CheckConstraint("length(payload_sha256) = 32", name="payload_sha256"),
    CheckConstraint("n_legs BETWEEN 1 AND 8", name="n_legs"),
)

crossing = table(
    "crossing",
    Column("posting_id", BIG, primary_key=True, autoincrement=False),
    Column("kind", TEXT, nullable=False),
    Column("from_book", BIG, nullable=False),
    Column("from_kind", TEXT, nullable=False),
    Column("to_book", BIG, nullable=False),
    Column("to_kind", TEXT, nullable=False),
    Column("currency", TEXT, nullable=False),
    Column("amount_minor", BIG, nullable=False),
    Column("donation_id", BIG),
    Column("consent_ref", TEXT, unique=True),
    Column("consent_sha256", BLOB),
    UniqueConstraint("posting_id", "from_book", "currency", "amount_minor"),
    UniqueConstraint("posting_id", "to_book", "currency", "amount_minor"),
    UniqueConstraint("posting_id", "donation_id"),
    ForeignKeyConstraint(["posting_id", "kind"], ["posting.id", "posting.kind"]),
    ForeignKeyConstraint(["from_book", "from_kind"], ["book.id", "book.kind"]),
    ForeignKeyConstraint(["to_book", "to_kind"], ["book.id", "book.kind"]),
    ForeignKeyConstraint(["donation_id"], ["posting.id"]),
    ForeignKeyConstraint(
        ["posting_id"],
        ["transfer.cross_out"],
        name="fk_crossing_has_its_out_leg",
        use_alter=True,
        deferrable=True,
        initially="DEFERRED",
    ),
    ForeignKeyConstraint(
        ["posting_id"],
        ["transfer.cross_in"],
        name="fk_crossing_has_its_in_leg",
        use_alter=True,
        deferrable=True,
        initially="DEFERRED",
    ),
    CheckConstraint(_IS_AMOUNT, name="amount_minor"),
    CheckConstraint("from_book <> to_book", name="another_book"),
    # The organisation may pay into a case; nothing ever crosses out of a case but a re-earmark
    # into another case, by consent of the donor whose money it is.
    CheckConstraint("to_kind = 'case'", name="into_a_case"),
    CheckConstraint(
        "(kind = 're-earmark' AND from_kind = 'case' AND donation_id IS NOT NULL"
        " AND consent_ref IS NOT NULL AND consent_ref <> ''"
        " AND consent_sha256 IS NOT NULL AND length(consent_sha256) = 32)"
        " OR (kind = 'contribution' AND from_kind = 'organisation' AND donation_id IS NULL"
        " AND consent_ref IS NULL AND consent_sha256 IS NULL)",
        name="kind",
    ),
)

transfer = table(
    "transfer",
    Column("seq", BIG, primary_key=True),
    Column("posting_id", BIG, nullable=False),
    Column("posting_kind", TEXT, nullable=False),
    Column("n_legs", INT, nullable=False),
    Column("leg", INT, nullable=False),
    Column("prior_leg", INT, Computed("CASE WHEN leg > 1 THEN leg - 1 END", persisted=True)),
    Column("book_id", BIG, nullable=False),
    Column("currency", TEXT, nullable=False),
    Column("debit_id", BIG, nullable=False),
    Column("debit_kind", TEXT, nullable=False),
    Column("credit_id", BIG, nullable=False),
    Column("credit_kind", TEXT, nullable=False),
    Column("amount_minor", BIG, nullable=False),
    Column("donation_id", BIG),
    Column("cross_out", BIG, unique=True),
    Column("cross_in", BIG, unique=True),
    Column("reverses", BIG, unique=True),
    Column(
        "shape",
        TEXT,
        Computed(
            "CASE WHEN reverses IS NOT NULL THEN 'reversal' WHEN cross_out IS NOT NULL THEN 'out'"
            " WHEN cross_in IS NOT NULL THEN 'in' ELSE 'plain' END",
            persisted=True,
        ),
        nullable=False,
    ),
    Column(
        "of_donation",
        Flag,
        Computed("CASE WHEN donation_id IS NULL THEN 0 ELSE 1 END", persisted=True),
        nullable=False,
    ),
    UniqueConstraint("posting_id", "leg"),
    UniqueConstraint("seq", "debit_id", "credit_id", "amount_minor"),
    UniqueConstraint("seq", "donation_id"),
    ForeignKeyConstraint(
        ["posting_id", "posting_kind", "n_legs"], ["posting.id", "posting.kind", "posting.n_legs"]
    ),
    ForeignKeyConstraint(["posting_id", "prior_leg"], ["transfer.posting_id", "transfer.leg"]),
    ForeignKeyConstraint(
        ["debit_id", "book_id", "currency", "debit_kind"],
        ["account.id", "account.book_id", "account.currency", "account.kind"],
    ),
    ForeignKeyConstraint(
        ["credit_id", "book_id", "currency", "credit_kind"],
        ["account.id", "account.book_id", "account.currency", "account.kind"],
    ),
    ForeignKeyConstraint(
        ["posting_kind", "debit_kind", "credit_kind", "shape", "of_donation"],
        [
            "posting_rule.posting_kind",
            "posting_rule.debit_kind",
            "posting_rule.credit_kind",
            "posting_rule.shape",
            "posting_rule.of_donation",
        ],
        name="fk_transfer_posting_rule",
    ),
    ForeignKeyConstraint(["donation_id"], ["posting.id"]),
    ForeignKeyConstraint(
        ["cross_out", "book_id", "currency", "amount_minor"],
        [
            "crossing.posting_id",
            "crossing.from_book",
            "crossing.currency",
            "crossing.amount_minor",
        ],
    ),
    ForeignKeyConstraint(
        ["cross_in", "book_id", "currency", "amount_minor"],
        ["crossing.posting_id", "crossing.to_book", "crossing.currency", "crossing.amount_minor"],
    ),
    ForeignKeyConstraint(
        ["cross_out", "donation_id"], ["crossing.posting_id", "crossing.donation_id"]
    ),
    ForeignKeyConstraint(
        ["cross_in", "donation_id"], ["crossing.posting_id", "crossing.donation_id"]
    ),
    # A reversal is the exact swap of what it takes back, for the same donation.
    ForeignKeyConstraint(
        ["reverses", "credit_id", "debit_id", "amount_minor"],
        ["transfer.seq", "transfer.debit_id", "transfer.credit_id", "transfer.amount_minor"],
    ),
    ForeignKeyConstraint(["reverses", "donation_id"], ["transfer.seq", "transfer.donation_id"]),
    CheckConstraint("seq > 0", name="seq"),
    CheckConstraint(_IS_AMOUNT, name="amount_minor"),
    CheckConstraint("leg BETWEEN 1 AND n_legs", name="leg"),
    CheckConstraint("debit_id <> credit_id", name="two_accounts"),
    CheckConstraint("cross_out IS NULL OR cross_out = posting_id", name="cross_out"),
    CheckConstraint("cross_in IS NULL OR cross_in = posting_id", name="cross_in"),
    # One leg has one shape; with two of these set, `shape` would tell only the first.
    CheckConstraint(
        "(CASE WHEN cross_out IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN cross_in IS NULL THEN 0 ELSE 1 END)"
        " + (CASE WHEN reverses IS NULL THEN 0 ELSE 1 END) <= 1",
        name="one_shape",
    ),
    CheckConstraint(
        "posting_kind <> 'donation' OR donation_id = posting_id", name="donation_is_its_own"
    ),
    Index("ix_transfer_book_id", "book_id"),
    Index("ix_transfer_debit_id", "debit_id"),
    Index("ix_transfer_credit_id", "credit_id"),
    Index("ix_transfer_donation_id", "donation_id"),
)

balance = table(
    "balance",
    Column("account_id", BIG, primary_key=True, autoincrement=False),
    Column("floored", Flag, nullable=False),
    Column("amount_minor", BIG, nullable=False),
    Column("last_seq", BIG, nullable=False),
    ForeignKeyConstraint(["account_id", "floored"], ["account.id", "account.floored"]),
    CheckConstraint("floored = 0 OR amount_minor >= 0", name="floor"),
)
