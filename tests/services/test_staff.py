"""Who the staff are: two people give a role, one takes it, and everything is written down."""

import pytest

from services import audit, staff
from services.audit import OPERATOR, Sound
from services.catalogue import Shelf
from services.house import House
from services.permits import NEEDED, Act, NoSuchMember, NotAllowed, allowed, may
from services.staff import Role
from storage import staff as staff_rows
from storage.sealing import Seal, new_data_key
from tests.staff import a_member

CHATS = (700_001, 700_002)


@pytest.fixture
async def house(database):
    seal = Seal(new_data_key())
    return House(database, seal, Shelf(seal), "Safe Harbour", "http://page.example")


@pytest.fixture
async def admins(house):
    """The codes of the first two."""
    return await staff.bootstrap(house, CHATS)


async def named(house, code):
    async with house.read() as connection:
        return await staff_rows.by_code(connection, code)


async def acts(house):
    """What the log says, oldest first."""
    async with house.read() as connection:
        entries = await audit.newest(connection)
        assert isinstance(await audit.verify(connection), Sound)
    return [(entry.by, entry.act, entry.about) for entry in reversed(entries)]


async def officer(house, admins, role=Role.CASE_OFFICER, chat=700_003):
    """The code of somebody who was let in and given a role."""
    code = str(await staff.let_in(house, chat, by=admins[0]))
    await staff.request_role(house, code, role, by=admins[0])
    await staff.decide_role(house, code, role, granted=True, by=admins[1])
    return code


async def test_first_two_are_admins_once(house):
    codes = await staff.bootstrap(house, CHATS)
    again = await staff.bootstrap(house, (1, 2))

    assert isinstance(codes, tuple)
    assert [(await named(house, code)).roles for code in codes] == [{Role.ADMIN}] * 2
    assert again == staff.NotEmpty()
    assert await acts(house) == [
        (OPERATOR, "staff.bootstrapped", f"staff {code}") for code in codes
    ]


async def test_first_two_are_two(house):
    assert await staff.bootstrap(house, (7, 7)) == staff.NotTwo()
    assert await acts(house) == []


async def test_invented_staff_is_no_staff(house):
    async with house.write() as connection:
        await a_member(connection, "invented", Role.ADMIN, chat=5, seal=house.seal)

    assert isinstance(await staff.bootstrap(house, CHATS), tuple)


async def test_role_is_given_by_two(house, admins):
    code = str(await staff.let_in(house, 700_003, by=admins[0]))
    asked = await staff.request_role(house, code, Role.FINANCE, by=admins[0])
    before = (await named(house, code)).roles

    granted = await staff.decide_role(house, code, Role.FINANCE, granted=True, by=admins[1])

    assert before == set()
    assert granted == asked
    assert (await named(house, code)).roles == {Role.FINANCE}
    assert (await acts(house))[2:] == [
        (admins[0], "staff.let_in", f"staff {code}"),
        (admins[0], "role.requested", f"staff {code}"),
        (admins[1], "role.granted", f"staff {code}"),
    ]


async def test_nobody_gives_a_role_alone(house, admins):
    code = str(await staff.let_in(house, 700_003, by=admins[0]))
    await staff.request_role(house, code, Role.FINANCE, by=admins[0])

    alone = await staff.decide_role(house, code, Role.FINANCE, granted=True, by=admins[0])

    assert alone == staff.NobodyElse()
    assert (await named(house, code)).roles == set()


async def test_nobody_asks_for_herself_or_grants_herself(house, admins):
    third = await officer(house, admins, Role.ADMIN)
    for_me = await staff.request_role(house, third, Role.FINANCE, by=third)
    await staff.request_role(house, third, Role.FINANCE, by=admins[0])

    by_me = await staff.decide_role(house, third, Role.FINANCE, granted=True, by=third)

    assert for_me == staff.ForOneself()
    assert by_me == staff.NobodyElse()
    assert (await named(house, third)).roles == {Role.ADMIN}


async def test_whoever_asked_may_turn_it_down(house, admins):
    code = str(await staff.let_in(house, 700_003, by=admins[0]))
    await staff.request_role(house, code, Role.FINANCE, by=admins[0])

    await staff.decide_role(house, code, Role.FINANCE, granted=False, by=admins[0])

    late = await staff.decide_role(house, code, Role.FINANCE, granted=True, by=admins[1])
    assert late == staff.NoRequest()
    assert (await named(house, code)).roles == set()


