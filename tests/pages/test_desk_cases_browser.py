"""A case at the desk in a real browser on a small phone, without a script: opened to ended."""

import pytest

from services.staff import Role
from tests.pages.test_axe import VIOLATIONS, axe  # noqa: F401 - a fixture
from tests.pages.test_desk_browser import SMALL, Tab

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.fixture
async def case(front):
    return await front.funded_case()


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    """What the reader likes; each has pictures of its own."""
    return request.param


@pytest.fixture
async def tab(front, browser, pytestconfig, scheme):
    """On a phone of 320 pixels: no page of the desk has a script."""
    shots = pytestconfig.rootpath / "build" / "desk" / scheme
    shots.mkdir(parents=True, exist_ok=True)
    context = await browser.new_context(viewport=SMALL, color_scheme=scheme)
    return Tab(front, await context.new_page(), shots)


async def come_in(front, tab, member):
    await tab.tab.goto(front.url + await front.link(member))
    await tab.write_code(member)
    await tab.press("Come in")
    await tab.tab.wait_for_url("**/desk/")


async def test_case_from_its_opening_to_its_end(front, case, tab):
    officer = await front.member("k7mnp2", Role.CASE_OFFICER, Role.PROTECTION_OFFICER)
    page = tab.tab
    await come_in(front, tab, officer)

    await page.get_by_role("link", name="Open a case").click()
    await tab.fits("open")
    for label, answer in (
        ("Going home to", "east_asia"), ("How old", "18_29"), ("What was done", "fishing"),
        ("Gender", "man"), ("How long it lasted", "not_said"), ("Currency", "USD"),
    ):  # fmt: skip
        await page.get_by_label(label).select_option(answer)
    await page.get_by_label("Shelter").fill("much")
    await tab.press("Open the case")
    await tab.write_code(officer)
    await tab.press("Go on")
    await tab.fits("open_wrong")
    assert await page.get_by_label("How old").input_value() == "18_29"
    await page.get_by_label("Shelter").fill("300")
    await tab.press("Open the case")
    await page.wait_for_url("**told=opened")
    await tab.fits("opened")
    opened = page.url.partition("?")[0]

    await page.get_by_role("link", name="Risk form").click()
    await tab.fits("risk")
    await page.get_by_label("A trafficker is free").check()
    await page.get_by_label("Nothing of the family").check()
    await page.get_by_label("Low", exact=True).check()
    await tab.press("Write it down")
    await page.wait_for_url("**told=risk_raised")
    await page.get_by_role("link", name="Facts").click()
    await tab.fits("facts")

    await page.goto(f"{opened}/consents")
    await tab.fits("consents")
    await page.get_by_label("To tell the story").check()
    for language in ("English", "Thai", "Arabic"):
        await page.get_by_label(language, exact=True).check()
    await page.get_by_label("The last day it holds").fill("2027-06-30")
    await tab.press("Write it down")
    await page.wait_for_url("**told=consent_given")
    await page.get_by_text("Withdraw it").click()
    await tab.fits("consents_given")
    await page.get_by_label("In which language").select_option("th")
    await tab.press("Withdraw now")
    await page.wait_for_url("**told=consent_withdrawn")
    await tab.fits("consents_withdrawn")

    await page.goto(f"{opened}/need")
    await tab.fits("need")
    await page.goto(f"{opened}/end")
    await tab.fits("end")
    await page.get_by_role("link", name="Choose: The person wants to stop").click()
    await tab.fits("end_so")
    await page.get_by_label("I am sure").check()
    await tab.press("End the plan")
    await tab.write_code(officer)
    await tab.press("Go on")
    await page.wait_for_url("**told=ended")
    await tab.fits("ended")
    await page.goto(front.url + "/desk/")
    await tab.fits("home_of_cases")
    assert tab.complaints == []


