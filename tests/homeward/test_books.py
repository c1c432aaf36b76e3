"""The ledger on the command line: a case's statement, and everything for an auditor."""

import asyncio
import csv
import io
import json

import pytest
from click.testing import CliRunner

from homeward.books import COLUMNS
from homeward.cli.ledger import ledger
from homeward.cli.main import main
from locales.catalog import Languages
from tests.payments.rig import a_till, usd


@pytest.fixture
async def till(database):
    """Two gifts, one of which was partly refunded at the dashboard."""
    async with a_till(database, Languages.load()) as till:
        case = await till.case(usd(100))
        till.known = case
        await till.settled(case, usd(25), person_id=await till.person())
        hold = await till.settled(case, usd(30))
        await till.stripe.refund(till.page(hold)["id"], 1000)
        await till.gifts.settle(hold.id, was_taken_back=True)
        yield till


async def run(database_url, *arguments):
    environment = {"DATABASE_URL": database_url, "COLUMNS": "200"}
    return await asyncio.to_thread(
        lambda: CliRunner().invoke(ledger, list(arguments), env=environment)
    )


async def test_statement_tells_plan_balances_and_transfers(till, database_url):
    told = await run(database_url, "statement", till.known.code)

    assert told.exit_code == 0, told.output
    for words in ("shelter", "45.00 USD", "10.00 USD", "refund_decided", "fund", "refunded"):
        assert words in told.output


async def test_statement_has_as_many_rows_as_asked_for(till, database_url):
    told = await run(database_url, "statement", till.known.code, "--rows", "1")

    assert "refund_due" in told.output  # the newest
    assert "donation" not in told.output


async def test_statement_of_nobody_says_what_to_do(database_url, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", database_url)

    with pytest.raises(SystemExit) as end:
        await asyncio.to_thread(main, ["ledger", "statement", "nobody"])

    assert end.value.code == 2
    assert "There is no case 'nobody'. Name its code" in capsys.readouterr().err


async def test_export_has_every_transfer_and_adds_up_to_the_balances(till, database_url):
    told = await run(database_url, "export")
    rows = list(csv.DictReader(io.StringIO(told.output)))

    assert tuple(rows[0]) == COLUMNS
    [(transfers,)] = await till.rows("SELECT COUNT(*) FROM transfer")
    assert len(rows) == transfers
    held = 0
    for row in rows:
        if row["book"] == till.known.code:
            minor = round(float(row["amount"]) * 100)
            held += minor * ((row["credit"] == "fund") - (row["debit"] == "fund"))
    assert held == 4500


async def test_export_in_json_lines_says_the_same(till, database_url, tmp_path):
    file = tmp_path / "ledger.jsonl"

    told = await run(database_url, "export", "--format", "jsonl", "--output", str(file))
    lines = [json.loads(line) for line in file.read_text().splitlines()]

    assert told.output == ""
    as_csv = list(csv.DictReader(io.StringIO((await run(database_url, "export")).output)))
    assert [{key: "" if value is None else str(value) for key, value in line.items()}
            for line in lines] == as_csv  # fmt: skip


async def test_export_names_no_donor(till, database_url):
    told = await run(database_url, "export")
    references = await till.rows("SELECT reference FROM hold")

    assert references
    assert [reference for (reference,) in references if reference in told.output] == []


async def test_export_tells_spending_by_its_month(till, database_url):
    await till.spend(till.known, usd(5))

    rows = list(csv.DictReader(io.StringIO((await run(database_url, "export")).output)))

    [spending] = [row for row in rows if row["posting_kind"] == "disbursement"]
    assert len(spending["recorded"]) == len("2026-11")
