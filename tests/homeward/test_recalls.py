"""`homeward recall` and `homeward consents due`, over a real database."""

from storage import staff as staff_rows
from tests.services.desk import a_desk, a_story
from tests.staff import a_member


async def test_a_story_is_taken_back_and_reported_on(till, run):
    case = await till.case()
    async with till.house.write() as connection:
        await a_member(connection, "anybody", "finance")
        assert await staff_rows.by_code(connection, "anybody") is not None

    never = await run("recall", case.slug, "--report")
    nobody = await run("recall", case.slug)
    stranger = await run("recall", case.slug, "--by", "stranger")
    unknown = await run("recall", "nowhere", "--by", "anybody")
    done = await run("recall", case.slug, "--by", "anybody")
    told = await run("recall", case.code, "--report")

    assert never == (2, "The story of this case was never taken back.\n")
    assert nobody[0] == 2
    assert "--by CODE" in nobody[1]
    assert stranger == (2, "'stranger' is nobody of the staff.\n")
    assert unknown == (2, "There is no case 'nowhere'.\n")
    assert done[0] == 0
    assert "Cards in chats: 0 changed, 0 still to change, 0 that Telegram will not" in done[1]
    assert told == done


async def test_consents_that_end_are_listed(database, run):
    desk = await a_desk(database)
    await desk.consent()
    await desk.published(a_story())

    none = await run("consents", "due", "--days", "1")
    soon = await run("consents", "due", "--days", "3650")

    assert none == (0, "No consent ends within 1 days.\n")
    assert soon[0] == 1
    assert "on bot: ask her whether her story may be told on" in soon[1]
