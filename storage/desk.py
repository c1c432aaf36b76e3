"""
The way to the desk: links that are good once, sessions, and acts for which a code was asked again.

Links, browsers and sessions are known by hashes of secrets that nobody keeps but the browser.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection, insert
from storage.schema import table
from storage.sealing import Seal
from storage.staff import SECRET, staff_access

desk_link = table(
    "desk_link",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("token_sha256", BLOB, nullable=False, unique=True),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff_access.staff_id"), nullable=False, index=True),
    sa.Column("browser_sha256", BLOB),
    sa.Column("expires_at", UnixTime, nullable=False),
    sa.Column("wrong_codes", BIG, nullable=False),
    sa.UniqueConstraint("id", "staff_id"),
    sa.CheckConstraint("length(token_sha256) = 32", name="sha256_has_32_bytes"),
    sa.CheckConstraint("length(browser_sha256) = 32", name="browser_sha256_has_32_bytes"),
    sa.CheckConstraint("wrong_codes BETWEEN 0 AND 5", name="few_wrong_codes"),
)

desk_session = table(
    "desk_session",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("token_sha256", BLOB, nullable=False, unique=True),
    sa.Column("link_id", BIG, nullable=False, unique=True),
    sa.Column("staff_id", BIG, nullable=False, index=True),
    sa.Column("opened_at", UnixTime, nullable=False),
    sa.Column("expires_at", UnixTime, nullable=False),
    sa.Column("closed_at", UnixTime),
    sa.ForeignKeyConstraint(["link_id", "staff_id"], ["desk_link.id", "desk_link.staff_id"]),
    sa.CheckConstraint("length(token_sha256) = 32", name="sha256_has_32_bytes"),
    sa.CheckConstraint(
        "expires_at > opened_at AND expires_at <= opened_at + 1800", name="half_an_hour_at_most"
    ),
)

desk_step_up = table(
    "desk_step_up",
    sa.Column("session_id", BIG, sa.ForeignKey("desk_session.id"), primary_key=True),
    sa.Column("act", TEXT, primary_key=True),
    sa.Column("good_until", UnixTime, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Codes:
    """
    What a member's codes are judged by.

    Attributes:
        secret: Unsealed.
        last_step: The step of the newest code that was taken; no code of it or before is taken.
        wrong: How many wrong codes came since the last right one.
        locked_until: None if they are not locked.
        enrolled: A code of theirs was right before.
    """

    staff_id: int
    secret: bytes
    last_step: int
    wrong: int
    locked_until: dt.datetime | None
    enrolled: bool


@dataclass(frozen=True, slots=True)
class Link:
    """
    A link to the desk.

    Attributes:
        browser_sha256: Of the secret of the browser that opened it first; None while none has.
        used: A session was opened by it.
    """

    id: int
    staff_id: int
    browser_sha256: bytes | None
    expires_at: dt.datetime
    wrong_codes: int
    used: bool


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at the desk, until *expires_at*, or until it is closed."""

    id: int
    staff_id: int
    expires_at: dt.datetime


async def codes_of(connection: Connection, seal: Seal, staff_id: int) -> Codes | None:
    """
    What the member's codes are judged by, the row held until the transaction ends: of two who send
    the same code at once, one is refused. None if they have no way in.
    """
    wanted = sa.select(staff_access).where(
        staff_access.c.staff_id == staff_id, staff_access.c.revoked_at.is_(None)
    )
    if connection.dialect.name == "postgresql":
        wanted = wanted.with_for_update()
    row = (await connection.execute(wanted)).one_or_none()
    if row is None:
        return None
    secret = seal.unseal(SECRET, row.secret_sealed)
    return Codes(
        row.staff_id, secret, row.last_step, row.wrong_codes, row.locked_until, row.enrolled
    )


async def took_code(connection: Connection, staff_id: int, step: int) -> None:
    """A right code of this step was taken: neither it nor an older one is taken again."""
    await _set(connection, staff_id, last_step=step, wrong_codes=0, enrolled=True)


async def count_wrong_code(connection: Connection, staff_id: int, wrong: int) -> None:
    """So many wrong codes in a row have come now."""
    await _set(connection, staff_id, wrong_codes=wrong)


async def lock_codes(connection: Connection, staff_id: int, until: dt.datetime) -> None:
    """Take no code of the member until then; count from the beginning afterwards."""
    await _set(connection, staff_id, wrong_codes=0, locked_until=until)


async def renew_secret(connection: Connection, seal: Seal, staff_id: int, secret: bytes) -> None:
    """Another secret from now on, to be enrolled as the first was."""
    await _set(
        connection, staff_id, secret_sealed=seal.seal(SECRET, secret), enrolled=False, wrong_codes=0
    )


async def add_link(
    connection: Connection,
    *,
    token_sha256: bytes,
    staff_id: int,
    now: dt.datetime,
    until: dt.datetime,
) -> None:
    """Keep a new link. Those the member had before lead nowhere from now on."""
    await void_links(connection, staff_id, now)
    await rows.add(
        connection,
        desk_link,
        token_sha256=token_sha256,
        staff_id=staff_id,
        expires_at=until,
        wrong_codes=0,
    )


