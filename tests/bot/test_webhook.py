"""The webhook: the secret before the body, and an answer that never has an update sent for ever."""

import asyncio
import io
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversations.routes import Give, encode
from homeward.web import MOST_BODY_BYTES
from services.house import House
from storage.database import Database
from tests.bot.rig import SECRET, message_update, open_office, tap_update
from tests.conversations.conftest import house_over
from tests.conversations.rig import both_engines, case_of

HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def post(office, body, secret=SECRET):
    """The status that *body* is answered with, and what is asked to be waited."""
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(office.url, data=io.BytesIO(body), headers=headers) as answer,
    ):
        return answer.status, answer.headers.get("Retry-After")


@asynccontextmanager
async def opened(office, secret):
    """A connection with the head of a request on it that announces a body and sends none."""
    address = urlsplit(office.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        b"POST %b HTTP/1.1\r\nHost: x\r\n%b: %b\r\nContent-Length: 900000\r\n\r\n"
        % (address.path.encode(), HEADER.encode(), secret)
    )
    await writer.drain()
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "secret",
    [
        b"",
        b"wrong",
        SECRET.encode()[:-1],
        SECRET.encode() + b"x",
        SECRET.upper().encode(),
        b"\xff\xfe",
    ],
)
async def test_a_wrong_secret_is_refused_before_the_body_is_there(office, secret):
    async with opened(office, secret) as (reader, _):
        async with asyncio.timeout(5):
            status = await reader.readline()

    assert status.startswith(b"HTTP/1.1 403")
    assert office.calls() == ["getMe", "setWebhook"]


async def test_with_the_right_secret_the_body_is_waited_for(office):
    body = b"{}".ljust(900_000)
    async with opened(office, SECRET.encode()) as (reader, writer):
        answer = asyncio.create_task(reader.readline())
        writer.write(body[:-1])
        await writer.drain()
        assert not answer.done()

        writer.write(body[-1:])

        async with asyncio.timeout(5):
            assert (await answer).startswith(b"HTTP/1.1 200")


async def test_without_the_header_it_is_refused(office):
    assert await post(office, b"{}", secret=None) == (403, None)


async def test_a_body_over_a_mebibyte_is_refused_and_one_of_just_that_size_is_read(office):
    assert await post(office, b" " * (MOST_BODY_BYTES + 1)) == (413, None)
    assert await post(office, b"{}".ljust(MOST_BODY_BYTES)) == (200, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"update_id": 1',
        b"null",
        b"[]",
        b"1",
        b'"text"',
        b"NaN",
        b'{"update_id": "\\ud800"}',
        b"[" * 100_000,
    ],
)
async def test_what_is_no_json_object_is_dropped(office, body):
    assert await post(office, body) == (200, None)
    assert await office.rows("SELECT count(*) FROM telegram_update") == [(0,)]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"message": {}},
        {"update_id": None},
        {"update_id": 1, "message": "hello"},
        {"update_id": 1, "message": []},
        {"update_id": 1, "message": {"message_id": 1}},
        {"update_id": 1, "message": {"message_id": 1, "date": 10**30, "chat": {"id": 1}}},
        {"update_id": 1, "message": {"message_id": 1, "date": "x", "chat": {"id": 1}}},
        {"update_id": 1, "callback_query": {"id": "1"}},
        {"update_id": 1, "callback_query": {"id": "1", "from": None, "chat_instance": "1"}},
        {"update_id": 1, "my_chat_member": {"chat": {"id": 1, "type": "private"}}},
        {"update_id": 1, "something_new": {"a": 1}},
    ],
)
async def test_what_is_no_update_that_we_know_is_dropped(office, data):
    verdict = await office.bot.take(data)

    assert verdict.status == HTTPStatus.OK
    assert office.calls() == ["getMe", "setWebhook"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(
        ["message", "chat", "from", "date", "message_id", "text", "callback_query", "data", "id"]
    ),
    json_values,
)
async def test_a_strange_value_in_any_place_makes_no_error(office, place, value):
    """Only what is read is tried: what it would lead to is sent to nobody."""
    layla = office.telegram.person("Layla")
    update = message_update(1, layla, "/help") | {
        "callback_query": tap_update(1, layla, None, "1:he")["callback_query"]
    }

    def planted(node):
        if not isinstance(node, dict):
            return node
        return {key: value if key == place else planted(inner) for key, inner in node.items()}

    office.bot._conversation.answer = _answers_nobody
    verdict = await office.bot.take(planted(update))

    assert verdict.status == HTTPStatus.OK


