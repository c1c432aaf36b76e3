"""
Who of the staff may come in, and in which roles: granted by two people, taken back by one.

The people themselves are rows of `storage.cases.staff`: a code, and nothing else. Here is how one
of them is known when they write to the bot, and the secret behind their codes; both are sealed.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.cases import staff
from storage.columns import BIG, BLOB, TEXT, Flag, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from storage.sealing import Seal

# Another purpose than a reader's chat has: else equal hashes would tell which reader is staff.
_CHAT = "staff chat"
SECRET = "totp secret"  # noqa: S105
"""The purpose that the secrets of codes are sealed for; see `storage.desk`."""


class Role(StrEnum):
    """What somebody is trusted with."""

    CASE_OFFICER = "case_officer"
    PROTECTION_OFFICER = "protection_officer"
    FINANCE = "finance"
    ADMIN = "admin"


staff_access = table(
    "staff_access",
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), primary_key=True, autoincrement=False),
    sa.Column("chat_hash", BLOB, nullable=False, unique=True),
    sa.Column("chat_sealed", BLOB, nullable=False),
    sa.Column("secret_sealed", BLOB, nullable=False),
    sa.Column("enrolled", Flag, nullable=False),
    sa.Column("last_step", BIG, nullable=False),
    sa.Column("wrong_codes", BIG, nullable=False),
    sa.Column("locked_until", UnixTime),
    sa.Column("added_at", UnixTime, nullable=False),
    sa.Column("revoked_at", UnixTime),
    sa.CheckConstraint("wrong_codes BETWEEN 0 AND 5", name="few_wrong_codes"),
)

role_request = table(
    "role_request",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id"), nullable=False, index=True),
    sa.Column("role", TEXT, nullable=False),
    sa.Column("requester_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("requested_at", UnixTime, nullable=False),
    sa.UniqueConstraint("id", "staff_id", "requester_id"),
    sa.CheckConstraint(
        "role IN ('case_officer', 'protection_officer', 'finance', 'admin')", name="known_role"
    ),
    sa.CheckConstraint("requester_id <> staff_id", name="not_for_oneself"),
)

role_decision = table(
    "role_decision",
    sa.Column("request_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("staff_id", BIG, nullable=False),
    sa.Column("requester_id", BIG, nullable=False),
    sa.Column("decider_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("granted", Flag, nullable=False),
    sa.Column("decided_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        ["request_id", "staff_id", "requester_id"],
        ["role_request.id", "role_request.staff_id", "role_request.requester_id"],
        name="fk_role_decision_exact_request",
    ),
    sa.CheckConstraint("granted = 0 OR decider_id <> requester_id", name="two_people"),
    sa.CheckConstraint("granted = 0 OR decider_id <> staff_id", name="not_for_oneself"),
)

role_revocation = table(
    "role_revocation",
    sa.Column(
        "request_id",
        BIG,
        sa.ForeignKey("role_decision.request_id"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("revoker_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("revoked_at", UnixTime, nullable=False),
)

GUARDS: tuple[Guard, ...] = (
    append_only(role_request),
    append_only(role_decision),
    append_only(role_revocation),
)


@dataclass(frozen=True, slots=True)
class Member:
    """
    A member of staff.

    Attributes:
        code: Names them everywhere; nothing here holds a name.
        invented: Of the samples or the demo; nobody.
        roles: Those that hold now.
        has_access: They can come in by the bot: known there, and not revoked.
        enrolled: They have shown once that their codes are right.
        locked_until: Until when no code of theirs is taken; None if they are not locked.
    """

    id: int
    code: str
    invented: bool
    roles: frozenset[Role]
    has_access: bool = False
    enrolled: bool = False
    locked_until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """
    Somebody asks that a role be given to somebody else.

    Attributes:
        code: Of who is to have it.
        requester: The code of who asks.
    """

    id: int
    staff_id: int
    code: str
    role: Role
    requester_id: int
    requester: str
    requested_at: dt.datetime


async def give_access(
    connection: Connection,
    seal: Seal,
    staff_id: int,
    *,
    chat_id: int,
    secret: bytes,
    now: dt.datetime,
) -> None:
    """
    Let the bot know *staff_id* by this chat.

    Raises:
        IntegrityError: they have access already, or the chat is another member's.
    """
    await connection.execute(
        sa.insert(staff_access).values(
            staff_id=staff_id,
            chat_hash=seal.fingerprint(_CHAT, str(chat_id)),
            chat_sealed=seal.seal(_CHAT, str(chat_id).encode()),
            secret_sealed=seal.seal(SECRET, secret),
            enrolled=False,
            last_step=0,
            wrong_codes=0,
            added_at=now,
        )
    )


async def is_known(connection: Connection, seal: Seal, chat_id: int) -> bool:
    """Whether the chat is of a member of staff, revoked or not."""
    return await _by_chat(connection, seal, chat_id) is not None


async def by_chat(connection: Connection, seal: Seal, chat_id: int) -> Member | None:
    """The member whose chat it is and who may come in; None if there is none."""
    staff_id = await _by_chat(connection, seal, chat_id)
    member = None if staff_id is None else await by_id(connection, staff_id)
    return member if member is not None and member.has_access else None


async def by_id(connection: Connection, staff_id: int) -> Member | None:
    """The member of staff with this id, or None."""
    return _only(await _load(connection, staff.c.id == staff_id))


async def by_code(connection: Connection, code: str) -> Member | None:
    """The member of staff with this code, or None."""
    return _only(await _load(connection, staff.c.code == code))


async def everybody(connection: Connection) -> list[Member]:
    """Everybody, oldest first; authors of imported stories too, who cannot come in."""
    return await _load(connection, sa.true())


async def somebody_is_real(connection: Connection) -> bool:
    """Whether anybody who is not invented was ever let in."""
    found = await connection.scalar(
        sa.select(staff.c.id)
        .join(staff_access, staff_access.c.staff_id == staff.c.id)
        .where(staff.c.invented == False)  # noqa: E712
        .limit(1)
    )
    return found is not None


async def chat_of(connection: Connection, seal: Seal, staff_id: int) -> int | None:
    """The chat to write to a member in; None if they have no access."""
    sealed = await connection.scalar(
        sa.select(staff_access.c.chat_sealed).where(
            staff_access.c.staff_id == staff_id, staff_access.c.revoked_at.is_(None)
        )
    )
    return None if sealed is None else int(seal.unseal(_CHAT, sealed))


async def revoke_access(connection: Connection, staff_id: int, now: dt.datetime) -> bool:
    """The member cannot come in any more; true if they could."""
    revoked = await connection.execute(
        sa.update(staff_access)
        .where(staff_access.c.staff_id == staff_id, staff_access.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return revoked.rowcount == 1


async def request_role(
    connection: Connection, *, staff_id: int, role: Role, requester_id: int, now: dt.datetime
) -> int:
    """Ask that somebody be given a role; hand back the request's id."""
    return await rows.add(
        connection,
        role_request,
        staff_id=staff_id,
        role=role,
        requester_id=requester_id,
        requested_at=now,
    )


