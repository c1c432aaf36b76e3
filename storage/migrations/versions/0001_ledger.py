"""
The ledger: books, accounts, postings, transfers, crossings, balances, and the rules they keep.

Revision: 0001, after None. Guards are away while this runs.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_tables()
    if op.get_context().dialect.name == "postgresql":
        _close_the_circle()
    _fill_rules()


def _key(
    columns: str, parent: str, parent_columns: str, name: str, **how: Any
) -> sa.ForeignKeyConstraint:
    """A foreign key of several columns, written as words."""
    parents = [f"{parent}.{column}" for column in parent_columns.split()]
    return sa.ForeignKeyConstraint(columns.split(), parents, name=op.f(name), **how)


def _unique(table: str, columns: str) -> sa.UniqueConstraint:
    """A unique key, its columns written as words."""
    names = columns.split()
    return sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}"))


def _create_tables() -> None:
    _account_kind()
    _book()
    _posting()
    _posting_rule()
    _account()
    _crossing()
    _balance()
    _transfer()


def _account_kind() -> None:
    """Which accounts a book of each kind has."""
    op.create_table(
        "account_kind",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("book_kind", TEXT, nullable=False),
        sa.Column("floored", INT, nullable=False),
        sa.CheckConstraint(
            "book_kind IN ('case', 'organisation')", name=op.f("ck_account_kind_book_kind")
        ),
        sa.CheckConstraint("floored IN (0, 1)", name=op.f("ck_account_kind_floored_is_a_flag")),
        sa.PrimaryKeyConstraint("kind", "book_kind", name=op.f("pk_account_kind")),
        _unique("account_kind", "kind book_kind floored"),
        sqlite_strict=True,
    )


def _book() -> None:
    """Books: one for each case, and one of the organisation."""
    op.create_table(
        "book",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.CheckConstraint("kind IN ('case', 'organisation')", name=op.f("ck_book_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book")),
        _unique("book", "id kind"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_book_one_organisation",
        "book",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("kind = 'organisation'"),
        postgresql_where=sa.text("kind = 'organisation'"),
    )


def _posting() -> None:
    """What happened, once."""
    op.create_table(
        "posting",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("external_ref", TEXT, nullable=False),
        sa.Column("payload_sha256", BLOB, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("n_legs", INT, nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.CheckConstraint("source <> '' AND external_ref <> ''", name=op.f("ck_posting_is_named")),
        sa.CheckConstraint("length(payload_sha256) = 32", name=op.f("ck_posting_payload_sha256")),
        sa.CheckConstraint("n_legs BETWEEN 1 AND 8", name=op.f("ck_posting_n_legs")),
        _key(
            "id n_legs",
            "transfer",
            "posting_id leg",
            "fk_posting_has_its_legs",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        _unique("posting", "id kind n_legs"),
        _unique("posting", "id kind"),
        _unique("posting", "source external_ref"),
        sqlite_strict=True,
    )


def _posting_rule() -> None:
    """Which accounts each kind of posting may join."""
    op.create_table(
        "posting_rule",
        sa.Column("posting_kind", TEXT, nullable=False),
        sa.Column("debit_kind", TEXT, nullable=False),
        sa.Column("credit_kind", TEXT, nullable=False),
        sa.Column("shape", TEXT, nullable=False),
        sa.Column("of_donation", INT, nullable=False),
        sa.CheckConstraint(
            "shape IN ('plain', 'out', 'in', 'reversal')", name=op.f("ck_posting_rule_shape")
        ),
        sa.CheckConstraint(
            "of_donation IN (0, 1)", name=op.f("ck_posting_rule_of_donation_is_a_flag")
        ),
        sa.PrimaryKeyConstraint(
            "posting_kind", "debit_kind", "credit_kind", name=op.f("pk_posting_rule")
        ),
        sa.UniqueConstraint(
            "posting_kind",
            "debit_kind",
            "credit_kind",
            "shape",
            "of_donation",
            name="uq_posting_rule_whole",
        ),
        sqlite_strict=True,
    )


def _account() -> None:
    """The accounts of each book."""
    op.create_table(
        "account",
        sa.Column("id", BIG, nullable=False),
        sa.Column("book_id", BIG, nullable=False),
        sa.Column("book_kind", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("floored", INT, nullable=False),
        sa.CheckConstraint("floored IN (0, 1)", name=op.f("ck_account_floored_is_a_flag")),
        sa.CheckConstraint(
            "length(currency) = 3 AND currency = upper(currency)", name=op.f("ck_account_currency")
        ),
        _key("book_id book_kind", "book", "id kind", "fk_account_book_id_book_kind"),
        _key(
            "kind book_kind floored",
            "account_kind",
            "kind book_kind floored",
            "fk_account_kind_book_kind_floored",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        _unique("account", "book_id kind currency"),
        _unique("account", "id book_id currency kind"),
        _unique("account", "id floored"),
        sqlite_strict=True,
    )


def _crossing() -> None:
    """The only ways for value to leave one book for another."""
    op.create_table(
        "crossing", *_crossing_columns(), *_crossing_rules(), *_crossing_keys(), sqlite_strict=True
    )


def _crossing_columns() -> list[sa.Column[Any]]:
    """The columns of `crossing`."""
    return [
        sa.Column("posting_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("from_book", BIG, nullable=False),
        sa.Column("from_kind", TEXT, nullable=False),
        sa.Column("to_book", BIG, nullable=False),
        sa.Column("to_kind", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("donation_id", BIG, nullable=True),
        sa.Column("consent_ref", TEXT, nullable=True),
        sa.Column("consent_sha256", BLOB, nullable=True),
    ]


def _crossing_rules() -> list[sa.Constraint]:
    """The checks and unique keys of `crossing`."""
    return [
        sa.CheckConstraint(
            "(kind = 're-earmark' AND from_kind = 'case' AND donation_id IS NOT NULL AND consent_ref IS NOT NULL AND consent_ref <> '' AND consent_sha256 IS NOT NULL AND length(consent_sha256) = 32) OR (kind = 'contribution' AND from_kind = 'organisation' AND donation_id IS NULL AND consent_ref IS NULL AND consent_sha256 IS NULL)",
            name=op.f("ck_crossing_kind"),
        ),
        sa.CheckConstraint("to_kind = 'case'", name=op.f("ck_crossing_into_a_case")),
        sa.CheckConstraint(
            "amount_minor BETWEEN 1 AND 9007199254740991", name=op.f("ck_crossing_amount_minor")
        ),
        sa.CheckConstraint("from_book <> to_book", name=op.f("ck_crossing_another_book")),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_crossing")),
        _unique("crossing", "consent_ref"),
        _unique("crossing", "posting_id donation_id"),
        _unique("crossing", "posting_id from_book currency amount_minor"),
        _unique("crossing", "posting_id to_book currency amount_minor"),
    ]


def _crossing_keys() -> list[sa.Constraint]:
    """The foreign keys of `crossing`."""
    return [
        _key("donation_id", "posting", "id", "fk_crossing_donation_id"),
        _key("from_book from_kind", "book", "id kind", "fk_crossing_from_book_from_kind"),
        _key("posting_id kind", "posting", "id kind", "fk_crossing_posting_id_kind"),
        _key(
            "posting_id",
            "transfer",
            "cross_in",
            "fk_crossing_has_its_in_leg",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        _key(
            "posting_id",
            "transfer",
            "cross_out",
            "fk_crossing_has_its_out_leg",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        _key("to_book to_kind", "book", "id kind", "fk_crossing_to_book_to_kind"),
    ]


def _balance() -> None:
    """What is in each account, kept by triggers."""
    op.create_table(
        "balance",
        sa.Column("account_id", BIG, autoincrement=False, nullable=False),
        sa.Column("floored", INT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.CheckConstraint("floored = 0 OR amount_minor >= 0", name=op.f("ck_balance_floor")),
        sa.CheckConstraint("floored IN (0, 1)", name=op.f("ck_balance_floored_is_a_flag")),
        _key("account_id floored", "account", "id floored", "fk_balance_account_id_floored"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_balance")),
        sqlite_strict=True,
    )


def _transfer() -> None:
    """One row: one debit, one credit, one amount, one book."""
    op.create_table(
        "transfer", *_transfer_columns(), *_transfer_rules(), *_transfer_keys(), sqlite_strict=True
    )
    op.create_index("ix_transfer_book_id", "transfer", ["book_id"], unique=False)
    op.create_index("ix_transfer_credit_id", "transfer", ["credit_id"], unique=False)
    op.create_index("ix_transfer_debit_id", "transfer", ["debit_id"], unique=False)
    op.create_index("ix_transfer_donation_id", "transfer", ["donation_id"], unique=False)


def _transfer_columns() -> list[sa.Column[Any]]:
    """The columns of `transfer`."""
    return [
        sa.Column("seq", BIG, nullable=False),
        sa.Column("posting_id", BIG, nullable=False),
        sa.Column("posting_kind", TEXT, nullable=False),
        sa.Column("n_legs", INT, nullable=False),
        sa.Column("leg", INT, nullable=False),
        sa.Column(
            "prior_leg",
            INT,
            sa.Computed("CASE WHEN leg > 1 THEN leg - 1 END", persisted=True),
            nullable=True,
        ),
        sa.Column("book_id", BIG, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("debit_id", BIG, nullable=False),
        sa.Column("debit_kind", TEXT, nullable=False),
        sa.Column("credit_id", BIG, nullable=False),
        sa.Column("credit_kind", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("donation_id", BIG, nullable=True),
        sa.Column("cross_out", BIG, nullable=True),
        sa.Column("cross_in", BIG, nullable=True),
        sa.Column("reverses", BIG, nullable=True),
        sa.Column(
            "shape",
            TEXT,
            sa.Computed(
                "CASE WHEN reverses IS NOT NULL THEN 'reversal' WHEN cross_out IS NOT NULL THEN 'out' WHEN cross_in IS NOT NULL THEN 'in' ELSE 'plain' END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "of_donation",
            INT,
            sa.Computed("CASE WHEN donation_id IS NULL THEN 0 ELSE 1 END", persisted=True),
            nullable=False,
        ),
    ]


def _transfer_rules() -> list[sa.Constraint]:
    """The checks and unique keys of `transfer`."""
    return [
        sa.CheckConstraint(
            "posting_kind <> 'donation' OR donation_id = posting_id",
            name=op.f("ck_transfer_donation_is_its_own"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN cross_out IS NULL THEN 0 ELSE 1 END) + (CASE WHEN cross_in IS NULL THEN 0 ELSE 1 END) + (CASE WHEN reverses IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_transfer_one_shape"),
        ),
        sa.CheckConstraint(
            "amount_minor BETWEEN 1 AND 9007199254740991", name=op.f("ck_transfer_amount_minor")
        ),
        sa.CheckConstraint(
            "cross_in IS NULL OR cross_in = posting_id", name=op.f("ck_transfer_cross_in")
        ),
        sa.CheckConstraint(
            "cross_out IS NULL OR cross_out = posting_id", name=op.f("ck_transfer_cross_out")
        ),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfer_two_accounts")),
        sa.CheckConstraint("leg BETWEEN 1 AND n_legs", name=op.f("ck_transfer_leg")),
        sa.CheckConstraint("of_donation IN (0, 1)", name=op.f("ck_transfer_of_donation_is_a_flag")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_transfer_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_transfer")),
        _unique("transfer", "cross_in"),
        _unique("transfer", "cross_out"),
        _unique("transfer", "posting_id leg"),
        _unique("transfer", "reverses"),
        _unique("transfer", "seq debit_id credit_id amount_minor"),
        _unique("transfer", "seq donation_id"),
    ]


def _transfer_keys() -> list[sa.Constraint]:
    """The foreign keys of `transfer`."""
    return [
        _key(
            "credit_id book_id currency credit_kind",
            "account",
            "id book_id currency kind",
            "fk_transfer_credit_id_book_id_currency_credit_kind",
        ),
        _key(
            "cross_in book_id currency amount_minor",
            "crossing",
            "posting_id to_book currency amount_minor",
            "fk_transfer_cross_in_book_id_currency_amount_minor",
        ),
        _key(
            "cross_in donation_id",
            "crossing",
            "posting_id donation_id",
            "fk_transfer_cross_in_donation_id",
        ),
        _key(
            "cross_out book_id currency amount_minor",
            "crossing",
            "posting_id from_book currency amount_minor",
            "fk_transfer_cross_out_book_id_currency_amount_minor",
        ),
        _key(
            "cross_out donation_id",
            "crossing",
            "posting_id donation_id",
            "fk_transfer_cross_out_donation_id",
        ),
        _key(
            "debit_id book_id currency debit_kind",
            "account",
            "id book_id currency kind",
            "fk_transfer_debit_id_book_id_currency_debit_kind",
        ),
        _key("donation_id", "posting", "id", "fk_transfer_donation_id"),
        _key(
            "posting_id posting_kind n_legs",
            "posting",
            "id kind n_legs",
            "fk_transfer_posting_id_posting_kind_n_legs",
        ),
        _key(
            "posting_id prior_leg", "transfer", "posting_id leg", "fk_transfer_posting_id_prior_leg"
        ),
        _key(
            "posting_kind debit_kind credit_kind shape of_donation",
            "posting_rule",
            "posting_kind debit_kind credit_kind shape of_donation",
            "fk_transfer_posting_rule",
        ),
        _key(
            "reverses credit_id debit_id amount_minor",
            "transfer",
            "seq debit_id credit_id amount_minor",
            "fk_transfer_reverses_credit_id_debit_id_amount_minor",
        ),
        _key(
            "reverses donation_id",
            "transfer",
            "seq donation_id",
            "fk_transfer_reverses_donation_id",
        ),
    ]


def _close_the_circle() -> None:
    """PostgreSQL adds later what SQLite writes into the table: keys to a table created after."""
    for name, table, columns, parents in (
        ("fk_posting_has_its_legs", "posting", ["id", "n_legs"], ["posting_id", "leg"]),
        ("fk_crossing_has_its_out_leg", "crossing", ["posting_id"], ["cross_out"]),
        ("fk_crossing_has_its_in_leg", "crossing", ["posting_id"], ["cross_in"]),
    ):
        op.create_foreign_key(
            name, table, "transfer", columns, parents, deferrable=True, initially="DEFERRED"
        )


def _fill_rules() -> None:
    _fill("book", "kind", [("organisation",)])
    _fill("account_kind", "kind book_kind floored", _ACCOUNT_KINDS)
    _fill("posting_rule", "posting_kind debit_kind credit_kind shape of_donation", _POSTING_RULES)


def _fill(table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
    names = columns.split()
    op.bulk_insert(
        sa.table(table, *map(sa.column, names)),
        [dict(zip(names, row, strict=True)) for row in rows],
    )


_ACCOUNT_KINDS = (
    ("world", "case", 0),
    ("fund", "case", 1),
    ("over_goal", "case", 1),
    ("spent", "case", 1),
    ("refunded", "case", 1),
    ("shortfall", "case", 0),
    ("moved_in", "case", 0),
    ("moved_out", "case", 1),
    ("world", "organisation", 0),
    ("own_means", "organisation", 0),
    ("fees", "organisation", 1),
    ("reserve", "organisation", 1),
    ("suspense", "organisation", 1),
    ("contributed", "organisation", 1),
)

_POSTING_RULES = (
    ("donation", "world", "fund", "plain", 1),
    ("donation", "world", "over_goal", "plain", 1),
    ("refund", "fund", "refunded", "plain", 1),
    ("refund", "over_goal", "refunded", "plain", 1),
    ("disbursement", "fund", "spent", "plain", 0),
    ("fee", "own_means", "fees", "plain", 0),
    ("suspense", "world", "suspense", "plain", 0),
    ("re-earmark", "fund", "moved_out", "out", 1),
    ("re-earmark", "over_goal", "moved_out", "out", 1),
    ("re-earmark", "moved_in", "fund", "in", 1),
    ("contribution", "reserve", "contributed", "out", 0),
    ("contribution", "own_means", "contributed", "out", 0),
    ("contribution", "moved_in", "fund", "in", 0),
    ("reversal", "fund", "world", "reversal", 1),
    ("reversal", "over_goal", "world", "reversal", 1),
    ("reversal", "refunded", "fund", "reversal", 1),
    ("reversal", "refunded", "over_goal", "reversal", 1),
    ("reversal", "spent", "fund", "reversal", 0),
    ("reversal", "fees", "own_means", "reversal", 0),
    ("reversal", "suspense", "world", "reversal", 0),
)
