import json

import pytest

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
TOO_OLD = (
    "Bad Request: query is too old and response timeout expired or query ID is invalid"
)  # fmt: skip


def keyboard(*rows):
    return {"inline_keyboard": [list(row) for row in rows]}


NEXT = {"text": "Next", "callback_data": "next"}


async def test_message_is_complete_and_shown(telegram, layla, wrist):
    message = await telegram(
        "sendMessage",
        chat_id=layla.id,
        text="  <b>Hello</b> ",
        parse_mode="HTML",
        reply_markup=keyboard([NEXT]),
        protect_content=True,
    )

    assert message == {
        "message_id": 2,
        "from": {
            "id": 700123,
            "is_bot": True,
            "first_name": "Homeward",
            "username": "homeward_demo_bot",
        },
        "chat": {"id": layla.id, "first_name": "Layla", "type": "private"},
        "date": int(wrist.now),
        "text": "Hello",
        "entities": [{"type": "bold", "offset": 0, "length": 5}],
        "reply_markup": keyboard([NEXT]),
        "has_protected_content": True,
    }
    assert layla.last == message
    assert layla.buttons == ["Next"]


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "  "}, "Bad Request: text must be non-empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
        ({"text": "a" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "x", "parse_mode": "Wiki"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "x", "chat_id": 12345}, "Bad Request: chat not found"),
        (
            {"text": "x", "reply_parameters": {"message_id": 999}},
            "Bad Request: message to be replied not found",
        ),
    ],
)
async def test_message_is_refused(telegram, layla, params, description):
    refused = await telegram.refusal("sendMessage", **({"chat_id": layla.id} | params))

    assert refused == description
    assert len(layla.messages) == 1


@pytest.mark.parametrize("text", ["a" * 4096, "😀" * 2048, "<b>" + "a" * 4096 + "</b>"])
async def test_longest_text_is_counted_after_parsing_in_utf16(telegram, layla, text):
    message = await telegram("sendMessage", chat_id=layla.id, text=text, parse_mode="HTML")

    assert len(message["text"].encode("utf-16-le")) == 2 * 4096


async def test_bot_cannot_write_to_somebody_who_never_started_it(telegram):
    stranger = telegram.standin.person("Stranger", None)

    refused = await telegram.refusal("sendMessage", chat_id=stranger.id, text="x")

    assert refused == "Bad Request: chat not found"


async def test_blocked_and_deleted_people_are_a_403(telegram, layla):
    message = await telegram("sendMessage", chat_id=layla.id, text="x")
    edit = {"chat_id": layla.id, "message_id": message["message_id"], "text": "y"}
    await layla.block()

    assert await telegram.raw("sendMessage", chat_id=layla.id, text="x") == (
        403,
        {
            "ok": False,
            "error_code": 403,
            "description": "Forbidden: bot was blocked by the user",
        },
    )
    assert (await telegram.raw("editMessageText", **edit))[0] == 403
    await layla.unblock()
    assert (await telegram("editMessageText", **edit))["text"] == "y"
    layla.deactivate()
    refused = await telegram.refusal("sendMessage", chat_id=layla.id, text="x")
    assert refused == "Forbidden: user is deactivated"


PREFIX = "Bad Request: can't parse inline keyboard button: "


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "a", "callback_data": "é" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "x"},
         "Bad Request: inline keyboard button text must be non-empty"),
        ({"callback_data": "x"}, PREFIX + 'Can\'t find field "text"'),
        ({"text": "a"}, PREFIX + "Text buttons are unallowed in the inline keyboard"),
        ({"text": "a", "callback_data": ""},
         PREFIX + "Text buttons are unallowed in the inline keyboard"),
        ("a", PREFIX + "InlineKeyboardButton must be an Object"),
        ({"text": "a", "url": "http://localhost:8080/x"},
         "Bad Request: inline keyboard button URL 'http://localhost:8080/x' is invalid: "
         "Wrong HTTP URL"),
        ({"text": "a", "url": "ftp://a.org"},
         "Bad Request: inline keyboard button URL 'ftp://a.org' is invalid: "
         "Unsupported URL protocol"),
        ({"text": "a", "callback_data": "x", "style": "pink"},
         PREFIX + "invalid button style specified"),
        ({"text": "a", "web_app": {"url": "http://a.org"}},
         "Bad Request: inline keyboard button Web App URL 'http://a.org/' is invalid: "
         "Only HTTPS links are allowed"),
    ],
)  # fmt: skip
async def test_button_is_refused(telegram, layla, button, description):
    refused = await telegram.refusal(
        "sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard([button])
    )

    assert refused == description


