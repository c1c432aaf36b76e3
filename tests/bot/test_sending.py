"""Screens on their way: edited in place, followed by a new message where that cannot be."""

import pytest

from conversations.routes import Cases, Gift, Step, Who, encode
from locales.text import Name
from tests.conversations.rig import both_engines, case_of, reserve, usd

MALA = Name("Mala")
SENDS = ("sendMessage", "sendPhoto")
EDITS = ("editMessageMedia", "editMessageText")


def bots(person):
    """The bot's messages in the chat, oldest first."""
    return [message for message in person.messages if message["from"]["is_bot"]]


@pytest.fixture
async def at_list(office, layla):
    """Layla, who has chosen English and sees the list of stories."""
    await office.arrive(layla)
    await office.press(layla, "See the stories")
    office.forget_calls()
    return layla


@pytest.fixture
async def at_story(office, at_list):
    """Layla, who looks at Mala's story."""
    await office.press(at_list, "{name}'s story", name=MALA)
    office.forget_calls()
    return at_list


def uploads(office):
    """The pictures that the bot sent as files, by method."""
    return [
        call.method
        for call in office.telegram.calls
        if "attach://" in str(call.params.get("media", call.params.get("photo", "attach://")))
        and call.method in (*SENDS, *EDITS)
    ]


async def test_one_message_is_edited_in_place(office, at_list):
    (shown,) = bots(at_list)

    for label in ("Start", "Language", "English", "See the stories", "Start"):
        await office.press(at_list, label)

    (same,) = bots(at_list)
    assert same["message_id"] == shown["message_id"]
    assert same["caption"] != shown["caption"]


async def test_an_edit_that_changes_nothing_is_success(office, at_list):
    before = bots(at_list)

    await at_list.press_data(at_list.last["message_id"], encode(Cases()))
    await office.telegram.settled()

    assert bots(at_list) == before
    assert {refused.description.partition(":")[2][:24] for refused in office.telegram.refused} == {
        " message is not modified",
        " query is too old and re",
    }
    assert await office.rows("SELECT failures FROM telegram_update WHERE failures > 0") == []
    assert all(attempt.is_accepted for attempt in office.telegram.attempts)


async def test_a_button_is_answered_before_the_edit(office, at_story):
    await office.press(at_story, "Follow the story")

    assert office.calls()[:2] == ["answerCallbackQuery", "editMessageMedia"]
    assert at_story.toasts[-1].text == "Step 1 of 16"


async def test_a_press_that_is_too_old_to_be_answered_is_still_carried_out(office, at_story):
    office.telegram.faults.fail(
        "answerCallbackQuery",
        status=400,
        description="Bad Request: query is too old and response timeout expired or query ID is "
        "invalid",
    )

    await office.press(at_story, "Follow the story")

    assert at_story.last_text.startswith("Before · 1 of 5")
    assert all(attempt.is_accepted for attempt in office.telegram.attempts)


async def test_a_message_that_was_deleted_is_followed_by_a_new_one(office, at_story):
    message_id = at_story.last["message_id"]
    office.telegram.faults.duplicates = "none"
    office.telegram.faults.hold()
    await at_story.press("Follow the story")
    at_story.clear_chat()

    office.telegram.faults.release()
    await office.telegram.settled()

    (new,) = bots(at_story)
    assert new["message_id"] != message_id
    assert new["caption"].startswith("Before · 1 of 5")


async def test_words_after_a_picture_are_a_new_message_that_comes_once(office, at_list):
    (picture,) = bots(at_list)

    await at_list.press_data(picture["message_id"], encode(Gift("nobody")))
    await office.telegram.settled()

    first, words = bots(at_list)
    assert first == picture
    assert words["text"].startswith("This story is not shown")
    assert office.calls(*SENDS, *EDITS) == ["sendMessage"]


async def test_a_picture_comes_into_a_message_of_words(office, layla):
    await office.send(layla, "/privacy")
    (words,) = bots(layla)

    await office.press(layla, "Start")

    (picture,) = bots(layla)
    assert picture["message_id"] == words["message_id"]
    assert "photo" in picture


async def test_words_for_a_message_that_got_a_picture_meanwhile_are_a_new_one(office, layla):
    """Two taps on the same words; the second knows nothing of the picture the first brought."""
    await office.send(layla, "/privacy")
    office.telegram.faults.hold()
    await layla.press("Start")
    await layla.press("Help")

    office.telegram.faults.release()
    await office.telegram.settled()

    assert all(attempt.is_accepted for attempt in office.telegram.attempts)
    assert layla.last["text"].startswith("If someone may read this phone")


async def test_a_story_never_stands_in_a_message_that_can_be_forwarded(office, at_list):
    code = (await case_of(office.house)).code
    await reserve(office.house, usd(3))
    for route in (Who(code), Step(code, 0), Step(code, 3)):
        before = bots(at_list)
        await at_list.press_data(before[0]["message_id"], encode(route))
        await office.telegram.settled()

        *_, story = bots(at_list)
        assert len(bots(at_list)) == len(before) + 1, "once, although it was pressed twice"
        assert story["has_protected_content"] is True
        assert "has_protected_content" not in before[0]


async def test_a_story_goes_on_in_its_own_message(office, at_story):
    (_, story) = bots(at_story)

    for label in ("Follow the story", "Next →", "Next →", "← Back", "Where am I?"):
        await office.press(at_story, label)

    assert [message["message_id"] for message in bots(at_story)][1:] == [story["message_id"]]
    assert office.calls(*SENDS) == []


async def test_no_message_without_a_story_is_protected(office, at_list):
    for text in ("/start", "/stories", "/gifts", "/help", "/privacy", "/language", "hello"):
        await office.send(at_list, text)

    assert [m for m in bots(at_list) if "has_protected_content" in m] == []


@both_engines
async def test_a_picture_is_uploaded_once_for_all_chats(office, layla):
    noor = office.telegram.person("Noor", "en")
    for person in (layla, noor):
        await office.arrive(person)
        await office.press(person, "See the stories")
        await office.press(person, "{name}'s story", name=MALA)

    assert len(office.cards.wanted) == len(set(office.cards.wanted)) == 2
    (kept,) = await office.rows("SELECT count(*) FROM telegram_file")
    assert kept == (2,)


@both_engines
async def test_an_id_that_telegram_refuses_is_replaced_by_a_new_upload(office, layla):
    await office.arrive(layla)
    ((old,),) = await office.rows("SELECT file_id FROM telegram_file")
    office.telegram.forget_file_ids()

    await office.press(layla, "Language")

    ((new,),) = await office.rows("SELECT file_id FROM telegram_file")
    assert new != old
    assert layla.last["photo"][-1]["file_id"] == new
    assert layla.last_text == "Choose your language"
    office.cards.wanted.clear()
    await office.press(layla, "English")
    assert office.cards.wanted == []


async def test_another_bot_has_ids_of_its_own(office, layla):
    await office.arrive(layla)

    assert await office.rows("SELECT DISTINCT bot_id FROM telegram_file") == [(700123,)]


async def test_the_plan_keeps_its_picture_and_its_web_link(office, at_story):
    await office.press(at_story, "The plan and its costs")

    assert "photo" in at_story.last
    assert at_story.link("On the web") == "https://page.example/en/ledger/mala"
