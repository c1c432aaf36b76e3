"""Every page, in a left-to-right and a right-to-left language."""

import re

import pytest
from markupsafe import escape

from storage.holds import HoldState
from stories.icons import VOCABULARY
from stories.pack import Chapter
from stories.palette import PALETTES
from tests.pages.rig import PAY_ORIGIN, usd

PATHS = [
    "/",
    "/stories/mala",
    "/stories/arif",
    "/ledger",
    "/ledger/mala",
    "/help",
    "/privacy",
    "/genuine",
    "/credits",
]
LOCALES = [("en", "ltr"), ("ar", "rtl")]
OURS = "http://page.example/"


async def test_each_page_is_whole_html_in_the_language_of_its_address(world):
    for locale, direction in LOCALES:
        for path in PATHS:
            page = await world.get(f"/{locale}{path}")
            assert page.status == 200, path
            assert f'<html lang="{locale}" dir="{direction}">' in page.text
            assert page.headers["Content-Language"] == locale
            assert page.text.rstrip().endswith("</html>")
            assert page.text.count("<h1") == 1, path
            assert 'href="#content"' in page.text
            assert 'href="/leave"' in page.text


async def test_each_page_links_to_itself_in_every_language(world):
    for path in PATHS:
        page = await world.get(f"/en{path}")
        assert f'<a href="/ar{path}" lang="ar" hreflang="ar" dir="rtl">العربية</a>' in page.text
        assert f'<link rel="alternate" hreflang="ar" href="{OURS}ar{path}">' in page.text
        assert 'hreflang="en" dir="ltr" aria-current="true">English</a>' in page.text


async def test_no_page_holds_an_address_of_somebody_else(world):
    for path in PATHS:
        page = await world.get(f"/en{path}")
        outside = {to for to in page.addresses if "//" in to and not to.startswith(OURS)}
        assert {to.partition("?")[0] for to in outside} == {"https://t.me/homeward_example_bot"}
        assert not re.search(r"<script(?! src=\"/static/story\.)|<style|\sstyle=", page.text)
        assert not re.search(r"</script>[^\n]|\son[a-z]+=|javascript:", page.text)


async def test_every_link_inside_leads_to_a_page(world):
    seen, waiting = set(), {"/en/"}
    while waiting:
        path = waiting.pop()
        seen.add(path)
        page = await world.get(path)
        assert page.status in (200, 303) or path.endswith("/give"), path
        targets = {address.partition("#")[0] for address in page.addresses}
        waiting |= {to for to in targets if to.startswith("/")} - seen

    assert {"/ar/stories/mala", "/en/ledger/mala.csv", "/leave"} <= seen


async def test_every_fragment_leads_to_something_on_its_page(world):
    page = await world.get("/en/stories/mala")

    targets = set(re.findall(r'href="#([^"]*)"', page.text))

    assert {"s01", "exploitation", "plan"} <= targets
    assert all(f'id="{target}"' in page.text for target in targets)


async def test_the_bare_address_leads_to_the_language_the_browser_asks_for(world):
    arabic = await world.get("/", headers={"Accept-Language": "ar-EG,ar;q=0.9,en;q=0.5"})
    unknown = await world.get("/", headers={"Accept-Language": "tlh"})

    assert (arabic.status, arabic.headers["Location"]) == (302, "/ar/")
    assert arabic.headers["Vary"] == "Accept-Language"
    assert (unknown.status, unknown.headers["Location"]) == (302, "/en/")


async def test_another_spelling_of_a_language_leads_to_its_own_address(world):
    other = await world.get("/AR/stories/mala")
    bare = await world.get("/en")
    unknown = await world.get("/xx/stories/mala")

    assert (other.status, other.headers["Location"]) == (308, "/ar/stories/mala")
    assert (bare.status, bare.headers["Location"]) == (308, "/en/")
    assert unknown.status == 404


async def test_a_redirect_never_leaves_the_page(world):
    answer = await world.get("/AR//evil.example/x")

    assert answer.status == 404 or not answer.headers["Location"].startswith("//")


