"""The give form: what shall become of a late gift, and the fee; agreed to in the words shown."""

import hashlib
import re

import pytest

from services.terms import FeeBearer, FeeRate, Terms
from storage import holds
from storage.holds import HoldState
from tests.pages.rig import PAY_ORIGIN, usd
from tests.provider import Provider, more_people

FORM = "/en/stories/mala/give"
RATED = {"terms": Terms(fee_rates={"USD": FeeRate(290, usd(0.3))})}
BEARING = {"terms": Terms(fee_bearer=FeeBearer.GIFT, fee_rates={"USD": FeeRate(290, usd(0.3))})}
PAYS = "You pay 26.06 USD: 25 USD for the plan and 1.06 USD for the payment fee."


async def consents(world):
    """What donors agreed to: (choice, slug, before paying, language, digest)."""
    async with world.house.read() as connection:
        found = await connection.exec_driver_sql(
            "SELECT choice, slug, before_paying, locale, text_sha256 FROM surplus_consent"
            " LEFT JOIN cases ON cases.id = to_case_id ORDER BY surplus_consent.id"
        )
        return [(*row[:2], bool(row[2]), row[3], bytes(row[4])) for row in found]


def options(page):
    """The choices of the form: {label: value}."""
    found = re.findall(r'name="wish" value="([^"]*)"[^>]*><span>([^<]*?) ?<', page.text)
    return {label.replace("\u2068", "").replace("\u2069", ""): value for value, label in found}


async def hold_of(world, number=0):
    async with world.house.read() as connection:
        return await holds.by_id(connection, world.opened[number])


async def test_back_is_chosen_until_somebody_chooses_otherwise(world):
    page = await world.get("/en/stories/mala")

    assert "If the plan of Mala is filled before the gift arrives:" in page.words
    assert list(options(page)) == ["Give it back to me", "Move it to the plan of Arif"]
    assert page.form()["wish"] == options(page)["Give it back to me"]


@pytest.mark.parametrize(
    ("locale", "question", "choice", "kept"),
    [
        ("en", "If the plan of \u2068Mala\u2069 is filled before the gift arrives:",
         "Give it back to me", ("refund", None)),
        ("en", "If the plan of \u2068Mala\u2069 is filled before the gift arrives:",
         "Move it to the plan of \u2068Arif\u2069", ("move", "arif")),
        ("ar", "إذا اكتمل تمويل خطة \u2068مالا\u2069 قبل وصول التبرّع:",
         "انقلوا المبلغ إلى خطة \u2068عارف\u2069", ("move", "arif")),
    ],
)  # fmt: skip
async def test_what_is_kept_is_the_digest_of_the_words_in_the_form(
    world, locale, question, choice, kept
):
    page = await world.get(f"/{locale}/stories/mala")
    assert question in page.text
    assert f"<span>{choice}" in page.text
    plain = choice.replace("\u2068", "").replace("\u2069", "")

    answer = await world.give(locale, preset="2500", wish=options(page)[plain])

    digest = hashlib.sha256(f"{question}\n{choice}".encode()).digest()
    assert answer.status == 303
    assert await consents(world) == [(*kept, True, locale, digest)]


@pytest.mark.parametrize("wish", [None, "", "back", "back.0000", "nobody23.abcd", "." * 64, "\0"])
async def test_without_a_choice_whose_words_were_seen_nothing_is_taken(world, wish):
    page = await world.get("/en/stories/mala")
    sent = page.form(preset="2500")
    del sent["wish"]

    answer = await world.post(FORM, data=sent if wish is None else {**sent, "wish": wish})

    assert answer.status == 422
    assert "Please choose what shall become of your gift" in answer.words
    assert "Nothing was charged." in answer.words
    assert answer.form()["wish"] == page.form()["wish"]
    assert await world.holds() == (0, 0)


async def test_a_choice_that_is_full_meanwhile_is_asked_for_anew(world):
    page = await world.get("/en/stories/mala")
    arif = await world.case("arif")
    async with world.house.write() as connection:
        await holds.add(
            connection, reference="x" * 28, request_key="test", case_id=arif.id,
            amount=arif.need, locale="en", now=world.now,
        )  # fmt: skip

    wish = options(page)["Move it to the plan of Arif"]
    answer = await world.post(FORM, data=page.form(preset="2500", wish=wish))

    assert answer.status == 422
    assert list(options(answer)) == ["Give it back to me"]
    assert await consents(world) == []


async def test_a_choice_is_kept_when_something_else_is_wrong(world):
    page = await world.get("/en/stories/mala")
    wish = options(page)["Move it to the plan of Arif"]

    answer = await world.post(FORM, data=page.form(amount="9999", wish=wish))

    assert answer.status == 422
    assert answer.form()["wish"] == wish


async def test_three_others_are_offered_and_one_that_was_chosen_stays(world):
    async with world.house.looking("web") as look:
        pack = (await look.case_at("arif")).story
    page = await world.get("/en/stories/mala")
    wish = options(page)["Move it to the plan of Arif"]
    await more_people(world.house, pack, bea="Bea", cho="Cho", dan="Dan")
    arif = await world.case("arif")
    await world.book("donation", "world", "fund", usd(100), book=arif.id)

    later = await world.get("/en/stories/mala")
    answer = await world.post(FORM, data=page.form(amount="9999", wish=wish))

    three = [f"Move it to the plan of {name}" for name in ("Bea", "Cho", "Dan")]
    assert list(options(later))[1:] == three
    assert list(options(answer))[1:] == [*three, "Move it to the plan of Arif"]


