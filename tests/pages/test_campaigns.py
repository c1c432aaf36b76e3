"""The links of campaigns over real HTTP: where they lead, what is counted, what is printed."""

import pytest

from services import campaigns
from services.campaigns import Stage
from tests.pages.test_browser import PHONE
from tests.provider import Provider


@pytest.fixture
async def made(world):
    return await a_campaign(world)


async def a_campaign(world, **options):
    given = {"name": "Spring", "case": "mala", "locale": None, "begins_at": None, "ends_at": None}
    return await campaigns.create(world.house, **{**given, **options})


async def report(world, campaign):
    return await campaigns.report(world.house, campaign.code)


async def test_a_link_opens_the_story_in_the_language_of_the_browser(world, made):
    answer = await world.get(f"/c/{made.code}", headers={"Accept-Language": "ar"})

    assert (answer.status, answer.headers["Location"]) == (302, f"/ar/stories/mala?c={made.code}")
    (count,) = (await report(world, made)).counts
    assert (count.stage, count.locale, count.times) == (Stage.OPENED_ON_WEB, "ar", 1)


async def test_a_link_with_a_language_opens_in_it(world):
    made = await a_campaign(world, locale="ar", case=None)

    answer = await world.get(f"/c/{made.code}", headers={"Accept-Language": "en"})

    assert answer.headers["Location"] == f"/ar/?c={made.code}"


async def test_a_link_that_nobody_made_leads_to_the_stories(world):
    answer = await world.get("/c/nosuchlink", headers={"Accept-Language": "en"})

    assert (answer.status, answer.headers["Location"]) == (302, "/en/")


@pytest.mark.parametrize("program", ["TelegramBot (like TwitterBot)", "WhatsApp/2.23", "curl/8"])
async def test_a_program_that_looks_at_a_link_is_not_counted(world, made, program):
    await world.get(f"/c/{made.code}", headers={"User-Agent": program})

    assert (await report(world, made)).counts == []


async def test_the_link_is_kept_through_the_language_to_the_gift(world, made):
    page = await world.get(f"/en/stories/mala?c={made.code}")
    assert f'href="/ar/stories/mala?c={made.code}"' in page.text
    assert f"https://t.me/homeward_example_bot?start=c-{made.code}" in page.text

    sent = page.form(preset="2500")
    answer = await world.post("/en/stories/mala/give", data=sent)
    reference = await newest_reference(world)
    before = (await report(world, made)).given
    await Provider(world.house).settle(reference)

    assert answer.status == 303
    assert sent["c"] == made.code
    assert before == []
    (given,) = (await report(world, made)).given
    assert (given.gifts, given.amount_minor) == (1, 25_00)


async def test_a_wrong_amount_keeps_the_link_in_the_form(world, made):
    page = await world.get(f"/en/stories/mala?c={made.code}")

    again = await world.post("/en/stories/mala/give", data=page.form(amount="9999"))

    assert again.status == 422
    assert f'name="c" value="{made.code}"' in again.text


@pytest.mark.parametrize("forged", ['"><script>', "a" * 17, "../x", "UPPER"])
async def test_what_is_no_code_is_kept_nowhere(world, forged):
    page = await world.get("/en/stories/mala", params={"c": forged})

    assert 'name="c"' not in page.text
    assert forged not in page.text


async def test_the_code_to_point_a_camera_at_holds_the_link(world, made):
    svg = await world.client.get(f"/c/{made.code}.svg")
    png = await world.client.get(f"/c/{made.code}.png")

    assert svg.content_type == "image/svg+xml"
    assert (await svg.text()).startswith("<svg")
    assert png.content_type == "image/png"
    assert (await png.read()).startswith(b"\x89PNG")
    assert (await world.get("/c/nosuchlink.svg")).status == 404


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_the_poster_fits_on_one_sheet_and_names_nobody(world, browser, made, locale):
    tab = await browser.new_page(viewport=PHONE)
    await tab.goto(str(world.client.make_url(f"/{locale}/c/{made.code}")))

    code = await tab.locator(".poster img").evaluate("one => one.naturalWidth")
    words = await tab.locator("main").inner_text()
    sheet = await tab.pdf(format="A4", print_background=True)

    assert code > 0
    assert f"page.example/c/{made.code}" in words
    assert world.names[locale]["mala"] not in words
    assert sheet.count(b"/Type /Page\n") == 1


async def newest_reference(world):
    async with world.house.read() as connection:
        found = await connection.exec_driver_sql("SELECT reference FROM hold ORDER BY id DESC")
        return found.scalars().first()


async def stages(world, campaign):
    return {count.stage: count.times for count in (await report(world, campaign)).counts}


async def test_who_goes_on_to_the_plan_is_counted_and_led_there(world, made):
    page = await world.get(f"/ar/stories/mala?c={made.code}")
    link = f"/ar/c/{made.code}/mala"
    assert f'href="{link}"' in page.text

    answer = await world.get(link)
    ledger = await world.get(answer.headers["Location"])

    assert (answer.status, answer.headers["Location"]) == (302, f"/ar/ledger/mala?c={made.code}")
    assert ledger.status == 200
    assert f'href="/ar/stories/mala?c={made.code}"' in ledger.text
    assert await stages(world, made) == {Stage.PLAN_ON_WEB: 1}


async def test_who_sends_the_form_is_counted_once_whether_or_not_the_fee_is_told(world, made):
    page = await world.get(f"/en/stories/mala?c={made.code}")

    first = page.form(preset="2500")
    await world.post("/en/stories/mala/give", data=first)
    await world.post("/en/stories/mala/give", data={**first, "told": "seen"})

    assert await stages(world, made) == {Stage.PLAN_ON_WEB: 1}


async def test_without_a_campaign_nothing_of_a_reader_is_counted(world, made):
    page = await world.get("/en/stories/mala")
    await world.get("/en/ledger/mala")
    await world.post("/en/stories/mala/give", data=page.form(preset="2500"))
    await world.get("/en/c/nosuchlink/mala")

    assert 'href="/en/ledger/mala"' in page.text
    assert await stages(world, made) == {}


async def test_from_the_page_to_the_bot_the_story_and_the_link_are_kept(world, made):
    case = await world.case()

    page = await world.get(f"/zh_Hans/stories/mala?c={made.code}")

    payload = f"{case.code}_zh_Hans_c-{made.code}"
    assert f"?start={payload}" in page.text
    assert len(payload) <= 64