async def test_the_list_tells_of_each_case(world):
    await world.gift(usd(300))
    page = await world.get("/en/")

    for words in (
        "Mala's story",
        "Arif's story",
        "18 to 29 years old",
        "Forced work in a household",
        "Going home to Mainland South-East Asia",
        "This story is invented.",
        "Funded: 300 USD of 1,500 USD 20%",
        "Still missing: 1,200 USD",
    ):
        assert words in page.words
    assert 'href="/en/stories/mala"' in page.text


async def test_each_kind_of_money_stands_under_its_own_name(world):
    await world.gift(usd(300))
    await world.hold(usd(100), HoldState.PAID)
    await world.hold(usd(70), HoldState.PROMISED)
    await world.hold(usd(30))

    page = await world.get("/en/stories/mala")

    assert "Funded: 300 USD of 1,500 USD 20%" in page.words
    assert "Paid and on its way: 100 USD" in page.words
    assert "Promised by bank transfer: 70 USD" in page.words
    assert "Reserved by people who are paying now: 30 USD" in page.words
    assert "Still missing: 1,000 USD" in page.words
    for kind, start, length in (
        ("funded", 0, 200),
        ("arriving", 200, 66),
        ("promised", 266, 47),
        ("held", 313, 20),
    ):
        assert f'<rect class="{kind}" x="{start}" width="{length}"' in page.text


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_the_story_tells_every_step_in_order_in_four_chapters(world, locale):
    async with world.house.looking("web") as look:
        story = (await look.case_at("mala")).story
    page = await world.get(f"/{locale}/stories/mala")

    positions = [page.text.index(escape(story.text(locale, step.id).text)) for step in story.steps]
    chapters = [page.text.index(f'<h2 id="{chapter}"') for chapter in PALETTES]

    assert positions == sorted(positions)
    assert chapters == sorted(chapters)
    assert all(f'id="{step.id}"' in page.text for step in story.steps)
    assert all(f".svg#{step.icon}" in page.text for step in story.steps)


async def test_the_hard_chapter_stands_behind_its_note_and_can_be_passed(world):
    async with world.house.looking("web") as look:
        story = (await look.case_at("mala")).story
    hard = story.chapter_steps(Chapter.EXPLOITATION)
    page = await world.get("/en/stories/mala")

    note = page.text.index(story.content_note("en").text)
    way_past = page.text.index('href="#freedom">Go past this chapter')
    gentle = page.text.index(story.text("en", "gentle").text)
    first = page.text.index(story.text("en", hard[0].id).text)
    opened = page.text.rindex("<details", 0, first)

    assert note < way_past < gentle < first
    assert page.text[opened:].startswith('<details name="hard" class="hard">')
    assert all(f'href="#{step.id}"' not in page.text for step in hard)


async def test_a_story_in_another_language_says_so_and_is_marked(world, withdraw):
    await withdraw("ar")

    page = await world.get("/ar/stories/mala")

    assert '<h1 lang="en" dir="ltr">The paper I could not read</h1>' in page.text
    assert '<p lang="en" dir="ltr">I grew up in a village' in page.text
    assert "English" in page.words


async def test_the_plan_stands_line_by_line_with_what_each_pays_for(world):
    page = await world.get("/en/stories/mala")

    assert (
        "A safe place to stay 250 USD A safe room and meals until the journey home." in page.words
    )
    assert "All together 1,500 USD" in page.words


async def test_a_case_that_may_not_be_shown_is_not_there(world, withdraw):
    await withdraw("en")
    await withdraw("ar")

    for path in ("/stories/mala", "/ledger/mala", "/ledger/mala.json", "/ledger/mala.csv"):
        page = await world.get(f"/en{path}")
        assert page.status == 404
        assert "Mala" not in page.text
    listed = await world.get("/en/")
    assert "Mala" not in listed.text
    assert "Arif" in listed.text


