"""The pictures of the public ledger show what its rows say."""

import re
from dataclasses import fields, replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.pictures import HIGH, growth, streams
from services.public_ledger import SoFar, Sums, statement
from tests.pages.rig import usd
from tests.provider import spend

NOTHING = Sums(*(usd(0) for _ in fields(Sums)))
SOME = st.integers(0, 10**9).map(lambda minor: usd(minor / 100))


@pytest.fixture
async def booked(world):
    """Gifts in three months, one of them on its way back, and a spending."""
    await world.gift(usd(300))
    await world.gift(usd(120), days_ago=40)
    second = await world.gift(usd(60), days_ago=100)
    await spend(world.house, await world.case(), usd(120))
    await world.book("refund_decided", "fund", "refund_due", usd(15), donation_id=second.id)


def test_a_stream_is_as_high_as_its_money_is_much():
    found = streams(replace(NOTHING, held=usd(300), spent=usd(100)))

    assert [stream.kind for stream in found] == ["held", "spent"]
    assert found[0].height == pytest.approx(3 * found[1].height, rel=0.1)


def test_nothing_is_drawn_of_nothing():
    assert streams(NOTHING) == ()
    assert growth(()) is None
    assert growth([SoFar("2026-11", usd(0), usd(0))]) is None


@given(st.lists(SOME, min_size=9, max_size=9))
def test_every_stream_can_be_seen_and_all_stay_within_the_picture(amounts):
    kept = dict(zip([field.name for field in fields(Sums)][3:], amounts, strict=True))
    found = streams(replace(NOTHING, **kept))

    assert all(stream.height >= 2 for stream in found)
    ends = [(stream.top, stream.top + stream.height) for stream in found]
    assert all(end <= top for (_, end), (top, _) in pairwise(ends))
    assert all(top >= 0 and end <= HIGH for top, end in ends)


def test_growth_is_a_step_for_each_month_as_high_as_the_sum_by_then():
    drawn = growth([SoFar("2026-10", usd(50), usd(0)), SoFar("2026-11", usd(100), usd(25))])

    assert drawn is not None
    assert drawn.came_in == f"M0 {HIGH}V60H200V0H400V{HIGH}z"
    assert drawn.spent == f"M0 {HIGH}V{HIGH}H200V90H400V{HIGH}z"


async def test_the_last_month_comes_to_the_sums_of_the_plan(world, booked):
    async with world.house.looking("web") as look:
        found = await statement(look, "mala")

    assert found is not None
    assert [month.month for month in found.months] == ["2026-08", "2026-09", "2026-10", "2026-11"]
    assert found.months[-1].came_in == found.sums.came_in == usd(480)
    assert found.months[-1].spent == found.sums.spent == usd(120)
    assert [month.came_in for month in found.months[:3]] == [usd(60), usd(60), usd(180)]


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_each_picture_has_a_name_and_the_same_in_words(world, booked, locale):
    page = await world.get(f"/{locale}/ledger/mala")
    told = world.i18n(locale)

    pictures = re.findall(r'<svg class="(flow|growth)"[^>]* role="img" aria-label', page.text)
    table = page.text[page.text.index('id="by-month"') :]

    assert pictures == ["flow", "growth"]
    assert told.money(usd(480)) in table
    assert table.count("<tr>") >= 5
    assert 'class="donors"' in page.text


async def test_the_picture_of_all_plans_shows_where_the_money_is(world, booked):
    page = await world.get("/en/ledger")

    kinds = re.findall(
        r'<path class="([a-z]+)" d="M14 ', page.text[: page.text.index('id="plans"')]
    )

    assert kinds == ["held", "spent", "donors"]


async def test_a_plan_without_a_transfer_has_no_picture(world):
    page = await world.get("/en/ledger/arif")

    assert '<svg class="flow"' not in page.text
    assert '<svg class="growth"' not in page.text
