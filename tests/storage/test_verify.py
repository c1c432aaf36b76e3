"""
`verify` finds what somebody wrote past the guards.

The guards are taken away by DDL, the rows are spoilt, and `verify` must name what was broken. On
SQLite alone: there foreign keys and CHECKs can be switched off, so that everything can be spoilt.
"""

import pytest
import sqlalchemy as sa

from storage import ledger
from storage.database import Database
from tests.storage.arenas import without_guards

SPOILT = {
    "balance_wrong": "UPDATE balance SET amount_minor = amount_minor + 1 WHERE account_id = {fund}",
    "last_seq_wrong": "UPDATE balance SET last_seq = last_seq + 1 WHERE account_id = {fund}",
    "below_zero": "UPDATE transfer SET amount_minor = 5000 WHERE posting_id = {spending}",
    "account_kind_wrong": "UPDATE account SET book_kind = 'organisation' WHERE id = {fund}",
    "organisation_book_wrong": "UPDATE book SET kind = 'case' WHERE id = 1",
    "amount_wrong": "UPDATE transfer SET amount_minor = 0 WHERE posting_id = {spending}",
    "legs_wrong": "DELETE FROM transfer WHERE posting_id = {spending}",
    "posting_missing": "DELETE FROM posting WHERE id = {spending}",
    "another_book": "UPDATE transfer SET debit_id = {fund_of_b} WHERE posting_id = {spending}",
    "another_account": "UPDATE transfer SET debit_id = {dollars} WHERE posting_id = {spending}",
    "rule_broken": "UPDATE transfer SET donation_id = {gift} WHERE posting_id = {spending}",
    "crossing_wrong": "UPDATE crossing SET amount_minor = 1",
    "crossing_not_allowed": "UPDATE crossing SET consent_ref = ''",
    "crossing_missing": "DELETE FROM crossing",
    "donation_overdrawn": "UPDATE transfer SET amount_minor = 100 WHERE posting_id = {gift}",
    "donation_missing": "UPDATE posting SET kind = 'fee' WHERE id = {gift}",
    "reversal_wrong": "UPDATE transfer SET reverses = 1 WHERE reverses IS NOT NULL",
    "rule_changed": "UPDATE posting_rule SET shape = 'out' WHERE posting_kind = 'fee'",
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_was_spoilt_is_found(lone, what):
    lone.write(lone.re_earmark() + lone.reversal(lone.spending, "spent", "fund", 300))
    assert lone.arena.verify() == []
    ids = {
        "fund": lone.account(lone.a, "fund"),
        "fund_of_b": lone.account(lone.b, "fund"),
        "dollars": lone.account(lone.a, "fund", "USD"),
        "gift": lone.gift,
        "spending": lone.spending,
    }

    without_guards(lone.arena.path, SPOILT[what].format(**ids))

    assert what in {difference.what for difference in lone.arena.verify()}


def test_missing_guard_is_found(lone):
    lone.arena.plain.execute("DROP TRIGGER guard_transfer_update")

    (difference,) = lone.arena.verify()

    assert str(difference) == (
        "guard_missing: trigger guard_transfer_update: expected in place, found not there"
    )


async def test_disabled_guard_is_found_on_postgresql(postgresql_url):
    database = Database.open(postgresql_url)
    async with database.write() as connection:
        await connection.execute(sa.text("ALTER TABLE transfer DISABLE TRIGGER ALL"))
        found = await ledger.verify(connection)
    await database.close()

    assert {difference.subject for difference in found} == {
        "trigger guard_transfer_append_only",
        "trigger guard_transfer_before",
        "trigger guard_transfer_booked",
    }
