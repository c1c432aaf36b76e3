"""
What the database refuses, whoever writes: accounts and books that may not be, edited rows.

Each claim is one case, on a migrated database of each engine, by plain INSERTs. It names the
constraint or guard that must refuse, so that a case cannot pass because something else is wrong.
"""

from typing import Any

import pytest

from storage.models import METADATA
from tests.storage.arenas import append_only


def _account(w, **changes):
    values = {
        "id": 888_888_888,
        "book_id": w.a,
        "book_kind": "case",
        "kind": "fund",
        "currency": "JPY",
        "floored": 1,
        **changes,
    }
    return [w.row("account", **values)]


def _spent_of_nothing(w):
    fund, spent = w.new_id(), w.new_id()
    leg = w.leg(w.a, "fund", "spent", 5, "JPY", debit_id=fund, credit_id=spent)
    return [
        *_account(w, id=fund),
        *_account(w, id=spent, kind="spent"),
        *w.posting("disbursement", leg),
    ]


REFUSED: dict[str, Any] = {
    "account_of_unknown_kind": (
        "fk_account_kind_book_kind_floored",
        lambda w: _account(w, kind="slush"),
    ),
    "fund_without_floor": ("fk_account_kind_book_kind_floored", lambda w: _account(w, floored=0)),
    "world_with_floor": ("fk_account_kind_book_kind_floored", lambda w: _account(w, kind="world")),
    "reserve_in_a_case": (
        "fk_account_kind_book_kind_floored",
        lambda w: _account(w, kind="reserve"),
    ),
    "floor_of_two": ("ck_account_floored_is_a_flag", lambda w: _account(w, floored=2)),
    "currency_of_four_letters": ("ck_account_currency", lambda w: _account(w, currency="EURO")),
    "currency_in_small_letters": ("ck_account_currency", lambda w: _account(w, currency="eur")),
    "account_in_a_book_that_is_not_there": (
        "fk_account_book_id_book_kind",
        lambda w: _account(w, book_id=999_999_999),
    ),
    "account_in_a_book_of_another_kind": (
        "fk_account_book_id_book_kind",
        lambda w: _account(w, book_kind="organisation", kind="reserve"),
    ),
    "account_with_a_number_that_is_taken": (
        "pk_account",
        lambda w: _account(w, id=w.account(w.a, "fund")),
    ),
    "account_with_a_number_that_is_taken_and_another_floor": (
        "pk_account",
        lambda w: _account(w, id=w.account(w.a, "fund"), kind="world", floored=0),
    ),
    "book_with_a_number_that_is_taken": ("pk_book", lambda w: [w.row("book", id=w.a, kind="case")]),
    "the_organisation_as_a_case": ("pk_book", lambda w: [w.row("book", id=1, kind="case")]),
    "DELETE_of_a_book_nobody_uses": (
        "append_only",
        lambda w: [("DELETE FROM book WHERE id = :id", {"id": w.spare_book})],
    ),
    "posting_with_a_number_that_is_taken": (
        "pk_posting",
        lambda w: w.donation(w.a, 5, posting_id=w.gift, external_ref="another"),
    ),
    "overspending_in_accounts_that_were_opened_just_now": ("below_zero", _spent_of_nothing),
    "second_account_of_a_kind": (
        "uq_account_book_id_kind_currency",
        lambda w: _account(w, currency="EUR"),
    ),
    "second_book_of_the_organisation": (
        "ix_book_one_organisation",
        lambda w: [w.row("book", id=999_999_999, kind="organisation")],
    ),
    "book_of_unknown_kind": ("ck_book_kind", lambda w: [w.row("book", id=999_999_999, kind="pot")]),
    "new_rule": (
        "append_only",
        lambda w: [
            w.row(
                "posting_rule",
                posting_kind="loan",
                debit_kind="fund",
                credit_kind="spent",
                shape="plain",
                of_donation=0,
            )
        ],
    ),
    "new_account_kind": (
        "append_only",
        lambda w: [w.row("account_kind", kind="pot", book_kind="case", floored=0)],
    ),
    "balance_of_no_account": (
        "fk_balance_account_id_floored",
        lambda w: [w.row("balance", account_id=999_999_999, floored=0, amount_minor=0, last_seq=0)],
    ),
    "balance_that_starts_with_money": (
        "balance_is_derived",
        lambda w: [w.row("balance", account_id=999_999_999, floored=1, amount_minor=5, last_seq=0)],
    ),
    "second_balance": (
        "pk_balance|balance_is_derived",
        lambda w: [
            w.row(
                "balance", account_id=w.account(w.a, "fund"), floored=1, amount_minor=0, last_seq=0
            )
        ],
    ),
    "UPDATE_balance": (
        "balance_is_derived",
        lambda w: [
            (
                "UPDATE balance SET amount_minor = amount_minor + 5 WHERE account_id = :id",
                {"id": w.account(w.a, "fund")},
            )
        ],
    ),
    "UPDATE_balance_by_a_transfer_that_was_booked": (
        "balance_is_derived",
        lambda w: [
            (
                "UPDATE balance SET amount_minor = amount_minor + 1000,"
                f" last_seq = {w.seq_of(w.gift)} WHERE account_id = :id",
                {"id": w.account(w.a, "fund")},
            )
        ],
    ),
    "UPDATE_balance_by_a_transfer_to_come": (
        "balance_is_derived",
        lambda w: [
            (
                "UPDATE balance SET amount_minor = amount_minor + 5, last_seq = last_seq + 1"
                " WHERE account_id = :id",
                {"id": w.account(w.a, "fund")},
            )
        ],
    ),
    "UPDATE_floor_away": (
        "balance_is_derived",
        lambda w: [
            (
                "UPDATE balance SET floored = 0 WHERE account_id = :id",
                {"id": w.account(w.a, "fund")},
            )
        ],
    ),
    "DELETE_balance": ("balance_is_derived", lambda _w: [("DELETE FROM balance", {})]),
    "DELETE_of_an_account_nobody_used": (
        "append_only",
        lambda w: [*_account(w), ("DELETE FROM account WHERE id = 888888888", {})],
    ),
}

# What a row of the ledger must say: all but what is nobody's gift, no crossing and no reversal.
_SAID = {
    "book": lambda w: [w.row("book", id=999_999_999, kind="case")],
    "account": _account,
    "balance": lambda w: [
        w.row("balance", account_id=999_999_999, floored=0, amount_minor=0, last_seq=0)
    ],
    **{table: lambda w: w.re_earmark() for table in ("posting", "crossing", "transfer")},
}


def _unsaid(w, table, column):
    """Lawful rows, but for a value of *table* that is missing."""
    return [
        (sql, {**values, column: None} if f"INTO {table} " in sql else values)
        for sql, values in _SAID[table](w)
    ]


REFUSED |= {
    f"missing: {table}.{column.name}": (
        f"{table}.{column.name}" + ("|balance_is_derived" if table == "balance" else ""),
        lambda w, of=(table, column.name): _unsaid(w, *of),
    )
    for table in _SAID
    for column in METADATA.tables[table].columns
    if not column.nullable and column.computed is None
    if not column.primary_key
}


def _changed(w, table, act):
    column = next(iter(METADATA.tables[table].columns)).name
    sql = f"DELETE FROM {table}" if act == "DELETE" else f"UPDATE {table} SET {column} = {column}"
    return [*w.re_earmark(), (sql, {})]


REFUSED |= {
    f"{act} {table}": ("append_only", lambda w, of=(table, act): _changed(w, *of))
    for table in sorted(append_only())
    for act in ("UPDATE", "DELETE")
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)
