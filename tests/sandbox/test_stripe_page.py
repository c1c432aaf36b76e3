"""The hosted payment page and the controls, as a browser and a driver from outside meet them."""

import re

import pytest

from sandbox.stripe.hosted import _WORDS, language_of
from tests.sandbox.stripe_rig import SHOP, Clock, a_line, a_stripe


async def look(rig, session_id, query="", **headers):
    """The page: status, text, headers."""
    async with rig.web.get(f"/pay/{session_id}{query}", headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


async def press(rig, session_id, button):
    """Press a button; status and where it sends the browser."""
    async with rig.web.post(
        f"/pay/{session_id}", data={"press": button}, allow_redirects=False
    ) as answer:
        return answer.status, answer.headers.get("Location")


def buttons(page):
    return re.findall(r'name="press" value="(\w+)"', page)


async def test_the_page_says_first_that_no_money_moves_and_then_what_is_paid_to_whom():
    async with a_stripe() as rig:
        session = await rig.session(line_items=[a_line(123450)])
        status, page, _ = await look(rig, session.id)

    said = page.index("This is a stand-in. No money moves.")
    assert status == 200
    assert said < page.index("Stand-in Charity") < page.index("1,234.50 USD")
    assert "The assistance plan of Mala" in page
    assert buttons(page) == ["card", "bank", "decline", "leave"]
    assert "Give <bdi" in page


async def test_the_page_needs_no_script_and_lets_nothing_in_but_its_own_style():
    async with a_stripe() as rig:
        session = await rig.session()
        _, page, headers = await look(rig, session.id)
        async with rig.web.get("/pay/static/checkout.css") as style:
            assert style.content_type == "text/css"

    policy = headers["Content-Security-Policy"]
    assert "<script" not in page
    assert "style=" not in page
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {SHOP};" in policy
    assert headers["Cache-Control"] == "no-store"


async def test_paying_leads_to_the_success_address_with_the_session_in_it():
    async with a_stripe() as rig:
        session = await rig.session()
        answered = await press(rig, session.id, "card")
        again = await press(rig, session.id, "card")
        _, page, _ = await look(rig, session.id)

    assert answered == (303, f"{SHOP}/en/r/41?session={session.id}")
    assert again == (303, f"/pay/{session.id}")
    assert len(rig.standin.charges) == 1
    assert "This is already paid." in page
    assert buttons(page) == []


async def test_a_bank_transfer_leads_on_too_and_the_page_tells_how_it_goes():
    async with a_stripe() as rig:
        session = await rig.session()
        status, _ = await press(rig, session.id, "bank")
        _, under_way, _ = await look(rig, session.id)
        await rig.standin.arrive(session.id, succeed=False)
        _, failed, _ = await look(rig, session.id)

    assert status == 303
    assert "on its way" in under_way
    assert "did not arrive" in failed


async def test_the_button_for_a_bank_transfer_is_there_only_if_it_is_offered():
    async with a_stripe() as rig:
        session = await rig.session(line_items=[a_line(5000, "thb")])
        _, page, _ = await look(rig, session.id)
        pressed, _ = await press(rig, session.id, "bank")

    assert buttons(page) == ["card", "decline", "leave"]
    assert pressed == 400


async def test_a_declined_card_says_so_and_the_page_stays_open():
    async with a_stripe() as rig:
        session = await rig.session()
        status, back = await press(rig, session.id, "decline")
        _, page, _ = await look(rig, session.id, "?declined")

    assert (status, back) == (303, f"/pay/{session.id}?declined")
    assert "The card was declined. Nothing was charged." in page
    assert buttons(page) == ["card", "bank", "decline", "leave"]


async def test_leaving_leads_to_the_cancel_address_or_says_that_one_has_left():
    async with a_stripe() as rig:
        one, other = await rig.session(), await rig.session(cancel_url=None)
        led = await press(rig, one.id, "leave")
        stayed = await press(rig, other.id, "leave")
        _, page, _ = await look(rig, other.id, "?left")

    assert led == (303, f"{SHOP}/en/stories/mala")
    assert stayed == (303, f"/pay/{other.id}?left")
    assert "You left without paying." in page
    assert {session["status"] for session in rig.standin.sessions} == {"open"}


async def test_an_expired_session_says_so_and_an_unknown_one_too():
    clock = Clock()
    async with a_stripe(clock=clock) as rig:
        session = await rig.session()
        clock.advance(hours=24)
        expired = await look(rig, session.id)
        pressed = await press(rig, session.id, "card")
        unknown = await look(rig, "cs_test_nobody")

    assert "This payment page has expired." in expired[1]
    assert pressed == (303, f"/pay/{session.id}")
    assert rig.standin.charges == []
    assert (expired[0], unknown[0]) == (200, 404)
    assert "There is no such payment page." in unknown[1]


async def test_an_unknown_button_is_refused():
    async with a_stripe() as rig:
        session = await rig.session()

        assert await press(rig, session.id, "gold") == (400, None)


async def test_the_arabic_page_runs_from_right_to_left_with_latin_digits_kept_apart():
    async with a_stripe() as rig:
        session = await rig.session(locale="auto")
        _, page, _ = await look(rig, session.id, **{"Accept-Language": "ar-EG,en;q=0.5"})

    assert '<html lang="ar" dir="rtl">' in page
    assert _WORDS["ar"]["stand_in"] in page
    assert '<bdi dir="ltr">25.00 USD</bdi>' in page


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("en", "ar", "en"),
        ("auto", "ar", "ar"),
        (None, "fr-FR, ar;q=0.4", "ar"),
        ("vi", "ar", "en"),
        ("auto", "", "en"),
    ],
)
def test_the_session_decides_the_language_then_the_browser_then_english(locale, accepted, language):
    assert language_of({"locale": locale}, accepted) == language


