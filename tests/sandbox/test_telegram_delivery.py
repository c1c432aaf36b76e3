import asyncio

import pytest

NEXT = {"inline_keyboard": [[{"text": "Next", "callback_data": "next"}]]}


async def hook(telegram, bot, **params):
    """Let updates come to *bot*."""
    return await telegram("setWebhook", url=bot.url, **params)


async def settled(telegram):
    await telegram.standin.settled()


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def test_update_comes_with_the_secret_and_rising_ids(telegram, layla, bot):
    await hook(telegram, bot, secret_token="s3cret_-")

    await layla.send("one")
    await layla.send("/two")
    await settled(telegram)

    assert bot.texts == ["one", "/two"]
    assert bot.secrets == ["s3cret_-"] * 2
    first, second = bot.updates
    assert second["update_id"] == first["update_id"] + 1
    assert second["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 4}]
    assert second["message"]["from"]["language_code"] == "ar"


async def test_without_a_secret_no_header_is_sent(telegram, layla, bot):
    await hook(telegram, bot)

    await layla.send("one")
    await settled(telegram)

    assert bot.secrets == [None]


async def test_tap_brings_its_whole_message(telegram, layla, bot):
    sent = await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=NEXT)
    await hook(telegram, bot)

    query_id = await layla.press("Next")
    await settled(telegram)

    query = bot.updates[0]["callback_query"]
    assert query["id"] == query_id
    assert query["message"] == sent
    assert query["data"] == "next"
    assert query["from"]["id"] == layla.id
    assert int(query["chat_instance"])


@pytest.mark.parametrize("failure", [500, 403, 302, "close"])
async def test_anything_but_a_2xx_is_sent_again_before_what_follows(telegram, layla, bot, failure):
    bot.answers = [failure, failure, 204]
    await hook(telegram, bot)

    await layla.send("one")
    await layla.send("two")
    await settled(telegram)

    assert bot.texts == ["one", "one", "one", "two"]
    assert len({update["update_id"] for update in bot.updates}) == 2


async def test_waits_double_from_two_seconds_to_a_minute_or_two(start_telegram, bot):
    telegram = await start_telegram(time_scale=10_000)
    bot.answers = [500] * 9
    await hook(telegram, bot)
    await telegram.standin.person("Layla").send("one")

    await settled(telegram)

    waits = [attempt.wait_s for attempt in telegram.standin.attempts]
    assert waits[:6] == [0, 2, 4, 8, 16, 32]
    assert all(60 <= wait <= 120 for wait in waits[6:9])
    assert waits[9:] == [None]


async def test_retry_after_is_honoured(start_telegram, bot):
    telegram = await start_telegram(time_scale=100)
    bot.answers = [(503, {"Retry-After": "30"})]
    await hook(telegram, bot)
    await telegram.standin.person("Layla").send("one")

    await settled(telegram)

    first, second = telegram.standin.attempts
    assert first.wait_s == 30
    assert second.at - first.at >= 0.3
    assert (first.is_accepted, second.is_accepted) == (False, True)


@pytest.mark.parametrize(("kind", "life_s"), [("tap", 150), ("message", 24 * 3600)])
async def test_update_is_dropped_at_the_end_of_its_life(telegram, layla, bot, wrist, kind, life_s):
    await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=NEXT)
    await hook(telegram, bot)
    telegram.standin.faults.hold()

    await (layla.press("Next") if kind == "tap" else layla.send("one"))
    wrist.now += life_s + 1
    await (layla.press("Next") if kind == "tap" else layla.send("two"))
    telegram.standin.faults.release()
    await settled(telegram)

    assert len(bot.updates) == 1


async def test_failing_tap_is_given_up_after_150_seconds(telegram, layla, bot, wrist):
    await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=NEXT)
    bot.answers = [500] * 50
    await hook(telegram, bot)
    bot.gate.clear()
    await layla.press("Next")
    await until(lambda: bot.updates)

    wrist.now += 151
    bot.gate.set()
    await settled(telegram)

    assert len(bot.updates) == 1
    assert (await telegram("getWebhookInfo"))["pending_update_count"] == 0


async def test_repeat_that_would_come_after_the_end_is_dropped_at_once(telegram, layla, bot, wrist):
    await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=NEXT)
    bot.answers = [(503, {"Retry-After": "60"})] * 2
    await hook(telegram, bot)
    bot.gate.clear()
    await layla.press("Next")
    await until(lambda: bot.updates)

    wrist.now += 100
    bot.gate.set()
    await settled(telegram)

    assert len(bot.updates) == 1


async def test_redirect_is_not_followed(telegram, layla, bot):
    bot.answers = [(307, {"Location": "/hook"})]
    await hook(telegram, bot)

    await layla.send("one")
    await settled(telegram)

    accepted = [attempt.is_accepted for attempt in telegram.standin.attempts]
    assert accepted == [False, True]


async def test_of_one_chat_one_message_is_under_way(telegram, layla, bot):
    bot.gate.clear()
    await hook(telegram, bot)
    for text in "abcd":
        await layla.send(text)
    await until(lambda: bot.updates)
    await asyncio.sleep(0.02)

    seen_before_the_first_was_answered = list(bot.texts)
    bot.gate.set()
    await settled(telegram)

    assert seen_before_the_first_was_answered == ["a"]
    assert bot.texts == list("abcd")
    assert bot.most_under_way == 1


