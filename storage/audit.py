"""
The audit log: who did what, one row after another, each sealed to the one before it.

A row's hash covers its content and the hash of the row before, so that no row can be changed, taken
out or slipped in without every later hash being wrong. The database has each hash followed by one
row at most, so that the chain cannot fork, and its guards refuse change and deletion.

Only codes and ids: no names, no texts, no chats, no tokens.
"""

import datetime as dt
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table

BEGINNING = bytes(32)
"""The hash of the row that the migrations put first, so that each that is written has one before
it."""

_LOCK = 0x61756469  # any number that is nobody else's in this database
_PAGE = 1000

audit_entry = table(
    "audit_entry",
    sa.Column("seq", BIG, primary_key=True, autoincrement=False),
    sa.Column("done_at", UnixTime, nullable=False),
    sa.Column("actor", TEXT, nullable=False),
    sa.Column("act", TEXT, nullable=False),
    sa.Column("about", TEXT, nullable=False),
    sa.Column("detail", TEXT, nullable=False),
    sa.Column("previous_sha256", BLOB, sa.ForeignKey("audit_entry.sha256"), unique=True),
    sa.Column("sha256", BLOB, nullable=False, unique=True),
    sa.CheckConstraint("length(sha256) = 32", name="sha256_has_32_bytes"),
    sa.CheckConstraint("previous_sha256 <> sha256", name="follows_another"),
    sa.CheckConstraint("(seq = 0) = (previous_sha256 IS NULL)", name="follows"),
    sa.Index("audit_entry_about", "about", "seq"),
)

GUARDS: tuple[Guard, ...] = (append_only(audit_entry),)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One act.

    Attributes:
        seq: Counted from 1, without holes.
        by: The code of who did it; "operator" on the command line, "program" by itself.
        about: What it was done to, "case CODE" or "staff CODE"; "" if to nothing in particular.
        detail: Ids and codes by name.
    """

    seq: int
    at: dt.datetime
    by: str
    act: str
    about: str
    detail: Mapping[str, str | int]
    previous_sha256: bytes
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """
    The chain does not hold.

    Attributes:
        seq: The first row that is not as it was written, or whose row before is missing.
    """

    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Sound:
    """
    The chain holds.

    Attributes:
        length: How many acts are written down.
        last_sha256: Of the last. Noted elsewhere, it shows later that nothing was cut off the end.
    """

    length: int
    last_sha256: bytes


async def append(
    connection: Connection,
    *,
    by: str,
    act: str,
    about: str,
    detail: Mapping[str, str | int],
    now: dt.datetime,
) -> None:
    """
    Write an act down. Do it last in its transaction: whoever comes next waits for its end.
    """
    if connection.dialect.name == "postgresql":
        # On SQLite there is one writer at a time.
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    columns = audit_entry.c
    found = await connection.execute(
        sa.select(columns.seq, columns.sha256).order_by(columns.seq.desc()).limit(1)
    )
    last = found.one()
    seq, at = last.seq + 1, int(now.timestamp() // 1)
    told = _canonical(detail)
    await connection.execute(
        sa.insert(audit_entry).values(
            seq=seq,
            done_at=now,
            actor=by,
            act=act,
            about=about,
            detail=told,
            previous_sha256=last.sha256,
            sha256=_sha256(last.sha256, seq, at, by, act, about, told),
        )
    )


async def verify(connection: Connection) -> Sound | Broken:
    """Compute every hash again, and say where the chain breaks first, if it does."""
    length, last = 0, BEGINNING
    async for row in _rows(connection):
        length += 1
        if row.seq != length:
            return Broken(row.seq, "the row before it is missing")
        if row.previous_sha256 != last:
            return Broken(row.seq, "it does not follow the row before it")
        at = int(row.done_at.timestamp())
        expected = _sha256(last, row.seq, at, row.actor, row.act, row.about, row.detail)
        if row.sha256 != expected:
            return Broken(row.seq, "it is not as it was written")
        last = row.sha256
    return Sound(length, last)


async def holds(connection: Connection, sha256: bytes) -> bool:
    """Whether a row has this hash; one that was noted elsewhere and is gone was cut off the end."""
    found = await connection.scalar(
        sa.select(audit_entry.c.seq).where(audit_entry.c.sha256 == sha256)
    )
    return found is not None


async def newest(
    connection: Connection, *, about: str | None = None, most: int | None = None
) -> list[Entry]:
    """
    What was done, newest first.

    Args:
        about: Only what was done to this; None: everything.
        most: No more than so many; None: all.
    """
    columns = audit_entry.c
    wanted = sa.select(audit_entry).where(columns.seq > 0).order_by(columns.seq.desc()).limit(most)
    if about is not None:
        wanted = wanted.where(columns.about == about)
    return [_entry(row) for row in await connection.execute(wanted)]


def _canonical(detail: Mapping[str, str | int]) -> str:
    return json.dumps(dict(detail), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _sha256(
    previous: bytes, seq: int, at: int, by: str, act: str, about: str, detail: str
) -> bytes:
    # A JSON array, so that no two rows can be written alike by moving a character across a border.
    content = json.dumps([seq, at, by, act, about, detail], ensure_ascii=True)
    return hashlib.sha256(previous + content.encode()).digest()


async def _rows(connection: Connection) -> AsyncIterator[sa.Row[tuple[object, ...]]]:
    """Every row after the beginning, oldest first, a page at a time."""
    after = 0
    while True:
        wanted = (
            sa.select(audit_entry)
            .where(audit_entry.c.seq > after)
            .order_by(audit_entry.c.seq)
            .limit(_PAGE)
        )
        page = (await connection.execute(wanted)).all()
        for row in page:
            yield row
            after = row.seq
        if len(page) < _PAGE:
            return


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    return Entry(
        row.seq, row.done_at, row.actor, row.act, row.about, json.loads(row.detail),
        row.previous_sha256, row.sha256,
    )  # fmt: skip