@pytest.mark.parametrize(
    ("button", "shown"),
    [
        ({"text": "a", "callback_data": "é" * 32}, {"text": "a", "callback_data": "é" * 32}),
        ({"text": "a", "url": "example.org"}, {"text": "a", "url": "http://example.org/"}),
        ({"text": "a", "url": "http://127.0.0.1:8080/x?y=1#z"},
         {"text": "a", "url": "http://127.0.0.1:8080/x?y=1#z"}),
        ({"text": "a", "url": "tg://user?id=1"}, {"text": "a", "url": "tg://user?id=1"}),
        ({"text": "a", "copy_text": {"text": "c"}}, {"text": "a", "copy_text": {"text": "c"}}),
        ({"text": "a", "callback_data": "x", "style": "danger"},
         {"text": "a", "callback_data": "x", "style": "danger"}),
    ],
)  # fmt: skip
async def test_button_is_taken(telegram, layla, button, shown):
    message = await telegram(
        "sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard([button])
    )

    assert message["reply_markup"] == keyboard([shown])


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ("{", "Bad Request: can't parse reply keyboard markup JSON object"),
        ([], "Bad Request: object expected as reply markup"),
        (
            {"inline_keyboard": [NEXT]},
            'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of '
            "Arrays",
        ),
        (keyboard([NEXT] * 9), "Bad Request: reply markup is too long"),
        ({"keyboard": [["a"]]}, "Bad Request: the stand-in knows inline keyboards only"),
    ],
)
async def test_keyboard_is_refused(telegram, layla, markup, description):
    refused = await telegram.refusal("sendMessage", chat_id=layla.id, text="x", reply_markup=markup)

    assert refused == description


async def test_photo_is_sent_by_upload_and_again_by_its_id(telegram, layla, picture):
    first = await telegram.upload("sendPhoto", picture(1280, 720), chat_id=str(layla.id))
    file_id = first["photo"][-1]["file_id"]

    second = await telegram("sendPhoto", chat_id=layla.id, photo=file_id, caption="again")

    assert [size["width"] for size in first["photo"]] == [90, 320, 800, 1280]
    assert first["photo"][-1]["height"] == 720
    assert second["photo"] == first["photo"]
    assert second["caption"] == "again"


async def test_same_bytes_sent_again_are_another_photo(telegram, layla, picture):
    first = await telegram.upload("sendPhoto", picture(), chat_id=str(layla.id))
    media = {"type": "photo", "media": "attach://photo"}

    second = await telegram.upload(
        "editMessageMedia", picture(), chat_id=str(layla.id),
        message_id=str(first["message_id"]), media=media,
    )  # fmt: skip

    ids = [photo["photo"][-1][name] for photo in (first, second)
           for name in ("file_id", "file_unique_id")]  # fmt: skip
    assert len(set(ids)) == 4


async def test_photo_is_refused(telegram, layla, picture):
    wrong = "Bad Request: wrong file identifier/HTTP URL specified"
    first = await telegram.upload("sendPhoto", picture(), chat_id=str(layla.id))
    file_id = first["photo"][-1]["file_id"]

    async def refusal(**params):
        return await telegram.refusal("sendPhoto", chat_id=layla.id, **params)

    assert await refusal(photo="AgACAgIAAxkDnothing") == wrong
    assert await refusal() == "Bad Request: there is no photo in the request"
    assert await refusal(photo="attach://x") == "Bad Request: there is no photo in the request"
    assert (
        await refusal(photo="https://a.org/x.png") == "Bad Request: failed to get HTTP URL content"
    )
    too_long = await refusal(photo=file_id, caption="a" * 1025)
    assert too_long == "Bad Request: message caption is too long"
    assert (await telegram("sendPhoto", chat_id=layla.id, photo=file_id, caption="😀" * 512))[
        "caption"
    ] == "😀" * 512
    telegram.standin.forget_file_ids()
    assert await refusal(photo=file_id) == wrong


