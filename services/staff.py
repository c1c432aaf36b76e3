"""
Who the staff are: let in, given roles by two people, and taken out again by one.

Everything here is written into the audit log, in the transaction of the act.
"""

import datetime as dt
import os
from dataclasses import dataclass

from services import audit
from services.audit import OPERATOR
from services.house import House
from services.permits import Act, NoSuchMember, NotAllowed, allowed
from storage import cases as case_rows
from storage import desk as desk_rows
from storage import staff as staff_rows
from storage.codes import new_code
from storage.database import Connection
from storage.staff import Member, Request, Role

__all__ = ["Member", "Request", "Role"]

_CODE_LENGTH = 6
_SECRET_BYTES = 20
"""160 bits, as long as the hash. Source: RFC 4226, section 4, R6 (read 2026-11)."""


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """There is staff already: roles are given at the desk, by two people."""


@dataclass(frozen=True, slots=True)
class NotTwo:
    """The first two people must be two."""


@dataclass(frozen=True, slots=True)
class AlreadyKnown:
    """The chat is of somebody of the staff, or was."""


@dataclass(frozen=True, slots=True)
class HasRole:
    """They have the role, or it is asked for already."""


@dataclass(frozen=True, slots=True)
class HasNot:
    """They have not what is to be taken from them."""


@dataclass(frozen=True, slots=True)
class NobodyElse:
    """Whoever asked for the role cannot grant it, nor can who is to have it."""


@dataclass(frozen=True, slots=True)
class NoRequest:
    """Nobody has asked for it, or it is decided."""


@dataclass(frozen=True, slots=True)
class ForOneself:
    """Nobody asks for a role of their own."""


@dataclass(frozen=True, slots=True)
class LastAdmin:
    """Nobody would be left to give roles."""


Refusal = (
    NotEmpty
    | NotTwo
    | AlreadyKnown
    | HasRole
    | HasNot
    | NobodyElse
    | NoRequest
    | ForOneself
    | LastAdmin
    | NotAllowed
    | NoSuchMember
)


async def everybody(connection: Connection) -> list[Member]:
    """Everybody, oldest first."""
    return await staff_rows.everybody(connection)


async def waiting(connection: Connection) -> list[Request]:
    """The roles that somebody has asked for and nobody has decided on, oldest first."""
    return await staff_rows.requests_waiting(connection)


async def bootstrap(house: House, chat_ids: tuple[int, int]) -> tuple[str, str] | NotEmpty | NotTwo:
    """
    Make the first two people admins, once; hand back their codes.

    The operator asks for each, and the other stands for them: so the rule that two people give a
    role holds from the first row on.

    Args:
        chat_ids: Their Telegram user ids, which are also their private chats.
    """
    if len(set(chat_ids)) != 2:
        return NotTwo()
    now = house.clock()
    async with house.write() as connection:
        if await staff_rows.somebody_is_real(connection):
            return NotEmpty()
        operator = await case_rows.add_staff(connection, OPERATOR, invented=False)
        first, second = [await _let_in(house, connection, chat_id, now) for chat_id in chat_ids]
        for one, other in ((first, second), (second, first)):
            await staff_rows.give_role(
                connection, one.id, Role.ADMIN,
                requester_id=operator, decider_id=other.id, now=now,
            )  # fmt: skip
        for one in (first, second):
            await audit.record(
                connection, by=OPERATOR, act="staff.bootstrapped",
                about=audit.of_member(one.code), now=now,
            )  # fmt: skip
    return first.code, second.code


async def let_in(house: House, chat_id: int, *, by: str) -> str | Refusal:
    """
    An admin lets the bot know somebody by their Telegram user id; hand back their new code.

    They can do nothing until two people have given them a role.
    """
    now = house.clock()
    async with house.write() as connection:
        admin = await _admin(connection, by)
        if not isinstance(admin, Member):
            return admin
        if await staff_rows.is_known(connection, house.seal, chat_id):
            return AlreadyKnown()
        member = await _let_in(house, connection, chat_id, now)
        await audit.record(
            connection, by=by, act="staff.let_in", about=audit.of_member(member.code), now=now
        )
    return member.code


async def request_role(house: House, code: str, role: Role, *, by: str) -> Request | Refusal:
    """An admin asks that somebody be given a role; another admin grants it."""
    now = house.clock()
    async with house.write() as connection:
        admin = await _admin(connection, by)
        if not isinstance(admin, Member):
            return admin
        member = await staff_rows.by_code(connection, code)
        if member is None or not member.has_access:
            return NoSuchMember(code)
        if member.id == admin.id:
            return ForOneself()
        if role in member.roles or await _request(connection, member.id, role):
            return HasRole()
        await staff_rows.request_role(
            connection, staff_id=member.id, role=role, requester_id=admin.id, now=now
        )
        await _record_role(connection, "role.requested", by, member.code, role, now)
        asked = await _request(connection, member.id, role)
    assert asked is not None  # asked for above, in the same transaction  # noqa: S101
    return asked


