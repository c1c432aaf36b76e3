import json

import pytest


async def read_events(telegram, person_id, count):
    """The first *count* events of a person's stream."""
    address = f"{telegram.address}/sim/telegram/people/{person_id}/events"
    events = []
    async with telegram.session.get(address) as stream:
        assert stream.content_type == "text/event-stream"
        async for line in stream.content:
            if line.startswith(b"data: "):
                events.append(json.loads(line[6:]))
                yield events[-1]
            if len(events) == count:
                return


async def test_stream_tells_everything_and_then_every_change(telegram, layla):
    keyboard = {"inline_keyboard": [[{"text": "Next", "callback_data": "n"}]]}
    stream = read_events(telegram, layla.id, 7)
    hello = await anext(stream)

    sent = await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=keyboard)
    place = {"chat_id": layla.id, "message_id": sent["message_id"]}
    _, pressed = await telegram.sim(
        f"people/{layla.id}/press", message_id=sent["message_id"], data="n"
    )
    await telegram("answerCallbackQuery", **pressed, text="Held", show_alert=True)
    await telegram("editMessageText", **place, text="y")
    await telegram("sendChatAction", chat_id=layla.id, action="typing")
    await telegram("deleteMessage", **place)
    await telegram.sim(f"people/{layla.id}/block")
    changes = [event async for event in stream]

    assert hello["kind"] == "hello"
    assert [message["text"] for message in hello["messages"]] == ["/start"]
    assert hello["bot"]["username"] == "homeward_demo_bot"
    assert [change["kind"] for change in changes] == [
        "message", "answer", "edited", "action", "deleted", "person",
    ]  # fmt: skip
    assert changes[0]["message"] == sent
    assert changes[1] == {
        "kind": "answer",
        "callback_query_id": pressed["callback_query_id"],
        "text": "Held",
        "is_alert": True,
        "url": "",
    }
    assert changes[5]["person"]["is_blocking"] is True


async def test_person_is_made_and_driven_over_http(telegram):
    status, person = await telegram.sim("people", name="Noor", language_code="th")
    path = f"people/{person['id']}"

    assert status == 201
    assert (await telegram.sim(f"{path}/send", text="/start x"))[0] == 200
    assert (await telegram.sim(f"{path}/send", text=" "))[0] == 409
    assert (await telegram.sim(f"{path}/press", message_id=99, data="x"))[0] == 409
    assert (await telegram.sim("people/1/send", text="x"))[0] == 404
    await telegram.sim(f"{path}/language", language_code="vi")
    assert telegram.standin.people[0].language_code == "vi"
    async with telegram.session.get(f"{telegram.address}/sim/telegram/{path}/messages") as answer:
        (message,) = (await answer.json())["messages"]
    assert message["text"] == "/start x"


async def test_strange_page_cannot_drive_a_person(telegram, layla):
    address = f"{telegram.address}/sim/telegram/people/{layla.id}/block"

    async with telegram.session.post(address, data="{}") as answer:
        assert answer.status == 415

    assert layla.is_blocking is False


@pytest.mark.parametrize(
    ("path", "goes_to"),
    [
        ("/t.me/homeward_demo_bot?start=story_mala", "/phone?start=story_mala"),
        ("/t.me/Homeward_Demo_Bot", "/phone?start="),
        ("/t.me/other_bot", None),
        ("/t.me/homeward_demo_bot?start=a%20b", None),
    ],
)
async def test_deep_link_opens_the_phone(telegram, path, goes_to):
    async with telegram.session.get(telegram.address + path, allow_redirects=False) as answer:
        assert answer.status == (302 if goes_to else 404)
        assert answer.headers.get("Location") == goes_to


async def test_page_holds_under_a_strict_policy(telegram):
    async with telegram.session.get(f"{telegram.address}/phone") as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "<style" not in page
    assert "style=" not in page
    assert page.count("<script") == page.count('src="/phone/static/')
    for name in ("app.js", "phone.js", "chat.css", "wallpaper.svg"):
        async with telegram.session.get(f"{telegram.address}/phone/static/{name}") as answer:
            assert answer.status == 200
    async with telegram.session.get(f"{telegram.address}/phone/static/..%2Fworld.py") as answer:
        assert answer.status == 404
