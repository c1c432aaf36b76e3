"""What the desk says when something fails: what happened, what to do, and no words of the error."""

import pytest
from structlog.testing import capture_logs

from services import desk_home
from services.staff import Role


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.fixture
async def browser(front):
    return await front.signed_in(await front.member("k7mnp2", Role.FINANCE))


async def test_without_the_database_it_says_when_to_come_again(front, browser, monkeypatch):
    monkeypatch.setattr(front.house.database, "_reader", Away())

    seen = await browser.get("/desk/")

    assert (seen.status, seen.headers["Retry-After"]) == (503, "5")
    assert seen.headers["Cache-Control"] == "no-store"
    assert "cannot be shown just now" in seen.words


class Away:
    """An engine whose database does not answer."""

    def connect(self):
        raise OSError("nobody there")


async def test_an_unforeseen_error_is_a_page_and_a_log_line_without_its_words(browser, monkeypatch):
    words = "secret of somebody"

    def fail(*_):
        raise RuntimeError(words)

    monkeypatch.setattr(desk_home, "look", fail)
    with capture_logs() as lines:
        seen = await browser.get("/desk/")

    assert seen.status == 500
    assert "We made a mistake" in seen.words
    assert seen.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert words not in seen.text + str(lines)
    [failed] = [line for line in lines if line["event"] == "desk_failed"]
    assert (failed["route"], failed["error"]) == ("/desk/", "RuntimeError")


async def test_form_of_another_kind_is_refused(browser, front):
    url = front.url + "/desk/leave"
    headers = {"Origin": front.url}
    async with browser.session.post(url, json={"csrf": "x"}, headers=headers) as answer:
        assert answer.status == 415
        assert "This cannot be read" in await answer.text()


async def test_method_that_is_not_known_is_refused_where_one_comes_in(front):
    browser = front.browser()
    async with browser.session.put(f"{front.url}/desk/enter/{'a' * 43}") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


async def test_link_that_is_no_link_is_no_page(front):
    assert (await front.browser().get("/desk/enter/short")).status == 404
