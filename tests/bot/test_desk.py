"""/desk in the chat: a link for staff, and for everybody else a command like any unknown one."""

import re

import pytest
import structlog

from bot.setup import COMMANDS
from services import desk
from services.staff import Role
from storage import staff as staff_rows
from tests.conversations.rig import both_engines
from tests.staff import a_member


@pytest.fixture
async def officer(office):
    """Somebody of the staff, who also reads stories here."""
    person = office.telegram.person("Anong", "en")
    async with office.house.write() as connection:
        person.staff_id = await a_member(
            connection, "k7mnp2", Role.CASE_OFFICER, chat=person.id, seal=office.house.seal
        )
    return person


def token_in(person):
    found = re.search(r"/desk/enter/([\w-]{43})$", person.link("Open the desk"))
    assert found
    return found[1]


@both_engines
async def test_staff_gets_a_link_as_a_button(office, officer):
    await office.send(officer, "/desk")

    assert "good once" in officer.last_text
    assert officer.last["has_protected_content"]
    found = await desk.open_link(office.house, token_in(officer), "browser", binds=True)
    assert isinstance(found, desk.WayIn)
    assert "http" not in officer.last_text


async def test_update_that_comes_again_gives_no_second_link(office, officer):
    await office.send(officer, "/desk")  # the stand-in delivers it twice

    assert office.calls("sendMessage") == ["sendMessage"]
    assert await office.rows("SELECT COUNT(*) FROM desk_link") == [(1,)]


async def test_stranger_is_answered_as_for_any_unknown_command(office, officer, layla):
    await office.arrive(layla)
    await office.send(layla, "/nonsense")
    unknown = layla.last_text, layla.buttons

    await office.send(layla, "/desk")

    assert (layla.last_text, layla.buttons) == unknown
    assert await office.rows("SELECT COUNT(*) FROM desk_link") == [(0,)]


async def test_who_was_taken_out_is_a_stranger(office, officer, layla):
    await office.send(layla, "/nonsense")
    async with office.house.write() as connection:
        await staff_rows.revoke_access(connection, officer.staff_id, office.house.clock())

    await office.send(officer, "/desk")

    assert officer.last_text == layla.last_text


async def test_in_a_group_nobody_gets_a_link(office, officer):
    group = office.telegram.group("All")

    group.write(officer, "/desk")
    await office.telegram.settled()

    (answer,) = group.answers
    assert "/desk" not in str(answer)
    assert await office.rows("SELECT COUNT(*) FROM desk_link") == [(0,)]


async def test_who_is_locked_is_told_until_when(office, officer):
    until = office.house.clock() + desk.LOCKED_FOR
    await office.change(f"UPDATE staff_access SET locked_until = {int(until.timestamp())}")

    await office.send(officer, "/desk")

    assert f"after {until:%H:%M} UTC" in officer.last_text
    assert officer.buttons == []


async def test_command_is_told_to_nobody():
    assert "desk" not in {name for name, _ in COMMANDS}


async def test_link_is_in_no_log_and_no_row(office, officer):
    with structlog.testing.capture_logs() as logged:
        await office.send(officer, "/desk")

    token = token_in(officer)
    assert token not in str(logged)
    for table in ("desk_link", "telegram_update", "outbox", "audit_entry", "staff_access"):
        assert token not in str(await office.rows(f"SELECT * FROM {table}"))
