"""A case with its need alone, on the page and at the desk, in a real browser on a phone."""

import os
from pathlib import Path

import pytest

from services import need_card_acts
from services.staff import Role
from tests import need_cards as cards
from tests.need_cards import ASKER
from tests.pages.test_browser import TOO_SMALL

PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 640}
SHOTS = os.environ.get("PAGE_SHOTS")

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


async def fits(tab, name, width):
    """Nothing is too wide, also with letters of twice the size, or too small to press."""
    if SHOTS:
        await tab.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
    wide = "document.documentElement.scrollWidth"
    assert await tab.evaluate(wide) <= width, name
    assert await tab.evaluate(TOO_SMALL) == [], name
    await tab.evaluate("document.documentElement.style.fontSize = '200%'")
    assert await tab.evaluate(wide) <= width, name


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, SMALL], ids=["390", "320"])
async def test_it_fits_a_phone_and_breaks_no_policy(world, browser, locale, scheme, size):
    case = await cards.shown(world.house)
    context = await browser.new_context(viewport=size, color_scheme=scheme)
    tab = await context.new_page()
    complaints = []
    tab.on("console", lambda message: complaints.append(message.text))

    for path, name in ((f"/stories/{case.slug}", "need"), ("/", "home")):
        await tab.goto(str(world.client.make_url(f"/{locale}{path}")))
        await fits(tab, f"{name}-{locale}-{scheme}-{size['width']}", size["width"])

    assert complaints == []


async def test_desk_page_fits_a_small_phone(front, browser):
    case = await cards.opened(front.house)
    await cards.consent(front.house, case)
    await need_card_acts.ask(front.house, case.code, by=ASKER)
    member = await front.member("app22r", Role.CASE_OFFICER)
    context = await browser.new_context(viewport=SMALL)
    tab = await context.new_page()
    await tab.goto(front.url + await front.link(member))
    await tab.get_by_label("The six digits").fill(front.app_code(member))
    await tab.get_by_role("button").first.click()
    await tab.wait_for_load_state()

    await tab.goto(f"{front.url}/desk/cases/{case.code}/need-card")

    assert await tab.get_by_role("button", name="Approve and show it").is_visible()
    await fits(tab, "desk-320", SMALL["width"])
