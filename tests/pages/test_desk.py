"""The desk's pages: what waits for whom, who may do what, and a code before what matters."""

import re

import pytest

from pages.desk.app import ROUTES
from pages.desk.visit import Desk
from services import desk
from services.permits import check
from services.staff import Role
from storage import staff as staff_rows
from tests.pages.desk_rig import hidden


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


@pytest.fixture
async def finance(front):
    return await front.member("f3nnc2", Role.FINANCE)


@pytest.fixture
async def admin(front):
    return await front.member("dm1n22", Role.ADMIN)


@pytest.fixture
async def case(front):
    return await front.funded_case()


async def recorded(front, case, member, browser=None, **fields):
    browser = browser or await front.signed_in(member)
    line = case.lines[0][0].value
    sent = {"line": line, "amount": "12.50", "month": "2026-11", "request": "one", **fields}
    return browser, await browser.send(f"/desk/cases/{case.code}/spending", member, **sent)


async def test_spending_is_recorded_by_one_and_approved_by_another(front, case, officer, finance):
    mine, answer = await recorded(front, case, officer)
    own = await mine.get("/desk/")
    other = await front.signed_in(finance)
    waits = await other.get("/desk/")

    approved = await other.send("/desk/spending/1", finance, answer="approve")
    done = await other.get(approved.headers["Location"])

    assert answer.headers["Location"] == f"/desk/cases/{case.code}?told=recorded"
    assert "You recorded it. Somebody else approves it." in own.words
    assert "12.50 USD" in waits.words
    assert "recorded by k7mnp2" in waits.words
    assert "Approved and booked." in done.words
    assert "Nothing waits." in done.words
    assert [entry for entry in await front.acts() if "spending" in entry[1]] == [
        ("k7mnp2", "spending.recorded", f"case {case.code}"),
        ("f3nnc2", "spending.approved", f"case {case.code}"),
    ]


async def test_nobody_approves_her_own(front, case, officer):
    browser, _ = await recorded(front, case, officer)

    refused = await browser.send("/desk/spending/1", officer, answer="approve")

    assert refused.status == 409
    assert "Somebody else approves it" in refused.words


async def test_form_sent_twice_records_once(front, case, officer):
    browser, _ = await recorded(front, case, officer)
    await recorded(front, case, officer, browser)

    seen = await browser.get(f"/desk/cases/{case.code}")

    assert seen.text.count("recorded by") == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": "much"}, "Write the amount as a number"),
        ({"amount": "0"}, "Write the amount as a number"),
        ({"amount": "1e999999"}, "Write the amount as a number"),
        ({"line": "gold"}, "Choose a line of the plan."),
        ({"month": "2026-13"}, "Write a month that has begun"),
        ({"month": "2999-01"}, "Write a month that has begun"),
        ({"amount": "101"}, "may be spent now"),
    ],
)
async def test_what_cannot_be_recorded_is_told_and_kept(front, case, officer, fields, told):
    _, answer = await recorded(front, case, officer, **fields)

    assert answer.status == 422
    assert told in answer.words
    assert "Nothing was changed." in answer.words
    amount = fields.get("amount", "12.50")
    assert (
        f'name="amount" inputmode="decimal" required maxlength="20" value="{amount}"' in answer.text
    )


async def test_code_is_asked_again_before_spending(front, case, officer):
    browser = await front.signed_in(officer)
    csrf = hidden(await browser.get("/desk/"))["csrf"]
    line = case.lines[0][0].value
    fields = {"csrf": csrf, "line": line, "amount": "1", "month": "2026-11", "request": '"<one>'}
    path = f"/desk/cases/{case.code}/spending"

    asked = await browser.post(path, **fields)
    wrong = await browser.post(path, **hidden(asked), code=front.wrong_code(officer))
    before = await browser.get(f"/desk/cases/{case.code}")
    right = await browser.post(path, **hidden(wrong), code=front.app_code(officer))

    assert asked.status == 401
    assert {**hidden(asked), "csrf": ""} == {**fields, "csrf": ""}
    assert wrong.status == 422
    assert "recorded by" not in before.words
    assert right.status == 303


async def test_code_is_good_for_five_minutes_and_for_one_act(front, case, officer):
    browser, _ = await recorded(front, case, officer)
    line = case.lines[0][0].value
    again = {"line": line, "amount": "1", "month": "2026-11"}
    path = f"/desk/cases/{case.code}/spending"

    soon = await browser.send(path, **again, request="two")
    other = await browser.send("/desk/spending/1", answer="turn_down")
    front.clock.go_on(minutes=5)
    late = await browser.send(path, **again, request="three")

    assert (soon.status, other.status, late.status) == (303, 401, 401)


async def test_code_of_the_way_in_is_not_taken_again(front, case, officer):
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)
    code = front.app_code(officer)
    await browser.post(path, code=code)

    again = await browser.send("/desk/spending/1", answer="turn_down", code=code)

    assert again.status == 422


async def test_five_wrong_codes_end_the_session_and_lock(front, case, officer):
    browser = await front.signed_in(officer)
    sent = {"answer": "turn_down", "code": front.wrong_code(officer)}

    answers = [await browser.send("/desk/spending/1", **sent) for _ in range(5)]

    assert [answer.status for answer in answers] == [422, 422, 422, 422, 429]
    assert (await browser.get("/desk/")).status == 401
    assert isinstance(await desk.ask_link(front.house, officer.chat), desk.Locked)