@pytest.mark.parametrize(
    ("width", "height", "complaint"),
    [(9_990, 20, "PHOTO_INVALID_DIMENSIONS"), (0, 0, "IMAGE_PROCESS_FAILED")],
)
async def test_what_is_no_good_picture_is_refused(
    telegram, layla, picture, width, height, complaint
):
    content = picture(width, height) if width else b"not a picture"

    body = await telegram.raw_upload("sendPhoto", content, chat_id=str(layla.id))

    assert body["description"] == f"Bad Request: {complaint}"


async def test_media_edit_changes_picture_caption_and_keyboard_in_place(telegram, layla, picture):
    sent = await telegram.upload(
        "sendPhoto", picture(shade=1), chat_id=str(layla.id), caption="one",
        reply_markup=keyboard([NEXT]), protect_content="true",
    )  # fmt: skip
    media = {"type": "photo", "media": "attach://photo", "caption": "<i>two</i>",
             "parse_mode": "HTML"}  # fmt: skip

    edited = await telegram.upload(
        "editMessageMedia", picture(shade=2), chat_id=str(layla.id),
        message_id=sent["message_id"], media=media,
    )  # fmt: skip

    assert edited["message_id"] == sent["message_id"]
    assert edited["photo"] != sent["photo"]
    assert edited["caption_entities"] == [{"type": "italic", "offset": 0, "length": 3}]
    assert "reply_markup" not in edited
    assert edited["has_protected_content"] is True
    assert layla.messages[-1] == edited


async def test_media_edit_puts_a_picture_onto_text_but_never_back(telegram, layla, picture):
    photo = (await telegram.upload("sendPhoto", picture(), chat_id=str(layla.id)))["photo"]
    text = await telegram("sendMessage", chat_id=layla.id, text="words")
    place = {"chat_id": layla.id, "message_id": text["message_id"]}
    media = {"type": "photo", "media": photo[-1]["file_id"]}

    edited = await telegram("editMessageMedia", **place, media=media)

    assert "text" not in edited
    assert edited["photo"] == photo
    refused = await telegram.refusal("editMessageText", **place, text="words")
    assert refused == "Bad Request: there is no text in the message to edit"
    assert (await telegram("editMessageCaption", **place, caption="c"))["caption"] == "c"


async def test_edits_are_refused(telegram, layla, picture):
    text = await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard([NEXT]))
    place = {"chat_id": layla.id, "message_id": text["message_id"]}
    hers = {"chat_id": layla.id, "message_id": layla.messages[0]["message_id"]}
    photo = (await telegram.upload("sendPhoto", picture(), chat_id=str(layla.id)))["photo"]
    shown = {"type": "photo", "media": photo[-1]["file_id"]}

    async def refusal(method, **params):
        return await telegram.refusal(method, **params)

    unchanged = {"text": "x", "reply_markup": keyboard([NEXT])}
    assert await refusal("editMessageText", **place, **unchanged) == NOT_MODIFIED
    assert (
        await refusal("editMessageReplyMarkup", **place, reply_markup=keyboard([NEXT]))
        == NOT_MODIFIED
    )
    missing = place | {"message_id": 999}
    not_found = "Bad Request: message to edit not found"
    assert await refusal("editMessageText", **missing, text="y") == not_found
    assert await refusal("editMessageMedia", **missing, media=shown) == not_found
    cannot = "Bad Request: message can't be edited"
    assert await refusal("editMessageText", **hers, text="y") == cannot
    no_caption = "Bad Request: there is no caption in the message to edit"
    assert await refusal("editMessageCaption", **place, caption="c") == no_caption
    video = {"type": "video", "media": photo[-1]["file_id"]}
    unsupported = 'Bad Request: can\'t parse InputMedia: type "video" is unsupported'
    assert await refusal("editMessageMedia", **place, media=video) == unsupported
    same = {"chat_id": layla.id, "message_id": layla.last["message_id"], "media": shown}
    assert await refusal("editMessageMedia", **same) == NOT_MODIFIED


