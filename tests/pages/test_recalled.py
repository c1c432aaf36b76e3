"""What was taken back is gone from the page at once, and the desk takes it back with one press."""

import pytest

from services import recalling
from services.staff import Role
from tests.staff import a_member


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_a_story_that_was_taken_back_is_gone_and_is_kept_by_nobody(world, locale):
    async with world.house.write() as connection:
        await a_member(connection, "anybody", Role.FINANCE)
    before = await world.get(f"/{locale}/stories/mala")

    await recalling.recall(world.house, "mala", by="anybody")
    after = await world.get(f"/{locale}/stories/mala")

    assert before.status == 200
    assert after.status == 410
    assert after.headers["Cache-Control"] == "no-store"
    assert world.i18n(locale).t("This story is no longer shown.") in after.words
    for path in ("/", "/ledger", "/ledger/mala"):
        page = await world.get(f"/{locale}{path}")
        assert world.names[locale]["mala"] not in page.words, path
    assert (await world.get(f"/{locale}/stories/nobody")).status == 404
    answer = await world.post(f"/{locale}/stories/mala/give", data={})
    assert answer.status in (404, 410)


async def test_one_press_at_the_desk_is_enough(front):
    member = await front.member("f3nnc2", Role.FINANCE)
    async with front.house.looking("web") as look:
        case = (await look.case_at("mala")).case
    browser = await front.signed_in(member)
    page = await browser.get(f"/desk/cases/{case.code}")
    assert "Take it back now" in page.text

    await browser.send(f"/desk/cases/{case.code}/recall", member)
    after = await browser.get(f"/desk/cases/{case.code}")

    assert "nothing that we serve shows it" in after.words
    async with front.house.looking("web") as look:
        assert await look.case_at("mala") is None
