"""The public ledger: for people and for machines, the same numbers, never a donor."""

import csv
import io

import pytest

from storage.holds import HoldState
from tests.pages.rig import usd


@pytest.fixture
async def booked(world):
    """Two gifts, a fee, a spending, a refund; one gift is still on its way."""
    await world.gift(usd(45), days_ago=40)
    second = await world.gift(usd(25.5), days_ago=2)
    await world.fee(usd(3.2))
    await world.book("disbursement", "fund", "spent", usd(12), days_ago=1)
    await world.book("refund", "fund", "refunded", usd(5), donation_id=second.id)
    await world.hold(usd(70), HoldState.PAID)
    return world


def _rows(text):
    return list(csv.DictReader(io.StringIO(text)))


async def test_the_overview_adds_up_and_says_who_pays_the_fees(booked):
    page = await booked.get("/en/ledger")

    assert (
        "Given by donors 70.50 USD Held for the plan 53.50 USD Spent on the plan 12 USD"
        " Given back to donors 5 USD"
    ) in page.words
    assert "Payment fees of 3.20 USD were paid by Safe Harbour." in page.words
    assert "The plan of Mala" in page.words
    assert "The plan of Arif" in page.words


async def test_a_case_shows_each_transfer_in_plain_words_newest_first(booked):
    page = await booked.get("/en/ledger/mala")
    rows = page.words[page.words.index("When What Amount") :]

    assert rows.startswith(
        "When What Amount"
        " November 2026 Spent on the plan -12 USD"
        " November 23, 2026 Given back to its giver -5 USD"
        " November 21, 2026 A gift arrived 25.50 USD"
        " October 14, 2026 A gift arrived 45 USD"
    )


async def test_spending_never_tells_its_day(booked):
    for path in ("/en/ledger/mala", "/en/ledger/mala.json", "/en/ledger/mala.csv"):
        answer = await booked.get(path)
        assert "2026-11-22" not in answer.text
        assert "November 22" not in answer.text


async def test_the_files_of_a_case_have_the_rows_of_its_page(booked):
    page = await booked.get("/en/ledger/mala")
    told = (await booked.get("/en/ledger/mala.json")).json()
    table = _rows((await booked.get("/ar/ledger/mala.csv")).text)

    assert [
        (row["date"], row["kind"], int(row["amount_minor"]), row["currency"]) for row in table
    ] == [tuple(row.values()) for row in told["transfers"]]
    for row in told["transfers"]:
        assert f'<time datetime="{row["date"]}">' in page.text
    assert page.text.count("<time") == len(told["transfers"]) == 4
    assert told["sums"] == {
        "currency": "USD",
        "given_minor": 70_50,
        "moved_here_minor": 0,
        "held_minor": 53_50,
        "over_goal_minor": 0,
        "spent_minor": 12_00,
        "refunded_minor": 5_00,
        "moved_on_minor": 0,
    }
    assert sum(row["amount_minor"] for row in told["transfers"]) == told["sums"]["held_minor"]


async def test_the_files_of_all_cases_have_the_sums_of_the_page(booked):
    told = (await booked.get("/en/ledger.json")).json()
    table = _rows((await booked.get("/en/ledger.csv")).text)

    assert told["totals"][0]["given_minor"] == 70_50
    assert told["totals"][0]["held_minor"] == 53_50
    assert told["fees_paid_by_organisation"] == [{"currency": "USD", "amount_minor": 3_20}]
    assert {case["slug"]: case["given_minor"] for case in told["cases"]} == {
        "mala": 70_50,
        "arif": 0,
    }
    assert [row["given_minor"] for row in table] == [
        str(case["given_minor"]) for case in told["cases"]
    ]


@pytest.mark.parametrize("path", ["/en/ledger", "/en/ledger/mala"])
@pytest.mark.parametrize("wanted", ["json", "csv"])
async def test_the_files_can_be_asked_for_by_a_query_too(booked, path, wanted):
    by_query = await booked.get(f"{path}?format={wanted}")
    by_name = await booked.get(f"{path}.{wanted}")

    assert by_query.text == by_name.text
    assert by_query.headers["Content-Type"] == by_name.headers["Content-Type"]


async def test_no_reference_of_a_gift_stands_in_the_ledger(world):
    taken = await world.hold(usd(25), HoldState.SETTLED)
    await world.gift(usd(25))

    for path in ("/en/ledger", "/en/ledger/mala", "/en/ledger/mala.json", "/en/ledger/mala.csv"):
        assert taken.reference not in (await world.get(path)).text


async def test_a_case_that_is_not_shown_appears_by_its_code_and_still_counts(booked, withdraw):
    await withdraw("en")
    await withdraw("ar")
    case = await booked.case()

    page = await booked.get("/en/ledger")
    told = (await booked.get("/en/ledger.json")).json()

    assert "Mala" not in page.text
    assert "mala" not in page.text
    assert f"A plan that is not shown: {case.code}" in page.words
    hidden = next(row for row in told["cases"] if row["case"] == case.code)
    assert (hidden["slug"], hidden["given_minor"]) == ("", 70_50)
    assert told["totals"][0]["given_minor"] == 70_50


async def test_an_empty_book_says_so(world):
    page = await world.get("/en/ledger/arif")
    table = await world.get("/en/ledger/arif.csv")

    assert "Nothing has been booked yet." in page.words
    assert table.text == "date,kind,amount_minor,currency\r\n"
