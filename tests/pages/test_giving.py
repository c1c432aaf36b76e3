"""The give form: what is judged, what is reserved, where the browser is sent."""

import asyncio
import datetime as dt
import ipaddress

import pytest

from services import giving
from storage.holds import HoldState
from tests.pages.rig import PAY_ORIGIN, usd

FORM = "/en/stories/mala/give"
NOTHING = "Nothing was charged."


async def test_a_preset_is_reserved_and_leads_to_the_payment_page(world):
    answer = await world.give(preset="2500")

    assert answer.status == 303
    assert answer.headers["Location"] == f"{PAY_ORIGIN}/{world.opened[0]}"
    assert await world.holds() == (1, 25_00)


@pytest.mark.parametrize(
    ("locale", "written", "minor"),
    [
        ("en", "40", 40_00),
        ("en", " $1,200.50 ", 1_200_50),
        ("ar", "٢٥", 25_00),
        ("ar", "25,50", 25_50),
    ],
)
async def test_an_amount_is_read_as_the_reader_writes_it(world, locale, written, minor):
    answer = await world.give(locale, amount=written)

    assert answer.status == 303
    assert await world.holds() == (1, minor)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"amount": "0.20"}, "0.20 USD is too small to be paid by card."),
        ({"amount": "1501"}, "1,501 USD is more than what is missing."),
        ({"preset": "150100"}, "1,501 USD is more than what is missing."),
        ({"amount": "1499.80"}, "1,499.80 USD would leave a rest that is too small"),
        ({"amount": "a lot"}, "This is not an amount that can be read."),
        ({"amount": "25 EUR"}, "Please write the amount in USD."),
        ({"amount": "12.345"}, "That amount has too many decimals."),
        ({"amount": "-5"}, "This is not an amount that can be read."),
        ({"amount": "0"}, "0 USD is too small to be paid by card."),
        ({"amount": "9" * 60}, NOTHING),
        ({}, "Please choose or write an amount."),
        ({"preset": "own"}, "Please choose or write an amount."),
        ({"preset": "-2500"}, "Please choose or write an amount."),
        ({"preset": "9" * 30}, "Please choose or write an amount."),
    ],
)
async def test_what_cannot_be_given_comes_back_in_the_form(world, fields, words):
    answer = await world.give(**fields)

    assert answer.status == 422
    assert words in answer.words
    assert NOTHING in answer.words
    assert 'name="request"' in answer.text
    assert (await world.holds())[0] == 0
    assert world.opened == []


async def test_the_possible_range_stands_in_the_form(world):
    answer = await world.give(amount="1501")

    assert "Possible now: from 0.50 USD to 1,500 USD." in answer.words
    assert "All that is missing: 1,500 USD" in answer.words
    assert 'value="1501"' in answer.text


async def test_two_readings_are_offered_to_choose_from(world):
    answer = await world.give("ar", amount="1,500")

    assert answer.status == 422
    assert 'value="150000"' in answer.text
    assert 'value="150"' in answer.text


async def test_a_choice_and_another_amount_are_asked_about(world):
    answer = await world.give(preset="2500", amount="40")

    assert answer.status == 422
    assert "Which amount do you mean?" in answer.words
    assert 'value="2500"' in answer.text
    assert 'value="4000"' in answer.text
    assert (await world.holds())[0] == 0


async def test_one_form_sent_twice_takes_one_hold(world):
    page = await world.get("/en/stories/mala")
    fields = page.form(preset="2500")

    first = await world.post(FORM, data=fields)
    second = await world.post(FORM, data=fields)

    assert first.status == second.status == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert await world.holds() == (1, 25_00)
    assert len(world.opened) == 1


async def test_one_form_sent_twice_at_once_takes_one_hold(world):
    page = await world.get("/en/stories/mala")
    fields = page.form(preset="2500")

    answers = await asyncio.gather(*(world.post(FORM, data=fields) for _ in range(4)))

    assert {answer.status for answer in answers} == {303}
    assert await world.holds() == (1, 25_00)


