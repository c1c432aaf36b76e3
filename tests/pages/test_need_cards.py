"""The page of a case that is shown with its need alone: no story, and a gift to the end."""

import dataclasses
import datetime as dt
import re

import pytest
import sqlalchemy as sa

from services import recalling
from services.catalogue import ShowCases
from storage import case_sheets
from tests import need_cards as cards
from tests.need_cards import APPROVER
from tests.provider import Provider
from tests.two_stories import two_packs


@pytest.fixture
async def case(world):
    return await cards.shown(world.house)


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_page_says_the_facts_and_the_plan_and_nothing_of_a_story(world, case, locale):
    i18n = world.i18n(locale)
    page = await world.get(f"/{locale}/stories/{case.slug}")

    assert page.status == 200
    assert case.pseudonym in page.words
    for words in (
        "Here you see the plan and its costs, and no story.",
        "18 to 29 years old",
        "Forced work on a fishing boat",
        "A safe place to stay",
        "Legal help",
        "Fund this plan",
    ):
        assert i18n.t(words) in page.words, words
    assert "noarchive" in page.headers["X-Robots-Tag"]
    for what in ('class="story"', 'class="map', 'class="step', "story.js", "<details name"):
        assert what not in page.text, what
    assert i18n.t("The bot on Telegram shows the same plan in the chat.") in page.words
    assert not re.search(r'dir="(?!ltr|rtl)', page.text)
    assert f'dir="{i18n.direction}"' in page.text


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_it_stands_in_the_lists(world, case, locale):
    title = world.i18n(locale).t("The plan and its costs")

    home = await world.get(f"/{locale}/")
    ledger = await world.get(f"/{locale}/ledger")
    one = await world.get(f"/{locale}/ledger/{case.slug}")

    assert f"/{locale}/stories/{case.slug}" in home.addresses
    assert title in home.words
    assert case.pseudonym in ledger.words
    assert one.status == 200
    assert case.pseudonym in one.words


async def test_in_a_language_without_consent_it_is_nowhere(world):
    case = await cards.shown(world.house, locales=("ar",))

    assert (await world.get(f"/ar/stories/{case.slug}")).status == 200
    for path in (f"/stories/{case.slug}", f"/ledger/{case.slug}", f"/feed/{case.code}.xml"):
        assert (await world.get(f"/en{path}")).status == 404, path
    for path in ("/", "/ledger"):
        assert case.pseudonym not in (await world.get(f"/en{path}")).words, path
    assert (await world.post(f"/en/stories/{case.slug}/give", data={})).status == 404


async def test_gift_from_the_page_goes_to_the_plan(world, case):
    answer = await world.give("ar", case.slug, preset="2500")
    assert answer.status == 303, answer.words
    async with world.house.read() as connection:
        reference = await connection.scalar(
            sa.text("SELECT reference FROM hold ORDER BY id DESC LIMIT 1")
        )
    await Provider(world.house).settle(reference)

    receipt = await world.get(f"/ar/r/{reference}")
    page = await world.get(f"/en/stories/{case.slug}")

    assert case.pseudonym in receipt.words
    assert "Funded: 25 USD of 420 USD" in page.words


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_what_was_taken_back_is_gone_at_once(world, case, locale):
    before = await world.get(f"/{locale}/stories/{case.slug}")
    form = before.form(preset="2500")
    world.now = world.now.replace(hour=13)

    await recalling.recall(world.house, case.code, by=APPROVER)
    after = await world.get(f"/{locale}/stories/{case.slug}")

    assert (before.status, after.status) == (200, 410)
    assert case.pseudonym not in after.words
    for path in ("/", "/ledger"):
        assert case.pseudonym not in (await world.get(f"/{locale}{path}")).words, path
    answer = await world.post(f"/{locale}/stories/{case.slug}/give", data=form)
    assert answer.status in (404, 410)


async def test_operator_shows_the_need_of_a_story_and_nothing_leaks(world):
    """Every word of the story, against every page that shows its case as a need."""
    mala = await world.case()
    pack = next(pack for pack in two_packs() if pack.slug == "mala")
    await cards.staff(world.house)
    await cards.count(
        world.house, region=pack.facts.region, age_band=pack.facts.age_band,
        exploitation=pack.facts.form,
    )  # fmt: skip
    async with world.house.write() as connection:
        staff_id = await connection.scalar(sa.text("SELECT MIN(id) FROM staff"))
        await case_sheets.name_case(connection, mala.id, "Anan", staff_id=staff_id)
        facts = dataclasses.replace(
            cards.FACTS, region=pack.facts.region, age_band=pack.facts.age_band,
            exploitation=pack.facts.form,
        )  # fmt: skip
        await case_sheets.say_facts(
            connection, mala.id, facts, staff_id=staff_id, now=world.house.clock()
        )
    await cards.said_risk(world.house, mala)
    await cards.consent(world.house, mala)
    await cards.approved(world.house, mala)
    told = await world.get("/en/stories/mala")
    world.house.shelf.shows = ShowCases.NEED
    world.now += dt.timedelta(minutes=1)

    assert pack.title("en").text in told.words
    for locale in ("en", "ar"):
        texts = pack.texts[locale]
        told = [texts.title, texts.pseudonym, texts.intro, texts.gentle, *texts.steps.values()]
        for path in ("/stories/mala", "/", "/ledger", "/ledger/mala"):
            page = await world.get(f"/{locale}{path}")
            assert page.status == 200
            assert "Anan" in page.words, path
            leaked = [words for words in told if " ".join(words.split()) in page.words]
            assert leaked == [], path
