"""Requests to Telegram: what they carry, how they fail, and that no failure names the token."""

import asyncio
import socket
import traceback
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from bot.request import AiohttpRequest, Unanswered, Unreached
from tests.bot.rig import TOKEN, png_of, served

ME = b'{"ok":true,"result":{"id":700123,"is_bot":true,"first_name":"H","username":"h_bot"}}'


class Api:
    """A Bot API that answers what a test wants, and notes what it was asked."""

    def __init__(self):
        self.answers = {}
        self.asked = []
        self.never = asyncio.Event()

    async def answer(self, request):
        method = request.path.rpartition("/")[2]
        if method == "getMe" and "getMe" not in self.answers:
            return web.Response(body=ME, content_type="application/json")
        fields = {}
        if request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                fields[part.name] = (part.filename, part.headers, bytes(await part.read()))
        else:
            fields = await request.json()
        self.asked.append((method, request.headers, fields))
        return await self.answers[method](request)


@pytest.fixture
async def api():
    return Api()


@asynccontextmanager
async def client_of(api):
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    async with served(app) as address:
        async with Bot(
            TOKEN,
            base_url=f"{address}/bot",
            request=AiohttpRequest(),
            get_updates_request=AiohttpRequest(1),
        ) as bot:
            yield bot
        api.never.set()


@pytest.fixture
async def client(api):
    async with client_of(api) as bot:
        yield bot


def answer(status, body, **headers):
    async def give(_request):
        return web.Response(status=status, body=body, headers=headers)

    return give


SENT = b'{"ok":true,"result":{"message_id":2,"date":1,"chat":{"id":5,"type":"private"},"text":"x"}}'


async def test_a_message_without_a_file_goes_as_json(client, api):
    api.answers["sendMessage"] = answer(200, SENT)

    message = await client.send_message(5, "Nước «é» 😀", protect_content=True)

    ((_, headers, fields),) = api.asked
    assert message.message_id == 2
    assert headers["Content-Type"] == "application/json"
    assert fields == {"chat_id": 5, "text": "Nước «é» 😀", "protect_content": True}


async def test_a_picture_goes_as_a_file_beside_its_words(client, api):
    api.answers["sendPhoto"] = api.answers["editMessageMedia"] = answer(200, SENT)
    picture = png_of("x")

    await client.send_photo(5, picture, caption="Nước 😀")
    await client.edit_message_media(InputMediaPhoto(picture, caption="x"), 5, 2)

    sent, edited = (fields for _, _, fields in api.asked)
    assert sent["caption"][2].decode() == "Nước 😀"
    assert sent["photo"][2] == picture
    (part,) = [name for name, (file_name, _, _) in edited.items() if file_name]
    assert f"attach://{part}" in edited["media"][2].decode()
    assert edited[part][2] == picture


@pytest.mark.parametrize("call", ["get_me", "get_updates"])
async def test_an_answer_that_does_not_come_is_timed_out(client, api, call):
    async def silent(_request):
        await api.never.wait()
        return web.Response()

    api.answers |= {"getMe": silent, "getUpdates": silent}
    timeout = {"get_me": {"read_timeout": 0.02}, "get_updates": {"read_timeout": 0.02}}

    with pytest.raises(TimedOut) as failure:
        await getattr(client, call)(**timeout[call])

    assert_silent(failure.value)


async def test_nobody_there_is_a_network_error():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        bot = Bot(
            TOKEN, f"http://127.0.0.1:{nobody.getsockname()[1]}/bot", request=AiohttpRequest()
        )
        with pytest.raises(NetworkError) as failure:
            await bot.initialize()
        await bot.shutdown()

    assert type(failure.value) is Unreached
    assert_silent(failure.value)


async def test_a_connection_closed_under_the_answer_is_a_network_error(client, api):
    async def hang_up(request):
        request.transport.abort()
        return web.Response()

    api.answers["sendMessage"] = hang_up

    with pytest.raises(NetworkError) as failure:
        await client.send_message(5, "x")

    assert type(failure.value) is Unanswered
    assert_silent(failure.value)


PAGE = f"<html>The address /bot{TOKEN}/sendMessage was not found</html>".encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PAGE), (200, b""), (404, PAGE), (502, PAGE), (503, b""), (500, b"{}"), (429, PAGE)],
)
async def test_an_answer_that_is_not_telegrams_tells_no_token(client, api, status, body):
    api.answers["sendMessage"] = answer(status, body)

    with pytest.raises(TelegramError) as failure:
        await client.send_message(5, "x")

    assert_silent(failure.value)


async def test_a_redirect_is_not_followed(client, api):
    followed = []

    async def elsewhere(request):
        followed.append(request.path)
        return web.Response(body=SENT)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", elsewhere)
    async with served(app) as address:
        api.answers["sendMessage"] = answer(302, b"", Location=f"{address}/bot{TOKEN}/x")
        with pytest.raises(NetworkError) as failure:
            await client.send_message(5, "x")

    assert followed == []
    assert_silent(failure.value)


async def test_what_telegram_says_of_a_refusal_is_kept(client, api):
    body = b'{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}'
    api.answers["sendMessage"] = answer(400, body)

    with pytest.raises(BadRequest, match="Chat not found"):
        await client.send_message(5, "x")


async def test_a_request_before_the_start_is_a_mistake_of_ours():
    with pytest.raises(RuntimeError, match="initialize"):
        await AiohttpRequest().do_request("http://127.0.0.1:1/", "POST")


async def test_starting_twice_and_stopping_twice_is_no_harm():
    request = AiohttpRequest()
    await request.initialize()
    session = request._session
    await request.initialize()

    assert request._session is session
    await request.shutdown()
    await request.shutdown()
    await AiohttpRequest().shutdown()


def assert_silent(error):
    """Neither the error nor a traceback of it holds the token."""
    printed = "".join(traceback.format_exception(error)) + repr(error) + str(error)
    assert TOKEN not in printed
    assert TOKEN.partition(":")[2] not in printed
