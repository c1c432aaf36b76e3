import aiohttp
import pytest

from sandbox.telegram.faults import Faults, Weather


async def test_planned_failure_hits_the_next_calls_of_its_method(telegram, layla):
    telegram.standin.faults.fail("sendMessage", 2, status=502, description="Bad Gateway")

    answers = [await telegram.raw("sendMessage", chat_id=layla.id, text="x") for _ in range(3)]

    assert [status for status, _ in answers] == [502, 502, 200]
    assert (await telegram.raw("getMe"))[0] == 200
    assert len(layla.messages) == 2
    assert [refused.code for refused in telegram.standin.refused] == [502, 502]


async def test_planned_429_tells_how_long_to_wait(telegram, layla):
    telegram.standin.faults.fail("editMessageText", retry_after_s=7)
    body = {"chat_id": layla.id, "message_id": 1, "text": "x"}

    async with telegram.session.post(telegram.url("editMessageText"), json=body) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "7"
        assert await answer.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 7",
            "parameters": {"retry_after": 7},
        }


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
async def test_dropped_connection_leaves_no_answer(telegram, layla, when, arrived):
    telegram.standin.faults.drop("sendMessage", when=when)

    with pytest.raises(aiohttp.ClientError):
        await telegram.raw("sendMessage", chat_id=layla.id, text="x")

    assert len(layla.messages) == 1 + arrived


async def test_chat_that_is_written_to_too_fast_is_limited(telegram, layla, wrist):
    telegram.standin.limit_chats(interval_s=1, burst=2)
    other = telegram.standin.person("Noor")
    await other.send("/start")

    async def code(person):
        return (await telegram.raw("sendMessage", chat_id=person.id, text="x"))[0]

    burst = [await code(layla) for _ in range(3)]
    wrist.now += 1
    later = [await code(layla) for _ in range(2)]

    assert burst == [200, 200, 429]
    assert later == [200, 429]
    assert await code(other) == 200


async def test_hooks_stand_on_both_sides_of_the_effect(telegram, layla):
    seen = []

    async def note(method, params):
        seen.append((method, params["text"], len(layla.messages)))

    telegram.standin.on_request = telegram.standin.on_response = note
    await telegram("sendMessage", chat_id=layla.id, text="x")

    assert seen == [("sendMessage", "x", 1), ("sendMessage", "x", 2)]


async def test_faults_are_ordered_over_http_too(telegram, layla):
    status, shown = await telegram.sim(
        "faults",
        fail={"method": "sendMessage", "status": 500, "description": "Internal Server Error"},
        duplicates="after",
        hold=True,
    )

    assert status == 200
    assert shown["duplicates"] == "after"
    assert shown["hold"] is True
    assert (await telegram.raw("sendMessage", chat_id=layla.id, text="x"))[0] == 500
    assert (await telegram.sim("faults", clear=True))[1]["hold"] is False
    assert (await telegram.sim("faults", fial={}))[0] == 400
    assert (await telegram.sim("faults", fail={"metod": "x"}))[0] == 400


async def test_calls_are_logged_in_order_with_their_parameters(telegram, layla):
    telegram.standin.calls.clear()

    await telegram("sendMessage", chat_id=layla.id, text="x")
    await telegram.raw("sendMessage", chat_id=1, text="y")

    assert telegram.standin.calls == [
        ("sendMessage", {"chat_id": layla.id, "text": "x"}),
        ("sendMessage", {"chat_id": 1, "text": "y"}),
    ]


async def test_weather_befalls_the_parts_of_calls_that_it_says():
    weather = Weather(["sendMessage"], seed=1, too_many=0.3, broken=0.05, unheard=0.01)

    befell = [weather.take("sendmessage") for _ in range(10_000)]

    assert 2_800 < weather.counts["too_many"] < 3_200
    assert 400 < weather.counts["broken"] < 600
    assert 60 < weather.counts["unheard"] < 140
    codes = {refusal.code for refusal, _ in befell if refusal is not None}
    assert codes == {429, 502}
    assert {drop for _, drop in befell} == {None, "after"}
    assert weather.take("getme") == (None, None)


async def test_weather_clears_with_all_other_faults():
    faults = Faults()
    faults.weather = Weather(["sendMessage"], seed=1, broken=1)
    assert faults.take("sendmessage")[0] is not None

    faults.clear()

    assert faults.take("sendmessage") == (None, None)