async def test_tap_and_message_of_one_person_do_not_wait_for_each_other(telegram, layla, bot):
    await telegram("sendMessage", chat_id=layla.id, text="x", reply_markup=NEXT)
    bot.gate.clear()
    await hook(telegram, bot)

    await layla.send("one")
    await layla.press("Next")
    await layla.block()
    await until(lambda: bot.under_way == 3)
    bot.gate.set()
    await settled(telegram)

    kinds = {key for update in bot.updates for key in update if key != "update_id"}
    assert kinds == {"message", "callback_query", "my_chat_member"}


async def test_connections_are_bounded(telegram, bot):
    people = [telegram.standin.person(f"P{number}") for number in range(6)]
    bot.gate.clear()
    await hook(telegram, bot, max_connections=2)
    for person in people:
        await person.send("hi")
    await until(lambda: bot.under_way == 2)
    bot.gate.set()
    await settled(telegram)

    assert bot.most_under_way == 2
    assert len(bot.updates) == 6


@pytest.mark.parametrize("mode", ["after", "together"])
async def test_every_update_comes_twice_on_demand(telegram, layla, bot, mode):
    telegram.standin.faults.duplicates = mode
    bot.gate.clear()
    await hook(telegram, bot)

    await layla.send("one")
    await layla.send("two")
    await until(lambda: bot.under_way == (2 if mode == "together" else 1))
    bot.gate.set()
    await settled(telegram)

    assert bot.texts == ["one", "one", "two", "two"]


async def test_unwanted_kinds_are_not_delivered(telegram, layla, bot):
    await hook(telegram, bot, allowed_updates=["my_chat_member", "unheard_of"])

    await layla.send("one")
    await layla.block()
    await settled(telegram)

    (update,) = bot.updates
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    info = await telegram("getWebhookInfo")
    assert info["allowed_updates"] == ["my_chat_member"]


async def test_start_unblocks_and_tells_the_bot_first(telegram, layla, bot):
    await layla.block()
    with pytest.raises(Exception, match="blocks the bot"):
        await layla.send("hello")
    await hook(telegram, bot, drop_pending_updates=True)

    await layla.send("/start")
    await settled(telegram)

    statuses = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in bot.updates
        if "my_chat_member" in update
    ]
    assert statuses == ["member"]
    assert bot.texts == ["/start"]


async def test_method_in_the_answer_is_carried_out(telegram, layla, bot):
    bot.reply = {"method": "sendMessage", "chat_id": layla.id, "text": "by the way"}
    await hook(telegram, bot)

    await layla.send("one")
    await settled(telegram)

    assert layla.last_text == "by the way"


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"url": "http://example.org/hook"},
         "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org:8080/hook"},
         "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ({"url": "ftp://example.org"}, "Bad Request: invalid webhook URL specified"),
        ({"url": "https://example.org", "secret_token": "a b"},
         "Bad Request: secret token contains unallowed characters"),
        ({"url": "https://example.org", "secret_token": "a" * 257},
         "Bad Request: secret token is too long"),
    ],
)  # fmt: skip
async def test_bad_webhook_is_refused(telegram, params, description):
    assert await telegram.refusal("setWebhook", **params) == description
    assert (await telegram("getWebhookInfo"))["url"] == ""


async def test_webhook_info_tells_the_last_error_and_not_the_secret(telegram, layla, bot):
    bot.answers = [500]
    await hook(telegram, bot, secret_token="s3cret", max_connections=400)
    await layla.send("one")
    await settled(telegram)

    info = await telegram("getWebhookInfo")

    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )
    assert info["max_connections"] == 100
    assert "s3cret" not in str(info)


async def test_polling_confirms_by_offset(telegram, layla):
    for text in ("one", "two", "three"):
        await layla.send(text)

    first = await telegram("getUpdates", limit=2)
    again = await telegram("getUpdates")
    rest = await telegram("getUpdates", offset=again[1]["update_id"])
    none = await telegram("getUpdates", offset=again[2]["update_id"] + 1)

    assert [each["message"]["text"] for each in first] == ["one", "two"]
    assert [each["message"]["text"] for each in again] == ["one", "two", "three"]
    assert [each["message"]["text"] for each in rest] == ["two", "three"]
    assert none == []
    await settled(telegram)


async def test_negative_offset_keeps_only_the_newest(telegram, layla):
    for text in ("one", "two", "three"):
        await layla.send(text)

    newest = await telegram("getUpdates", offset=-1)

    assert [each["message"]["text"] for each in newest] == ["three"]


async def test_long_poll_returns_when_something_comes(telegram, layla):
    poll = asyncio.create_task(telegram("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    assert not poll.done()

    await layla.send("one")

    assert (await poll)[0]["message"]["text"] == "one"


async def test_second_poll_ends_the_first(telegram, layla):
    first = asyncio.create_task(telegram.refusal("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(telegram("getUpdates", timeout=30))

    assert await first == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await layla.send("one")
    assert len(await second) == 1


async def test_polling_is_refused_beside_a_webhook(telegram, layla, bot):
    waiting = asyncio.create_task(telegram.refusal("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await hook(telegram, bot)

    assert await waiting == "Conflict: terminated by setWebhook request"
    assert await telegram.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first"
    )
    await telegram("deleteWebhook")
    await layla.send("one")
    assert len(await telegram("getUpdates")) == 1


async def test_what_waited_goes_to_a_new_webhook_unless_dropped(telegram, layla, bot):
    await layla.send("one")
    await hook(telegram, bot)
    await settled(telegram)
    await telegram("deleteWebhook")
    await layla.send("two")
    await hook(telegram, bot, drop_pending_updates=True)
    await settled(telegram)

    assert bot.texts == ["one"]
