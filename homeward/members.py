"""Staff and the audit log on the command line: what came of each act, in a line."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from homeward.assembly import opened_house
from homeward.errors import NoSuchCase, NotDone
from homeward.explaining import explaining
from homeward.settings import Settings
from services import audit, staff, staff_acts
from services.audit import Broken, Entry
from services.house import House
from services.permits import NoSuchMember, NotAllowed
from services.staff import Member, Request, Role
from services.staff_acts import Unknown

_Done = TypeVar("_Done")

_REFUSALS: dict[type, str] = {
    staff.NotEmpty: "There is staff already. Roles are given at the desk, or with"
    " `homeward staff grant` and `confirm`.",
    staff.NotTwo: "Name two people: they watch over each other.",
    staff.AlreadyKnown: "This Telegram id is of somebody of the staff, or was."
    " `homeward staff list` has them all.",
    staff.HasRole: "They have this role, or it is asked for already.",
    staff.HasNot: "They have nothing that could be taken from them.",
    staff.NobodyElse: "Somebody must confirm it who neither asked for it nor is to have it.",
    staff.NoRequest: "Nobody has asked for it, or it is decided. `homeward staff list` has what"
    " waits.",
    staff.ForOneself: "Nobody asks for a role of their own.",
    staff.LastAdmin: "No admin would be left. Make somebody else an admin first.",
}


async def bootstrap(settings: Settings, first: int, second: int) -> str:
    """Make the first two admins; hand back their codes in a line. Raises NotDone."""

    async def act(house: House) -> str:
        made = await staff.bootstrap(house, (first, second))
        if not isinstance(made, tuple):
            raise _refused(made)
        return (
            f"Admins: {made[0]} ({first}) and {made[1]} ({second}). Each now sends /desk to the"
            " bot, in a private chat."
        )

    return await _do(settings, act)


async def listed(settings: Settings) -> list[str]:
    """A line for each member of staff, and for each role that is asked for."""

    async def act(house: House) -> list[str]:
        async with house.read() as connection:
            members = await staff.everybody(connection)
            waiting = await staff.waiting(connection)
        return [_told(member) for member in members] + [_asked(request) for request in waiting]

    return await _do(settings, act)


async def let_in(settings: Settings, telegram_id: int, *, by: str) -> str:
    """Let the bot know somebody; hand back their code in a line. Raises NotDone."""

    async def act(house: House) -> str:
        code = await staff.let_in(house, telegram_id, by=by)
        if not isinstance(code, str):
            raise _refused(code)
        return f"{code}: known to the bot. Ask for a role: `homeward staff grant {code} ROLE`."

    return await _do(settings, act)


async def request_role(settings: Settings, code: str, role: str, *, by: str) -> str:
    """Ask that somebody be given a role; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        asked = await staff.request_role(house, code, Role(role), by=by)
        if not isinstance(asked, Request):
            raise _refused(asked)
        return f"Asked: {role} for {code}. Another admin confirms it."

    return await _do(settings, act)


async def decide_role(settings: Settings, code: str, role: str, *, granted: bool, by: str) -> str:
    """Give the role that was asked for, or do not; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        decided = await staff.decide_role(house, code, Role(role), granted=granted, by=by)
        if not isinstance(decided, Request):
            raise _refused(decided)
        return f"{code} is {role} now." if granted else f"Turned down: {role} for {code}."

    return await _do(settings, act)


async def revoke(settings: Settings, code: str, role: str | None, *, by: str) -> str:
    """Take a role back, or everything; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        if role is None:
            gone = await staff.revoke(house, code, by=by)
        else:
            gone = await staff.revoke_role(house, code, Role(role), by=by)
        if not isinstance(gone, Member):
            raise _refused(gone)
        return f"{code} is not {role} any more." if role else f"{code} cannot come in any more."

    return await _do(settings, act)


async def renew(settings: Settings, code: str, *, by: str) -> str:
    """Another secret for who lost their app; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await staff.renew(house, code, by=by)
        if not isinstance(done, Member):
            raise _refused(done)
        return (
            f"{code} sets up their app again at their next /desk. Their roles are taken back:"
            " ask for them again."
        )

    return await _do(settings, act)


async def verify_audit(settings: Settings, noted: str | None) -> tuple[bool, str]:
    """
    Whether the audit log holds, and a line that says so or names the first broken row.

    Args:
        noted: The hash that was the last once, in hexadecimal digits; None: none was noted.
    """
    try:
        wanted = None if noted is None else bytes.fromhex(noted)
    except ValueError as error:
        raise NotDone("--noted: a hash is of 64 hexadecimal digits.") from error

    async def act(house: House) -> tuple[bool, str]:
        async with house.read() as connection:
            found = await audit.verify(connection)
            missing = wanted is not None and not await audit.holds(connection, wanted)
        if isinstance(found, Broken):
            return False, f"Row {found.seq}: {found.why}."
        if missing:
            return False, "The row that was noted is not there: the end of the log was cut off."
        return True, f"{found.length} rows hold. The last is {found.last_sha256.hex()}."

    return await _do(settings, act)


async def show_audit(
    settings: Settings, *, case: str | None, staff: str | None, most: int
) -> list[str]:
    """A line for each act, newest first; only about one case or one member, if named."""

    async def act(house: House) -> list[str]:
        about = None if staff is None else audit.of_member(staff)
        if case is not None:
            found = await staff_acts.find_case(house, case)
            if isinstance(found, Unknown):
                raise NoSuchCase(f"There is no case {case!r}.")
            about = audit.of_case(found)
        async with house.read() as connection:
            entries = await audit.newest(connection, about=about, most=most)
        return [_entry(entry) for entry in entries]

    return await _do(settings, act)


async def _do(settings: Settings, act: Callable[[House], Awaitable[_Done]]) -> _Done:
    with explaining(settings.database):
        async with opened_house(settings) as house:
            return await act(house)


def refusal(found: staff.Refusal) -> str:
    """What to do instead, in a line."""
    match found:
        case NotAllowed(_, code, needed):
            return f"{code} would need to be {' or '.join(needed)}. `homeward staff grant` asks."
        case NoSuchMember(code):
            return f"There is no member of staff {code!r} who can come in."
    return _REFUSALS[type(found)]


def _refused(found: staff.Refusal) -> NotDone:
    return NotDone(refusal(found))


def _told(member: Member) -> str:
    roles = ", ".join(sorted(member.roles)) or "no role"
    way_in = "can come in" if member.has_access else "cannot come in"
    if member.has_access and not member.enrolled:
        way_in = "can come in, for the first time"
    return f"{member.code}: {roles}; {way_in}{'; invented' if member.invented else ''}"


def _asked(request: Request) -> str:
    return f"asked by {request.requester}: {request.role} for {request.code}"


def _entry(entry: Entry) -> str:
    detail = " ".join(f"{name}={value}" for name, value in sorted(entry.detail.items()))
    told = f"{entry.seq} {entry.at:%Y-%m-%d %H:%M:%S} {entry.by} {entry.act} {entry.about} {detail}"
    return told.strip()
