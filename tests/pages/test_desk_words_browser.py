"""Stories and news at the desk in a real browser on a small phone, without a script."""

import pytest

from tests.pages.desk_words import AUTHOR, REVIEWER, Room
from tests.pages.test_desk_browser import SMALL, Tab, database_url  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


class Calm(Tab):
    """It waits until all of a page is there, so that going on breaks nothing off."""

    async def fits(self, name):
        await self.tab.wait_for_load_state("networkidle")
        await super().fits(name)


@pytest.fixture
async def room(front):
    made = Room(front)
    await made.open()
    return made


@pytest.fixture(params=["light", "dark"])
async def tab(front, browser, pytestconfig, request):
    """On a phone of 320 pixels where no page may run a script."""
    shots = pytestconfig.rootpath / "build" / "desk" / request.param
    shots.mkdir(parents=True, exist_ok=True)
    context = await browser.new_context(
        viewport=SMALL, color_scheme=request.param, reduced_motion="reduce"
    )
    return Calm(front, await context.new_page(), shots)


async def come_in(tab, room, code):
    member = room.front.members[code]
    await tab.tab.goto(room.front.url + await room.front.link(member))
    await tab.write_code(member)
    await tab.press("Come in")
    await tab.tab.wait_for_url("**/desk/")
    return member


async def open_at(tab, room, path, name):
    await tab.tab.goto(room.front.url + path)
    # Pictures are drawn when they come into view.
    for picture in await tab.tab.locator("img").all():
        await picture.scroll_into_view_if_needed()
        await picture.evaluate("image => image.decode()")
    await tab.fits(name)


async def test_story_is_written_and_handed_in(room, tab):
    await come_in(tab, room, AUTHOR)
    await open_at(tab, room, f"/desk/cases/{room.case}", "case_words")
    await tab.tab.get_by_role("link", name="The story").click()
    await tab.fits("draft_none")
    await tab.press("Begin a draft")
    await tab.fits("draft_empty")
    await tab.press("Add a step to Before")
    await tab.tab.get_by_text("The picture:").click()
    await tab.tab.get_by_label("palm tree", exact=True).check()
    await tab.tab.get_by_label("Before, step 1 of 1").fill("We had a garden. " * 21)
    await tab.fits("step_open")
    await tab.press("Save")
    await tab.tab.wait_for_url("**told=saved")
    assert await tab.tab.get_by_text("shorten it to 350").is_visible()
    assert await tab.tab.evaluate("document.querySelector('figure img').naturalWidth") == 1280
    await tab.fits("step")
    await tab.tab.get_by_role("link", name="Delete this step").click()
    await tab.fits("step_delete")
    await tab.press("Delete it")
    await tab.tab.wait_for_url("**told=step_deleted")
    await tab.tab.get_by_label("Another language").select_option("ar")
    await tab.press("Add it")
    await tab.tab.wait_for_url("**told=language_added")
    await tab.tab.get_by_label("Title").fill("ورقة ومفتاح")
    await tab.press("Save")
    await tab.fits("translate")

    assert tab.complaints == []


async def test_story_is_reviewed_signed_and_approved(room, tab):
    version = await room.handed_in(french=True)
    await room.consents("en", "fr")
    member = await come_in(tab, room, REVIEWER)
    await tab.fits("home_words")
    await open_at(tab, room, f"{room.at}/preview/fr", "preview")
    await open_at(tab, room, room.at, "draft")
    await open_at(tab, room, f"{room.at}/words/fr/before", "words")
    await tab.tab.get_by_role("link", name="Reviews").click()
    await tab.fits("reviews")
    await open_at(tab, room, f"/desk/versions/{version}", "version")
    await open_at(tab, room, f"/desk/versions/{version}/in/en", "version_language")
    await tab.press("Approve its words")
    await tab.write_code(member)
    await tab.press("Go on")
    await open_at(tab, room, f"/desk/versions/{version}/in/fr", "version_french")
    await tab.press("Approve its words")
    await tab.tab.wait_for_url("**told=signed")
    await tab.fits("version_signed")
    await tab.press("Approve it")
    await tab.tab.wait_for_url("**told=story_approved")
    await tab.fits("version_approved")

    assert tab.complaints == []


async def test_news_is_written(room, tab):
    await room.consents("en", purpose="publish_updates")
    await come_in(tab, room, AUTHOR)
    await open_at(tab, room, f"/desk/cases/{room.case}/news", "news")
    await tab.tab.get_by_label("Identity papers received").check()
    await tab.tab.get_by_label("A note, if it is needed").fill("She holds them now.")
    await tab.press("Keep it for approval")
    await tab.tab.wait_for_url("**told=news_written")
    await tab.tab.get_by_role("link", name="papers received").click()
    await tab.fits("update")

    assert tab.complaints == []
