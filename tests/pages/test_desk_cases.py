"""
The desk's pages for cases: opened without a name, said anew, consented to. What is wrong is told
on the page where it was written, and nothing of it is lost.
"""

import re

import pytest

from pages.desk.app import ROUTES
from services.staff import Role
from storage.models import METADATA
from tests.pages.desk_rig import values
from values.bands import Gender, Limit, PeriodBand
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


FACTS = {
    "region": "east_asia", "age_band": "18_29", "exploitation": "fishing", "gender": "man",
    "period_band": "not_said",
}  # fmt: skip
OPEN = {**FACTS, "currency": "USD", "line_shelter": "300", "line_legal": "120.50", "request": "r"}
UNTIL = "2027-06-30"
CONSENT = {
    "purpose": "tell_story", "on_bot": "yes", "on_web": "yes", "in_en": "yes", "in_fr": "yes",
    "until": UNTIL, "uses": "",
}  # fmt: skip


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


@pytest.fixture
async def protection(front):
    return await front.member("pr0t22", Role.PROTECTION_OFFICER)


@pytest.fixture
async def case(front):
    return await front.funded_case()


@pytest.fixture
async def browser(front, officer):
    return await front.signed_in(officer)


async def opened(browser, officer, **fields):
    """Open a case; its code."""
    answer = await browser.send("/desk/open", officer, **OPEN | fields)
    assert answer.status == 303, answer.words
    [code] = re.findall(r"^/desk/cases/([a-z0-9-]+)\?told=opened$", answer.headers["Location"])
    return code


# Opening


async def test_case_is_opened_under_an_invented_name(front, officer, browser):
    code = await opened(browser, officer)

    seen = await browser.get(f"/desk/cases/{code}?told=opened")
    [(pseudonym,)] = await front.rows(
        "SELECT pseudonym FROM case_name JOIN cases ON id = case_id WHERE code = :code",
        code=code,
    )  # fmt: skip
    assert f"<h1>{pseudonym}</h1>" in seen.text
    assert code in seen.words
    assert "use no other" in seen.words
    assert "420.50 USD" in seen.words
    assert "to be said" not in seen.words
    assert "to be filled in" in seen.words
    assert (officer.code, "case.opened", f"case {code}") in await front.acts()


async def test_form_sent_twice_opens_one_case(front, officer, browser):
    first = await opened(browser, officer)
    again = await opened(browser, officer)
    other = await opened(browser, officer, request="another")

    assert first == again != other
    assert sum(act == "case.opened" for _, act, _ in await front.acts()) == 2


async def test_form_has_no_field_for_a_name(browser):
    page = await browser.get("/desk/open")

    fields = set(re.findall(r'name="(\w+)"', page.text)) - {"viewport", "robots"}
    lines = {f"line_{line}" for line in BudgetLine}
    assert fields - {"color"} == {*FACTS, *lines, "currency", "training", "request", "csrf"}
    assert "under_18" not in page.text


async def test_case_for_a_course_says_so(officer, browser):
    code = await opened(browser, officer, training="yes")

    seen = await browser.get(f"/desk/cases/{code}")

    assert "never public and takes no money" in seen.words


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"region": ""}, "Choose one answer for each fact."),
        ({"gender": "gold"}, "Choose one answer for each fact."),
        ({"age_band": "under_18"}, "No case of somebody under 18"),
        ({"currency": ""}, "Choose a currency."),
        ({"currency": "XXX"}, "Choose a currency."),
        ({"line_legal": "much"}, "Write the amount for legal as a number"),
        ({"line_legal": "1e9"}, "Write the amount for legal as a number"),
        ({"line_shelter": "", "line_legal": "0"}, "on one line at least"),
        ({"currency": "JPY", "line_legal": "10.50"}, "Write the amount for legal as a number"),
    ],
)
async def test_case_that_cannot_be_opened_is_told_and_kept(front, officer, browser, fields, told):
    sent = OPEN | fields
    answer = await browser.send("/desk/open", officer, **sent)

    assert answer.status == 422
    assert told in answer.words
    assert "Nothing was changed." in answer.words
    kept = values(answer)
    offered = {
        name: value for name, value in sent.items() if value not in ("gold", "XXX", "under_18")
    }
    assert {name: kept[name] for name in offered} == offered
    assert await front.rows("SELECT * FROM case_name") == []


async def test_opening_asks_for_a_code(browser):
    answer = await browser.send("/desk/open", **OPEN)

    assert answer.status == 401
    assert "set what a plan needs" in answer.words


# Facts and risk


async def test_facts_are_said_anew(front, officer, browser):
    code = await opened(browser, officer)
    path = f"/desk/cases/{code}/facts"
    before = values(await browser.get(path))

    bad = await browser.send(path, **FACTS | {"gender": ""})
    done = await browser.send(path, **FACTS | {"age_band": "under_18"})
    after = values(await browser.get(path))

    assert {name: before[name] for name in FACTS} == FACTS
    assert (bad.status, values(bad)["region"]) == (422, "east_asia")
    assert done.headers["Location"] == f"/desk/cases/{code}?told=facts_under_18"
    assert after["age_band"] == "under_18"
    assert [act for _, act, _ in await front.acts()][-3:] == [
        "case.file_seen", "case.facts_said", "case.file_seen",
    ]  # fmt: skip