def test_both_languages_have_every_word():
    assert _WORDS["ar"].keys() == _WORDS["en"].keys()


async def test_what_the_program_wrote_cannot_become_markup():
    async with a_stripe() as rig:
        line = a_line()
        line["price_data"]["product_data"]["name"] = "<script>alert(1)</script>"
        message = {"submit": {"message": "<b>&"}}
        session = await rig.session(line_items=[line], custom_text=message)
        _, page, _ = await look(rig, session.id)

    assert "<script" not in page
    assert "&lt;b&gt;&amp;" in page


async def test_the_controls_drive_what_python_drives():
    async with a_stripe() as rig:
        session = await rig.session()

        async def do(action, **body):
            async with rig.web.post(f"/sim/stripe/{action}", json=body) as answer:
                return answer.status, await answer.text()

        assert (await do("faults", method="GET", status=503))[0] == 200
        assert "error" in await rig.get(f"/v1/checkout/sessions/{session.id}")
        assert (await do("delivery", deliver_twice=True, lose_types=["charge.succeeded"]))[0] == 200
        assert (await do("pay", session_id=session.id))[0] == 200
        assert (await do("settle_now"))[0] == 200
        assert (await do("settled", timeout_s=5))[0] == 200
        assert (await do("refund", of=session.id, amount=500))[0] == 200
        for action, body in (
            ("pay", {"session_id": session.id}),
            ("pay", {"colour": "red"}),
            ("delivery", {"colour": "red"}),
            ("faults", {"colour": "red"}),
            ("faults", {"when": "never"}),
        ):
            assert (await do(action, **body))[0] == 400, (action, body)
        assert (await do("nonsense"))[0] == 404
        async with rig.web.post("/sim/stripe/settle_now", data="{}") as as_text:
            assert as_text.status == 415
        async with (
            rig.web.get("/sim/stripe/state") as state,
            rig.web.get("/sim/stripe/calls") as calls,
        ):
            seen, called = await state.json(), await calls.json()
        await rig.standin.settled()

    assert seen["objects"]["refund"][0]["amount"] == 500
    assert called[0]["path"] == "/v1/checkout/sessions"
    assert rig.inbox.types.count("checkout.session.completed") == 2
    assert "charge.succeeded" not in rig.inbox.types


@pytest.mark.browser
async def test_a_browser_pays_and_lands_at_the_shop(browser):
    async with a_stripe() as shop, a_stripe() as rig:
        arrived = f"{shop.base}/pay/cs_test_shop"  # any page of another origin
        session = await rig.session(success_url=f"{arrived}?session={{CHECKOUT_SESSION_ID}}")
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(session.url)
        await page.locator("button[value=decline]").click()
        told = await page.locator("[role=alert]").inner_text()
        await page.locator("button[value=card]").click()
        await page.wait_for_url(f"{arrived}?session={session.id}")
        await context.close()

    assert "declined" in told
    assert rig.standin.sessions[0]["payment_status"] == "paid"