async def test_no_title_description_or_preview_names_a_person(world):
    page = await world.get("/en/stories/mala")
    head = page.text[: page.text.index("</head>")]

    assert "Mala" not in head
    assert "The paper I could not read" not in head
    assert page.headers["X-Robots-Tag"] == "noindex, noarchive"


async def test_help_says_what_is_true_and_leads_away(world):
    page = await world.get("/en/help")
    left = await world.get("/leave")

    assert "Call the emergency number of the country you are in." in page.words
    assert "Emergency number: 112" in page.words
    assert "We have called no help line of this country lately" in page.words
    assert 'href="tel:112"' in page.text
    assert left.status == 303
    assert left.headers["Location"] == "https://www.wikipedia.org/"


async def test_credits_stand_without_a_language_too(world):
    page = await world.get("/credits", headers={"Accept-Language": "ar"})

    assert page.status == 200
    assert '<html lang="ar"' in page.text
    assert "Phosphor Icons" in page.text
    assert "Permission is hereby granted" in page.text
    assert 'href="/en/credits"' in page.text


async def test_receipt_of_an_unpaid_gift_leads_to_the_payment_page_and_looks_again(world):
    taken = await world.hold(usd(25))
    await world.open_checkout(taken.id)

    page = await world.get(f"/en/r/{taken.reference}")

    assert page.status == 200
    assert "25 USD is reserved for the plan of Mala." in page.words
    assert f'href="{PAY_ORIGIN}/{taken.id}"' in page.text
    assert (
        f'<meta http-equiv="refresh" content="4; url=/en/r/{taken.reference}?look=1">' in page.text
    )
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert 'href="https://t.me/homeward_example_bot"' in page.text


async def test_whoever_comes_back_from_paying_sees_at_once_what_became_of_it(world):
    taken = await world.hold(usd(25))
    await world.open_checkout(taken.id)
    world.news = HoldState.PAID

    page = await world.get(f"/en/r/{taken.reference}?from=payment")

    assert world.looked == [taken.reference]
    assert "Thank you. We received 25 USD from you." in page.words


async def test_whoever_paid_a_moment_ago_is_not_asked_to_pay_again(world):
    taken = await world.hold(usd(25))
    await world.open_checkout(taken.id)

    page = await world.get(f"/en/r/{taken.reference}?from=payment")

    assert "We are waiting for the word of the payment provider." in page.words
    assert f"{PAY_ORIGIN}/{taken.id}" not in page.text
    assert f"url=/en/r/{taken.reference}?from=payment&amp;look=1" in page.text


async def test_whoever_left_the_payment_page_can_pay_or_cancel(world):
    taken = await world.hold(usd(25))
    await world.open_checkout(taken.id)

    left = await world.get(f"/en/r/{taken.reference}?from=left")
    answer = await world.post(f"/en/r/{taken.reference}/cancel")
    after = await world.get(f"/en/r/{taken.reference}")

    assert f'href="{PAY_ORIGIN}/{taken.id}"' in left.text
    assert "http-equiv" not in left.text
    assert (answer.status, answer.headers["Location"]) == (303, f"/en/r/{taken.reference}")
    assert "This gift of 25 USD was not paid." in after.words


@pytest.mark.parametrize("look", ["40", "999"])
async def test_receipt_stops_looking_by_itself_after_a_while(world, look):
    taken = await world.hold(usd(25))

    page = await world.get(f"/en/r/{taken.reference}?look={look}")

    assert "http-equiv" not in page.text
    assert "Look again" in page.words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (HoldState.PROMISED, "You promised 25 USD to the plan of Mala."),
        (HoldState.PAID, "Thank you. We received 25 USD from you."),
        (HoldState.SETTLED, "All of it is held for the plan of Mala, and for nothing else."),
        (HoldState.RELEASED, "This gift of 25 USD was not paid."),
    ],
)
async def test_receipt_of_another_state_says_it_and_stays_still(world, state, words):
    taken = await world.hold(usd(25), state)

    page = await world.get(f"/en/r/{taken.reference}")

    assert words in page.words
    assert "http-equiv" not in page.text
    assert PAY_ORIGIN not in page.text