async def test_edit_without_a_keyboard_takes_it_away(telegram, layla):
    sent = await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard([NEXT]))
    place = {"chat_id": layla.id, "message_id": sent["message_id"]}

    edited = await telegram("editMessageReplyMarkup", **place)

    assert edited["text"] == "x"
    assert "reply_markup" not in edited


async def test_delete_needs_a_message_that_is_there_and_young(telegram, layla, wrist):
    old = await telegram("sendMessage", chat_id=layla.id, text="old")
    wrist.now += 48 * 3600 + 1
    new = await telegram("sendMessage", chat_id=layla.id, text="new")

    assert await telegram("deleteMessage", chat_id=layla.id, message_id=new["message_id"]) is True
    gone = await telegram.refusal("deleteMessage", chat_id=layla.id, message_id=new["message_id"])
    assert gone == "Bad Request: message to delete not found"
    late = await telegram.refusal("deleteMessage", chat_id=layla.id, message_id=old["message_id"])
    assert late == "Bad Request: message can't be deleted for everyone"
    assert layla.last["text"] == "old"


async def test_tap_is_answered_once_and_soon(telegram, layla, wrist):
    await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard([NEXT]))
    first = await layla.press("Next")
    second = await layla.press("next")

    answered = await telegram("answerCallbackQuery", callback_query_id=first, text="Held for you")

    assert answered is True
    assert [toast.text for toast in layla.toasts] == ["Held for you"]
    again = await telegram.refusal("answerCallbackQuery", callback_query_id=first)
    assert again == TOO_OLD
    wrist.now += 16
    late = await telegram.refusal("answerCallbackQuery", callback_query_id=second)
    assert late == TOO_OLD
    assert await telegram.refusal("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_forms_carry_json_in_their_fields(telegram, layla):
    form = {"chat_id": str(layla.id), "text": "x", "reply_markup": json.dumps(keyboard([NEXT]))}

    async with telegram.session.post(telegram.url("SENDMESSAGE"), data=form) as answer:
        message = (await answer.json())["result"]

    assert message["reply_markup"] == keyboard([NEXT])
    assert telegram.standin.calls[-1].method == "sendMessage"
    assert telegram.standin.calls[-1].params["reply_markup"] == keyboard([NEXT])


async def test_strange_tokens_and_methods_are_refused(telegram):
    async with telegram.session.get(f"{telegram.address}/bot1:x/getMe") as answer:
        assert answer.status == 401
        assert await answer.json() == {
            "ok": False,
            "error_code": 401,
            "description": "Unauthorized",
        }
    assert await telegram.raw("sendDice") == (
        404,
        {"ok": False, "error_code": 404, "description": "Not Found: method not found"},
    )
    assert (await telegram("getMe"))["username"] == "homeward_demo_bot"


async def test_file_is_read_by_its_path(telegram, layla, picture):
    sent = await telegram.upload("sendPhoto", picture(), chat_id=str(layla.id))
    file = await telegram("getFile", file_id=sent["photo"][-1]["file_id"])

    address = telegram.url("").replace("/bot", "/file/bot") + file["file_path"]
    async with telegram.session.get(address) as answer:
        assert await answer.read() == picture()


async def test_press_needs_a_button_that_is_there(telegram, layla):
    link = {"text": "Give", "url": "https://a.org/"}
    await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard([NEXT, link]))

    with pytest.raises(Exception, match=r"no button 'Back'; there are .*Next"):
        await layla.press("Back")
    with pytest.raises(Exception, match="not a button that asks the bot"):
        await layla.press("Give")
    assert layla.link("Give") == "https://a.org/"