async def void_links(connection: Connection, staff_id: int, now: dt.datetime) -> None:
    """No link of the member leads anywhere any more."""
    await connection.execute(
        sa.update(desk_link)
        .where(desk_link.c.staff_id == staff_id, desk_link.c.expires_at > now)
        .values(expires_at=now)
    )


async def link(connection: Connection, token_sha256: bytes) -> Link | None:
    """The link with this token, or None."""
    found = await connection.execute(
        sa.select(desk_link, desk_session.c.id.label("session_id"))
        .outerjoin(desk_session, desk_session.c.link_id == desk_link.c.id)
        .where(desk_link.c.token_sha256 == token_sha256)
    )
    row = found.one_or_none()
    if row is None:
        return None
    return Link(
        row.id,
        row.staff_id,
        row.browser_sha256,
        row.expires_at,
        row.wrong_codes,
        row.session_id is not None,
    )


async def bind_link(connection: Connection, link_id: int, browser_sha256: bytes) -> bool:
    """The link is this browser's from now on; False if it is another's already."""
    bound = await connection.execute(
        sa.update(desk_link)
        .where(
            desk_link.c.id == link_id,
            sa.or_(
                desk_link.c.browser_sha256.is_(None), desk_link.c.browser_sha256 == browser_sha256
            ),
        )
        .values(browser_sha256=browser_sha256)
    )
    return bound.rowcount == 1


async def count_wrong_on_link(connection: Connection, link_id: int) -> None:
    """One more wrong code came by this link."""
    await connection.execute(
        sa.update(desk_link)
        .where(desk_link.c.id == link_id)
        .values(wrong_codes=desk_link.c.wrong_codes + 1)
    )


async def open_session(
    connection: Connection,
    *,
    token_sha256: bytes,
    link_id: int,
    staff_id: int,
    now: dt.datetime,
    until: dt.datetime,
) -> int:
    """
    Open a session by a link; hand back its id.

    Raises:
        IntegrityError: one was opened by this link before.
    """
    return await rows.add(
        connection,
        desk_session,
        token_sha256=token_sha256,
        link_id=link_id,
        staff_id=staff_id,
        opened_at=now,
        expires_at=until,
    )


async def session(connection: Connection, token_sha256: bytes, now: dt.datetime) -> Session | None:
    """
    The session with this token that is open now, or None; none of who was taken out meanwhile.
    """
    found = await connection.execute(
        sa.select(desk_session.c.id, desk_session.c.staff_id, desk_session.c.expires_at)
        .join(staff_access, staff_access.c.staff_id == desk_session.c.staff_id)
        .where(
            desk_session.c.token_sha256 == token_sha256,
            desk_session.c.expires_at > now,
            desk_session.c.closed_at.is_(None),
            staff_access.c.revoked_at.is_(None),
        )
    )
    row = found.one_or_none()
    return None if row is None else Session(row.id, row.staff_id, row.expires_at)


async def close_sessions(
    connection: Connection, staff_id: int, now: dt.datetime, *, session_id: int | None = None
) -> None:
    """Close the member's sessions, or only the one named."""
    wanted = [desk_session.c.staff_id == staff_id, desk_session.c.closed_at.is_(None)]
    if session_id is not None:
        wanted.append(desk_session.c.id == session_id)
    await connection.execute(sa.update(desk_session).where(*wanted).values(closed_at=now))


async def step_up(
    connection: Connection, session_id: int, act: str, good_until: dt.datetime
) -> None:
    """A code was given for this act, good until then."""
    statement = insert(connection, desk_step_up).values(
        session_id=session_id, act=act, good_until=good_until
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id", "act"], set_={"good_until": statement.excluded.good_until}
        )
    )


async def stepped_up(connection: Connection, session_id: int, now: dt.datetime) -> frozenset[str]:
    """The acts for which a code that this session gave is still good."""
    found = await connection.execute(
        sa.select(desk_step_up.c.act).where(
            desk_step_up.c.session_id == session_id, desk_step_up.c.good_until > now
        )
    )
    return frozenset(found.scalars())


async def forget_before(connection: Connection, moment: dt.datetime) -> int:
    """Delete links that ran out before *moment*, with their sessions; hand back how many."""
    old = sa.select(desk_link.c.id).where(desk_link.c.expires_at < moment).scalar_subquery()
    sessions = sa.select(desk_session.c.id).where(desk_session.c.link_id.in_(old)).scalar_subquery()
    await connection.execute(sa.delete(desk_step_up).where(desk_step_up.c.session_id.in_(sessions)))
    await connection.execute(sa.delete(desk_session).where(desk_session.c.link_id.in_(old)))
    forgotten = await connection.execute(
        sa.delete(desk_link).where(desk_link.c.expires_at < moment)
    )
    return forgotten.rowcount


async def _set(connection: Connection, staff_id: int, **values: object) -> None:
    await connection.execute(
        sa.update(staff_access).where(staff_access.c.staff_id == staff_id).values(**values)
    )
