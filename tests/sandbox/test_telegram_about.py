import pytest

START = {"command": "start", "description": "Begin"}
START_AR = {"command": "start", "description": "ابدأ"}
START_ZH = {"command": "start", "description": "开始"}
BAD_LANGUAGE = "Bad Request: invalid language code specified"


@pytest.mark.parametrize("code", ["zh-hans", "fil", "EN", "e"])
@pytest.mark.parametrize(
    "method", ["setMyCommands", "setMyName", "setMyDescription", "setMyShortDescription"]
)
async def test_language_of_more_than_two_letters_is_refused(telegram, method, code):
    refused = await telegram.refusal(method, language_code=code, commands=[START])

    assert refused == BAD_LANGUAGE


async def test_words_of_a_language_fall_back_to_the_default(telegram):
    await telegram("setMyDescription", description="Default")
    await telegram("setMyDescription", description="افتراضي", language_code="ar")

    assert await telegram("getMyDescription", language_code="ar") == {"description": "افتراضي"}
    assert await telegram("getMyDescription", language_code="fr") == {"description": "Default"}
    assert await telegram("getMyName") == {"name": "Homeward"}


async def test_phone_shows_the_commands_of_its_language(telegram):
    await telegram("setMyCommands", commands=[START])
    await telegram("setMyCommands", commands=[START_AR], language_code="ar")
    await telegram("setMyCommands", commands=[START_ZH], language_code="zh")
    shown = {}
    for code in ("ar", "fil", "zh-hans"):
        person = telegram.standin.person("A", code)
        path = f"{telegram.address}/sim/telegram/people/{person.id}"
        async with telegram.session.get(path) as answer:
            shown[code] = (await answer.json())["bot"]["commands"]

    assert shown == {"ar": [START_AR], "fil": [START], "zh-hans": [START_ZH]}
    assert await telegram("getMyCommands", language_code="ar") == [START_AR]
    assert await telegram("getMyCommands", language_code="fr") == []


@pytest.mark.parametrize(
    ("command", "description"),
    [
        ({"command": "Start", "description": "x"}, "Bad Request: BOT_COMMAND_INVALID"),
        ({"command": "s" * 33, "description": "x"}, "Bad Request: BOT_COMMAND_INVALID"),
        ({"command": "s", "description": ""}, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"),
        ("start", "Bad Request: can't parse BotCommand: expected an Object"),
    ],
)
async def test_bad_command_is_refused(telegram, command, description):
    assert await telegram.refusal("setMyCommands", commands=[command]) == description


async def test_menu_button_of_a_chat_counts_over_the_default(telegram, layla):
    await telegram("setChatMenuButton", chat_id=layla.id, menu_button={"type": "commands"})

    assert await telegram("getChatMenuButton", chat_id=layla.id) == {"type": "commands"}
    refused = await telegram.refusal("setChatMenuButton", menu_button={"type": "x"})
    assert refused == "Bad Request: can't parse menu button: MenuButton has unsupported type"


async def test_chat_action_must_be_known(telegram, layla):
    assert await telegram("sendChatAction", chat_id=layla.id, action="typing") is True
    refused = await telegram.refusal("sendChatAction", chat_id=layla.id, action="dancing")
    assert refused == "Bad Request: wrong parameter action in request"
