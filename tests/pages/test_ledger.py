"""The public ledger: for people and for machines, the same numbers, never a donor."""

import csv
import datetime as dt
import io
import re

import pytest

from pages.views.ledger import KIND_WORDS
from services import surplus
from services.public_ledger import Kind
from services.reading import DisputeStatus
from services.surplus import Wish
from services.terms import FeeBearer, FeeRate, Terms
from storage import cases
from storage import surplus as surplus_rows
from storage.holds import HoldState
from tests.pages.rig import usd
from tests.provider import Provider, spend
from values.lines import BudgetLine


@pytest.fixture
async def booked(world):
    """Two gifts, a fee, a spending, a refund; one gift is still on its way."""
    await world.gift(usd(45), days_ago=40)
    second = await world.gift(usd(25.5), days_ago=2)
    await world.fee(usd(3.2))
    await spend(world.house, await world.case(), usd(12))
    await world.book("refund_decided", "fund", "refund_due", usd(5), donation_id=second.id)
    await world.book("refund", "refund_due", "refunded", usd(4), donation_id=second.id)
    await world.hold(usd(70), HoldState.PAID)
    return world


def _rows(text):
    return list(csv.DictReader(io.StringIO(text)))


async def test_the_overview_adds_up_and_says_who_pays_the_fees(booked):
    page = await booked.get("/en/ledger")

    assert (
        "Given by donors 70.50 USD Held for the plan 53.50 USD Spent on the plan 12 USD"
        " Going back to donors 1 USD Given back to donors 4 USD All together 70.50 USD"
    ) in page.words
    assert "All that came in" not in page.words
    assert "Payment fees of 3.20 USD were paid by Safe Harbour." in page.words
    assert "The plan of Mala" in page.words
    assert "The plan of Arif" in page.words


async def test_a_case_shows_each_transfer_in_plain_words_newest_first(booked):
    page = await booked.get("/en/ledger/mala")
    rows = page.words[page.words.index("When What Amount") :]

    assert rows.startswith(
        "When What Amount"
        " November 2026 Spent on the plan: A safe place to stay -12 USD"
        " November 23, 2026 Given back to its giver: 4 USD 0 USD"
        " November 23, 2026 Set apart, to go back to its giver -5 USD"
        " November 21, 2026 A gift arrived 25.50 USD"
        " October 14, 2026 A gift arrived 45 USD"
        " Held now 53.50 USD"
    )


async def test_spending_never_tells_its_day(booked):
    booked.now += dt.timedelta(days=1)
    await spend(booked.house, await booked.case(), usd(1))
    for path in ("/en/ledger/mala", "/en/ledger/mala.json", "/en/ledger/mala.csv"):
        answer = await booked.get(path)
        assert "2026-11-24" not in answer.text
        assert "November 24" not in answer.text


async def test_the_files_of_a_case_have_the_rows_of_its_page(booked):
    page = await booked.get("/en/ledger/mala")
    told = (await booked.get("/en/ledger/mala.json")).json()
    table = _rows((await booked.get("/ar/ledger/mala.csv")).text)

    assert [list(row.values()) for row in table] == [
        [str(value) for value in row.values()] for row in told["transfers"]
    ]
    assert told["transfers"][0] == {
        "date": "2026-11",
        "kind": "spending",
        "line": "shelter",
        "change_minor": -12_00,
        "amount_minor": 12_00,
        "currency": "USD",
    }
    for row in told["transfers"]:
        assert f'<time datetime="{row["date"]}">' in page.text
    assert page.text.count("<time") == len(told["transfers"]) == 5
    assert told["sums"] == {
        "currency": "USD",
        "given_minor": 70_50,
        "moved_here_minor": 0,
        "loss_borne_minor": 0,
        "held_minor": 53_50,
        "over_goal_minor": 0,
        "spent_minor": 12_00,
        "fees_minor": 0,
        "refund_due_minor": 1_00,
        "refunded_minor": 4_00,
        "disputed_minor": 0,
        "charged_back_minor": 0,
        "moved_on_minor": 0,
    }
    assert sum(row["change_minor"] for row in told["transfers"]) == told["sums"]["held_minor"]


async def test_each_kind_of_transfer_has_words_of_its_own():
    assert KIND_WORDS.keys() == set(Kind)
    assert len({words.msgid for words in KIND_WORDS.values()}) == len(Kind)


