"""The receipt's page: where every bit of a gift is, and the question about what is left."""

import re

import pytest

from services.terms import FeeBearer
from storage import people
from storage.cases import Outcome
from storage.holds import HoldState
from tests.pages.rig import usd
from tests.provider import Provider, end, more_people

ENDED = "This plan has ended. What was not spent belongs to those who gave it."
COMPLETE = "This plan is complete. Thank you."
YOURS = "25 USD of your gift is yours to decide."


@pytest.fixture
def provider(world):
    return Provider(world.house)


@pytest.fixture
async def late(world, provider):
    """The reference of a gift made here, of 25 USD, that came when Mala's plan was full."""
    taken = await world.hold(usd(25), HoldState.RELEASED)
    await world.gift(usd(1500))
    await provider.settle(taken.reference)
    return taken.reference


def answers(page):
    """The buttons of the question: {label: value}, in their order."""
    found = re.findall(r'name="wish" value="([^"]*)">(.*?)</button>', page.text)
    return {label.replace("\u2068", "").replace("\u2069", ""): value for value, label in found}


async def press(world, page, reference, label, locale="en", **otherwise):
    sent = {**page.form(), "wish": answers(page)[label], **otherwise}
    return await world.post(f"/{locale}/r/{reference}/answer", data=sent)


async def funded(world, slug):
    async with world.house.looking("web") as look:
        return (await look.case_at(slug)).progress.funded


async def test_a_gift_that_is_all_there_adds_up(world):
    taken = await world.hold(usd(25), HoldState.SETTLED)

    page = await world.get(f"/en/r/{taken.reference}")

    assert (
        "Where it is now Given by you 25 USD Held for the plan of Mala 25 USD All together 25 USD"
    ) in page.words
    assert "The payment fee of 1.03 USD is paid by Safe Harbour." in page.words
    assert 'aria-current="step">Held for this plan' in page.text


async def test_a_gift_in_parts_adds_up_and_shows_no_stations_it_did_not_take(world, provider):
    taken = await world.hold(usd(25), HoldState.SETTLED, fee_bearer=FeeBearer.GIFT)
    await provider.refund(taken.reference, usd(10))

    page = await world.get(f"/en/r/{taken.reference}")

    assert (
        "Given by you 25 USD Held for the plan of Mala 13.97 USD"
        " Fee of the payment provider 1.03 USD Back with you 10 USD All together 25 USD"
    ) in page.words
    assert 'aria-current="step"' not in page.text


async def test_what_was_added_for_the_fee_is_a_part_too(world):
    taken = await world.hold(usd(25), HoldState.SETTLED, cover=usd(1.06))

    page = await world.get(f"/en/r/{taken.reference}")

    assert (
        "Given by you 26.06 USD Held for the plan of Mala 25 USD For the payment fee 1.06 USD"
        " All together 26.06 USD"
    ) in page.words
    assert "The payment fee was 1.03 USD. You added 1.06 USD for it." in page.words


@pytest.mark.parametrize("state", [HoldState.OPEN, HoldState.PAID, HoldState.RELEASED])
async def test_before_it_arrives_nothing_is_added_up(world, state):
    taken = await world.hold(usd(25), state)

    page = await world.get(f"/en/r/{taken.reference}")

    assert "Where it is now" not in page.words


async def test_the_question_says_how_much_why_and_until_when(world, late):
    page = await world.get(f"/en/r/{late}")

    for words in (
        YOURS,
        "The plan of Mala was full when it arrived.",
        "You can answer until November 30, 2026. Without an answer it goes back to you.",
        "What shall become of the money that is left?",
    ):
        assert words in page.words
    assert list(answers(page)) == ["Move it to the plan of Arif", "Give it back to me"]


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_whoever_has_the_receipt_moves_it_to_another_plan(world, late, locale):
    page = await world.get(f"/{locale}/r/{late}")
    label = next(iter(answers(page)))

    answer = await press(world, page, late, label, locale)
    after = await world.get(answer.headers["Location"])

    assert (answer.status, answer.headers["Location"]) == (303, f"/{locale}/r/{late}?told=moved")
    assert await funded(world, "arif") == usd(25)
    assert answers(after) == {}
    if locale == "en":
        assert "Thank you. It is in the plan that you chose." in after.words
        assert "Held for the plan of Arif 25 USD" in after.words
        moved = "25 USD moved from the plan of Mala to the plan of Arif, because you chose so."
        assert moved in after.words


async def test_the_same_answer_twice_is_harmless(world, late):
    page = await world.get(f"/en/r/{late}")

    first = await press(world, page, late, "Give it back to me")
    second = await press(world, page, late, "Give it back to me")
    after = await world.get(second.headers["Location"])

    assert first.headers["Location"].endswith("?told=back")
    assert second.headers["Location"].endswith("?told=over")
    assert "There is nothing to decide any more." in after.words
    assert "Going back to you 25 USD" in after.words
    async with world.house.read() as connection:
        orders = await connection.exec_driver_sql("SELECT count(*) FROM refund_order")
        assert orders.scalar_one() == 1