async def test_receipt_survives_the_recall_of_its_story_without_naming_anybody(world, withdraw):
    taken = await world.hold(usd(25), HoldState.PAID)
    await withdraw("en")
    await withdraw("ar")

    page = await world.get(f"/en/r/{taken.reference}")
    case = await world.case()

    assert page.status == 200
    assert "Mala" not in page.text
    assert "mala" not in page.text
    assert case.code in page.text


async def test_unknown_receipt_is_not_there(world):
    page = await world.get("/en/r/bcdfghjkmnpqrstvwxz223456789")

    assert page.status == 404


async def test_files_are_kept_for_good_and_changed_ones_have_other_names(world):
    page = await world.get("/en/")
    for path in _files(page):
        file = await world.get(path)
        assert file.status == 200
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        old = await world.get(re.sub(r"\.[0-9a-f]{16}\.", ".0123456789abcdef.", path))
        assert old.status == 200
        assert old.headers["Cache-Control"] == "no-cache"
        assert old.text == file.text

    assert len(_files(page)) == 3


async def test_the_colours_of_the_chapters_are_those_of_the_cards(world):
    page = await world.get("/en/")
    style = await world.get(next(path for path in _files(page) if path.endswith(".css")))

    for chapter, palette in PALETTES.items():
        assert f".ch-{chapter}{{--sky-top:{palette.sky_top};" in style.text
    assert "url(" not in style.text
    assert "@import" not in style.text


@pytest.mark.parametrize("path", ["/en/", "/en/stories/mala", "/en/help"])
async def test_a_page_loads_just_the_icons_that_are_on_it(world, path):
    page = await world.get(path)
    sprite = await world.get(next(path for path in _files(page) if "icons" in path))

    there = set(re.findall(r'<symbol id="([a-z_]+)"', sprite.text))

    assert sprite.headers["Content-Type"].startswith("image/svg+xml")
    assert there == set(re.findall(r"icons-[^#\"]*#([a-z_]+)", page.text))
    assert there < set(VOCABULARY)


@pytest.mark.parametrize("wanted", ["0", f"{1 << len(VOCABULARY):x}", "f" * 40])
async def test_icons_that_there_are_not_are_not_there(world, wanted):
    file = await world.get(f"/static/icons-{wanted}.0123456789abcdef.svg")

    assert file.status == 404


def _files(page):
    """The static files that a page loads, once each."""
    found = {address.partition("#")[0] for address in page.addresses}
    return sorted(address for address in found if address.startswith("/static/"))


async def test_a_problem_of_a_translation_is_reported_from_any_page(world):
    page = await world.get("/ar/ledger")
    assert 'name="page" value="ledger"' in page.text
    assert "No native reader" not in (await world.get("/en/ledger")).text

    answers = [
        await world.post("/ar/report", data={"page": where})
        for where in ("ledger", "ledger", "<script>")
    ]

    assert {answer.status for answer in answers} == {200}
    async with world.house.read() as connection:
        rows = await connection.exec_driver_sql("SELECT subject FROM alarm ORDER BY id")
        assert [row.subject for row in rows] == ["ar:ledger", "ar:other"]


async def test_what_binds_stands_in_english_beside_a_draft(world):
    page = await world.get("/ar/privacy")

    assert 'lang="en" dir="ltr">We keep nothing of you.' in page.text
    assert 'class="english"' not in (await world.get("/en/privacy")).text


async def test_a_link_to_any_page_is_shown_with_a_picture_of_nobody(world):
    story = await world.get("/en/stories/mala")
    picture = await world.get("/share.png")

    assert '<meta property="og:image" content="http://page.example/share.png">' in story.text
    assert "Mala" not in "".join(re.findall(r'<meta property="og:[^>]*>', story.text))
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/png")
    assert picture.headers["Cache-Control"] == "public, max-age=86400"