async def test_case_under_18_is_asked_for_and_confirmed(front, tab):
    first = await front.member("pr0t22", Role.PROTECTION_OFFICER)
    second = await front.member("pr0t33", Role.PROTECTION_OFFICER)
    page = tab.tab
    await come_in(front, tab, first)

    await page.get_by_role("link", name="Ask for a case under 18").click()
    await tab.fits("ask_under_18")
    for label, answer in (
        ("Who looks after the child", "best_interest_panel"), ("Going home to", "east_asia"),
        ("What was done", "fishing"), ("Gender", "not_said"), ("How long it lasted", "not_said"),
        ("Currency", "USD"),
    ):  # fmt: skip
        await page.get_by_label(label).select_option(answer)
    await page.get_by_label("Month of that record").fill("soon")
    await page.get_by_label("Shelter").fill("300")
    await tab.press("Ask for the case")
    await tab.write_code(first)
    await tab.press("Go on")
    await tab.fits("ask_under_18_wrong")
    await page.get_by_label("Month of that record").fill("2026-05")
    await tab.press("Ask for the case")
    await page.wait_for_url("**told=asked_for")
    await tab.fits("asked_for")
    asked = page.url.partition("?")[0]
    await page.goto(f"{asked}/confirm")
    await tab.fits("confirm_own")
    await tab.press("Sign out")

    await come_in(front, tab, second)
    await tab.fits("home_to_confirm")
    await page.locator("#unconfirmed + ul a").click()
    await tab.fits("waits_under_18")
    await page.get_by_role("link", name="Look at it, and confirm").click()
    await tab.fits("confirm")
    await tab.press("Confirm it")
    await tab.write_code(second)
    await tab.press("Go on")
    await page.wait_for_url("**told=confirmed")
    await tab.fits("confirmed")
    assert tab.complaints == []


async def test_secret_words_are_written_and_not_seen_again(front, case, tab):
    officer = await front.member("k7mnp2", Role.CASE_OFFICER)
    page = tab.tab
    await come_in(front, tab, officer)

    await page.goto(f"{front.url}/desk/cases/{case.code}")
    await page.get_by_role("link", name="Secret words").click()
    await tab.fits("secrets")
    field = page.get_by_label("Words to add")
    await field.fill("Sudarat\nx")
    await tab.press("Put them on the list")
    await tab.fits("secrets_wrong")
    assert await field.input_value() == ""
    await field.fill("Sudarat\nSea Star")
    await tab.press("Put them on the list")
    await page.wait_for_url("**told=secrets_kept")
    await tab.fits("secrets_kept")
    await field.fill("mala")
    await tab.press("Put them on the list")
    await tab.fits("secrets_found")
    assert await page.get_by_text("stands already in").is_visible()
    assert tab.complaints == []


async def test_line_grows_and_its_donors_read_why(front, case, tab):
    officer = await front.member("k7mnp2", Role.CASE_OFFICER)
    page = tab.tab
    await come_in(front, tab, officer)

    await page.goto(f"{front.url}/desk/cases/{case.code}/need")
    await page.get_by_text("In another language").click()
    await tab.fits("grow")
    await page.locator('[name=line][value="medical"]').check()
    await page.get_by_label("What it needs in all").fill("200")
    await page.get_by_label("English").fill("The doctor asks for more. Call +66 81 234 5678.")
    await tab.press("Let the line grow")
    await tab.write_code(officer)
    await tab.press("Go on")
    await tab.fits("grow_wrong")
    await page.get_by_label("English").fill("The doctor asks for a second visit.")
    await tab.press("Let the line grow")
    await page.wait_for_url("**told=line_grown")
    await tab.fits("grown")

    for locale in ("en", "ar"):
        await page.goto(f"{front.url}/{locale}/stories/mala#plan")
        await page.locator(".grew").scroll_into_view_if_needed()
        assert await page.get_by_text("The doctor asks for a second visit.").is_visible()
        await page.screenshot(path=tab.shots / f"grown_{locale}.png")
        wide = "document.documentElement.scrollWidth"
        assert await page.evaluate(wide) <= SMALL["width"]
    assert tab.complaints == []


async def test_no_page_of_a_case_breaks_a_rule_of_accessibility(
    front,
    case,
    browser,
    scheme,
    axe,  # noqa: F811 - the fixture
):
    member = await front.member("k7mnp2", Role.CASE_OFFICER, Role.PROTECTION_OFFICER)
    context = await browser.new_context(viewport=SMALL, color_scheme=scheme, bypass_csp=True)
    tab = Tab(front, await context.new_page(), None)
    await come_in(front, tab, member)
    found = []

    parts = ("", "/facts", "/risk", "/consents", "/secrets", "/need", "/end", "/end/died")
    of_case = [f"/cases/{case.code}{path}" for path in parts]
    for path in ["/", "/open", "/open/under-18", *of_case]:
        await tab.tab.goto(f"{front.url}/desk{path}")
        await tab.tab.evaluate(axe)
        found += [f"{path} {told}" for told in await tab.tab.evaluate(VIOLATIONS)]

    assert found == []
