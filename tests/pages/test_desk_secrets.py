"""The secret list of a case at the desk: words come in, are counted, and never come out again."""

import pytest

from services.staff import Role
from tests.pages.test_desk_cases import opened


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


WORDS = "Sudarat\r\n\r\n  สุดารัตน์ \r\nSea Star\r\n"


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


@pytest.fixture
async def browser(front, officer):
    return await front.signed_in(officer)


@pytest.fixture
async def path(browser, officer):
    """Of the secret list of a new case."""
    return f"/desk/cases/{await opened(browser, officer)}/secrets"


async def test_words_are_counted_and_never_shown(front, browser, officer, path):
    before = await browser.get(path)
    done = await browser.send(path, words=WORDS)
    again = await browser.send(path, words=WORDS)
    seen = await browser.get(f"{path}?told=secrets_kept")

    assert "No words are on the list." in before.words
    assert done.headers["Location"] == again.headers["Location"] == f"{path}?told=secrets_kept"
    assert "3 words are on the list." in seen.words
    assert "Sudarat" not in seen.text
    assert path in (await browser.get(path.removesuffix("/secrets"))).text
    acts = [act for _, act, _ in await front.acts()]
    assert acts.count("case.secrets_kept") == 2
    kept = await front.rows("SELECT * FROM case_secret")
    assert "sudarat" not in repr(kept).lower()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (" \r\n ", "Write a word on each line."),
        ("Sudarat\r\nx\r\nSea Star\r\n-", "Word 2, 4: A word needs two letters"),
        ("Sudarat\r\n" + "x" * 201, "Word 2: A word has 200 characters at most."),
        ("\r\n".join(f"Sudarat {n}" for n in range(201)), "at most 200 words at once"),
    ],
)
async def test_words_that_cannot_be_kept_are_not_shown_again(front, browser, path, words, told):
    answer = await browser.send(path, words=words)

    assert answer.status == 422
    assert told in answer.words
    assert "Write all of them again" in answer.words
    assert "Sudarat" not in answer.text
    assert await front.rows("SELECT * FROM case_secret") == []


async def test_it_is_said_where_a_word_stands_already(front, browser, path):
    [(pseudonym,)] = await front.rows("SELECT pseudonym FROM case_name")

    answer = await browser.send(path, words=pseudonym)

    assert answer.status == 200
    assert "stands already in: case: pseudonym" in answer.words
    assert "One word is on the list." in answer.words


async def test_words_of_a_session_that_has_ended_are_not_handed_back(front, browser, path):
    front.clock.go_on(minutes=31)

    answer = await browser.post(path, csrf="x", words="Sudarat")

    assert answer.status == 401
    assert "Sudarat" not in answer.text
    assert await front.rows("SELECT * FROM case_secret") == []


@pytest.mark.parametrize("role", [Role.FINANCE, Role.ADMIN])
async def test_list_is_not_for_everybody(front, path, role):
    other = await front.signed_in(await front.member("any234", role))

    assert path not in (await other.get(path.removesuffix("/secrets"))).text
    assert (await other.get(path)).status == 403
    assert (await other.send(path, words="Sudarat")).status == 403
    assert await front.rows("SELECT * FROM case_secret") == []
