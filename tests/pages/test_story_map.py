"""The story map in a real browser: one card at a time, by every way of reading it."""

import pytest

from tests.pages.rig import usd

PHONE = {"width": 320, "height": 568}
SHOWN = """
[...document.querySelectorAll(".step[id], .before-hard")]
  .filter(one => one.checkVisibility())
  .map(one => one.id)
"""
LAST = "s16"
HARD = ("s06", "s07", "s08", "s09")
GATE = "before-exploitation"

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.fixture
def read(world, browser):
    """Open Mala's story at this place on a small phone."""

    async def opened(place="", locale="en", **options):
        context = await browser.new_context(viewport=PHONE, **options)
        tab = await context.new_page()
        await tab.goto(str(world.client.make_url(f"/{locale}/stories/mala{place}")))
        return tab

    return opened


async def shown(tab):
    return await tab.evaluate(SHOWN)


def place(tab):
    return tab.url.partition("#")[2]


def turn(tab):
    """The three buttons below the card: back, next, the plan."""
    return [tab.locator(".turn .button").nth(at) for at in range(3)]


async def status(tab):
    words: str = await tab.get_by_role("status").inner_text()
    return words.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("locale", "on", "back"), [("en", "Right", "Left"), ("ar", "Left", "Right")]
)
async def test_the_arrow_keys_turn_the_cards_in_the_direction_of_the_script(read, locale, on, back):
    tab = await read(locale=locale)
    seen = [await shown(tab)]

    for key in (on, on, back):
        await tab.keyboard.press(f"Arrow{key}")
        seen.append(await shown(tab))

    assert seen == [["s01"], ["s02"], ["s03"], ["s02"]]
    assert place(tab) == "s02"


async def test_home_and_end_lead_to_the_first_and_the_last_card(read):
    tab = await read()
    back, next_, plan = turn(tab)
    await next_.focus()

    await tab.keyboard.press("End")
    at_end = await shown(tab), await next_.is_visible(), await plan.is_visible()
    await tab.keyboard.press("Home")

    assert at_end == ([LAST], False, True)
    assert await shown(tab) == ["s01"]
    assert await back.get_attribute("aria-disabled") == "true"


async def test_home_and_end_move_the_page_for_who_is_not_in_the_story(read):
    tab = await read()

    await tab.keyboard.press("End")

    assert await shown(tab) == ["s01"]


async def test_a_key_that_is_pressed_in_the_form_turns_no_card(read):
    tab = await read()
    await tab.get_by_label("Or another amount").focus()

    await tab.keyboard.press("ArrowRight")

    assert await shown(tab) == ["s01"]


@pytest.mark.parametrize(("locale", "words"), [("en", "Step 3 of 16"), ("ar", "الخطوة 3 من 16")])
async def test_where_one_is_in_the_story_is_announced(read, locale, words):
    tab = await read(locale=locale)
    _, next_, _ = turn(tab)

    await next_.click()
    await next_.click()

    assert await status(tab) == words
    assert await tab.locator(".map [aria-current=step]").count() == 1
    assert await tab.locator(".map .done").count() == 2


async def test_reading_on_keeps_the_focus_on_the_button_and_the_card_in_sight(read):
    tab = await read(reduced_motion="reduce")
    _, next_, _ = turn(tab)
    await next_.focus()

    await tab.keyboard.press("Enter")

    assert await next_.evaluate("one => one === document.activeElement")
    top = (await tab.locator("#s02 .medallion").bounding_box())["y"]
    assert 0 <= top < PHONE["height"]


async def test_the_hard_chapter_is_not_reached_by_reading_on(read):
    tab = await read("#s05")
    _, next_, _ = turn(tab)

    for _ in range(3):
        await tab.keyboard.press("ArrowRight")

    assert await shown(tab) == [GATE]
    assert await next_.get_attribute("aria-disabled") == "true"
    assert await status(tab) == "Before you read on"


async def test_the_hard_chapter_is_read_card_by_card_once_it_is_opened(read):
    tab = await read("#exploitation")
    summary = tab.locator(".hard summary")
    await summary.focus()
    seen = []

    await tab.keyboard.press("Enter")
    for _ in range(5):
        seen += await shown(tab)
        await tab.keyboard.press("ArrowRight")

    assert seen == [*HARD, "s10"]
    assert await tab.locator(f"#{HARD[0]}").get_attribute("tabindex") == "-1"


async def test_the_hard_chapter_can_be_passed_and_stays_closed_on_the_way_back(read):
    tab = await read("#exploitation")
    await tab.get_by_role("link", name="Go past this chapter").click()
    await tab.wait_for_url("**#freedom")
    past = await shown(tab)

    await tab.keyboard.press("ArrowLeft")

    assert past == ["s10"]
    assert await shown(tab) == [GATE]


async def test_after_the_gentle_version_reading_on_leads_past_the_chapter(read):
    tab = await read("#exploitation")
    _, next_, _ = turn(tab)
    await tab.get_by_text("Read the gentle version").click()
    await tab.locator(".turn [aria-disabled=false]").nth(1).wait_for()

    await next_.click()

    assert await shown(tab) == ["s10"]


async def test_a_link_to_a_step_opens_the_story_there(read):
    tab = await read("#s12")

    assert await shown(tab) == ["s12"]
    assert await status(tab) == "Step 12 of 16"


