"""
The desk's pages for somebody under 18: a case that one protection officer asks for is closed until
another one confirms it, and no story of it is told.
"""

import re

import pytest

from services.staff import Role
from tests.pages.desk_rig import values
from tests.pages.test_desk_cases import FACTS


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


ASK = {
    **{name: value for name, value in FACTS.items() if name != "age_band"},
    "guardian": "court", "guardian_month": "2026-05", "currency": "USD", "line_shelter": "300",
    "request": "r",
}  # fmt: skip
FORM = "/desk/open/under-18"


@pytest.fixture
async def first(front):
    return await front.member("pr0t22", Role.PROTECTION_OFFICER)


@pytest.fixture
async def second(front):
    return await front.member("pr0t33", Role.PROTECTION_OFFICER)


@pytest.fixture
async def browser(front, first):
    return await front.signed_in(first)


async def asked(browser, member, **fields):
    """Ask for a case; its code."""
    answer = await browser.send(FORM, member, **ASK | fields)
    assert answer.status == 303, answer.words
    [code] = re.findall(r"^/desk/cases/([a-z0-9-]+)\?told=asked_for$", answer.headers["Location"])
    return code


async def state(front, code):
    [(found,)] = await front.rows("SELECT state FROM cases WHERE code = :code", code=code)
    return found


async def test_case_is_asked_for_by_one_and_confirmed_by_another(front, browser, first, second):
    code = await asked(browser, first)
    own = await browser.get(f"/desk/cases/{code}?told=asked_for")
    other = await front.signed_in(second)
    home = await other.get("/desk/")
    page = await other.get(f"/desk/cases/{code}/confirm")
    before = await state(front, code)

    done = await other.send(f"/desk/cases/{code}/confirm", second)

    after = await other.get(f"/desk/cases/{code}?told=confirmed")
    assert "closed until another protection officer confirms" in own.words
    assert "Another protection officer confirms it." in own.words
    assert "Cases under 18 to confirm" in home.words
    assert "A court, 2026-05" in page.words
    assert "Forced work on a fishing boat" in page.words
    assert "300 USD" in page.words
    assert (before, done.status, await state(front, code)) == ("closed", 303, "open")
    assert "Another protection officer has confirmed it." in after.words
    assert "Cases under 18 to confirm" not in (await other.get("/desk/")).words
    acts = await front.acts()
    assert (first.code, "case.asked_for", f"case {code}") in acts
    assert (second.code, "case.file_seen", f"case {code}") in acts
    assert (second.code, "case.confirmed", f"case {code}") in acts


async def test_who_asked_does_not_confirm(front, browser, first):
    code = await asked(browser, first)

    page = await browser.get(f"/desk/cases/{code}/confirm")
    refused = await browser.send(f"/desk/cases/{code}/confirm", first)

    assert "Confirm it" not in page.words
    assert "Cases under 18 to confirm" not in (await browser.get("/desk/")).words
    assert refused.status == 409
    assert "Another protection officer confirms it." in refused.words
    assert await state(front, code) == "closed"


async def test_confirming_twice_is_told_and_confirms_once(front, browser, first, second):
    code = await asked(browser, first)
    other = await front.signed_in(second)
    await other.send(f"/desk/cases/{code}/confirm", second)

    again = await other.send(f"/desk/cases/{code}/confirm", second)
    page = await other.get(f"/desk/cases/{code}/confirm")

    assert again.status == 409
    assert "Somebody has confirmed it already." in again.words
    assert page.headers["Location"] == f"/desk/cases/{code}"
    assert len(await front.rows("SELECT * FROM minor_confirmation")) == 1


