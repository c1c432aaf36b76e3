"""What is answered when something is not there, not allowed, or broken."""

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from pages.views import home
from services.house import DatabaseUnavailable
from tests.pages.rig import usd


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


class Away:
    """A database that cannot be reached."""

    def read(self):
        raise DatabaseUnavailable("away")

    write = read


@pytest.fixture
def away(world, monkeypatch):
    monkeypatch.setattr(type(world.house), "read", Away.read)
    monkeypatch.setattr(type(world.house), "write", Away.read)


@pytest.mark.parametrize(
    ("path", "direction"),
    [
        ("/en/nothing", "ltr"),
        ("/ar/nothing", "rtl"),
        ("/ar/stories/nobody", "rtl"),
        ("/ar/ledger/nobody", "rtl"),
        ("/ar/r/nothing", "rtl"),
        ("/en/stories/Mala!", "ltr"),
        ("/nothing", "ltr"),
        ("/static/page.0123456789abcdef.svg", "ltr"),
        ("/xx/", "ltr"),
    ],
)
async def test_what_is_not_there_says_so_in_the_readers_language(world, path, direction):
    page = await world.get(path)

    assert page.status == 404
    assert f'dir="{direction}"' in page.text
    assert "<h1" in page.text
    assert "Content-Security-Policy" in page.headers


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/en/", "GET, HEAD"),
        ("DELETE", "/en/stories/mala", "GET, HEAD"),
        ("PUT", "/en/stories/mala/give", "GET, HEAD, POST"),
        ("TRACE", "/en/help", "GET, HEAD"),
        ("OPTIONS", "/en/ledger", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(world, method, path, allowed):
    async with world.client.request(method, path) as response:
        text = await response.text()

    assert response.status == 405
    assert response.headers["Allow"] == allowed
    assert "This address cannot be used in this way." in text


@pytest.mark.parametrize(
    ("error", "words", "again"),
    [
        (
            web.HTTPGone,
            "It was taken back. A gift that you have made goes on as it was meant.",
            None,
        ),
        (web.HTTPTooManyRequests, "Too much was asked at once. Please try again", "30"),
    ],
)
async def test_what_a_page_refuses_is_said_and_leads_on(world, monkeypatch, error, words, again):
    def refuse(_case):
        raise error

    monkeypatch.setattr(home, "_takes_no_gifts", refuse)

    page = await world.get("/en/")

    assert page.status == error.status_code
    assert words in page.words
    assert page.headers.get("Retry-After") == again
    assert page.headers["Cache-Control"] == "no-store"
    assert 'href="/en/help"' in page.text[page.text.index("<main") :]


@pytest.mark.parametrize("path", ["/", "/en/", "/en/stories/mala", "/en/ledger.json", "/credits"])
async def test_head_answers_as_get_without_a_body(world, path):
    got = await world.get(path, headers={"Accept-Encoding": "identity"})
    async with world.client.head(
        path, allow_redirects=False, headers={"Accept-Encoding": "identity"}
    ) as response:
        body = await response.read()

    assert response.status == got.status
    assert body == b""
    assert response.headers.get("Content-Type") == got.headers.get("Content-Type")


@pytest.mark.parametrize(
    "path", ["/en/", "/ar/stories/mala", "/en/ledger", "/en/ledger/mala.csv", "/en/r/x"]
)
async def test_without_the_database_it_says_when_to_come_again(world, away, path):
    page = await world.get(path)

    assert page.status == 503
    assert page.headers["Retry-After"] == "30"
    assert page.headers["Cache-Control"] == "no-store"
    assert "<h1" in page.text


async def test_without_the_database_help_is_still_there(world, away):
    page = await world.get("/en/help")

    assert page.status == 200
    assert "If you are in danger now" in page.words


async def test_without_the_database_nothing_is_charged(world, away):
    page = await world.post("/en/stories/mala/give", data={"request": "x" * 24, "preset": "2500"})

    assert page.status == 503
    assert "Nothing was charged." in page.words


async def test_an_unforeseen_error_is_a_page_and_a_log_line_without_its_words(world, monkeypatch):
    words = "secret of a visitor"

    def fail(_case):
        raise RuntimeError(words)

    monkeypatch.setattr(home, "_takes_no_gifts", fail)

    with capture_logs() as lines:
        page = await world.get("/en/")

    assert page.status == 500
    assert "We made a mistake." in page.words
    assert words not in page.text
    failed = next(line for line in lines if line["event"] == "page_failed")
    assert failed["error"] == "RuntimeError"
    assert words not in str(lines)


async def test_a_log_line_tells_the_kind_of_page_and_nobody(world):
    taken = await world.hold(usd(25))

    with capture_logs() as lines:
        await world.get(f"/en/r/{taken.reference}?look=3")
        await world.give(preset="1000")

    assert [line["event"] for line in lines] == ["page_answered"] * 3
    assert lines[0]["status"] == 200
    assert lines[0]["route"] == "/{locale}/r/{reference}"
    assert taken.reference not in str(lines)
    assert "127.0.0.1" not in str(lines)
    assert "mala" not in str(lines)


@pytest.mark.parametrize("path", ["/en/help", "/ar/help", "/leave"])
async def test_asking_for_help_is_written_nowhere(world, path):
    with capture_logs() as lines:
        await world.get(path)

    assert lines == []


async def test_other_routes_of_the_application_are_left_as_they_are(world):
    alive = await world.get("/healthz")
    webhook = await world.post("/stripe/webhook", data=b"{}")
    wrong = await world.get("/stripe/webhook")

    for answer in (alive, webhook):
        assert (answer.status, answer.text) == (200, "alive")
        assert "Content-Security-Policy" not in answer.headers
    assert wrong.status == 405
    assert "<html" not in wrong.text


async def test_an_error_of_another_route_is_not_dressed_up(world):
    answer = await world.get("/desk/gone")

    assert (answer.status, answer.text) == (404, "nobody")
    assert "Content-Security-Policy" not in answer.headers
