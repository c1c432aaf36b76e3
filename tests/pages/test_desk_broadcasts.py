"""What followers are told, at the desk: seen by all of the staff, stopped by anybody."""

import pytest

from services import broadcasting, delivering
from services.broadcasting import Kind
from services.delivering import LostSight
from services.staff import Role
from tests.crowd import a_crowd


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what the pages call is tried on both."""
    return sqlite_url


@pytest.fixture
async def officer(front):
    return await front.member("k7mnp2", Role.CASE_OFFICER)


@pytest.fixture
async def finance(front):
    return await front.member("f3nnc2", Role.FINANCE)


@pytest.fixture
async def told(front):
    """Somebody new, to two who asked for it."""
    async with front.house.looking("web") as look:
        case = (await look.case_at("mala")).case
    async with front.house.write() as connection:
        await a_crowd(
            connection, front.house.seal, 2, None, locales=("en", "th"), now=front.clock()
        )
        await broadcasting.want(front.house, connection, Kind.NEW_CASE, case.id)
    return case


async def test_before_it_starts_it_is_seen_how_many_read_what_and_anybody_pauses_it(
    front, told, finance
):
    browser = await front.signed_in(finance)
    listed = await browser.get("/desk/broadcasts")
    seen = await browser.get("/desk/broadcasts/1")

    paused = await browser.send("/desk/broadcasts/1/pause", finance)
    again = await browser.get(paused.headers["Location"])

    assert "new case 1" in listed.words
    assert "Followers who read th" in seen.words
    assert "Let it go on" not in again.words
    assert "paused" in again.words
    assert (await browser.send("/desk/broadcasts/1", finance, act="go_on")).status == 403
    assert (await browser.get("/desk/broadcasts/9")).status == 404


async def test_an_officer_lets_it_go_on_and_sends_again_what_is_uncertain(front, told, officer):
    front.clock.go_on(minutes=10)
    await broadcasting.start_due(front.house)
    (mine, _) = await delivering.claim(front.house, 10)
    assert await delivering.let_out(front.house, [mine]) == {mine.id}
    await delivering.note(front.house, [LostSight(mine)])
    browser = await front.signed_in(officer)

    seen = await browser.get("/desk/broadcasts/1")
    done = await browser.send("/desk/broadcasts/1", officer, act="resend")
    after = await browser.get("/desk/broadcasts/1")

    assert seen.headers["Refresh"]
    assert "Send the 1 uncertain again" in seen.words
    assert done.status == 303
    assert "uncertain again" not in after.words


async def test_what_was_taken_back_cannot_go_on(front, told, officer):
    front.clock.go_on(minutes=10)
    await broadcasting.start_due(front.house)
    browser = await front.signed_in(officer)

    await browser.send("/desk/broadcasts/1", officer, act="retract")
    late = await browser.send("/desk/broadcasts/1", officer, act="go_on")

    assert late.status == 409
    assert "It is cancelled by now." in late.words
