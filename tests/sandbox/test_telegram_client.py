"""A real client, python-telegram-bot, gets along with the stand-in."""

import logging

import pytest
import telegram as ptb

TOKEN = "700123:AAtest_token-0"
KEYBOARD = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("Next", callback_data="n")]])


@pytest.fixture
async def client(telegram):
    logging.getLogger("httpx").setLevel(logging.WARNING)
    address = telegram.address
    async with ptb.Bot(
        TOKEN, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot"
    ) as client:
        yield client


async def test_client_reads_updates_and_answers_a_tap(client, layla):
    await layla.send("/start abc")
    (update,) = await client.get_updates(timeout=1)
    assert update.effective_message is not None
    sent = await update.effective_message.reply_html("<b>Hi</b> 😀", reply_markup=KEYBOARD)
    await layla.press("Next")
    (tap,) = await client.get_updates(offset=update.update_id + 1, timeout=1)

    answered = await tap.callback_query.answer("Done", show_alert=True)

    assert answered is True
    assert tap.callback_query.message == sent
    assert sent.parse_entities() == {sent.entities[0]: "Hi"}
    assert sent.date.timestamp() == 1_790_000_000
    assert [(toast.text, toast.is_alert) for toast in layla.toasts] == [("Done", True)]


async def test_client_edits_pictures_in_place(client, layla, picture):
    first = await client.send_photo(
        layla.id, picture(shade=1), caption="<i>one</i>", parse_mode="HTML", reply_markup=KEYBOARD
    )
    media = ptb.InputMediaPhoto(picture(shade=2), caption="two")
    second = await first.edit_media(media, reply_markup=KEYBOARD)
    third = await second.edit_caption("three")

    assert second.photo[-1].file_unique_id != first.photo[-1].file_unique_id
    assert (third.caption, third.reply_markup) == ("three", None)
    with pytest.raises(ptb.error.BadRequest, match="There is no text in the message to edit"):
        await third.edit_text("four")
    with pytest.raises(ptb.error.BadRequest, match="Message is not modified"):
        await third.edit_caption("three")
    file = await client.get_file(third.photo[-1])
    assert bytes(await file.download_as_bytearray()) == picture(shade=2)
    assert await third.delete() is True


async def test_client_raises_its_own_errors(client, telegram, layla, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    telegram.standin.faults.fail("sendMessage", retry_after_s=3)
    with pytest.raises(ptb.error.RetryAfter):
        await client.send_message(layla.id, "x")
    await layla.block()
    with pytest.raises(ptb.error.Forbidden, match="bot was blocked by the user"):
        await client.send_message(layla.id, "x")
    telegram.standin.faults.drop("getMe")
    with pytest.raises(ptb.error.NetworkError):
        await client.get_me()


async def test_client_sets_the_bot_up(client, bot):
    commands = [ptb.BotCommand("start", "Begin")]

    assert await client.set_my_commands(commands, language_code="ar")
    assert await client.set_my_description("d") is True
    assert await client.set_my_short_description("s") is True
    assert await client.set_my_name("Homeward") is True
    assert await client.set_chat_menu_button(menu_button=ptb.MenuButtonCommands()) is True
    assert await client.set_webhook(bot.url, secret_token="s", allowed_updates=["message"])

    assert await client.get_my_commands(language_code="ar") == tuple(commands)
    info = await client.get_webhook_info()
    assert (info.url, info.allowed_updates) == (bot.url, ("message",))
    assert (await client.get_my_description()).description == "d"


async def test_client_reads_a_chat(client, layla):
    chat = await client.get_chat(layla.id)

    assert (chat.type, chat.first_name) == ("private", "Layla")