async def test_case_that_waits_is_closed_to_every_page(front, browser, first):
    officer = await front.member("k7mnp2", Role.CASE_OFFICER)
    code = await asked(browser, first)
    at = f"/desk/cases/{code}"
    other = await front.signed_in(officer)

    page = await other.get(at)
    home = await other.get("/desk/")

    links = set(re.findall(rf'href="{at}/(\w+)"', page.text))
    assert links == set()
    assert "Record spending" not in page.words
    assert "Take the story back" not in page.words
    assert "Files to complete" not in home.words
    assert "closed, not shown" in home.words
    for part in ("facts", "risk", "consents", "secrets", "need", "end", "draft", "news"):
        assert (await other.get(f"{at}/{part}")).status == 404, part
    assert (await other.get(f"{at}/confirm")).status == 403


async def test_no_story_of_it_is_offered(front, browser, first, second):
    code = await asked(browser, first)
    other = await front.signed_in(second)
    await other.send(f"/desk/cases/{code}/confirm", second)

    page = await other.get(f"/desk/cases/{code}")
    begun = await other.send(f"/desk/cases/{code}/draft", act="begin")

    assert "No story and no news is told." in page.words
    assert f"/desk/cases/{code}/draft" not in page.text
    assert f"/desk/cases/{code}/news" not in page.text
    assert f"/desk/cases/{code}/facts" in page.text
    assert "The story of somebody under 18 is not told." in begun.words
    assert await front.rows("SELECT * FROM story_draft") == []


async def test_that_somebody_is_under_18_is_not_for_everybody(front, browser, first):
    code = await asked(browser, first)
    other = await front.signed_in(await front.member("any234", Role.FINANCE))

    page = await other.get(f"/desk/cases/{code}")
    home = await other.get("/desk/")

    assert "nder 18" not in page.words + home.words
    assert "closed, not shown" in page.words


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"guardian": ""}, "Choose who looks after the child"),
        ({"guardian": "aunt Mala"}, "Choose who looks after the child"),
        ({"guardian_month": ""}, "Write the month of the record"),
        ({"guardian_month": "2026-05-03"}, "Write the month of the record"),
        ({"guardian_month": "2999-01"}, "Write the month of the record"),
        ({"gender": ""}, "Choose one answer for each fact."),
        ({"currency": ""}, "Choose a currency."),
        ({"line_shelter": ""}, "on one line at least"),
    ],
)
async def test_what_cannot_be_asked_for_is_told_and_kept(front, browser, first, fields, told):
    sent = ASK | fields
    answer = await browser.send(FORM, first, **sent)

    assert answer.status == 422
    assert told in answer.words
    kept = values(answer)
    offered = {name: value for name, value in sent.items() if value != "aunt Mala"}
    assert {name: kept[name] for name in offered} == offered
    assert await front.rows("SELECT * FROM minor_case") == []


async def test_form_sent_twice_asks_for_one_case(front, browser, first):
    assert await asked(browser, first) == await asked(browser, first)

    assert len(await front.rows("SELECT * FROM minor_case")) == 1


async def test_age_of_the_form_is_not_chosen(front, browser, first):
    code = await asked(browser, first, age_band="18_29")

    assert await front.rows(
        "SELECT age_band FROM case_facts f JOIN cases c ON c.id = f.case_id WHERE c.code = :code",
        code=code,
    ) == [("under_18",)]  # fmt: skip


async def test_asking_and_confirming_ask_for_a_code(front, browser, first, second):
    refused = await browser.send(FORM, **ASK)
    code = await asked(browser, first)
    other = await front.signed_in(second)

    confirming = await other.send(f"/desk/cases/{code}/confirm")

    assert (refused.status, confirming.status) == (401, 401)
    assert "open a case of somebody under 18" in confirming.words
    assert await state(front, code) == "closed"


async def test_case_officer_does_not_ask(front):
    browser = await front.signed_in(await front.member("k7mnp2", Role.CASE_OFFICER))

    assert (await browser.get(FORM)).status == 403
    assert (await browser.send(FORM, **ASK)).status == 403
    assert FORM not in (await browser.get("/desk/")).text
