"""
The way to the desk, where two come at once, and what is kept of it: hashes and sealed bytes.

The walks of one person stand in `tests/pages/test_desk_entering`.
"""

import asyncio
import base64
import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from services import desk
from services.catalogue import Shelf
from services.desk import Entered, NewLink
from services.house import House
from services.one_time_codes import STEP_S, address, code_at, right_step, written
from services.permits import Act
from services.staff import Role
from storage.models import METADATA
from storage.sealing import Seal, new_data_key
from tests.staff import a_member

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
CHAT = 7_001_234_567
SECRET = b"twenty bytes, secret"


@pytest.fixture
async def house(database):
    seal = Seal(new_data_key())
    made = House(
        database, seal, Shelf(seal), "Safe Harbour", "http://page.example", clock=lambda: NOW
    )
    async with made.write() as connection:
        await a_member(connection, "k7mnp2", Role.FINANCE, chat=CHAT, seal=seal, secret=SECRET)
    return made


def code():
    return code_at(SECRET, NOW)


async def link(house):
    made = await desk.ask_link(house, CHAT)
    assert isinstance(made, NewLink)
    return made.token


async def entered(house):
    found = await desk.enter(house, await link(house), "browser", code())
    assert isinstance(found, Entered)
    here = await desk.at_desk(house, found.token)
    assert here is not None
    return found, here


# Source: RFC 6238, appendix B (read 2026-11); its codes have eight digits, of which apps show six.
@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(at, shown):
    secret, moment = b"12345678901234567890", dt.datetime.fromtimestamp(at, dt.UTC)

    assert code_at(secret, moment) == shown
    assert right_step(secret, f" {shown[:3]} {shown[3:]} ", moment) == at // STEP_S


def test_secret_is_written_as_apps_read_it():
    assert base64.b32decode(written(SECRET).replace(" ", "")) == SECRET
    assert address(SECRET, "k7mnp2", "Safe Harbour desk").startswith(
        "otpauth://totp/Safe%20Harbour%20desk:k7mnp2?"
    )


async def test_of_two_who_use_a_link_at_once_one_comes_in(house):
    token = await link(house)

    found = await asyncio.gather(*(desk.enter(house, token, "browser", code()) for _ in range(6)))

    assert sum(isinstance(each, Entered) for each in found) == 1


async def test_of_two_who_send_a_code_at_once_one_is_right(house):
    _, here = await entered(house)
    later = code_at(SECRET, NOW + dt.timedelta(seconds=STEP_S))

    found = await asyncio.gather(
        *(desk.step_up(house, here, Act.DECIDE_SPENDING, later) for _ in range(4))
    )

    assert sum(each is None for each in found) == 1


async def test_wrong_codes_at_once_are_all_counted(house):
    _, here = await entered(house)

    found = await asyncio.gather(
        *(desk.step_up(house, here, Act.DECIDE_SPENDING, "000000") for _ in range(8))
    )

    assert all(isinstance(each, desk.WrongCode | desk.Locked) for each in found)
    assert sum(isinstance(each, desk.WrongCode) for each in found) == 4


async def test_two_browsers_that_open_a_link_at_once_are_told_apart(house):
    token = await link(house)

    found = await asyncio.gather(
        *(desk.open_link(house, token, f"browser {n}", binds=True) for n in range(5))
    )

    assert sum(isinstance(each, desk.WayIn) for each in found) == 1


async def test_nothing_of_it_can_be_read_in_the_database(house):
    token = await link(house)
    found = await desk.enter(house, token, "the browser's own secret", code())
    assert isinstance(found, Entered)
    here = await desk.at_desk(house, found.token)
    assert here is not None

    kept = b""
    async with house.read() as connection:
        for table in METADATA.sorted_tables:
            for row in await connection.execute(sa.select(table)):
                kept += repr(
                    [bytes(value) if isinstance(value, memoryview) else value for value in row]
                ).encode()

    secrets = [token, found.token, here.csrf, "the browser's own secret", str(CHAT), code()]
    for secret in [*(each.encode() for each in secrets), SECRET, base64.b32encode(SECRET)]:
        assert secret not in kept
    assert len(kept) > 1000


async def test_old_links_are_forgotten(house):
    await entered(house)
    later = House(
        house.database, house.seal, house.shelf, "", "", clock=lambda: NOW + dt.timedelta(days=3)
    )

    await desk.ask_link(later, CHAT)

    async with house.read() as connection:
        counts = [
            await connection.scalar(sa.text(f"SELECT COUNT(*) FROM {table}"))
            for table in ("desk_link", "desk_session")
        ]
    assert counts == [1, 0]


async def test_nobody_invented_comes_in_where_real_money_moves(house):
    token = await link(house)
    found, _ = await entered(house)
    live = dataclasses.replace(house, moves_real_money=True)

    assert await desk.ask_link(live, CHAT) is None
    assert not await desk.is_staff(live, CHAT)
    assert await desk.enter(live, token, "browser", code()) == desk.NoLink()
    assert await desk.at_desk(live, found.token) is None
    assert await desk.at_desk(house, found.token) is not None