async def decide_role(
    house: House, code: str, role: Role, *, granted: bool, by: str
) -> Request | Refusal:
    """Another admin grants what was asked for, or any admin turns it down."""
    now = house.clock()
    async with house.write() as connection:
        admin = await allowed(connection, by, Act.MANAGE_ROLES)
        if not isinstance(admin, Member):
            return admin
        member = await staff_rows.by_code(connection, code)
        if member is None:
            return NoSuchMember(code)
        asked = await _request(connection, member.id, role)
        if asked is None:
            return NoRequest()
        if granted and admin.id in (asked.requester_id, asked.staff_id):
            return NobodyElse()
        await staff_rows.decide_role(
            connection, asked, decider_id=admin.id, granted=granted, now=now
        )
        act = "role.granted" if granted else "role.turned_down"
        await _record_role(connection, act, by, code, role, now)
    return asked


async def revoke_role(house: House, code: str, role: Role, *, by: str) -> Member | Refusal:
    """Any one admin takes a role back; it is gone at once. Hand back who had it."""
    now = house.clock()
    async with house.write() as connection:
        admin = await _admin(connection, by)
        if not isinstance(admin, Member):
            return admin
        member = await staff_rows.by_code(connection, code)
        if member is None:
            return NoSuchMember(code)
        if role is Role.ADMIN and await _is_last_admin(connection, member):
            return LastAdmin()
        if not await staff_rows.revoke_role(
            connection, member.id, role, revoker_id=admin.id, now=now
        ):
            return HasNot()
        await _record_role(connection, "role.revoked", by, code, role, now)
    return member


async def revoke(house: House, code: str, *, by: str) -> Member | Refusal:
    """
    Any one admin takes a member out: no way in, no role, their sessions end with their next click.
    """
    now = house.clock()
    async with house.write() as connection:
        admin = await _admin(connection, by)
        if not isinstance(admin, Member):
            return admin
        member = await staff_rows.by_code(connection, code)
        if member is None:
            return NoSuchMember(code)
        if await _is_last_admin(connection, member):
            return LastAdmin()
        for role in sorted(member.roles):
            await staff_rows.revoke_role(connection, member.id, role, revoker_id=admin.id, now=now)
        had_access = await staff_rows.revoke_access(connection, member.id, now)
        if not (had_access or member.roles):
            return HasNot()
        await audit.record(
            connection, by=by, act="staff.revoked", about=audit.of_member(code), now=now
        )
    return member


async def renew(house: House, code: str, *, by: str) -> Member | Refusal:
    """
    A member has lost their app: another secret, to be set up at their next link.

    All their roles are taken back, and two people give them again: else one admin with somebody
    else's telephone could become them.
    """
    now = house.clock()
    async with house.write() as connection:
        admin = await _admin(connection, by)
        if not isinstance(admin, Member):
            return admin
        member = await staff_rows.by_code(connection, code)
        if member is None or not member.has_access:
            return NoSuchMember(code)
        if await _is_last_admin(connection, member):
            return LastAdmin()
        for role in sorted(member.roles):
            await staff_rows.revoke_role(connection, member.id, role, revoker_id=admin.id, now=now)
        await desk_rows.renew_secret(connection, house.seal, member.id, os.urandom(_SECRET_BYTES))
        await desk_rows.close_sessions(connection, member.id, now)
        await audit.record(
            connection, by=by, act="staff.renewed", about=audit.of_member(code), now=now
        )
    return member


async def _admin(connection: Connection, by: str) -> Member | NotAllowed | NoSuchMember:
    """
    An admin, or the operator, who may ask and take back and never grants.

    So an organisation that has lost all admins but one is not locked out: the operator asks, the
    admin grants. Nobody comes to the desk as the operator, who has no way in.
    """
    if by == OPERATOR:
        staff_id = await case_rows.add_staff(connection, OPERATOR, invented=False)
        operator = await staff_rows.by_id(connection, staff_id)
        assert operator is not None  # added above  # noqa: S101
        return operator
    return await allowed(connection, by, Act.MANAGE_ROLES)


async def _let_in(house: House, connection: Connection, chat_id: int, now: dt.datetime) -> Member:
    staff_id = await case_rows.add_staff(connection, new_code(_CODE_LENGTH), invented=False)
    await staff_rows.give_access(
        connection, house.seal, staff_id, chat_id=chat_id, secret=os.urandom(_SECRET_BYTES), now=now
    )
    member = await staff_rows.by_id(connection, staff_id)
    assert member is not None  # added above, in this transaction  # noqa: S101
    return member


async def _request(connection: Connection, staff_id: int, role: Role) -> Request | None:
    """The request that waits for this role of this member, or None."""
    for asked in await staff_rows.requests_waiting(connection):
        if (asked.staff_id, asked.role) == (staff_id, role):
            return asked
    return None


async def _is_last_admin(connection: Connection, member: Member) -> bool:
    """Whether no admin who can come in would be left without *member*."""
    return Role.ADMIN in member.roles and not any(
        Role.ADMIN in each.roles and each.has_access and each.id != member.id
        for each in await staff_rows.everybody(connection)
    )


async def _record_role(
    connection: Connection, act: str, by: str, code: str, role: Role, now: dt.datetime
) -> None:
    await audit.record(
        connection, by=by, act=act, about=audit.of_member(code), detail={"role": role}, now=now
    )