async def test_page_that_is_not_hers_says_what_to_do(front, officer):
    browser = await front.signed_in(officer)

    seen = await browser.get("/desk/staff")

    assert seen.status == 403
    assert "must be admin" in seen.words
    assert "Ask an admin for the role" in seen.words


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_opens_its_pages_and_no_others(front, case, role):
    member = await front.member("any234", role)
    browser = await front.signed_in(member)
    home = await browser.get("/desk/")
    places = {
        "case": case.code, "number": "1", "step": "s01", "locale": "en", "part": "story",
        "outcome": "complete", "campaign": "spring",
    }  # fmt: skip

    for route in ROUTES:
        path = route.path.format(**places)
        for view, needs, send in (
            (route.get, route.needs, browser.get),
            (route.post, route.post_needs or route.needs, browser.send),
        ):
            if view is None or path == "/desk/leave":
                continue
            allowed = check(await at(front, member), needs) is None
            answer = await send(path)
            assert (answer.status == 403) == (not allowed), (path, answer.status)
    for path, allowed in (
        ("/desk/staff", role is Role.ADMIN),
        ("/desk/audit", role in (Role.ADMIN, Role.PROTECTION_OFFICER)),
    ):
        assert (f'href="{path}"' in home.text) == allowed


async def at(front, member):
    async with front.house.read() as connection:
        return await staff_rows.by_id(connection, member.id)


async def test_role_is_given_by_two_on_the_desk(front, admin):
    second = await front.member("dm2n33", Role.ADMIN)
    one, two = await front.signed_in(admin), await front.signed_in(second)
    await one.send("/desk/staff", admin, act="let_in", telegram_id="800123")
    listed = (await one.get("/desk/staff")).text
    [code] = {
        found
        for found in re.findall(r'name="code_of" value="(\w+)"', listed)
        if found not in ("dm1n22", "dm2n33")
    }
    wanted = {"code_of": code, "role": "finance"}

    asked = await one.send("/desk/staff", act="request", **wanted)
    alone = await one.send("/desk/staff", act="grant", **wanted)
    offered = await two.get("/desk/")
    granted = await two.send("/desk/staff", second, act="grant", **wanted)
    gone = await one.send("/desk/staff", act="revoke_role", **wanted)
    out = await one.send("/desk/staff", act="revoke", code_of=code)

    assert asked.headers["Location"].endswith("told=requested")
    assert alone.status == 409
    assert "Another admin must confirm it" in alone.words
    assert f"finance for {code}, asked by dm1n22" in offered.words
    assert granted.headers["Location"].endswith("told=granted")
    assert gone.headers["Location"].endswith("told=role_revoked")
    assert out.headers["Location"].endswith("told=revoked")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"act": "let_in", "telegram_id": "@somebody"}, 400),
        ({"act": "let_in", "telegram_id": "700001"}, 409),
        ({"act": "request", "code_of": "dm1n22", "role": "finance"}, 409),
        ({"act": "request", "code_of": "dm1n22", "role": "king"}, 400),
        ({"act": "crown", "code_of": "dm1n22", "role": "admin"}, 400),
        ({"act": "revoke", "code_of": "dm1n22"}, 409),
        ({"act": "renew", "code_of": "nobody"}, 409),
        ({}, 400),
    ],
)
async def test_what_cannot_be_done_to_staff_is_told(front, admin, fields, status):
    browser = await front.signed_in(admin)

    answer = await browser.send("/desk/staff", admin, **fields)

    assert answer.status == status
    assert (await browser.get("/desk/")).status == 200


async def test_who_lost_her_app_sets_it_up_anew_and_has_no_role(front, admin, officer):
    browser, hers = await front.signed_in(admin), await front.signed_in(officer)

    await browser.send("/desk/staff", admin, act="renew", code_of=officer.code)

    assert (await hers.get("/desk/")).status == 401
    assert await desk.ask_link(front.house, officer.chat) is None  # until she has a role again


async def test_log_is_shown_and_checked(front, case, officer, admin):
    await recorded(front, case, officer)
    browser = await front.signed_in(admin)

    everything = await browser.get("/desk/audit?check=yes")
    of_case = await browser.get(f"/desk/audit?case={case.code}")
    of_staff = await browser.get("/desk/audit?staff=k7mnp2")
    nonsense = await browser.get("/desk/audit?case=%3Cscript%3E")

    assert "rows hold" in everything.words
    assert "spending.recorded" in of_case.words
    assert "desk.entered" not in of_case.words
    assert "desk.entered" in of_staff.words
    assert nonsense.status == 200
    assert "<script" not in nonsense.text


async def test_view_of_a_draft_is_written_down(front, case, officer):
    browser = await front.signed_in(officer)
    cookies = {cookie.key: cookie.value for cookie in browser.session.cookie_jar}
    here = await desk.at_desk(front.house, cookies["__Host-desk"])
    assert here is not None

    await desk.saw_draft(front.house, here, case, 7)

    assert (await front.acts())[-1] == ("k7mnp2", "story.draft_seen", f"case {case.code}")
    assert callable(Desk.saw_draft)


async def test_case_that_is_not_there(front, officer):
    browser = await front.signed_in(officer)

    assert (await browser.get("/desk/cases/nobody")).status == 404
    assert (await recorded_at(browser, front, officer, "nobody")).status == 404


async def recorded_at(browser, front, member, code):
    fields = {"line": "shelter", "amount": "1", "month": "2026-11", "request": "x"}
    return await browser.send(f"/desk/cases/{code}/spending", member, **fields)


async def test_form_that_is_too_long_is_refused(front, officer):
    browser = await front.signed_in(officer)

    assert (await browser.post("/desk/leave", csrf="x" * 5000)).status == 413


async def test_old_address_of_a_post_leads_back(front, case, officer):
    browser = await front.signed_in(officer)

    seen = await browser.get(f"/desk/cases/{case.code}/spending")

    assert seen.headers["Location"] == f"/desk/cases/{case.code}"
