"""
People who write to the bot, and where they stopped in a story.

A person is an encrypted chat id, a keyed hash to find it by, a language, whether they want
pictures, which story they have open, what a typed message would mean now, and nothing else: no
name, no username, no text they wrote, no times. Whose news they get stands in `storage.followers`.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, BLOB, TEXT, Flag
from storage.database import Connection, insert_ignoring
from storage.schema import table
from storage.sealing import Seal

_CHAT = "chat"

person = table(
    "person",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("chat_hash", BLOB, nullable=False, unique=True),
    sa.Column("chat_sealed", BLOB, nullable=False),
    sa.Column("locale", TEXT),
    sa.Column("awaiting", TEXT),
    sa.Column("gone", Flag, nullable=False, default=False),
    sa.Column("text_only", Flag, nullable=False, default=False),
    sa.Column("reading", BIG, sa.ForeignKey("cases.id")),
)

place = table(
    "place",
    sa.Column("person_id", BIG, sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True, index=True),
    sa.Column("step", BIG, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Person:
    """
    A person as conversations know them.

    Attributes:
        locale: The language chosen; None until one was chosen.
        awaiting: What a typed message would mean now (a route, see `conversations.routes`);
            None if nothing was asked.
        gone: The chat refused our last message (blocked, deleted).
        text_only: They want no pictures.
        reading: The id of the case whose story they opened last; None if none.
    """

    id: int
    locale: str | None
    awaiting: str | None
    gone: bool
    text_only: bool
    reading: int | None


COLUMNS = (
    person.c.id,
    person.c.locale,
    person.c.awaiting,
    person.c.gone,
    person.c.text_only,
    person.c.reading,
)
"""What `Person` is made of, in its order."""


async def find(connection: Connection, seal: Seal, chat_id: int) -> Person | None:
    """The person of *chat_id*, or None if nothing is stored of them."""
    found = await connection.execute(
        sa.select(*COLUMNS).where(person.c.chat_hash == seal.fingerprint(_CHAT, str(chat_id)))
    )
    row = found.mappings().one_or_none()
    return None if row is None else Person(**row)


async def ensure(connection: Connection, seal: Seal, chat_id: int) -> Person:
    """The person of *chat_id*, made now if there was none."""
    await connection.execute(
        insert_ignoring(connection, person).values(
            chat_hash=seal.fingerprint(_CHAT, str(chat_id)),
            chat_sealed=seal.seal(_CHAT, str(chat_id).encode()),
            gone=False,
            text_only=False,
        )
    )
    found = await find(connection, seal, chat_id)
    assert found is not None  # inserted above, in this transaction  # noqa: S101
    return found


async def chat_of(connection: Connection, seal: Seal, person_id: int) -> int | None:
    """The chat id to send to, unsealed; None if the person is not stored (any more)."""
    sealed = await connection.scalar(
        sa.select(person.c.chat_sealed).where(person.c.id == person_id)
    )
    return None if sealed is None else unseal_chat(seal, sealed)


def unseal_chat(seal: Seal, sealed: bytes) -> int:
    """The chat id out of `person.chat_sealed`."""
    return int(seal.unseal(_CHAT, sealed))


async def by_id(connection: Connection, person_id: int) -> Person | None:
    """The person with this id, or None."""
    found = await connection.execute(sa.select(*COLUMNS).where(person.c.id == person_id))
    row = found.mappings().one_or_none()
    return None if row is None else Person(**row)


async def lock(connection: Connection, person_id: int) -> None:
    """
    Hold the person's row until the transaction ends, so that two taps at once stand in line.

    On SQLite there is one writer at a time and nothing to lock.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(
            sa.select(person.c.id).where(person.c.id == person_id).with_for_update()
        )


async def set_locale(connection: Connection, person_id: int, locale: str) -> None:
    """Remember the language the person chose."""
    await _update(connection, person_id, locale=locale)


async def set_awaiting(connection: Connection, person_id: int, awaiting: str | None) -> None:
    """Remember what a typed message would mean now; None: nothing was asked."""
    await _update(connection, person_id, awaiting=awaiting)


async def set_text_only(connection: Connection, person_id: int, text_only: bool) -> None:
    """Remember whether the person wants no pictures."""
    await _update(connection, person_id, text_only=text_only)


async def set_gone(connection: Connection, person_id: int, gone: bool) -> None:
    """Remember whether the chat refuses our messages."""
    await _update(connection, person_id, gone=gone)


async def _update(connection: Connection, person_id: int, **values: object) -> None:
    await connection.execute(sa.update(person).where(person.c.id == person_id).values(**values))


async def remember_place(connection: Connection, person_id: int, case_id: int, step: int) -> None:
    """Remember the step (counted from 0) at which the person is in a story, which is now open."""
    await _update(connection, person_id, reading=case_id)
    updated = await connection.execute(
        sa.update(place)
        .where(place.c.person_id == person_id, place.c.case_id == case_id)
        .values(step=step)
    )
    if not updated.rowcount:
        await connection.execute(
            insert_ignoring(connection, place).values(
                person_id=person_id, case_id=case_id, step=step
            )
        )


async def readers(connection: Connection) -> dict[int, int]:
    """How many people have opened the story of each case that anybody opened."""
    counted = sa.select(place.c.case_id, sa.func.count().label("people")).group_by(place.c.case_id)
    rows = await connection.execute(counted)
    return {row.case_id: row.people for row in rows}


async def opened_by(connection: Connection, person_id: int) -> set[int]:
    """The cases whose story this person has opened."""
    mine = sa.select(place.c.case_id).where(place.c.person_id == person_id)
    rows = await connection.execute(mine)
    return set(rows.scalars())


async def place_in(connection: Connection, person_id: int, case_id: int) -> int | None:
    """The step at which the person stopped in this story; None if they never opened it."""
    step: int | None = await connection.scalar(
        sa.select(place.c.step).where(place.c.person_id == person_id, place.c.case_id == case_id)
    )
    return step