async def test_who_goes_back_and_chooses_otherwise_makes_another_gift(world):
    page = await world.get("/en/stories/mala")
    other = options(page)["Move it to the plan of Arif"]

    await world.post(FORM, data=page.form(preset="2500"))
    await world.post(FORM, data=page.form(preset="2500", wish=other))
    await world.post(FORM, data=page.form(preset="2500", wish=other))

    assert await world.holds() == (2, 50_00)
    assert [row[0] for row in await consents(world)] == ["refund", "move"]


async def test_a_late_gift_goes_back_as_was_agreed(world):
    await world.give(preset="2500")
    hold = await hold_of(world)
    await world.gift(usd(1500))

    await Provider(world.house).settle(hold.reference)
    page = await world.get(f"/en/r/{hold.reference}")

    assert "Going back to you 25 USD" in page.words
    assert "yours to decide" not in page.words


async def test_without_a_known_rate_the_fee_is_not_spoken_of(world):
    page = await world.get("/en/stories/mala")

    answer = await world.give(preset="2500", fee="yes")

    assert 'name="fee"' not in page.text
    assert answer.status == 303
    assert (await hold_of(world)).charge == usd(25)


@pytest.mark.parametrize("site_options", [RATED])
async def test_who_adds_the_fee_sees_the_sum_before_anything_is_reserved(world):
    page = await world.get("/en/stories/mala")
    assert "I also pay the fee of the payment provider." in page.words
    assert "For 10 USD that is about 0.61 USD more." in page.words

    told = await world.post(FORM, data=page.form(preset="2500", fee="yes"))
    before = await world.holds()
    answer = await world.post(FORM, data=told.form())

    assert told.status == 200
    assert PAYS in told.words
    assert "Go to the payment page and pay 26.06 USD" in told.words
    assert "Give it back to me" in told.words
    assert before == (0, 0)
    assert answer.headers["Location"].startswith(PAY_ORIGIN)
    hold = await hold_of(world)
    assert (hold.amount, hold.charge, hold.cover) == (usd(25), usd(26.06), usd(1.06))
    assert [row[0] for row in await consents(world)] == ["refund"]


@pytest.mark.parametrize("site_options", [RATED])
async def test_a_sum_that_was_not_told_takes_nothing(world):
    page = await world.get("/en/stories/mala")
    ten = await world.post(FORM, data=page.form(preset="1000", fee="yes"))

    answer = await world.post(FORM, data={**ten.form(), "preset": "2500"})

    assert answer.status == 200
    assert PAYS in answer.words
    assert await world.holds() == (0, 0)


@pytest.mark.parametrize("site_options", [RATED])
async def test_who_does_not_add_the_fee_goes_straight_on(world):
    answer = await world.give(preset="2500")

    assert answer.status == 303
    assert (await hold_of(world)).charge == usd(25)


@pytest.mark.parametrize("site_options", [RATED])
async def test_an_amount_that_cannot_be_given_is_told_before_the_sum(world):
    answer = await world.give(amount="1501", fee="yes")

    assert answer.status == 422
    assert "1,501 USD is more than what is missing." in answer.words
    assert re.search(r'name="fee" value="yes" checked', answer.text)


@pytest.mark.parametrize("site_options", [BEARING])
async def test_a_gift_that_bears_the_fee_is_told_so_in_its_own_figures(world):
    page = await world.get("/en/stories/mala")
    assert "The payment provider takes its fee out of the gift: about 0.59 USD of 10 USD." in (
        page.words
    )

    told = await world.post(FORM, data=page.form(preset="2500"))
    answer = await world.post(FORM, data=told.form())

    assert "About 1.03 USD of your gift goes to the payment provider, as its fee." in told.words
    assert answer.status == 303
    assert (await hold_of(world)).fee_bearer is FeeBearer.GIFT


@pytest.mark.parametrize("site_options", [RATED])
async def test_a_page_that_could_not_be_opened_is_tried_again_for_the_same_sum(world):
    world.provider_works = False
    page = await world.get("/en/stories/mala")
    told = await world.post(FORM, data=page.form(preset="2500", fee="yes"))
    failed = await world.post(FORM, data=told.form())
    world.provider_works = True

    again = await world.post(FORM, data=failed.form())

    assert failed.status == 503
    assert "Try again to pay 26.06 USD" in failed.words
    assert again.status == 303
    assert len({*world.opened}) == 1
    assert await world.holds() == (1, 25_00)


@pytest.mark.parametrize("site_options", [RATED])
async def test_the_receipt_asks_for_the_whole_sum(world):
    taken = await world.hold(usd(25), cover=usd(1.06))
    await world.open_checkout(taken.id)

    page = await world.get(f"/en/r/{taken.reference}")
    await world.move(taken.id, HoldState.PAID)
    paid = await world.get(f"/en/r/{taken.reference}")

    assert "Pay 26.06 USD" in page.words
    assert "Thank you. We received 26.06 USD from you." in paid.words
    assert "25 USD is for the plan of Mala, and 1.06 USD for the payment fee." in paid.words
