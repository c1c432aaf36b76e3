"""The way to the desk: a link that is good once, in one browser, and only with a code."""

from pathlib import Path

import pytest
import structlog

from services import audit, desk
from services.staff import Role
from tests.pages.desk_rig import hidden


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


async def acts(front):
    async with front.house.read() as connection:
        entries = await audit.newest(connection, about="staff k7mnp2")
    return [entry.act for entry in reversed(entries)]


async def test_link_and_code_open_a_session(front, officer):
    browser, path = front.browser(), await front.link(officer)
    form = await browser.get(path)

    entered = await browser.post(path, code=front.app_code(officer))
    home = await browser.get("/desk/")

    assert form.status == 200
    assert (entered.status, entered.headers["Location"]) == (303, "/desk/")
    assert home.status == 200
    assert "k7mnp2" in home.words
    assert await acts(front) == ["desk.link_asked", "desk.entered"]


async def test_cookie_of_the_session_is_this_hosts_alone(front, officer):
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)

    entered = await browser.post(path, code=front.app_code(officer))

    cookie = next(
        value for value in entered.headers.getall("Set-Cookie") if value.startswith("__Host-desk=")
    )
    parts = {part.strip().partition("=")[0].lower() for part in cookie.split(";")}
    assert {"secure", "httponly", "path", "samesite", "max-age"} <= parts
    assert "domain" not in parts
    assert "SameSite=Strict" in cookie
    assert "Path=/;" in f"{cookie};"


async def test_link_is_good_once(front, officer):
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)
    await browser.post(path, code=front.app_code(officer))

    seen = await browser.get(path)
    again = await browser.post(path, code=front.app_code(officer))

    assert (seen.status, again.status) == (410, 410)


async def test_whoever_draws_a_preview_takes_nothing(front, officer):
    path = await front.link(officer)
    previewer = front.browser(**{"Sec-Fetch-Mode": "", "Sec-Fetch-Dest": ""})
    ahead = front.browser(**{"Sec-Purpose": "prefetch"})
    for _ in range(3):
        assert (await previewer.get(path)).status == 200
        assert (await ahead.get(path)).status == 200
    browser = front.browser()
    await browser.get(path)

    entered = await browser.post(path, code=front.app_code(officer))

    assert entered.status == 303


async def test_stolen_link_is_refused_in_another_browser(front, officer):
    path = await front.link(officer)
    hers, thiefs = front.browser(), front.browser()
    await hers.get(path)

    seen = await thiefs.get(path)
    sent = await thiefs.post(path, code=front.app_code(officer))
    entered = await hers.post(path, code=front.app_code(officer))

    assert seen.status == 403
    assert "another browser" in seen.words
    assert sent.status == 403
    assert entered.status == 303


async def test_browser_that_keeps_no_cookie_is_told(front, officer):
    path = await front.link(officer)

    sent = await front.browser().post(path, code=front.app_code(officer))

    assert sent.status == 400
    assert "keeps no cookie" in sent.words


async def test_thief_who_brings_a_cookie_of_another_link_is_refused(front, officer):
    other = await front.member("thief2", Role.FINANCE)
    thiefs = front.browser()
    await thiefs.get(await front.link(other))
    path, hers = await front.link(officer), front.browser()
    await hers.get(path)

    sent = await thiefs.post(path, code=front.app_code(officer))

    assert sent.status == 403
    assert "another browser" in sent.words


async def test_link_runs_out(front, officer):
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)
    front.clock.go_on(minutes=5)

    entered = await browser.post(path, code=front.app_code(officer))

    assert entered.status == 410


async def test_newer_link_ends_the_older(front, officer):
    old = await front.link(officer)
    await front.link(officer)

    assert (await front.browser().get(old)).status == 410


async def test_code_is_taken_once(front, officer):
    code = front.app_code(officer)
    first, path = front.browser(), await front.link(officer)
    await first.get(path)
    await first.post(path, code=code)
    second, other = front.browser(), await front.link(officer)
    await second.get(other)

    again = await second.post(other, code=code)

    assert again.status == 422
    assert "used before" in again.words


async def test_older_code_is_not_taken_after_a_newer(front, officer):
    old = front.app_code(officer)
    first, path = front.browser(), await front.link(officer)
    await first.get(path)
    await first.post(path, code=front.app_code(officer))
    second, other = front.browser(), await front.link(officer)
    await second.get(other)

    assert (await second.post(other, code=old)).status == 422


