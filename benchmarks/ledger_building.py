"""
A large ledger, built in a minute: two gifts for each case by the program's own way, and then the
rows of the first gift many times over by SQL.

Half of all gifts go to the first case. The last case was closed early: all its gifts are among the
first tenth. The others share the rest.

While rows are multiplied guards and foreign keys are away. `ledger verify` proves afterwards that
what stands there is what they would have let in.
"""

# ruff: noqa: S608 - what is put together here is our own text

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import cases, engines, guards, holds, ledger, stripe_facts, surplus
from storage.database import Connection, Database
from storage.holds import hold
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from storage.ledger_tables import posting, transfer
from storage.models import GUARDS
from storage.stripe_facts import (
    Charge,
    Transaction,
    TransactionKind,
    stripe_charge,
    stripe_transaction,
)
from storage.surplus import surplus_question
from values.lines import BudgetLine
from values.money import Money

CASES = 200
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

_DIGEST = b"\x01" * 32
_TO_PLAN, _OVER, _FEE = Money(2500, "USD"), Money(500, "USD"), Money(88, "USD")


@dataclass(frozen=True)
class Built:
    """The ids of three cases: the one with most gifts, any other one, and the closed one."""

    viral: int
    usual: int
    closed: int


async def build(url: str, n_transfers: int, n_cases: int = CASES) -> Built:
    """
    Fill the migrated, empty database at *url*.

    Every fourth gift has two legs, and each has a fee; so a gift is 2 1/4 transfers.

    Args:
        n_cases: At least 3.
    """
    database = Database.open(url)
    book_ids = []
    for number in range(n_cases):
        async with database.write() as connection:
            book_ids.append(await _open_case(connection, f"{number}"))
    await database.close()
    first = book_ids[0]
    if book_ids != list(range(first, first + n_cases)):
        raise AssertionError("the books are not numbered one after the other")
    engine = engines.migrator(engines.parse(url))
    async with engine.begin() as building:
        await building.run_sync(_multiply, book_ids, n_transfers * 4 // 9)
    await engine.dispose()
    return Built(viral=book_ids[0], usual=book_ids[1], closed=book_ids[-1])


async def _open_case(connection: Connection, name: str) -> int:
    """Open a case with a gift of two legs and one of one leg."""
    case_id = await cases.add_case(
        connection,
        code=f"C{name}",
        slug=f"c-{name}",
        currency="USD",
        lines=((BudgetLine.SHELTER, Money(10**12, "USD")),),
        invented=True,
        now=NOW,
    )
    to_plan = Leg(case_id, "world", "fund", _TO_PLAN)
    await _give(connection, f"{name}-1", to_plan, Leg(case_id, "world", "over_goal", _OVER))
    await _give(connection, f"{name}-2", to_plan)
    return case_id


async def _give(connection: Connection, name: str, *legs: Leg) -> None:
    """A gift with all that is known of it, as settling it leaves it."""
    gross = sum((leg.amount for leg in legs), Money(0, "USD"))
    held = await holds.add(
        connection,
        reference=f"REF-{name}",
        request_key=f"key-{name}",
        case_id=legs[0].book_id,
        amount=gross,
        locale="en",
        now=NOW,
    )
    charge = Charge(f"ch_{name}", f"pi_{name}", gross, 0, disputed=False, created_at=NOW)
    await stripe_facts.keep_charge(connection, held.id, charge)
    settled = Transaction(
        f"txn_{name}", TransactionKind.CHARGE, charge.id, gross, _FEE, NOW, NOW, charge.id
    )
    await stripe_facts.keep_transaction(connection, settled)
    fee = Leg(ORGANISATION_BOOK, "own_means", "fees", _FEE)
    gift = Posting("stripe", f"donation:{settled.id}", "donation", legs, _DIGEST)
    donation = await ledger.post(connection, gift, NOW)
    await ledger.post(
        connection, Posting("stripe", f"fee:{settled.id}", "fee", (fee,), _DIGEST), NOW
    )
    await holds.set_settled(connection, held.id, donation.id)
    if len(legs) > 1:
        await surplus.ask(
            connection,
            hold_id=held.id,
            case_id=legs[0].book_id,
            why=surplus.Why.OVER_GOAL,
            now=NOW,
            answer_by=NOW + dt.timedelta(days=7),
        )


def _multiply(connection: sa.Connection, book_ids: list[int], n_gifts: int) -> None:
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.exec_driver_sql("SET session_replication_role = replica")
    else:
        connection.exec_driver_sql("PRAGMA cache_size = -400000")
        guards.drop(connection)
    last = {
        table.name: connection.scalar(sa.select(sa.func.max(table.primary_key.columns[0])))
        for table in (posting, transfer, hold, surplus_question)
    }
    for table, changes in _changes(book_ids, n_gifts, last).items():
        _copy(connection, table, changes, n_gifts)
    connection.exec_driver_sql(_BALANCES)
    if on_postgresql:
        for name, key in (
            ("posting", "id"),
            ("transfer", "seq"),
            ("hold", "id"),
            ("surplus_question", "id"),
        ):
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', '{key}'),"
                f" (SELECT MAX({key}) FROM {name}))"
            )
        connection.exec_driver_sql("SET session_replication_role = origin")
        connection.exec_driver_sql("ANALYZE")
    else:
        guards.create(connection, GUARDS)