async def test_risk_form_is_never_below_its_answers(officer, browser):
    code = await opened(browser, officer)
    path = f"/desk/cases/{code}/risk"
    empty = await browser.get(path)
    sent = {
        "answer_trafficker_at_large": "yes",
        "answer_court_case": "yes",
        "limit_no_family": "yes",
    }

    bad = await browser.send(path, **sent)
    done = await browser.send(path, **sent, level="low")
    seen = await browser.get(path)
    case = await browser.get(f"/desk/cases/{code}")

    assert "Nobody has filled it in yet" in empty.words
    assert bad.status == 422
    assert "Choose how high the risk is." in bad.words
    assert values(bad).keys() >= sent.keys()
    assert done.headers["Location"] == f"/desk/cases/{code}?told=risk_raised"
    assert values(seen).keys() >= sent.keys()
    assert values(seen)["level"] == "high"
    assert "limit_no_updates" not in values(seen)
    assert "to be filled in" not in case.words


async def test_protection_officer_reads_the_file_and_does_not_write_it(
    front, officer, protection, browser
):
    code = await opened(browser, officer)
    await browser.send(f"/desk/cases/{code}/risk", level="medium", limit_no_region="yes")
    other = await front.signed_in(protection)

    facts = await other.get(f"/desk/cases/{code}/facts")
    risk = await other.get(f"/desk/cases/{code}/risk")
    refused = [
        await other.send(f"/desk/cases/{code}/{part}", **FACTS, level="low")
        for part in ("facts", "risk")
    ]

    assert "Forced work on a fishing boat" in facts.words
    assert "Medium" in risk.words
    assert "Not the region" in risk.words
    assert "Write it down" not in facts.words + risk.words
    assert [each.status for each in refused] == [403, 403]
    assert (protection.code, "case.file_seen", f"case {code}") in await front.acts()


@pytest.mark.parametrize("role", [Role.FINANCE, Role.ADMIN])
async def test_file_is_not_for_everybody(front, case, role):
    browser = await front.signed_in(await front.member("any234", role))

    page = await browser.get(f"/desk/cases/{case.code}")

    for part in ("facts", "risk", "consents"):
        assert f"/desk/cases/{case.code}/{part}" not in page.text
        assert (await browser.get(f"/desk/cases/{case.code}/{part}")).status == 403
    assert "case.file_seen" not in [act for _, act, _ in await front.acts()]


# Consents


async def test_consent_is_given_in_several_languages_before_who_is_here(front, officer, browser):
    code = await opened(browser, officer)
    path = f"/desk/cases/{code}/consents"

    done = await browser.send(path, **CONSENT | {"uses": "2"})
    await browser.send(path, **CONSENT | {"uses": "2"})
    seen = await browser.get(f"{path}?told=consent_given")

    assert done.headers["Location"] == f"{path}?told=consent_given"
    assert seen.words.count(f"English, French; 2 publications; before {officer.code}") == 2
    assert "30 Jun" in seen.words or "June 30" in seen.words
    assert len(await front.rows("SELECT c.id FROM consent c JOIN cases s ON s.id = c.case_id"
                                 " WHERE s.code = :code", code=code)) == 4  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"purpose": "sell"}, "Choose what was consented to."),
        ({"on_bot": None, "on_web": None}, "Choose where"),
        ({"in_en": None, "in_fr": None}, "Choose one language at least."),
        ({"until": ""}, "Write a last day"),
        ({"until": "tomorrow"}, "Write a last day"),
        ({"until": "2026-11-01"}, "Write a last day"),
        ({"until": "2030-01-01"}, "Write a last day"),
        ({"uses": "0"}, "how many publications"),
        ({"uses": "many"}, "how many publications"),
        ({"uses": "9999"}, "how many publications"),
    ],
)
async def test_consent_that_cannot_be_written_down_is_told_and_kept(
    front, officer, browser, fields, told
):
    code = await opened(browser, officer)
    sent = {name: value for name, value in (CONSENT | fields).items() if value is not None}

    answer = await browser.send(f"/desk/cases/{code}/consents", **sent)

    assert answer.status == 422
    assert told in answer.words
    kept = values(answer)
    kept.pop("sell", None)
    for name, value in sent.items():
        if value != "sell":
            assert kept.get(name) == value, name
    assert "consent.given" not in [act for _, act, _ in await front.acts()]