async def test_going_back_and_choosing_another_amount_is_another_gift(world):
    page = await world.get("/en/stories/mala")

    await world.post(FORM, data=page.form(preset="2500"))
    other = await world.post(FORM, data=page.form(preset="5000"))

    assert other.headers["Location"] == f"{PAY_ORIGIN}/{world.opened[1]}"
    assert await world.holds() == (2, 75_00)


async def test_each_form_has_a_name_of_its_own(world):
    one, other = [await world.get("/en/stories/mala") for _ in range(2)]

    assert one.hidden("request") != other.hidden("request")
    assert len(one.hidden("request")) >= 22


@pytest.mark.parametrize("request_name", ["", "short", "x" * 65, "with spaces in it!!"])
async def test_a_form_without_its_name_takes_nothing(world, request_name):
    answer = await world.post(FORM, data={"request": request_name, "preset": "2500"})

    assert answer.status == 422
    assert NOTHING in answer.words
    assert (await world.holds())[0] == 0


async def test_a_form_that_another_site_sends_takes_nothing(world):
    answer = await world.give(preset="2500", headers={"Sec-Fetch-Site": "cross-site"})
    ours = await world.give(preset="2500", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status == 422
    assert ours.status == 303
    assert await world.holds() == (1, 25_00)


async def test_one_address_cannot_reserve_a_whole_plan(world):
    for _ in range(giving.HOLDS_AN_ADDRESS):
        assert (await world.give(preset="1000")).status == 303

    answer = await world.give(preset="1000")

    assert answer.status == 429
    assert "Too many gifts are waiting to be paid at this moment." in answer.words
    assert NOTHING in answer.words
    assert answer.headers["Retry-After"] == "1800"
    assert (await world.holds())[0] == giving.HOLDS_AN_ADDRESS


@pytest.mark.parametrize(
    "site_options", [{"trusted_proxies": (ipaddress.ip_network("127.0.0.0/8"),)}]
)
async def test_visitors_behind_a_trusted_proxy_are_told_apart(world):
    first = {"X-Forwarded-For": "203.0.113.7"}
    for _ in range(giving.HOLDS_AN_ADDRESS):
        await world.give(preset="1000", headers=first)

    same = await world.give(preset="1000", headers=first)
    pretending = await world.give(
        preset="1000", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
    )
    other = await world.give(preset="1000", headers={"X-Forwarded-For": "203.0.113.8"})

    assert same.status == 429
    assert pretending.status == 429
    assert other.status == 303


async def test_forwarded_addresses_of_strangers_are_not_believed(world):
    for number in range(giving.HOLDS_AN_ADDRESS):
        await world.give(preset="1000", headers={"X-Forwarded-For": f"203.0.113.{number}"})

    answer = await world.give(preset="1000", headers={"X-Forwarded-For": "203.0.113.99"})

    assert answer.status == 429


async def test_the_address_is_kept_as_a_hash_that_changes_with_the_day(world):
    await world.give(preset="1000")
    world.now += dt.timedelta(days=1)
    await world.give(preset="1000")

    async with world.house.read() as connection:
        rows = await connection.exec_driver_sql("SELECT address_hash FROM hold ORDER BY id")
        hashes = [bytes(row[0]) for row in rows]

    assert len(set(hashes)) == 2
    assert all(len(one) == 32 and b"127.0.0.1" not in one for one in hashes)


async def test_when_the_payment_page_cannot_be_opened_it_says_so_and_can_be_tried_again(world):
    world.provider_works = False
    failed = await world.give(preset="2500")
    world.provider_works = True

    again = await world.post(FORM, data=failed.form())

    assert failed.status == 503
    assert "The payment page could not be opened just now." in failed.words
    assert "Nothing was charged. Please try again in a minute." in failed.words
    assert "the assistance plan of Mala, run by Safe Harbour, and nothing else." in failed.words
    assert again.status == 303
    assert await world.holds() == (1, 25_00)


async def test_a_form_that_was_paid_before_leads_to_its_receipt(world):
    page = await world.get("/en/stories/mala")
    fields = page.form(preset="2500")
    await world.post(FORM, data=fields)
    await world.move(world.opened[0], HoldState.PAID)

    answer = await world.post(FORM, data=fields)

    assert answer.status == 303
    assert answer.headers["Location"].startswith("/en/r/")
    assert (await world.get(answer.headers["Location"])).status == 200


async def test_a_form_that_ran_out_offers_a_new_gift(world):
    page = await world.get("/en/stories/mala")
    fields = page.form(preset="2500")
    await world.post(FORM, data=fields)
    await world.move(world.opened[0], HoldState.RELEASED)

    answer = await world.post(FORM, data=fields)
    again = await world.post(FORM, data=answer.form())

    assert answer.status == 503
    assert answer.hidden("request") != fields["request"]
    assert again.status == 303


async def test_a_funded_plan_has_no_form_and_takes_no_gift(world):
    open_page = await world.get("/en/stories/mala")
    await world.gift(usd(1500))

    page = await world.get("/en/stories/mala")
    answer = await world.post(FORM, data=open_page.form(preset="2500"))

    assert "<form" not in page.text
    assert "The whole plan is funded. Thank you to everybody who gave." in page.words
    assert answer.status == 422
    assert NOTHING in answer.words
    assert world.opened == []


async def test_a_plan_that_is_all_reserved_says_when_to_look_again(world):
    await world.hold(usd(1500))

    page = await world.get("/en/stories/mala")

    assert "<form" not in page.text
    assert "Nothing is missing in the plan of Mala now." in page.words
    assert "Please look again in an hour." in page.words


async def test_what_somebody_else_took_meanwhile_is_said_with_what_is_left(world):
    page = await world.get("/en/stories/mala")
    await world.hold(usd(1490))

    answer = await world.post(FORM, data=page.form(preset="2500"))

    assert answer.status == 422
    assert "25 USD is more than what is missing." in answer.words
    assert "from 0.50 USD to 10 USD" in answer.words


async def test_the_form_names_the_person_the_payee_and_the_payment_page(world):
    page = await world.get("/en/stories/mala")

    assert (
        "Your gift supports the assistance plan of Mala, run by Safe Harbour, and nothing else."
        in page.words
    )
    assert "Go to the payment page for Mala" in page.words
    assert page.form().keys() == {"request", "wish"}, "no amount is chosen beforehand"


async def test_what_was_written_comes_back_as_text_and_never_as_markup(world):
    answer = await world.give(amount='"><script>alert(1)</script>', preset="<b>x")

    assert answer.status == 422
    assert "<script>" not in answer.text
    assert "&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


async def test_a_gift_to_a_case_that_is_not_shown_any_more_is_not_taken(world, withdraw):
    page = await world.get("/en/stories/mala")
    await withdraw("en")
    await withdraw("ar")

    answer = await world.post(FORM, data=page.form(preset="2500"))

    assert answer.status == 404
    assert NOTHING in answer.words
    assert (await world.holds())[0] == 0


async def test_opening_the_forms_address_leads_back_to_the_story(world):
    answer = await world.get("/ar/stories/mala/give")

    assert (answer.status, answer.headers["Location"]) == (303, "/ar/stories/mala")


@pytest.mark.parametrize(
    ("keywords", "status"),
    [
        ({"json": {"preset": "2500"}}, 415),
        ({"data": {"amount": "1" * 5000}}, 413),
        ({"data": {f"field{number}": "x" for number in range(20)}}, 400),
        (
            {
                "data": b"amount=%ff%00",
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
            },
            422,
        ),
    ],
)
async def test_what_is_not_the_form_is_refused_and_charges_nothing(world, keywords, status):
    answer = await world.post(FORM, **keywords)

    assert answer.status == status
    assert NOTHING in answer.words
    assert (await world.holds())[0] == 0