async def _answers_nobody(_came):
    pass


@pytest.fixture(params=["sqlite", "postgresql"])
async def office_without_database(request, languages, tmp_path):
    """The bot at work while nobody answers where its database should be."""
    address = {
        "sqlite": f"sqlite:///{tmp_path}/nowhere/homeward.db",
        "postgresql": "postgresql://postgres@127.0.0.1:1/nowhere",
    }
    database = Database.open(address[request.param])
    house: House = house_over(database)
    async with open_office(house, languages) as office:
        office.telegram.faults.hold()
        yield office
    await database.close()


@pytest.mark.parametrize("text", ["/start", "/help", "hello"])
async def test_without_the_database_it_is_asked_to_come_again(office_without_database, text):
    office = office_without_database
    layla = office.telegram.person("Layla")

    verdict = await office.bot.take(message_update(1, layla, text))

    assert (verdict.status, verdict.retry_after_s) == (HTTPStatus.SERVICE_UNAVAILABLE, 5)
    body = b'{"update_id": 2, "my_chat_member": %b}' % MEMBER
    assert await post(office, body) == (503, "5")


MEMBER = (
    b'{"chat": {"id": 5, "type": "private"}, "from": {"id": 5, "is_bot": false, "first_name": "L"},'
    b' "date": 1, "old_chat_member": {"user": {"id": 7, "is_bot": true, "first_name": "b"},'
    b' "status": "member"}, "new_chat_member": {"user": {"id": 7, "is_bot": true, "first_name":'
    b' "b"}, "status": "kicked", "until_date": 0}}'
)


@both_engines
async def test_what_fails_three_times_is_set_aside_and_blocks_nobody(office, layla):
    """A fault of our own: the update comes again twice, then never, and the next one works."""
    await office.arrive(layla)
    code = (await case_of(office.house)).code
    working, office.bot._conversation._effects = office.bot._conversation._effects, Broken()
    before = len(office.telegram.attempts)

    await layla.press_data(layla.last["message_id"], encode(Give(code, 2500)))
    await office.telegram.settled()

    tried = [attempt.is_accepted for attempt in office.telegram.attempts[before:]]
    assert tried == [False, False, True, True]  # the last is the duplicate of what was accepted
    ((kind, update_id),) = await office.alarms()
    assert kind == "telegram_update_set_aside"
    assert update_id == str(office.telegram.attempts[-1].update_id)
    office.bot._conversation._effects = working
    await office.press(layla, "See the stories")
    assert layla.last_text.startswith("Whose story")


class Broken:
    """A payment provider's part that fails in a way nobody thought of."""

    async def open_page(self, reference):
        raise ZeroDivisionError(reference)


async def test_what_telegram_refuses_three_times_is_set_aside_too(office, layla):
    office.telegram.faults.fail("sendPhoto", 3, status=500)

    await office.send(layla, "/start")
    assert layla.messages[1:] == []
    await office.send(layla, "/start")

    assert layla.last_text == "Choose your language"
    assert [kind for kind, _ in await office.alarms()] == ["telegram_update_set_aside"]


async def test_a_failure_that_passes_leaves_no_trace_for_the_person(office, layla):
    office.telegram.faults.fail("sendPhoto", 2, status=500)

    await office.send(layla, "/start")

    assert layla.last_text == "Choose your language"
    assert len(layla.messages) == 2
    assert await office.alarms() == []


async def test_no_error_is_told_to_the_outside(office, layla):
    """An answer to Telegram has a status and nothing else: no text of ours that it could keep."""
    office.telegram.faults.hold()
    office.bot._conversation._effects = Broken()

    async with (
        aiohttp.ClientSession() as session,
        session.post(office.url, data=b"{", headers={HEADER: SECRET}) as dropped,
        session.post(office.url, data=b"{}", headers={HEADER: "x"}) as refused,
    ):
        assert (await dropped.read(), await refused.read()) == (b"", b"")