async def test_withdrawn_consent_shows_nothing_any_more(front, protection, case):
    browser = await front.signed_in(protection)
    path = f"/desk/cases/{case.code}/consents"
    withdraw = f"{path}/withdraw"

    shown = await browser.get("/en/stories/mala")
    page = await browser.send(withdraw, purpose="tell_story", channel="web", language="")
    hidden = await browser.get("/en/stories/mala")
    rest = await browser.send(withdraw, purpose="tell_story", channel="", language="")
    none = await browser.send(withdraw, purpose="tell_story", channel="", language="")
    seen = await browser.get(path)
    of_case = await browser.get(f"/desk/cases/{case.code}")

    assert (shown.status, hidden.status) == (200, 404)
    assert page.headers["Location"] == f"{path}?told=consent_withdrawn"
    assert rest.headers["Location"] == f"{path}?told=withdrawn_and_recalled"
    assert none.status == 422
    assert "No such consent holds now." in none.words
    assert "Nothing now. So nothing is shown." in seen.words
    assert "What holds no more" in seen.words
    assert "The story is taken back" in of_case.words
    assert (await browser.get("/en/stories/mala")).status == 410
    assert (await browser.send(withdraw, purpose="x")).status == 422


# What waits, and what holds of every page


async def test_home_says_which_files_to_complete(front, officer, browser, protection):
    code = await opened(browser, officer)
    waits = await browser.get("/desk/")
    other = await (await front.signed_in(protection)).get("/desk/")
    await browser.send(f"/desk/cases/{code}/risk", level="low")

    assert "Files to complete" in waits.words
    assert "risk form" in waits.words
    assert "Files to complete" not in other.words
    assert "Open a case" not in other.words
    assert "Nothing waits." in (await browser.get("/desk/")).words


async def test_home_says_which_consents_end_soon(front, protection, case):
    [(until,)] = await front.rows(
        "SELECT MAX(valid_until) FROM consent WHERE case_id = :id", id=case.id
    )
    early = await (await front.signed_in(protection)).get("/desk/")
    front.clock.now = front.clock.now.fromtimestamp(until, front.clock.now.tzinfo)
    front.clock.go_on(days=-29)

    seen = await (await front.signed_in(protection)).get("/desk/")

    assert "Consents that end soon" not in early.words
    assert "Consents that end soon" in seen.words
    assert f"/desk/cases/{case.code}/consents" in seen.text


async def test_case_shows_what_was_done_to_who_may_see_the_log(front, officer, protection, browser):
    code = await opened(browser, officer)
    path = f"/desk/cases/{code}"

    assert "case.opened" not in (await browser.get(path)).words
    assert "case.opened" in (await (await front.signed_in(protection)).get(path)).words


def paths(case):
    places = {
        "case": case.code, "number": "1", "outcome": "not_needed", "step": "s01", "locale": "en",
        "part": "story", "campaign": "spring",
    }  # fmt: skip
    return [(route.path.format(**places), route) for route in ROUTES]


async def test_looking_changes_nothing(front, case):
    member = await front.member("any234", *Role)
    browser = await front.signed_in(member)
    counted = ", ".join(
        f"(SELECT COUNT(*) FROM {table})"
        for table in sorted(METADATA.tables)
        if table != "audit_entry"
    )
    there = f"SELECT {counted}, (SELECT SUM(amount_minor) FROM need_line)"
    before = await front.rows(there)
    states = await front.rows("SELECT state, outcome FROM cases")

    for path, route in paths(case):
        if route.get is not None:
            assert (await browser.get(path)).status in (200, 303, 404), path

    assert await front.rows(there) == before
    assert await front.rows("SELECT state, outcome FROM cases") == states
    new = {act for _, act, _ in (await front.acts())} - {"desk.entered", "desk.link_made"}
    assert new >= {"case.file_seen"}


async def test_no_page_takes_a_file(front, case):
    member = await front.member("any234", *Role)
    browser = await front.signed_in(member)

    for path, route in paths(case):
        if route.get is not None:
            page = await browser.get(path)
            assert 'type="file"' not in page.text
            assert "multipart" not in page.text
        if route.post is not None:
            answer = await browser.post(path, headers={"Content-Type": "multipart/form-data"})
            assert answer.status == 415, path


@pytest.mark.parametrize(
    "path", ["open", "cases/{}/facts", "cases/{}/risk", "cases/{}/consents", "cases/{}/need"]
)
async def test_form_from_elsewhere_is_not_taken(front, case, browser, path):
    answer = await browser.post(f"/desk/{path.format(case.code)}", csrf="x", **OPEN)

    assert answer.status == 403
    assert "case.opened" not in [act for _, act, _ in await front.acts()]


async def test_words_of_every_closed_list_have_a_name(officer, browser):
    code = await opened(browser, officer)
    page = (await browser.get(f"/desk/cases/{code}/facts")).text
    risk = (await browser.get(f"/desk/cases/{code}/risk")).text

    for words in (Region, AgeBand, ExploitationForm, Gender, PeriodBand):
        for word in words:
            assert f'value="{word.value}"' in page
    assert all(f'name="limit_{limit.value}"' in risk for limit in Limit)
