"""The phone page in a real Chromium."""

import re

import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser

NEXT = {"inline_keyboard": [[{"text": "Next", "callback_data": "next"}]]}


@pytest.fixture
async def open_phone(browser, start_telegram):
    """A function: a page at the phone, which must not complain, and its Telegram."""
    telegram = await start_telegram()
    complaints = []

    async def open_at(query="", width=390, height=844, scheme="light"):
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme
        )
        page = await context.new_page()

        def note(line):
            # Asking for somebody who was forgotten is part of the play.
            if line.type == "error" and "404" not in line.text:
                complaints.append(line.text)

        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note)
        await page.goto(f"{telegram.address}/phone{query}")
        return page

    yield open_at, telegram
    assert complaints == []


async def test_conversation_goes_both_ways(open_phone, picture):
    open_at, telegram = open_phone
    page = await open_at()
    await page.get_by_role("button", name="Start").click()
    await page.get_by_text("/start", exact=True).wait_for()
    (person,) = telegram.standin.people

    sent = await telegram.upload(
        "sendPhoto", picture(64, 36, 1), chat_id=str(person.id),
        caption="<b>Before</b>", parse_mode="HTML", reply_markup=NEXT,
    )  # fmt: skip
    await expect(page.locator(".said strong")).to_have_text("Before")
    source = await page.locator("img.picture").get_attribute("src")
    await page.get_by_role("button", name="Next").click()
    await expect(page.locator(".key.waits")).to_have_count(1)
    tap = (await telegram("getUpdates", offset=-1))[0]["callback_query"]
    media = {"type": "photo", "media": "attach://photo", "caption": "After"}
    await telegram.upload(
        "editMessageMedia", picture(64, 36, 2), chat_id=str(person.id),
        message_id=str(sent["message_id"]), media=media, reply_markup=NEXT,
    )  # fmt: skip
    await telegram("answerCallbackQuery", callback_query_id=tap["id"], text="Held")

    await expect(page.locator(".pictured .said")).to_contain_text("After")
    await expect(page.locator("img.picture")).not_to_have_attribute("src", source)
    await expect(page.locator(".toast.shown")).to_have_text("Held")
    await expect(page.locator(".key.waits")).to_have_count(0)
    await expect(page.get_by_role("button", name="Next")).to_be_focused()
    await page.get_by_placeholder("Message").fill("Thank you")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.mine").last).to_contain_text("Thank you")
    assert person.messages[-1]["text"] == "Thank you"


async def test_payload_is_sent_once(open_phone):
    open_at, telegram = open_phone
    page = await open_at("?start=story_mala")
    await page.get_by_text("story_mala").wait_for()

    await page.reload()
    await page.get_by_text("story_mala").wait_for()

    (person,) = telegram.standin.people
    assert [message["text"] for message in person.messages] == ["/start story_mala"]


async def test_two_phones_in_two_languages_stand_side_by_side(open_phone):
    open_at, telegram = open_phone
    await telegram("setMyDescription", description="Every story is invented.")
    page = await open_at("?a=th&b=ar", width=1280, height=900)

    await expect(page.get_by_role("button", name="เริ่ม")).to_be_visible()
    await expect(page.get_by_role("button", name="ابدأ")).to_be_visible()
    await expect(page.get_by_text("Every story is invented.")).to_have_count(2)
    directions = await page.locator(".device").evaluate_all("all => all.map(one => one.dir)")
    assert directions == ["ltr", "rtl"]
    assert [person.language_code for person in telegram.standin.people] == ["th", "ar"]


async def test_row_of_buttons_keeps_its_order_in_arabic(open_phone):
    open_at, telegram = open_phone
    page = await open_at("?a=ar&start=x")
    await page.get_by_text("/start").wait_for()
    (person,) = telegram.standin.people
    row = [{"text": "التالي", "callback_data": "n"}, {"text": "رجوع", "callback_data": "b"}]

    await telegram(
        "sendMessage", chat_id=person.id, text="مرحبا بك هنا\nHello",
        reply_markup={"inline_keyboard": [row]},
    )  # fmt: skip
    first, second = page.locator(".key").nth(0), page.locator(".key").nth(1)
    await second.wait_for()

    assert (await first.bounding_box())["x"] < (await second.bounding_box())["x"]
    assert (await first.bounding_box())["width"] == (await second.bounding_box())["width"]
    incoming = await page.locator(".message:not(.mine)").bounding_box()
    assert incoming["x"] < 20


async def test_alert_waits_for_its_button(open_phone):
    open_at, telegram = open_phone
    page = await open_at("?start=x")
    await page.get_by_text("/start").wait_for()
    (person,) = telegram.standin.people
    await telegram("sendMessage", chat_id=person.id, text="x", reply_markup=NEXT)
    await page.get_by_role("button", name="Next").click()
    await expect(page.locator(".key.waits")).to_have_count(1)
    tap = (await telegram("getUpdates", offset=-1))[0]["callback_query"]

    await telegram(
        "answerCallbackQuery", callback_query_id=tap["id"], text="We keep it.", show_alert=True
    )

    await expect(page.get_by_role("alertdialog")).to_contain_text("We keep it.")
    await expect(page.get_by_role("button", name="OK")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alertdialog")).to_be_hidden()


async def test_blocking_and_reset(open_phone):
    open_at, telegram = open_phone
    page = await open_at("?start=x", width=1000)
    first = page.locator(".unit").first
    await first.get_by_text("/start").wait_for()

    await first.locator(".block").click()
    await expect(first.get_by_text("You blocked this bot.")).to_be_visible()
    await first.locator(".instead button").click()
    await expect(first.locator("textarea")).to_be_visible()
    await first.locator(".reset").click()

    await expect(first.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert len(telegram.standin.people) == 3


async def test_link_to_the_bot_stays_in_the_app_and_others_open_a_tab(open_phone):
    open_at, telegram = open_phone
    page = await open_at("?start=x")
    await page.get_by_text("/start").wait_for()
    (person,) = telegram.standin.people
    inside = {"text": "Share", "url": "https://t.me/homeward_demo_bot?start=c1"}
    outside = {"text": "Give", "url": f"{telegram.address}/t.me/none"}

    await telegram(
        "sendMessage", chat_id=person.id, text="x",
        reply_markup={"inline_keyboard": [[inside, outside]]},
    )  # fmt: skip
    await page.get_by_role("link", name="Share").click()
    await expect(page.locator(".message.mine").last).to_contain_text("/start c1")
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="Give").click()

    popup = await opened.value
    assert re.search("/t.me/none$", popup.url)


async def test_person_the_standin_forgot_is_replaced(open_phone):
    open_at, telegram = open_phone
    page = await open_at("?start=x")
    await page.get_by_text("/start").wait_for()
    await page.evaluate("localStorage.setItem('homeward.phone.a', '123')")

    await page.reload()

    await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert len(telegram.standin.people) == 2
