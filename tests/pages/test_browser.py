"""The page in a real browser: nothing is refused by its own policy, and everything fits."""

import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from locales.text import Name
from services import giving
from services.terms import FeeRate, Terms
from storage.holds import HoldState
from tests.conversations.rig import tell_news
from tests.pages.rig import usd
from tests.provider import Provider, more_people

PHONE = {"width": 360, "height": 740}
PATHS = [
    "/",
    "/stories/mala",
    "/ledger",
    "/ledger/mala",
    "/help",
    "/privacy",
    "/genuine",
    "/credits",
]
TOO_SMALL = """
[...document.querySelectorAll("main a, main button, main summary, header a, summary, footer a")]
  .filter(one => one.closest("p, h3, td") === null && one.checkVisibility())
  .filter(one => !one.classList.contains("skip"))
  .filter(one => one.getBoundingClientRect().height < 43.5)
  .map(one => one.outerHTML)
"""

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.fixture
async def pay_origin():
    """A payment page on another origin."""

    async def pay(_request):
        return web.Response(text="<h1>Pay</h1>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{hold_id}", pay)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


def _failure(request):
    """What failed; not what was given up because the next page was asked for meanwhile."""
    return [] if request.failure == "net::ERR_ABORTED" else [request.url]


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_fits_a_phone_and_breaks_no_policy(world, browser, locale, scheme):
    await world.gift(usd(300))
    taken = await world.hold(usd(50), HoldState.PAID)
    left = await late(world)
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme)
    tab = await context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("requestfailed", lambda request: complaints.extend(_failure(request)))

    await tell_news(world.house, notes={"en": "She can sew shirts and skirts now."})
    for path in [*PATHS, f"/r/{taken.reference}", f"/r/{left}?told=rest"]:
        await tab.goto(str(world.client.make_url(f"/{locale}{path}")))
        assert await tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert await tab.evaluate(TOO_SMALL) == [], path
        # A reader may need letters of twice the size.
        await tab.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path

    assert complaints == []


async def late(world):
    """The reference of a gift of 30 USD that came when Arif's plan was full."""
    arif = await world.case("arif")
    async with world.house.write() as connection:
        given = await giving.take_hold(
            world.house, connection, case_code=arif.code, amount=usd(30), locale="en",
            request_key="late",
        )  # fmt: skip
    assert isinstance(given, giving.Held)
    reference = given.hold.reference
    await world.book("donation", "world", "fund", arif.need, book=arif.id)
    await Provider(world.house).settle(reference)
    return reference


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_a_question_is_answered_without_a_script(world, browser, locale):
    words = world.i18n(locale)
    async with world.house.looking("web") as look:
        await more_people(world.house, (await look.case_at("mala")).story, bea="Bea")
    reference = await late(world)
    tab = await browser.new_page(viewport=PHONE, java_script_enabled=False)
    await tab.goto(str(world.client.make_url(f"/{locale}/r/{reference}")))
    bea = tab.get_by_role("button", name=re.compile("Bea"))
    assert not await bea.is_visible()

    await tab.get_by_text(words.t("Another person")).click()
    await bea.click()
    await tab.wait_for_url("**told=moved")

    told = tab.get_by_text(words.t("Thank you. It is in the plan that you chose."))
    assert await told.is_visible()
    part = words.t("Held for the plan of {name}", name=Name("Bea"))
    row = tab.get_by_role("row").filter(has_text=part)
    assert words.money(usd(30)) in await row.inner_text()
    assert await tab.get_by_role("main").get_by_role("button").count() == 0


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize(
    "site_options", [{"terms": Terms(fee_rates={"USD": FeeRate(290, usd(0.3))})}]
)
async def test_who_adds_the_fee_sees_the_sum_and_pays_it(world, browser, locale):
    words = world.i18n(locale)
    tab = await browser.new_page(viewport=PHONE)
    await tab.goto(str(world.client.make_url(f"/{locale}/stories/mala#give")))

    await tab.get_by_label(words.money(usd(25)), exact=True).check()
    move = words.t("Move it to the plan of {name}", name=Name(world.names[locale]["arif"]))
    await tab.get_by_label(move).check()
    await tab.get_by_label(words.t("I also pay the fee of the payment provider.")).check()
    await tab.locator("#give button").click()
    pay = words.t("Go to the payment page and pay {amount}", amount=usd(26.06))
    await tab.get_by_role("button", name=pay).click()
    await tab.wait_for_url(f"{world.pay_origin}/*")

    assert await world.holds() == (1, 25_00)


async def test_the_icons_are_drawn_and_the_style_is_there(world, browser):
    tab = await browser.new_page(viewport=PHONE)
    await tab.goto(str(world.client.make_url("/en/stories/mala")))

    await tab.evaluate("document.querySelector('.story').classList.remove('one')")
    sizes = await tab.evaluate(
        "[...document.querySelectorAll('.medallion use')].map(one => one.getBBox().width)"
    )
    ground = await tab.evaluate("getComputedStyle(document.querySelector('.band')).backgroundColor")

    assert len(sizes) == 17
    assert min(sizes) > 0
    assert ground == "rgb(158, 97, 64)"


async def test_the_form_leads_a_browser_to_the_payment_page(world, browser):
    tab = await browser.new_page(viewport=PHONE)
    await tab.goto(str(world.client.make_url("/en/stories/mala#give")))

    await tab.get_by_label("25 USD", exact=True).check()
    await tab.get_by_role("button", name="Go to the payment page").click()
    await tab.wait_for_url(f"{world.pay_origin}/*")

    assert await world.holds() == (1, 25_00)


async def test_a_wrong_amount_is_told_where_it_was_written(world, browser):
    tab = await browser.new_page(viewport=PHONE)
    await tab.goto(str(world.client.make_url("/en/stories/mala#give")))

    await tab.get_by_label("Or another amount").fill("9999")
    await tab.get_by_role("button", name="Go to the payment page").click()
    field = tab.get_by_label("Or another amount")
    await field.wait_for()

    assert await field.input_value() == "9999"
    assert await field.get_attribute("aria-invalid") == "true"
    assert "9,999" in await tab.get_by_role("alert").inner_text()