def _facts(gross: str, last: dict[str, int]) -> dict[sa.Table, dict[str, str]]:
    """What Stripe says of gift `i`, likewise."""
    return {
        stripe_charge: {
            "id": "'ch_n' || i",
            "hold_id": f"{last['hold']} + i",
            "payment_intent_id": "'pi_n' || i",
            "amount_minor": gross,
        },
        stripe_transaction: {
            "id": "'txn_n' || i",
            "source_id": "'ch_n' || i",
            "charge_id": "'ch_n' || i",
            "amount_minor": gross,
            "net_minor": f"{gross} - {_FEE.amount_minor}",
        },
    }


def _changes(
    book_ids: list[int], n_gifts: int, last: dict[str, int]
) -> dict[sa.Table, dict[str, str]]:
    """
    By what the rows of gift `i` differ from those of the first gift, as SQL.

    `part` is 1 for a donation and its first leg, 2 for its second leg, which every fourth gift
    has, and 3 for the fee and its leg.
    """
    case_id = (
        f"CASE WHEN i % 2 = 1 THEN {book_ids[0]}"
        f" WHEN i < {n_gifts // 10} AND i % 20 = 0 THEN {book_ids[-1]}"
        f" ELSE {book_ids[1]} + i / 2 % {len(book_ids) - 2} END"
    )
    donation_id = f"{last['posting']} + 2 * i - 1"
    gross = "CASE WHEN i % 4 = 0 THEN 3000 ELSE 2500 END"
    is_fee = "CASE part WHEN 3 THEN {} ELSE {} END"
    n_legs = "CASE WHEN i % 4 = 0 AND part <> 3 THEN 2 ELSE 1 END"
    book_id = is_fee.format(ORGANISATION_BOOK, case_id)
    debit, credit = "'world'", "CASE part WHEN 1 THEN 'fund' WHEN 2 THEN 'over_goal' END"
    debit, credit = is_fee.format("'own_means'", debit), is_fee.format("'fees'", credit)
    account = "(SELECT id FROM account WHERE book_id = {} AND kind = {} AND currency = 'USD')"
    kind = is_fee.format("'fee'", "'donation'")
    ref = is_fee.format("'fee:txn_n'", "'donation:txn_n'")
    before = f"{last['transfer']} + 2 * (i - 1) + (i - 1) / 4"
    return {
        hold: {
            "id": f"{last['hold']} + i",
            "reference": "'REF-n' || i",
            "request_key": "'key-n' || i",
            "case_id": case_id,
            "amount_minor": gross,
            "charge_minor": gross,
            "donation_id": donation_id,
        },
        surplus_question: {
            "id": f"{last['surplus_question']} + i",
            "hold_id": f"{last['hold']} + i",
            "case_id": case_id,
        },
        **_facts(gross, last),
        posting: {
            "id": f"{donation_id} + {is_fee.format(1, 0)}",
            "external_ref": f"{ref} || i",
            "kind": kind,
            "n_legs": n_legs,
        },
        transfer: {
            "seq": f"{before} + CASE WHEN part = 3 AND i % 4 <> 0 THEN 2 ELSE part END",
            "posting_id": f"{donation_id} + {is_fee.format(1, 0)}",
            "posting_kind": kind,
            "n_legs": n_legs,
            "leg": "CASE part WHEN 2 THEN 2 ELSE 1 END",
            "book_id": book_id,
            "debit_id": account.format(book_id, debit),
            "debit_kind": debit,
            "credit_id": account.format(book_id, credit),
            "credit_kind": credit,
            "amount_minor": "CASE part WHEN 1 THEN 2500 WHEN 2 THEN 500 ELSE 88 END",
            "donation_id": is_fee.format("NULL", donation_id),
        },
    }


_PARTS = {"posting": "1, 3", "transfer": "1, 2, 3", "surplus_question": "2"}


def _copy(connection: sa.Connection, table: sa.Table, changes: dict[str, str], n: int) -> None:
    """Insert the first row of *table* for each of *n* gifts, and its parts, with *changes*."""
    key = table.primary_key.columns[0].name
    columns = [column.name for column in table.c if column.computed is None]
    values = [changes.get(name, f"one.{name}") for name in columns]
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(columns)})"
        f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}),"
        " parts(part) AS (VALUES (1), (2), (3))"
        f" SELECT {', '.join(values)} FROM n CROSS JOIN parts"
        f" CROSS JOIN (SELECT * FROM {table.name} ORDER BY {key} LIMIT 1) AS one"
        f" WHERE part IN ({_PARTS.get(table.name, '1')}) AND (part <> 2 OR i % 4 = 0)"
        " ORDER BY i, part"
    )


_BALANCES = """
UPDATE balance SET
 amount_minor = (SELECT COALESCE(SUM(amount_minor), 0) FROM transfer WHERE credit_id = account_id)
              - (SELECT COALESCE(SUM(amount_minor), 0) FROM transfer WHERE debit_id = account_id),
 last_seq = (SELECT COALESCE(MAX(seq), 0) FROM (
   SELECT MAX(seq) AS seq FROM transfer WHERE credit_id = account_id
   UNION ALL SELECT MAX(seq) FROM transfer WHERE debit_id = account_id) AS both_sides)"""
