"""The plan in the chat: under a line that grew stands when it did last, and why."""

import pytest

from conversations.routes import Need
from locales.text import Month
from services import need_acts, needs
from tests.conversations.rig import Chat, case_of, fund, said, usd
from tests.staff import a_member
from values.lines import BudgetLine

WHY = "The doctor asks for a second visit."
GREW = "In {month} this line grew from {before} to {after}."


async def grow(house, case, amount, **notes):
    done = await need_acts.grow_line(
        house, case=case.code, line=BudgetLine.MEDICAL, amount=amount, notes=notes, by="keeper"
    )
    assert isinstance(done, needs.Grown), done


@pytest.fixture
async def case(house):
    async with house.write() as connection:
        await a_member(connection, "keeper", "case_officer")
    await fund(house, usd(10))
    return await case_of(house)


async def test_line_that_grew_says_when_it_did_last_and_why(house, languages, case):
    chat = Chat(house, languages, "en")
    before = said(await chat.tap(Need(case.code)))

    await grow(house, case, usd(200), en="The first reason.")
    await grow(house, case, usd(300), en=WHY)
    after = said(await chat.tap(Need(case.code)))

    assert GREW not in before
    assert after.count(GREW) == 1
    assert after[after.index(GREW) + 1] == WHY
    assert "The first reason." not in after
    told = next(text for text in chat.screen.blocks[0] if getattr(text, "msgid", "") == GREW)
    assert told.values == {
        "month": Month(house.clock().year, house.clock().month),
        "before": usd(200),
        "after": usd(300),
    }


async def test_who_reads_another_language_gets_the_note_in_english(house, languages, case):
    await grow(house, case, usd(200), en=WHY, fr="Encore une visite.")

    chat = Chat(house, languages, "ar")
    told = said(await chat.tap(Need(case.code)))

    assert WHY in told
    assert "Encore une visite." not in told


async def test_note_in_a_language_the_story_may_not_be_told_in_is_not_shown(house, languages, case):
    await grow(house, case, usd(200), fr="Encore une visite.")

    chat = Chat(house, languages, "en")
    told = said(await chat.tap(Need(case.code)))

    assert GREW in told
    assert "Encore une visite." not in told