@pytest.mark.parametrize("role", [Role.CASE_OFFICER, Role.PROTECTION_OFFICER, Role.FINANCE])
async def test_only_admins_give_and_take(house, admins, role):
    code = await officer(house, admins, role)
    no = NotAllowed(Act.MANAGE_ROLES, code, (Role.ADMIN,))

    assert await staff.let_in(house, 9, by=code) == no
    assert await staff.request_role(house, admins[0], Role.FINANCE, by=code) == no
    assert await staff.decide_role(house, admins[0], Role.FINANCE, granted=True, by=code) == no
    assert await staff.revoke_role(house, admins[0], Role.ADMIN, by=code) == no
    assert await staff.revoke(house, admins[0], by=code) == no
    assert await staff.let_in(house, 9, by="nobody") == NoSuchMember("nobody")


async def test_any_admin_takes_a_role_back_at_once(house, admins):
    code = await officer(house, admins)

    gone = await staff.revoke_role(house, code, Role.CASE_OFFICER, by=admins[1])
    again = await staff.revoke_role(house, code, Role.CASE_OFFICER, by=admins[1])

    assert isinstance(gone, staff.Member)
    assert gone.code == code
    assert again == staff.HasNot()
    async with house.read() as connection:
        found = await allowed(connection, code, Act.SET_NEED)
    assert found == NotAllowed(Act.SET_NEED, code, (Role.CASE_OFFICER,))


async def test_role_that_was_taken_back_needs_two_again(house, admins):
    code = await officer(house, admins)
    await staff.revoke_role(house, code, Role.CASE_OFFICER, by=admins[1])

    await staff.request_role(house, code, Role.CASE_OFFICER, by=admins[1])
    waits = (await named(house, code)).roles
    await staff.decide_role(house, code, Role.CASE_OFFICER, granted=True, by=admins[0])

    assert waits == set()
    assert (await named(house, code)).roles == {Role.CASE_OFFICER}


async def test_who_is_taken_out_has_no_role_and_no_way_in(house, admins):
    code = await officer(house, admins)

    await staff.revoke(house, code, by=admins[1])

    gone = await named(house, code)
    assert (gone.roles, gone.has_access) == (set(), False)
    async with house.read() as connection:
        assert await staff_rows.by_chat(connection, house.seal, 700_003) is None
    assert await staff.let_in(house, 700_003, by=admins[0]) == staff.AlreadyKnown()


async def test_last_admin_stays(house, admins):
    await staff.revoke(house, admins[1], by=admins[0])

    assert await staff.revoke(house, admins[0], by=OPERATOR) == staff.LastAdmin()
    assert await staff.revoke_role(house, admins[0], Role.ADMIN, by=OPERATOR) == staff.LastAdmin()


async def test_operator_asks_and_an_admin_grants_where_one_admin_is_left(house, admins):
    await staff.revoke(house, admins[1], by=admins[0])
    code = str(await staff.let_in(house, 700_003, by=OPERATOR))
    await staff.request_role(house, code, Role.ADMIN, by=OPERATOR)

    by_operator = await staff.decide_role(house, code, Role.ADMIN, granted=True, by=OPERATOR)
    await staff.decide_role(house, code, Role.ADMIN, granted=True, by=admins[0])

    assert isinstance(by_operator, NotAllowed)
    assert (await named(house, code)).roles == {Role.ADMIN}


async def test_same_role_is_not_asked_for_twice(house, admins):
    code = await officer(house, admins)
    await staff.request_role(house, code, Role.FINANCE, by=admins[0])

    held = await staff.request_role(house, code, Role.CASE_OFFICER, by=admins[0])
    asked = await staff.request_role(house, code, Role.FINANCE, by=admins[1])

    assert (held, asked) == (staff.HasRole(), staff.HasRole())


def test_every_act_has_its_roles():
    assert set(NEEDED) == set(Act)
    assert all(NEEDED.values())


@pytest.mark.parametrize(
    "act", sorted(set(Act) - {Act.COME_IN, Act.SEE_CASES, Act.RECALL, Act.STOP_NEWS})
)
def test_admin_alone_does_nothing_but_roles(act):
    assert may({Role.ADMIN}, act) == (act in (Act.MANAGE_ROLES, Act.SEE_AUDIT))


@pytest.mark.parametrize("act", list(Act))
def test_without_a_role_nothing_is_allowed(act):
    assert not may(set(), act)


@pytest.mark.parametrize("role", list(Role))
def test_anybody_recalls(role):
    assert may({role}, Act.RECALL)
    assert may({role}, Act.STOP_NEWS)