async def test_what_was_lost_and_what_the_organisation_bore_is_shown_and_adds_up(world):
    """Money was spent, and then a bank took the gift back for good."""
    provider = Provider(world.house)
    taken = await world.hold(usd(25), HoldState.SETTLED)
    world.now += dt.timedelta(days=8)
    await spend(world.house, await world.case(), usd(20))
    await provider.dispute(taken.reference)
    await provider.dispute(taken.reference, status=DisputeStatus.LOST)

    page = await world.get("/en/ledger/mala")
    told = (await world.get("/en/ledger.json")).json()

    assert (
        "Given by donors 25 USD Paid in by Safe Harbour, so that the plan loses nothing 20 USD"
        " All that came in 45 USD Held for the plan 0 USD Spent on the plan 20 USD"
        " Kept by donors' banks 25 USD All together 45 USD"
    ) in page.words
    assert "A bank kept a gift: 5 USD 0 USD" in page.words
    assert "Paid in by the organisation, so that the plan loses nothing 20 USD" in page.words
    assert "A bank kept a gift -20 USD" in page.words
    assert "Held now 0 USD" in page.words
    assert told["paid_in_by_organisation"] == [{"currency": "USD", "amount_minor": 20_00}]
    _adds_up(told["totals"][0])


async def test_what_moved_on_is_told_in_both_books(world):
    await world.gift(usd(1500))
    taken = await world.hold(usd(25), HoldState.RELEASED)
    await Provider(world.house).settle(taken.reference)
    arif = await world.case("arif")
    async with world.house.write() as connection:
        [question] = await surplus_rows.questions_of(connection, taken.id)
        wish = Wish(arif.code, "en", bytes(32))
        await surplus.answer(world.house, connection, question.id, wish)

    mala, other = [await world.get(f"/en/ledger/{slug}") for slug in ("mala", "arif")]
    told = (await world.get("/en/ledger.json")).json()

    assert "Moved to another plan, because its giver chose so -25 USD" in mala.words
    assert "Came from another plan, because its giver chose so 25 USD" in other.words
    for sums in (*told["cases"], *told["totals"]):
        _adds_up(sums)


@pytest.mark.parametrize(
    "site_options",
    [{"terms": Terms(FeeBearer.GIFT)}, {"terms": Terms(fee_rates={"USD": FeeRate(290, usd(0.3))})}],
)
async def test_who_bears_the_fee_is_told_as_it_is(world, site_options):
    bears = site_options["terms"].fee_bearer is FeeBearer.GIFT
    taken = await world.hold(
        usd(25), HoldState.SETTLED, cover=None if bears else usd(1.06),
        fee_bearer=site_options["terms"].fee_bearer,
    )  # fmt: skip

    everything = await world.get("/en/ledger")
    mala = await world.get("/en/ledger/mala")

    assert taken.reference not in everything.text
    assert ("The gift is held for this plan, without the fee" in everything.words) is bears
    assert ("Donors added 1.06 USD for payment fees." in everything.words) is not bears
    assert ("Fees of the payment provider 1.03 USD" in mala.words) is bears
    assert ("The fee of the payment provider, out of a gift -1.03 USD" in mala.words) is bears


def _adds_up(sums):
    came_in = ("given_minor", "moved_here_minor", "loss_borne_minor")
    rest = {name for name in sums if name.endswith("_minor")} - {*came_in, "need_minor"}
    assert sum(sums[name] for name in came_in) == sum(sums[name] for name in rest)


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
    assert table.text == "date,kind,line,change_minor,amount_minor,currency\r\n"


@pytest.fixture
async def many(world):
    """A hundred more cases, none of them shown, and one for a course."""
    async with world.house.write() as connection:
        for number in range(101):
            await cases.add_case(
                connection, code=f"zz{number:03d}", slug=f"more-{number:03d}", currency="USD",
                lines=[(BudgetLine.SHELTER, usd(10))], invented=True, now=world.now,
                training=number == 100,
            )  # fmt: skip
    return world


async def test_many_plans_are_shown_a_page_at_a_time_and_each_of_them_once(many):
    await many.gift(usd(30))
    seen, read = [], 0
    following = re.search("(.+)", "/en/ledger")
    while following:
        page = await many.get(following[1])
        seen += re.findall(r"The plan of \S+|A plan that is not shown: \S+", page.words)
        read += 1
        following = re.search(r'rel="next" href="([^"]*)"', page.text)
    last = await many.get("/en/ledger/page/3")

    assert read == 3
    assert len(seen) == len(set(seen)) == 102
    assert "zz100" not in " ".join(seen)
    assert "Page 3 of 3" in last.words
    assert 'rel="prev" href="/en/ledger/page/2"' in last.text
    assert '<a href="/ar/ledger/page/3"' in last.text
    assert "Given by donors 30 USD" in (await many.get("/en/ledger")).words


async def test_a_page_of_the_ledger_that_is_not_there_is_a_404(many):
    beyond, first = await many.get("/en/ledger/page/4"), await many.get("/en/ledger/page/1")

    assert beyond.status == 404
    assert (first.status, first.headers["Location"]) == (308, "/en/ledger")
    assert (await many.get("/en/ledger/page/0")).status == 404


async def test_the_files_have_every_plan_of_every_page(many):
    told = (await many.get("/en/ledger.json")).json()

    assert len(told["cases"]) == 102
