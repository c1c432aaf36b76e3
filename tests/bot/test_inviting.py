"""Where others read along: an invitation, and never a story."""

import pytest

from tests.bot.rig import until
from tests.conversations.rig import both_engines

COMMANDS = ["/start", "/start@homeward_demo_bot abc", "/stories@HOMEWARD_demo_bot", "/anything"]


@both_engines
async def test_in_a_group_a_command_is_answered_once_with_the_way_to_the_private_chat(
    office, layla
):
    group = office.telegram.group("Friends")

    group.write(layla, "/start")
    await office.telegram.settled()  # the stand-in delivers it twice

    (answer,) = group.answers
    (row,) = answer["reply_markup"]["inline_keyboard"]
    assert answer["text"].startswith("One person's way home\n")
    assert [button["url"] for button in row] == ["https://t.me/homeward_demo_bot?start"]
    assert await office.rows("SELECT COUNT(*) FROM person") == [(0,)]


@pytest.mark.parametrize("text", COMMANDS)
async def test_any_command_in_a_group_gets_the_same(office, layla, text):
    group = office.telegram.group("Friends")

    group.write(layla, text)
    await office.telegram.settled()

    assert len(group.answers) == 1
    assert "photo" not in group.answers[0]


async def test_a_command_for_another_bot_is_not_answered(office, layla):
    group = office.telegram.group("Friends")

    group.write(layla, "/start@some_other_bot")
    await office.telegram.settled()

    assert group.answers == []


@pytest.mark.parametrize(("language", "title"), [("en", "One person's way home"), ("ar", None)])
async def test_whoever_asks_in_any_chat_is_offered_invitations_in_her_language(
    office, language, title
):
    person = office.telegram.person("A", language)
    words = office.languages.i18n(language)

    await person.ask("mala")
    await office.telegram.settled()

    offered = person.invitations
    assert [each["id"] for each in offered] == ["stories", "ledger", "help"]
    assert offered[0]["title"] == (title or words.t("One person's way home"))
    assert offered[0]["thumbnail_url"] == f"{office.house.public_url}/share.png"
    for each in offered:
        assert f"{office.house.public_url}/{language}/" in each["text"]
        assert "mala" not in str(each).lower()
    assert await office.rows("SELECT COUNT(*) FROM person") == [(0,)]


async def test_the_language_a_person_chose_counts_over_that_of_her_app(office, layla):
    await office.arrive(layla)
    await office.change("UPDATE person SET locale = 'ar'")

    await layla.ask()
    await office.telegram.settled()

    assert layla.invitations[0]["title"] == office.languages.i18n("ar").t("One person's way home")


async def test_a_question_that_is_too_old_to_answer_is_no_failure(office, layla):
    layla._world.asked.clear()
    await layla.ask()
    layla._world.asked.clear()

    await office.telegram.settled()

    assert all(attempt.is_accepted for attempt in office.telegram.attempts)
    assert await office.alarms() == []


async def test_a_group_is_answered_at_its_own_pace_and_nobody_is_forgotten(office, layla):
    group, other = office.telegram.group("Friends"), office.telegram.group("Others")
    group.write(layla, "/start")
    await office.telegram.settled()
    await office.change("UPDATE send_rate SET tat = tat + 90000000")  # a minute and a half
    group.write(layla, "/start")
    other.write(office.telegram.person("Nour"), "/start")
    await until(lambda: len(other.answers) == 1, "the other group is answered")
    assert len(group.answers) == 1

    await office.change("UPDATE send_rate SET tat = 0")

    await until(lambda: len(group.answers) == 2, "the second is answered as well")
