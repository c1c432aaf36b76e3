"""What a person's page says beside the story: why so little, what money pays, and ways on."""

import re

import pytest

from pages.views.story import examples
from tests.pages.rig import usd


async def case_of(world, slug="mala"):
    async with world.house.looking("web") as look:
        return await look.case_at(slug)


async def test_it_says_why_the_facts_are_so_coarse(world):
    page = await world.get("/en/stories/mala")

    facts = page.words.index("Forced work in a household")
    why = page.words.index("They fit many people, so that nobody can find the person by them.")

    assert facts < why


async def test_an_amount_is_explained_by_the_dearest_line_that_it_covers(world):
    case = await case_of(world)

    found = examples(case, (usd(10), usd(99), usd(100), usd(299), usd(1200)))
    words = {amount: world.i18n("en").text(text) for amount, text in found.items()}

    assert [
        re.sub("[\u2068\u2069]", "", words[usd(units)]) for units in (10, 99, 100, 299, 1200)
    ] == [
        "10% of: Legal help",
        "99% of: Legal help",
        "Enough for: Legal help",
        "Enough for: A safe place to stay",
        "Enough for: A way to earn a living",
    ]


async def test_nothing_is_explained_that_is_all_that_is_missing_or_next_to_nothing(world):
    case = await case_of(world)

    assert examples(case, (case.progress.missing,)) == {}
    assert examples(case, (usd(0.5),)) == {}


async def test_the_form_says_that_what_an_amount_pays_is_an_example(world):
    page = await world.get("/en/stories/mala")

    assert "25 USD" in page.words
    assert "25% of: Legal help" in page.words
    assert "These are examples. Your gift goes to the whole plan." in page.words


async def test_the_story_goes_on_in_the_bot_in_the_same_language(world):
    case = await world.case()

    for locale in ("en", "ar"):
        page = await world.get(f"/{locale}/stories/mala")
        link = f"https://t.me/homeward_example_bot?start={case.code}_{locale}"
        assert f'href="{link}"' in page.text


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_what_is_shared_is_the_address_and_fixed_words(world, locale):
    page = await world.get(f"/{locale}/stories/mala")
    shared = re.search(r'class="button share" type="button" data-text="([^"]*)"', page.text)
    pseudonym = world.names[locale]["mala"]

    assert f'readonly dir="ltr" value="http://page.example/{locale}/stories/mala"' in page.text
    assert shared is not None
    assert pseudonym not in shared[1]
    assert "Mala" not in shared[1]
