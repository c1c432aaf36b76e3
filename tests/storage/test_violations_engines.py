"""What each engine alone would let pass, and the guards do not."""

import sqlite3

import pytest
import sqlalchemy as sa

from storage.errors import Refused

# SQLite: conflict clauses apply to the statements of triggers too, REPLACE deletes without firing
# DELETE triggers, and a connection may switch the constraints off.


def _spend(w, amount):
    return w.posting("disbursement", w.leg(w.a, "fund", "spent", amount))


def _with_clause(clause, statements):
    return [(sql.replace("INSERT INTO", clause), values) for sql, values in statements]


def _fund(w, sql):
    return [(sql, {"id": w.account(w.a, "fund")})]


SQLITE = {
    "INSERT_OR_IGNORE_of_overspending": (
        "below_zero",
        lambda w: _with_clause("INSERT OR IGNORE INTO", _spend(w, 1401)),
    ),
    "INSERT_OR_FAIL_of_overspending": (
        "below_zero",
        lambda w: _with_clause("INSERT OR FAIL INTO", _spend(w, 1401)),
    ),
    "INSERT_OR_REPLACE_of_overspending": (
        "below_zero",
        lambda w: _with_clause("INSERT OR REPLACE INTO", _spend(w, 1401)),
    ),
    "INSERT_OR_IGNORE_of_a_balance_that_starts_with_money": (
        "balance_is_derived",
        lambda w: _fund(w, "INSERT OR IGNORE INTO balance VALUES (:id, 1, 5, 0)"),
    ),
    "INSERT_OR_REPLACE_of_a_balance": (
        "balance_is_derived",
        lambda w: _fund(w, "INSERT OR REPLACE INTO balance VALUES (:id, 1, 0, 0)"),
    ),
    "INSERT_OR_REPLACE_of_a_posting_by_its_reference": (
        "append_only",
        lambda w: _with_clause(
            "INSERT OR REPLACE INTO", w.donation(w.a, 5, external_ref=f"ref {w.gift}")
        ),
    ),
    "INSERT_OR_REPLACE_of_a_transfer": (
        "append_only",
        lambda w: [
            (sql, values | {"seq": w.seqs[w.gift]})
            for sql, values in _with_clause(
                "INSERT OR REPLACE INTO",
                [w.row("transfer", seq=0, **w.donation(w.a, 5)[1][1])],
            )
        ],
    ),
    "INSERT_OR_REPLACE_of_a_book": (
        "append_only",
        lambda w: [("INSERT OR REPLACE INTO book VALUES (:id, 'case')", {"id": w.a})],
    ),
    "INSERT_OR_REPLACE_of_an_account": (
        "append_only",
        lambda w: _fund(w, "INSERT OR REPLACE INTO account SELECT * FROM account WHERE id = :id"),
    ),
    "INSERT_OR_REPLACE_of_a_crossing": (
        "append_only",
        lambda w: [
            *w.re_earmark(),
            ("INSERT OR REPLACE INTO crossing SELECT * FROM crossing", {}),
        ],
    ),
    "INSERT_OR_REPLACE_of_a_rule": (
        "append_only",
        lambda _: [("INSERT OR REPLACE INTO posting_rule SELECT * FROM posting_rule", {})],
    ),
    "UPSERT_of_a_posting": (
        "append_only",
        lambda w: [
            (f"{sql} ON CONFLICT (id) DO UPDATE SET external_ref = 'another'", values)
            for sql, values in w.donation(w.a, 5, posting_id=w.gift)
        ],
    ),
    "UPDATE_OR_REPLACE": (
        "append_only",
        lambda _: [("UPDATE OR REPLACE transfer SET seq = seq + 1", {})],
    ),
    "UPDATE_OR_IGNORE_of_a_balance": (
        "balance_is_derived",
        lambda w: _fund(w, "UPDATE OR IGNORE balance SET amount_minor = 9 WHERE account_id = :id"),
    ),
    "half_a_cent": ("", lambda w: _spend(w, 1.5)),
    "an_amount_in_words": ("", lambda w: _spend(w, "five")),
    "a_number_that_leaves_a_hole": (
        "seq_out_of_order",
        lambda w: [w.row("transfer", seq=10**15, **values) if "leg" in values else (sql, values)
                   for sql, values in w.donation(w.a, 5)],
    ),
    "a_number_before_the_first": (
        "ck_transfer_seq",
        lambda w: [w.row("transfer", seq=-5, **values) if "leg" in values else (sql, values)
                   for sql, values in w.donation(w.a, 5)],
    ),
    "foreign_keys_put_off_until_the_end": (
        "FOREIGN KEY constraint failed",
        lambda w: [
            ("PRAGMA defer_foreign_keys = ON", {}),
            *w.posting(
                "disbursement",
                w.leg(w.a, "fund", "spent", 5, credit_id=w.account(w.b, "spent")),
            ),
        ],
    ),
    "constraints_switched_off_in_the_transaction": (
        "checks_are_off",
        lambda w: [("PRAGMA ignore_check_constraints = ON", {}), *_spend(w, 1401)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("claim", SQLITE)
async def test_refused_by_sqlite(lite, claim):
    by, rows = SQLITE[claim]
    before = await lite.all_rows()

    with pytest.raises(Refused) as refusal:
        await lite.write(rows(lite))

    assert by in refusal.value.constraint
    assert await lite.all_rows() == before


@pytest.mark.parametrize(
    ("pragmas", "by"),
    [
        (("foreign_keys = OFF",), "foreign_keys_are_off"),
        (("foreign_keys = ON", "ignore_check_constraints = ON"), "checks_are_off"),
    ],
)
@pytest.mark.parametrize("table", ["book", "account", "posting", "crossing", "transfer"])
async def test_connection_without_constraints_cannot_write(lite, pragmas, by, table):
    path = lite.database._writer.url.database
    plain = sqlite3.connect(path, isolation_level=None)
    for pragma in pragmas:
        plain.execute(f"PRAGMA {pragma}")
    rows = {
        "book": [lite.row("book", id=10**9, kind="case")],
        "account": [lite.row("account", id=10**9, book_id=lite.a, book_kind="case",
                             kind="fund", currency="JPY", floored=1)],
        "posting": lite.donation(lite.a, 5),
        "crossing": lite.re_earmark()[1:],
        "transfer": lite.donation(lite.a, 5)[1:],
    }  # fmt: skip

    with pytest.raises(sqlite3.IntegrityError, match=by):
        _execute(plain, rows[table])

    plain.close()


def _execute(plain, statements):
    for sql, values in statements:
        plain.execute(sql, values)


async def test_recursive_triggers_change_nothing(lite):
    path = lite.database._writer.url.database
    plain = sqlite3.connect(path, isolation_level=None)
    plain.execute("PRAGMA foreign_keys = ON")
    plain.execute("PRAGMA recursive_triggers = ON")

    plain.execute("BEGIN IMMEDIATE")
    _execute(plain, lite.donation(lite.a, 5))
    plain.execute("COMMIT")

    plain.close()
    assert await lite.amount(lite.a, "fund") == 1405


# PostgreSQL: one statement can do many things at once, and a session can change much.


def _booked_twice(w):
    head, (insert, values) = w.donation(w.a, 5)
    both = (
        f"WITH booked AS ({insert} RETURNING seq, credit_id)"
        " UPDATE balance SET amount_minor = balance.amount_minor + 5, last_seq = booked.seq"
        " FROM booked WHERE account_id = credit_id"
    )
    return [head, (both, values)]


POSTGRESQL = {
    "TRUNCATE_transfer": ("append_only", lambda _: [("TRUNCATE transfer CASCADE", {})]),
    "TRUNCATE_balance": ("balance_is_derived", lambda _: [("TRUNCATE balance", {})]),
    "TRUNCATE_posting_rule": ("append_only", lambda _: [("TRUNCATE posting_rule CASCADE", {})]),
    "UPSERT_of_a_posting": (
        "append_only",
        lambda w: [
            (f"{sql} ON CONFLICT (id) DO UPDATE SET external_ref = 'another'", values)
            for sql, values in w.donation(w.a, 5, posting_id=w.gift)[:1]
        ],
    ),
    "UPSERT_of_a_balance": (
        "balance_is_derived",
        lambda w: _fund(
            w,
            "INSERT INTO balance VALUES (:id, 1, 0, 0)"
            " ON CONFLICT (account_id) DO UPDATE SET amount_minor = 9",
        ),
    ),
    "MERGE_into_balance": (
        "balance_is_derived",
        lambda w: _fund(
            w,
            "MERGE INTO balance b USING (SELECT CAST(:id AS bigint) AS id) x ON b.account_id = x.id"
            " WHEN MATCHED THEN UPDATE SET amount_minor = 9",
        ),
    ),
    "MERGE_that_deletes_transfers": (
        "append_only",
        lambda _: [
            (
                "MERGE INTO transfer t USING transfer x ON t.seq = x.seq WHEN MATCHED THEN DELETE",
                {},
            )
        ],
    ),
    "a_balance_booked_twice_in_one_statement": ("balance_is_derived", _booked_twice),
    "constraints_put_off_until_the_end": (
        "fk_transfer_credit_id_book_id_currency_credit_kind",
        lambda w: [
            ("SET CONSTRAINTS ALL DEFERRED", {}),
            *w.posting(
                "disbursement",
                w.leg(w.a, "fund", "spent", 5, credit_id=w.account(w.b, "spent")),
            ),
        ],
    ),
    "a_table_of_its_own_before_ours": (
        "below_zero",
        lambda w: [
            ("CREATE TEMP TABLE balance (LIKE public.balance) ON COMMIT DROP", {}),
            ("CREATE TEMP TABLE posting_rule (LIKE public.posting_rule) ON COMMIT DROP", {}),
            *_spend(w, 1401),
        ],
    ),
    "a_search_path_to_nowhere": (
        "below_zero",
        lambda w: [
            ("SET LOCAL search_path = pg_catalog", {}),
            *[(sql.replace("INTO ", "INTO public."), values) for sql, values in _spend(w, 1401)],
        ],
    ),
    "overspending_in_two_rows_of_one_statement": (
        "below_zero",
        lambda w: w.posting("disbursement", *[w.leg(w.a, "fund", "spent", 701)] * 2),
    ),
}


@pytest.mark.parametrize("claim", POSTGRESQL)
async def test_refused_by_postgresql(big, claim):
    by, rows = POSTGRESQL[claim]
    await big.refuses(rows(big), by)


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
async def test_posting_at_another_isolation_level_is_refused(big, level):
    statements = [(f"SET TRANSACTION ISOLATION LEVEL {level}", {}), *big.donation(big.a, 5)]

    await big.refuses(statements, "not_read_committed")


async def test_a_number_chosen_by_hand_is_not_used(big):
    rows = [
        big.row("transfer", seq=10**15, **values) if "leg" in values else (sql, values)
        for sql, values in big.donation(big.a, 5)
    ]

    await big.write(rows)

    async with big.database.read() as connection:
        assert await connection.scalar(sa.text("SELECT MAX(seq) FROM transfer")) < 10**15
