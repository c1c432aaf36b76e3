"""What each engine alone would let pass, and the guards do not."""

from typing import Any

import pytest

from tests.storage.arenas import append_only
from tests.storage.samples import sample

# SQLite: conflict clauses apply to the statements of triggers too, REPLACE deletes without firing
# DELETE triggers, and a connection may switch the constraints off.


def _spend(w, amount):
    return w.posting("disbursement", w.leg(w.a, "fund", "spent", amount))


def _with_clause(clause, statements):
    return [(sql.replace("INSERT INTO", clause), values) for sql, values in statements]


def _fund(w, sql):
    return [(sql, {"id": w.account(w.a, "fund")})]


SQLITE: dict[str, Any] = {
    **{
        f"INSERT_OR_REPLACE_of_all_of_{table}": (
            "append_only",
            lambda _, table=table: [(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}", {})],
        )
        for table in sorted(append_only() - {"transfer", "crossing"})
    },
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
        lambda w: _with_clause(
            "INSERT OR REPLACE INTO",
            [w.row("transfer", seq=w.seq_of(w.gift), **w.donation(w.a, 5)[1][1])],
        ),
    ),
    "INSERT_OR_REPLACE_of_a_crossing": (
        "append_only",
        lambda w: [
            *w.re_earmark(),
            ("INSERT OR REPLACE INTO crossing SELECT * FROM crossing", {}),
        ],
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
    "half_a_cent": (
        "cannot store REAL value in INTEGER column transfer.amount_minor",
        lambda w: _spend(w, 1.5),
    ),
    "an_amount_in_words": (
        "cannot store TEXT value in INTEGER column transfer.amount_minor",
        lambda w: _spend(w, "five"),
    ),
    "a_number_that_leaves_a_hole": (
        "seq_out_of_order",
        lambda w: [w.row("transfer", seq=10**15, **values) if "leg" in values else (sql, values)
                   for sql, values in w.donation(w.a, 5)],
    ),
    "a_number_that_is_taken": (
        "pk_transfer",
        lambda w: [w.row("transfer", seq=w.seq_of(w.gift), **w.donation(w.a, 5)[1][1])],
    ),
    "a_number_before_the_first": (
        "ck_transfer_seq",
        lambda w: [w.row("transfer", seq=-5, **values) if "leg" in values else (sql, values)
                   for sql, values in w.donation(w.a, 5)],
    ),
    "foreign_keys_put_off_until_the_end": (
        "fk_transfer_credit_id_book_id_currency_credit_kind",
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
def test_refused_by_sqlite(lite, claim):
    by, rows = SQLITE[claim]
    lite.refuses(rows(lite), by)


_ROWS: dict[str, Any] = {
    "book": lambda w: [w.row("book", id=10**9, kind="case")],
    "account": lambda w: [
        w.row("account", id=10**9, book_id=w.a, book_kind="case", kind="fund", currency="JPY",
              floored=1)
    ],
    "posting": lambda w: w.posting("donation", n_legs=1),
    "crossing": lambda w: w.re_earmark()[1:2],
    "transfer": lambda w: w.donation(w.a, 5)[1:],
    "balance": lambda w: [
        w.row("balance", account_id=10**9, floored=0, amount_minor=0, last_seq=0)
    ],
    **{
        table: lambda w, table=table: [w.row(table, **sample(w, table))]
        for table in (
            "plan_change", "disbursement", "disbursement_decision", "surplus_consent",
            "role_request", "role_decision", "role_revocation", "audit_entry", "case_name",
            "case_facts", "case_risk", "story_return", "case_update", "update_decision",
            "update_stop", "helpline_check", "caseload", "caseload_count", "case_secret",
            "minor_case", "minor_confirmation", "warning_look", "disclosure_override",
            "disclosure_grant", "story_language", "language_approval", "need_note", "recall",
            "need_card", "need_card_decision",
        )
    },
}  # fmt: skip

UNCHECKED = {
    f"{table}_with_{pragma.replace(' = ', '_')}": (by, rows, [f"PRAGMA {pragma}"])
    for table, rows in _ROWS.items()
    for pragma, by in (
        ("foreign_keys = OFF", "foreign_keys_are_off"),
        ("ignore_check_constraints = ON", "checks_are_off"),
    )
}


@pytest.mark.parametrize("claim", UNCHECKED)
def test_connection_without_constraints_cannot_write(lite, claim):
    by, rows, pragmas = UNCHECKED[claim]
    lite.refuses(rows(lite), by, pragmas)


def test_recursive_triggers_change_nothing(lone):
    lone.arena.plain.execute("PRAGMA recursive_triggers = ON")

    lone.write(lone.donation(lone.a, 5))

    assert lone.amount(lone.a, "fund") == 1405
    assert lone.arena.verify() == []


# PostgreSQL: one statement can do many things at once, and a session can change much.


def _booked_twice(w):
    head, (insert, values) = w.donation(w.a, 5)
    both = (
        f"WITH booked AS ({insert} RETURNING seq, credit_id)"
        " UPDATE balance SET amount_minor = balance.amount_minor + 5, last_seq = booked.seq"
        " FROM booked WHERE account_id = credit_id"
    )
    return [head, (both, values)]


def _spent_twice(w):
    head, *legs = w.posting("disbursement", *[w.leg(w.a, "fund", "spent", 701)] * 2)
    insert = legs[0][0]
    places = insert[insert.index("VALUES ") + 7 :]
    both = f"{insert}, {places.replace(':', ':second_')}"
    second = {f"second_{name}": value for name, value in legs[1][1].items()}
    return [head, (both, legs[0][1] | second)]


POSTGRESQL: dict[str, Any] = {
    **{
        f"TRUNCATE_{table}": (
            "append_only",
            lambda _, table=table: [(f"TRUNCATE {table} CASCADE", {})],
        )
        for table in sorted(append_only())
    },
    "TRUNCATE_balance": ("balance_is_derived", lambda _: [("TRUNCATE balance", {})]),
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
    "overspending_in_two_rows_of_one_statement": ("below_zero", _spent_twice),
}


@pytest.mark.parametrize("claim", POSTGRESQL)
def test_refused_by_postgresql(big, claim):
    by, rows = POSTGRESQL[claim]
    big.refuses(rows(big), by)


LEVELS = {
    f"posting_in_{level}": (
        "not_read_committed",
        lambda w: w.donation(w.a, 5),
        [f"SET TRANSACTION ISOLATION LEVEL {level}"],
    )
    for level in ("REPEATABLE READ", "SERIALIZABLE")
}


@pytest.mark.parametrize("claim", LEVELS)
def test_posting_at_another_isolation_level_is_refused(big, claim):
    by, rows, level = LEVELS[claim]
    big.refuses(rows(big), by, level)


@pytest.mark.parametrize("world", ["_big_arena"], indirect=True)
def test_a_number_chosen_by_hand_is_not_used(world):
    rows = [
        world.row("transfer", seq=10**15, **values) if "leg" in values else (sql, values)
        for sql, values in world.donation(world.a, 5)
    ]

    world.write(rows)

    [(last,)] = world.arena.rows("SELECT MAX(seq) FROM transfer")
    assert last < 10**15
