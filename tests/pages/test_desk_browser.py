"""The desk in a real browser on a small phone, without a script: from the link to a decision."""

import pytest

from services import arrivals, broadcasting, campaigns
from services.broadcasting import Kind
from services.staff import Role
from tests.crowd import a_crowd

SMALL = {"width": 320, "height": 640}
TOO_SMALL = """
[...document.querySelectorAll("main a, main button, main summary, main label.choice, header a,"
  + "header button")]
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
async def case(front):
    return await front.funded_case()


class Tab:
    """A tab that notes what the browser refuses, and checks each page that it comes to."""

    def __init__(self, front, tab, shots):
        self.front = front
        self.tab = tab
        self.shots = shots
        self.complaints: list[str] = []
        tab.on("console", self._complain)
        tab.on("requestfailed", lambda request: self.complaints.append(request.url))

    def _complain(self, message):
        # Every answer that is no success is told on the console: a code that is asked for is one.
        if "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    async def fits(self, name):
        """Nothing is wider than the phone, also with letters of twice the size."""
        if self.shots is not None:
            await self.tab.screenshot(path=self.shots / f"{name}.png", full_page=True)
        wide = "document.documentElement.scrollWidth"
        assert await self.tab.evaluate(wide) <= SMALL["width"], name
        assert await self.tab.evaluate(TOO_SMALL) == [], name
        await self.tab.evaluate("document.documentElement.style.fontSize = '200%'")
        assert await self.tab.evaluate(wide) <= SMALL["width"], name
        await self.tab.evaluate("document.documentElement.style.fontSize = ''")

    async def press(self, name):
        await self.tab.get_by_role("button", name=name, exact=True).click()
        await self.tab.wait_for_load_state()

    async def write_code(self, member):
        await self.tab.get_by_label("The six digits").fill(self.front.app_code(member))


@pytest.fixture
async def tab(front, browser, pytestconfig):
    """On a phone of 320 pixels, without a script of any page."""
    shots = pytestconfig.rootpath / "build" / "desk"
    shots.mkdir(parents=True, exist_ok=True)
    context = await browser.new_context(viewport=SMALL)
    return Tab(front, await context.new_page(), shots)


async def test_first_time_and_first_spending(front, case, tab):
    new = await front.member("k7mnp2", Role.CASE_OFFICER, Role.ADMIN, enrolled=False)
    other = await front.member("f3nnc2", Role.FINANCE)

    await tab.tab.goto(front.url + await front.link(new))
    await tab.fits("first")
    await tab.press("Set up my app")
    await tab.tab.get_by_text("It is on another one").click()
    await tab.fits("secret")
    assert await tab.tab.evaluate("document.querySelector('img.key').naturalWidth") > 100
    await tab.write_code(new)
    await tab.press("Come in")
    await tab.tab.wait_for_url("**/desk/")
    await tab.fits("home")
    await tab.tab.get_by_role("link", name="mala").click()
    await tab.fits("case")
    await tab.tab.get_by_label("shelter").check()
    await tab.tab.get_by_label("Amount in USD").fill("12.50")
    await tab.press("Record it")
    await tab.fits("code")
    await tab.write_code(new)
    await tab.press("Go on")
    await tab.tab.wait_for_url("**told=recorded")
    await tab.fits("recorded")
    await tab.tab.get_by_role("link", name="Staff").click()
    await tab.tab.get_by_text("f3nnc2").click()
    await tab.fits("staff")
    await tab.tab.get_by_role("link", name="Log").click()
    await tab.fits("log")
    await tab.press("Sign out")
    await tab.fits("left")

    await tab.tab.goto(front.url + await front.link(other))
    await tab.fits("again")
    await tab.write_code(other)
    await tab.press("Come in")
    await tab.tab.wait_for_url("**/desk/")
    await tab.fits("waits")
    await tab.press("Approve")
    await tab.write_code(other)
    await tab.press("Go on")
    await tab.tab.wait_for_url("**told=approved")
    assert await tab.tab.get_by_text("Approved and booked.").is_visible()
    await tab.tab.goto(front.url + "/desk/staff")
    await tab.fits("not_allowed")

    assert tab.complaints == []


async def test_link_from_the_chat_keeps_its_browser(front, tab):
    """The chat is another site to the browser, also when the link is tapped a second time."""
    member = await front.member("k7mnp2", Role.FINANCE)
    link = front.url + await front.link(member)
    for _ in range(2):
        await tab.tab.goto("about:blank")
        await tab.tab.set_content(f'<a href="{link}">Open</a>')
        await tab.tab.get_by_role("link", name="Open").click()
        await tab.tab.wait_for_url(link)

    await tab.write_code(member)
    await tab.press("Come in")

    await tab.tab.wait_for_url("**/desk/")


async def test_news_is_seen_paused_and_goes_on(front, case, tab):
    officer = await front.member("k7mnp2", Role.CASE_OFFICER)
    async with front.house.write() as connection:
        await a_crowd(
            connection, front.house.seal, 3, None, locales=("en", "km"), now=front.clock()
        )
        await broadcasting.want(front.house, connection, Kind.NEW_CASE, case.id)
    await tab.tab.goto(front.url + await front.link(officer))
    await tab.write_code(officer)
    await tab.press("Come in")
    await tab.tab.get_by_role("link", name="To followers").click()
    await tab.fits("news")
    await tab.tab.get_by_role("link", name="new case 1").click()
    await tab.fits("news_one")
    await tab.press("Pause")
    await tab.fits("news_paused")
    await tab.press("Let it go on")
    await tab.write_code(officer)
    await tab.press("Go on")
    front.clock.go_on(minutes=10)
    await broadcasting.start_due(front.house)
    await tab.tab.goto(front.url + "/desk/broadcasts/1")
    await tab.fits("news_running")

    assert await tab.tab.get_by_text("pending").is_visible()


async def test_a_campaign_is_made_and_read_on_a_small_phone(front, tab):
    member = await front.member("k7mnp2", Role.CASE_OFFICER)
    await tab.tab.goto(front.url + await front.link(member))
    await tab.write_code(member)
    await tab.press("Come in")
    await tab.tab.wait_for_url("**/desk/")
    await tab.tab.get_by_role("link", name="Campaigns").click()
    await tab.fits("campaigns")

    await tab.tab.get_by_label("Name, which only staff see").fill("Spring fair")
    await tab.tab.get_by_label("Story").select_option(index=1)
    await tab.tab.get_by_label("Counted through (UTC)").fill("2027-01-31")
    await tab.press("Make the link")
    await tab.tab.wait_for_url("**told=campaign")
    (made,) = await campaigns.every(front.house)
    async with front.house.write() as connection:
        for locale in [*["en"] * 30, *["ar"] * 12, "km"]:
            await arrivals.visited(connection, made, locale, front.clock())
        for _ in range(9):
            await arrivals.went_on(connection, made.code, "en", front.clock())
    await tab.tab.reload()
    await tab.fits("campaign")

    pictures = await tab.tab.evaluate(
        "[...document.querySelectorAll('main img')].map(one => one.naturalWidth > 0)"
    )
    assert pictures == [True, True]
    row = tab.tab.get_by_role("row").filter(has_text="went on to the plan on the web")
    assert (await row.inner_text()).split()[-2:] == ["9", "20%"]
    assert tab.complaints == []