@pytest.mark.parametrize(("seconds", "status"), [(-60, 422), (-30, 303), (30, 303), (60, 422)])
async def test_clock_may_be_one_step_off(front, officer, seconds, status):
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)
    code = front.app_code(officer)
    front.clock.go_on(seconds=-seconds)

    assert (await browser.post(path, code=code)).status == status


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-12345", "0" * 4000])
async def test_what_is_no_code_is_a_wrong_code(front, officer, code):
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)

    assert (await browser.post(path, code=code)).status == 422


async def test_five_wrong_codes_lock_link_and_member(front, officer):
    inside = await front.signed_in(officer)
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)

    tries = [await browser.post(path, code=front.wrong_code(officer)) for _ in range(5)]
    right = await browser.post(path, code=front.app_code(officer))
    asked = await desk.ask_link(front.house, officer.chat)
    front.clock.go_on(minutes=15)
    fresh = await front.signed_in(officer)

    assert [answer.status for answer in tries] == [422, 422, 422, 422, 429]
    assert "4 more tries" in tries[0].words
    assert "One more try" in tries[3].words
    assert right.status == 410
    assert isinstance(asked, desk.Locked)
    assert (await inside.get("/desk/")).status == 401
    assert (await fresh.get("/desk/")).status == 200
    assert "desk.locked" in await acts(front)


async def test_first_time_shows_the_secret_until_a_code_is_right(front):
    new = await front.member("new234", Role.FINANCE, enrolled=False)
    browser, path = front.browser(), await front.link(new)
    opened = await browser.get(path)

    shown = await browser.post(path, show="yes")
    wrong = await browser.post(path, code=front.wrong_code(new))
    entered = await browser.post(path, code=front.app_code(new))
    later = front.browser()
    again = await later.get(path := await front.link(new))
    asked = await later.post(path, show="yes")

    secret = "ONSW G4TF OQQG 6ZRA NZSX OMRT GQQC AIBA"
    assert "first time" in opened.words
    assert secret not in opened.words
    assert secret in shown.words
    assert 'href="otpauth://totp/' in shown.text
    assert (wrong.status, secret in wrong.words) == (422, True)
    assert entered.status == 303
    assert secret not in again.words + asked.words


async def test_secret_is_drawn_for_its_own_browser_until_a_code_is_right(front):
    new = await front.member("new234", Role.FINANCE, enrolled=False)
    browser, path = front.browser(), await front.link(new)
    strangers = front.browser()
    early = await strangers.get(f"{path}/key.svg")
    await browser.get(path)
    shown = await browser.post(path, show="yes")

    drawn = await browser.get(f"{path}/key.svg")
    await strangers.get(path)
    refused = await strangers.get(f"{path}/key.svg")
    await browser.post(path, code=front.app_code(new))
    later = await browser.get(f"{path}/key.svg")

    assert f'src="{path}/key.svg"' in shown.text
    assert drawn.headers["Content-Type"].startswith("image/svg+xml")
    assert drawn.headers["Cache-Control"] == "no-store"
    assert drawn.text.startswith("<svg")
    assert [answer.status for answer in (early, refused, later)] == [404, 404, 404]


async def test_preview_never_sees_the_secret(front):
    new = await front.member("new234", Role.FINANCE, enrolled=False)
    path = await front.link(new)

    seen = await front.browser(**{"Sec-Fetch-Mode": ""}).get(path)

    assert "otpauth" not in seen.text
    assert "ONSW" not in seen.text


async def test_session_ends_after_half_an_hour_however_busy(front, officer):
    browser = await front.signed_in(officer)
    for _ in range(3):
        assert (await browser.get("/desk/")).status == 200
        front.clock.go_on(minutes=10)

    ended = await browser.get("/desk/")

    assert ended.status == 401
    assert "/desk" in ended.words


async def test_who_is_taken_out_is_out_with_the_next_click(front, officer):
    browser = await front.signed_in(officer)
    path, other = await front.link(officer), front.browser()
    await other.get(path)

    await front.revoke(officer)

    assert (await browser.get("/desk/")).status == 401
    assert (await other.post(path, code=front.app_code(officer))).status == 410
    assert await desk.ask_link(front.house, officer.chat) is None


async def test_who_has_no_role_any_more_is_out_with_the_next_click(front, officer):
    browser = await front.signed_in(officer)

    await front.revoke(officer, Role.CASE_OFFICER)

    assert (await browser.get("/desk/")).status == 401
    assert await desk.ask_link(front.house, officer.chat) is None