async def test_a_link_into_the_hard_chapter_passes_the_note_first(read):
    tab = await read("#s07")
    first = await shown(tab)

    await tab.locator(".hard summary").click()

    assert first == [GATE]
    assert await shown(tab) == ["s07"]


@pytest.mark.parametrize("place", ["#nowhere", "#plan", "#give", "#%", "#content"])
async def test_a_link_to_another_place_shows_the_first_card(read, place):
    tab = await read(place)

    assert await shown(tab) == ["s01"]


async def test_one_step_back_in_the_browser_leaves_the_story(read, world):
    tab = await read()
    home = str(world.client.make_url("/en/"))
    await tab.goto(home)
    await tab.locator("main a[href='/en/stories/mala']").click()
    await tab.locator(".turn").wait_for()
    await tab.keyboard.press("ArrowRight")
    await tab.keyboard.press("ArrowRight")

    await tab.go_back()
    there = tab.url
    await tab.go_forward()
    await tab.locator(".turn").wait_for()

    assert there == home
    assert await shown(tab) == ["s03"]


async def test_after_a_jump_by_an_icon_the_browser_leads_back_to_the_card_before(read):
    tab = await read("#s02")
    await tab.locator(".map a[href='#s11']").click()
    await tab.wait_for_url("**#s11")
    jumped = await shown(tab)
    focused = await tab.evaluate("document.activeElement.id")

    await tab.go_back()
    await tab.wait_for_url("**#s02")

    assert jumped == ["s11"]
    assert focused == "s11"
    assert await shown(tab) == ["s02"]


async def swipe(tab, across, down=0):
    """Draw one finger over the card."""
    card = await tab.locator(".now").bounding_box()
    x, y = card["x"] + card["width"] / 2, card["y"] + 60
    session = await tab.context.new_cdp_session(tab)
    for kind, points in (
        ("touchStart", [{"x": x, "y": y}]),
        ("touchMove", [{"x": x + across / 2, "y": y + down / 2}]),
        ("touchMove", [{"x": x + across, "y": y + down}]),
        ("touchEnd", []),
    ):
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.parametrize(("locale", "on"), [("en", -120), ("ar", 120)])
async def test_a_finger_turns_the_cards(read, locale, on):
    tab = await read("#s02", locale=locale, has_touch=True)
    seen = []

    for across, down in ((on, 0), (-on, 0), (-on, 0), (on / 4, 0), (on / 2, 120)):
        await swipe(tab, across, down)
        seen += await shown(tab)

    assert seen == ["s03", "s02", "s01", "s01", "s01"]


async def test_at_the_end_the_next_thing_is_the_plan(read):
    tab = await read(f"#{LAST}")
    _, _, plan = turn(tab)

    await plan.click()
    await tab.wait_for_url("**#plan")

    assert await shown(tab) == [LAST]
    assert await tab.locator("#plan").is_visible()


async def test_without_a_script_the_whole_story_stands_in_order(read):
    tab = await read(java_script_enabled=False)

    visible = [await tab.locator(f"#s{at:02}").is_visible() for at in range(1, 17)]
    await tab.get_by_text("Read the whole chapter").click()

    assert visible == [True] * 5 + [False] * 4 + [True] * 7
    assert await tab.locator("#s07").is_visible()
    assert not await tab.locator(".turn").is_visible()


@pytest.mark.parametrize("locale", ["en", "ar", "my", "th"])
async def test_every_card_fits_the_smallest_phone(read, locale):
    tab = await read("#exploitation", locale=locale)
    await tab.locator(".hard summary").click()
    await tab.locator(".turn .button").first.focus()
    await tab.keyboard.press("Home")

    for _ in range(17):
        assert len(await shown(tab)) == 1
        assert await tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await tab.locator(".turn .button").first.focus()
        await tab.keyboard.press("ArrowLeft" if locale == "ar" else "ArrowRight")

    assert await shown(tab) == [LAST]


async def test_a_printed_story_is_whole_but_for_a_chapter_that_was_not_opened(read, world):
    await world.gift(usd(300))
    tab = await read("#s12")
    await tab.emulate_media(media="print")

    printed = await shown(tab)
    buttons = await tab.locator(".turn, .map, .give, .leave, summary").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).length"
    )

    assert printed == [
        *(f"s{at:02}" for at in range(1, 6)),
        GATE,
        *(f"s{at}" for at in range(10, 17)),
    ]
    assert buttons == 0


@pytest.mark.parametrize(("wish", "moves"), [("reduce", "none"), ("no-preference", "come")])
async def test_nothing_moves_for_who_wants_calm(read, wish, moves):
    tab = await read(reduced_motion=wish)

    assert await tab.locator(".now").evaluate("one => getComputedStyle(one).animationName") == moves


async def test_sharing_is_offered_where_the_device_can_and_sends_nothing_else(world, browser):
    context = await browser.new_context(viewport=PHONE)
    await context.add_init_script(
        "navigator.share = (sent) => { window.sent = sent; return Promise.resolve(); };"
    )
    tab = await context.new_page()
    await tab.goto(str(world.client.make_url("/en/stories/mala#s12")))

    await tab.get_by_role("button", name="Share").click()

    assert await tab.evaluate("window.sent") == {
        "text": "You can fund one person's plan to go home. Your gift goes to that plan only.",
        "url": "http://page.example/en/stories/mala",
    }


async def test_without_a_script_the_link_can_be_copied_by_hand(read):
    tab = await read(java_script_enabled=False)

    assert await tab.locator("#link").is_visible()
    assert not await tab.locator(".share").is_visible()