async def test_an_old_form_does_not_answer_the_next_question(world, late):
    page = await world.get(f"/en/r/{late}")
    await press(world, page, late, "Move it to the plan of Arif")
    await end(world.house, await world.case("arif"), Outcome.WITHDRAWN)

    answer = await press(world, page, late, "Give it back to me")
    after = await world.get(f"/en/r/{late}")

    assert answer.headers["Location"].endswith("?told=over")
    assert YOURS in after.words
    assert "The plan of Arif has ended." in after.words


async def test_a_gift_made_in_the_chat_is_answered_there(world, provider):
    case = await world.case()
    async with world.house.write() as connection:
        person = await people.ensure(connection, world.house.seal, 1)
    taken = await world.hold(usd(25), HoldState.RELEASED, person_id=person.id)
    await world.gift(usd(1500))
    await provider.settle(taken.reference)
    mine = await world.hold(usd(25), HoldState.RELEASED)
    await provider.settle(mine.reference)
    page = await world.get(f"/en/r/{taken.reference}")
    other = await world.get(f"/en/r/{mine.reference}")

    async with world.house.read() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT id FROM surplus_question ORDER BY id LIMIT 1"
        )
        question = rows.scalar_one()
    sent = {"question": question, "wish": answers(other)["Give it back to me"]}
    answer = await world.post(f"/en/r/{taken.reference}/answer", data=sent)
    through = await world.post(f"/en/r/{mine.reference}/answer", data=sent)

    assert YOURS in page.words
    assert "You made this gift in the chat. Please answer there." in page.words
    assert answers(page) == {}
    assert answer.headers["Location"].endswith("?told=over")
    assert through.headers["Location"].endswith("?told=over")
    assert case.code not in page.words


@pytest.mark.parametrize(
    ("otherwise", "told"),
    [
        ({"wish": "back.0000"}, "again"),
        ({"wish": "back"}, "again"),
        ({"wish": "nobody23.abcd"}, "full"),
        ({"wish": "\0.abcd"}, "full"),
        ({"wish": ""}, "full"),
        ({"question": ""}, "again"),
        ({"question": "-1"}, "again"),
        ({"question": "٣"}, "again"),
        ({"question": "9" * 40}, "again"),
        ({"question": "999999999"}, "over"),
    ],
)
async def test_a_forged_answer_moves_nothing(world, late, otherwise, told):
    page = await world.get(f"/en/r/{late}")

    answer = await press(world, page, late, "Give it back to me", **otherwise)

    assert answer.headers["Location"] == f"/en/r/{late}?told={told}"
    assert YOURS in (await world.get(f"/en/r/{late}")).words


async def test_an_answer_that_another_site_sends_moves_nothing(world, late):
    page = await world.get(f"/en/r/{late}")
    sent = {**page.form(), "wish": answers(page)["Give it back to me"]}

    answer = await world.post(
        f"/en/r/{late}/answer", data=sent, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.headers["Location"].endswith("?told=again")
    assert YOURS in (await world.get(f"/en/r/{late}")).words


async def test_an_answer_about_a_gift_that_is_not_there_is_not_found(world):
    answer = await world.post(f"/en/r/{'b' * 28}/answer", data={"question": "1", "wish": "back.x"})
    opened = await world.get(f"/en/r/{'b' * 28}/answer")

    assert (answer.status, opened.status) == (404, 404)


async def test_opening_the_address_of_the_answer_leads_to_the_receipt(world, late):
    answer = await world.get(f"/ar/r/{late}/answer")

    assert (answer.status, answer.headers["Location"]) == (303, f"/ar/r/{late}")


async def test_everybody_with_room_can_be_chosen(world, late):
    async with world.house.looking("web") as look:
        pack = (await look.case_at("arif")).story
    await more_people(world.house, pack, bea="Bea", cho="Cho")
    page = await world.get(f"/en/r/{late}")

    names = ["Arif", "Bea", "Cho"]
    assert list(answers(page)) == [
        *(f"Move it to the plan of {name}" for name in names),
        "Give it back to me",
    ]
    assert "Another person" in page.words
    answer = await press(world, page, late, "Move it to the plan of Cho")
    assert answer.headers["Location"].endswith("?told=moved")
    assert await funded(world, "cho") == usd(25)


async def test_a_word_that_means_nothing_is_not_said(world, late):
    page = await world.get(f"/en/r/{late}?told=%3Cb%3Ehello")

    assert "hello" not in page.text


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_a_plan_that_ended_takes_nothing_and_tells_no_reason(world, outcome):
    open_page = await world.get("/en/stories/mala")
    sentence = COMPLETE if outcome is Outcome.COMPLETE else ENDED
    await end(world.house, await world.case(), outcome)

    for path in ("/en/stories/mala", "/en/", "/en/ledger/mala"):
        page = await world.get(path)
        assert sentence in page.words, path
        if path != "/en/":
            assert "Still missing" not in page.words
            assert "<form" not in page.text
    answer = await world.post("/en/stories/mala/give", data=open_page.form(preset="2500"))

    assert answer.status == 422
    assert "Nothing was charged." in answer.words
    assert await world.holds() == (0, 0)