async def decide_role(
    connection: Connection, request: Request, *, decider_id: int, granted: bool, now: dt.datetime
) -> None:
    """Grant what was asked for, or turn it down."""
    await connection.execute(
        sa.insert(role_decision).values(
            request_id=request.id,
            staff_id=request.staff_id,
            requester_id=request.requester_id,
            decider_id=decider_id,
            granted=granted,
            decided_at=now,
        )
    )


async def give_role(
    connection: Connection,
    staff_id: int,
    role: Role,
    *,
    requester_id: int,
    decider_id: int,
    now: dt.datetime,
) -> None:
    """
    Ask for a role and grant it at once, in the names of two other people.

    For the first people of an installation and for invented ones; all others wait for each other.
    """
    request_id = await request_role(
        connection, staff_id=staff_id, role=role, requester_id=requester_id, now=now
    )
    await connection.execute(
        sa.insert(role_decision).values(
            request_id=request_id,
            staff_id=staff_id,
            requester_id=requester_id,
            decider_id=decider_id,
            granted=True,
            decided_at=now,
        )
    )


async def revoke_role(
    connection: Connection, staff_id: int, role: Role, *, revoker_id: int, now: dt.datetime
) -> list[int]:
    """Take the role back; hand back the requests it was granted by, none if they had it not."""
    held = await connection.execute(
        _held()
        .add_columns(role_request.c.id)
        .where(role_request.c.staff_id == staff_id, role_request.c.role == role)
    )
    ids = [row.id for row in held]
    for request_id in ids:
        await connection.execute(
            sa.insert(role_revocation).values(
                request_id=request_id, revoker_id=revoker_id, revoked_at=now
            )
        )
    return ids


async def requests_waiting(connection: Connection) -> list[Request]:
    """What nobody has decided yet, oldest first."""
    asking = staff.alias("asking")
    found = await connection.execute(
        sa.select(role_request, staff.c.code, asking.c.code.label("requester"))
        .join(staff, staff.c.id == role_request.c.staff_id)
        .join(asking, asking.c.id == role_request.c.requester_id)
        .outerjoin(role_decision, role_decision.c.request_id == role_request.c.id)
        .where(role_decision.c.request_id.is_(None))
        .order_by(role_request.c.id)
    )
    return [
        Request(
            row.id,
            row.staff_id,
            row.code,
            Role(row.role),
            row.requester_id,
            row.requester,
            row.requested_at,
        )
        for row in found
    ]


def _held() -> sa.Select[tuple[int, str]]:
    """Whose role is which, of all that were granted and not taken back."""
    return (
        sa.select(role_request.c.staff_id, role_request.c.role)
        .join(role_decision, role_decision.c.request_id == role_request.c.id)
        .outerjoin(role_revocation, role_revocation.c.request_id == role_request.c.id)
        .where(role_decision.c.granted == True, role_revocation.c.request_id.is_(None))  # noqa: E712
    )


async def _by_chat(connection: Connection, seal: Seal, chat_id: int) -> int | None:
    found: int | None = await connection.scalar(
        sa.select(staff_access.c.staff_id).where(
            staff_access.c.chat_hash == seal.fingerprint(_CHAT, str(chat_id))
        )
    )
    return found


def _only(found: Sequence[Member]) -> Member | None:
    return found[0] if found else None


async def _load(connection: Connection, where: sa.ColumnElement[bool]) -> list[Member]:
    held = _held().subquery()
    found = await connection.execute(
        sa.select(
            staff,
            held.c.role,
            staff_access.c.enrolled,
            staff_access.c.locked_until,
            sa.and_(
                staff_access.c.staff_id.is_not(None), staff_access.c.revoked_at.is_(None)
            ).label("has_access"),
        )
        .outerjoin(staff_access, staff_access.c.staff_id == staff.c.id)
        .outerjoin(held, held.c.staff_id == staff.c.id)
        .where(where)
        .order_by(staff.c.id)
    )
    members: dict[int, Member] = {}
    for row in found:
        known = members.get(row.id)
        roles = frozenset() if known is None else known.roles
        members[row.id] = Member(
            id=row.id,
            code=row.code,
            invented=row.invented,
            roles=roles | ({Role(row.role)} if row.role else frozenset()),
            has_access=bool(row.has_access),
            enrolled=bool(row.enrolled),
            locked_until=row.locked_until,
        )
    return list(members.values())