async def test_signed_out_is_signed_out_on_the_server(front, officer):
    browser = await front.signed_in(officer)
    kept = {cookie.key: cookie.value for cookie in browser.session.cookie_jar}
    left = await browser.send("/desk/leave")

    cookie = {"Cookie": f"__Host-desk={kept['__Host-desk']}"}
    again = await front.browser().get("/desk/", **cookie)

    assert left.status == 200
    assert again.status == 401


async def test_cookie_that_somebody_planted_opens_nothing(front, officer):
    planted = "x" * 43
    browser = front.browser(Cookie=f"__Host-desk={planted}")

    before = await browser.get("/desk/")
    await front.signed_in(officer)
    after = await browser.get("/desk/")

    assert (before.status, after.status) == (401, 401)


async def test_who_is_not_staff_gets_no_link(front, officer):
    assert await desk.ask_link(front.house, 1) is None


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/staff", "/desk/audit", "/desk/cases/abc", "/desk/cases/abc/spending"]
)
async def test_nothing_is_shown_without_a_session(front, path):
    seen = await front.browser().get(path)

    assert seen.status == 401
    assert "You are not signed in" in seen.words


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example", "X-Forwarded-Host": "elsewhere.example",
         "X-Forwarded-Proto": "https", "Host": "elsewhere.example"},
    ],
)  # fmt: skip
async def test_form_from_elsewhere_is_refused(front, officer, headers):
    inside = await front.signed_in(officer)
    browser, path = front.browser(), await front.link(officer)
    await browser.get(path)
    csrf = (await inside.get("/desk/")).hidden("csrf")

    entering = await browser.post(path, headers=headers, code=front.app_code(officer))
    leaving = await inside.post("/desk/leave", headers=headers, csrf=csrf)

    assert (entering.status, leaving.status) == (403, 403)
    assert (await inside.get("/desk/")).status == 200


async def test_form_without_the_mark_of_this_session_is_refused(front, officer):
    mine = await front.signed_in(officer)
    other = await front.signed_in(officer)
    theirs = hidden(await other.get("/desk/"))["csrf"]

    answers = [await mine.post("/desk/leave", **fields) for fields in ({}, {"csrf": theirs})]

    assert [answer.status for answer in answers] == [403, 403]
    assert (await mine.get("/desk/")).status == 200


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/enter/" + "a" * 43, "/desk/leave", "/desk/staff"]
)
async def test_every_answer_is_kept_from_caches_frames_and_search(front, officer, path):
    for browser in (front.browser(), await front.signed_in(officer)):
        seen = await browser.get(path)

        assert seen.headers["Cache-Control"] == "no-store"
        assert seen.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert seen.headers["Referrer-Policy"] == "same-origin"
        assert seen.headers["X-Frame-Options"] == "DENY"
        assert seen.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
        )
        assert "Content-Encoding" not in seen.headers


async def test_desk_without_a_slash_leads_to_it(front):
    seen = await front.browser().get("/desk")

    assert (seen.status, seen.headers["Location"]) == (308, "/desk/")


async def test_addresses_that_are_not_posted_to_say_so(front, officer):
    browser = await front.signed_in(officer)

    posted = await browser.send("/desk/")
    got = await browser.get("/desk/leave")

    assert (posted.status, posted.headers["Allow"]) == (405, "GET, HEAD")
    assert (got.status, got.headers["Allow"]) == (405, "POST")


async def test_no_secret_of_a_walk_is_in_a_log_or_in_the_file(front, officer):
    browser, path = front.browser(), await front.link(officer)
    with structlog.testing.capture_logs() as logged:
        await browser.get(path)
        for code in (front.wrong_code(officer), right := front.app_code(officer)):
            await browser.post(path, code=code)
        await browser.send("/desk/staff", officer, act="let_in", telegram_id="1")
        await front.browser().get(f"/desk/enter/{'a' * 43}")
    cookies = [cookie.value for cookie in browser.session.cookie_jar]
    page = await browser.get("/desk/")

    kept = str(logged).encode()
    if front.house.database.dialect == "sqlite":
        file = Path(front.house.database.address.database)
        kept += b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    secrets = [path.rpartition("/")[2], *cookies, page.hidden("csrf"), str(officer.chat), right]
    assert [secret for secret in secrets if secret.encode() in kept] == []
    assert officer.secret not in kept
    assert {entry["route"] for entry in logged if entry["event"] == "desk_answered"} >= {
        "/desk/enter/{token}",
        "/desk/",
        "/desk/staff",
    }
