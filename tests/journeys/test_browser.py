"""The main line in a real browser: on the phone page, through the payment page, to the ledger."""

import re

import pytest
from playwright.async_api import expect

from homeward import campaigns as homeward_campaigns
from locales.catalog import Languages
from services.arrivals import Stage
from tests.journeys.steps import funded, name_in, thanks_for
from values.money import Money

pytestmark = pytest.mark.browser

GIFT = Money(2500, "USD")


@pytest.fixture
def database_url(sqlite_url):
    """One engine: the journeys over HTTP go on both."""
    return sqlite_url


class Phone:
    """The chat on the phone page, by what stands on its buttons."""

    def __init__(self, page, words, telegram):
        self.page = page
        self._telegram = telegram
        self.words = words

    def button(self, msgid, **values):
        """The newest button with this label."""
        return self.page.get_by_role("button", name=self.words.t(msgid, **values)).last

    async def tap(self, msgid, **values):
        """Press a button that is not still waiting for the last press, and let the bot answer."""
        await self.button(msgid, **values).click()
        await self.page.wait_for_timeout(50)
        await self._telegram.settled()
        await self.page.wait_for_timeout(100)

    async def write(self, text):
        await self.page.get_by_role("textbox").fill(text)
        await self.page.keyboard.press("Enter")

    async def sees(self, text):
        await expect(self.page.get_by_text(text).last).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_a_stranger_gives_on_the_phone_and_sees_it_on_the_page(town, browser, locale):
    words = Languages.load().i18n(locale)
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    complaints = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = await context.new_page()
    await page.goto(f"{town.telegram.phone_url}?a={locale}")
    phone = Phone(page, words, town.telegram)

    await page.get_by_role("button", name=re.compile("^(Start|ابدأ)$")).click()
    await page.get_by_role("button", name=words.language.autonym).last.click()
    await phone.tap("See the stories")
    await phone.tap("{name}'s story", name=name_in(words))
    await phone.tap("Follow the story")
    await _read_on(phone)
    await phone.tap("The plan →")
    await phone.tap("Fund this plan")
    await phone.tap("Another amount")
    await phone.write("٢٥" if locale == "ar" else "25")
    await phone.tap("Yes, give {amount}", amount=GIFT)
    link = page.get_by_role("link", name=words.t("Pay {amount}", amount=GIFT)).last
    async with context.expect_page() as opened:
        await link.click()
    payment = await opened.value
    await payment.locator("button[value=card]").click()
    await payment.wait_for_url(f"{town.url}/{locale}/r/*")
    await phone.sees(thanks_for(words, GIFT))
    await town.settled()
    await payment.goto(f"{town.url}/{locale}/ledger/mala")

    await expect(payment.get_by_text(words.money(GIFT)).first).to_be_visible()
    assert await payment.locator("html").get_attribute("dir") == words.direction
    await phone.tap("The plan and its costs")
    await phone.sees(funded(words, GIFT))
    assert complaints == []
    await context.close()


async def _read_on(phone):
    """Next until the plan, the gentle way past the hard chapter."""
    gentle = phone.button("Read the gentle version")
    plan = phone.button("The plan →")
    for _ in range(20):
        await phone.tap("Next →")
        if await gentle.count():
            await phone.tap("Read the gentle version")
        if await plan.count():
            return


@pytest.mark.parametrize(("locale", "scripted"), [("en", True), ("ar", False)])
async def test_a_reader_of_the_page_comes_by_a_campaign_and_gives_to_the_end(
    town, browser, locale, scripted
):
    words = Languages.load().i18n(locale)
    made = await homeward_campaigns.create(
        town.settings, name="Spring", case="mala", locale=locale, begins_at=None, ends_at=None
    )
    code = made[0].split()[1].rstrip(":")
    page = await browser.new_page(
        viewport={"width": 320, "height": 568}, java_script_enabled=scripted
    )

    await page.goto(f"{town.url}/c/{code}")
    await page.wait_for_url(f"**/{locale}/stories/mala?c={code}")
    await page.get_by_label(words.money(GIFT), exact=True).check()
    await page.get_by_role(
        "button", name=words.t("Go to the payment page for {name}", name=name_in(words))
    ).click()
    await page.locator("button[value=card]").click()
    await page.wait_for_url(f"{town.url}/{locale}/r/*")
    await town.settled()
    await page.goto(f"{town.url}/{locale}/ledger/mala")

    await expect(page.get_by_text(words.money(GIFT)).first).to_be_visible()
    reported = await homeward_campaigns.report(town.settings, code)
    assert [(gift.gifts, gift.origin) for gift in reported.given] == [(1, "web")]
    assert {count.stage: count.times for count in reported.counts} == {
        Stage.OPENED_ON_WEB: 1,
        Stage.PLAN_ON_WEB: 1,
    }
