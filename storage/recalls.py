"""
Recalls: a story is taken back, and the cards of it that stand in people's chats.

A recall takes the publication away in its own transaction, so that nothing shows the story from
that moment on. What was approved before a recall can never be made public again: the database
refuses it.

Of a card that shows a story stands which case it is of, and which message it is, encrypted.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import need_cards, rows
from storage.cases import cases
from storage.columns import BIG, BLOB, TEXT, Flag, UnixTime
from storage.database import Connection, insert
from storage.guards import Guard, append_only
from storage.need_cards import need_card_shown
from storage.schema import table
from storage.sealing import Seal
from storage.stories import publication

_CARD = "card"


class CardState(StrEnum):
    """
    What became of a card whose story was taken back.

    SHOWN: nothing yet; it shows the story. REACHED: it says now that the story is not shown.
    UNREACHED: Telegram will not change it: too old, deleted, or the chat refuses the bot.
    """

    SHOWN = "shown"
    REACHED = "reached"
    UNREACHED = "unreached"


recall = table(
    "recall",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("staff_id", BIG, sa.ForeignKey("staff.id")),
    sa.Column("recalled_at", UnixTime, nullable=False),
)

story_card = table(
    "story_card",
    sa.Column("message_hash", BLOB, primary_key=True),
    sa.Column("person_id", BIG, sa.ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("message_sealed", BLOB, nullable=False),
    sa.Column("has_picture", Flag, nullable=False),
    sa.Column("recall_id", BIG, sa.ForeignKey("recall.id")),
    sa.Column("state", TEXT, nullable=False),
    sa.CheckConstraint("state IN ('shown', 'reached', 'unreached')", name="known_state"),
    sa.CheckConstraint("state = 'shown' OR recall_id IS NOT NULL", name="reached_by_a_recall"),
    sa.Index("ix_story_card_case_id", "case_id"),
    sa.Index("ix_story_card_recall_id", "recall_id", "state"),
    sa.Index("ix_story_card_person_id", "person_id"),
)

_APPROVED_BEFORE = """
 EXISTS (SELECT 1 FROM recall JOIN approval ON approval.id = NEW.approval_id
          WHERE recall.case_id = NEW.case_id AND recall.recalled_at >= approval.approved_at)"""

GUARDS: tuple[Guard, ...] = (
    append_only(recall),
    Guard(
        sqlite=tuple(
            f"CREATE TRIGGER guard_publication_recalled_{event.lower()} BEFORE {event}"
            " ON publication BEGIN SELECT RAISE(ABORT, 'recalled') WHERE"
            f"{_APPROVED_BEFORE}; END"
            for event in ("INSERT", "UPDATE")
        ),
        postgresql=(
            "CREATE FUNCTION guard_publication_recalled() RETURNS trigger LANGUAGE plpgsql"
            " SET search_path FROM CURRENT AS $$ BEGIN"
            f" IF {_APPROVED_BEFORE} THEN"
            " RAISE EXCEPTION 'recalled: approved before the story was taken back'"
            " USING ERRCODE = 'restrict_violation', CONSTRAINT = 'recalled'; END IF;"
            " RETURN NEW; END $$",
            "CREATE TRIGGER guard_publication_recalled BEFORE INSERT OR UPDATE ON publication"
            " FOR EACH ROW EXECUTE FUNCTION guard_publication_recalled()",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Recall:
    """
    A recall.

    Attributes:
        staff_id: Who took the story back; None: a consent ended.
    """

    id: int
    case_id: int
    staff_id: int | None
    recalled_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Card:
    """A message in a chat that shows a story."""

    message_hash: bytes
    person_id: int
    message_id: int
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """How many cards a recall has reached, could not reach, and has still to go to."""

    reached: int
    unreached: int
    to_go: int


async def take_back(
    connection: Connection, case_id: int, staff_id: int | None, now: dt.datetime
) -> Recall:
    """
    Take the case back: neither its story nor its need card is public any more, and its cards in
    chats are to be changed.
    """
    await connection.execute(sa.delete(publication).where(publication.c.case_id == case_id))
    await need_cards.hide(connection, case_id)
    recall_id = await rows.add(
        connection, recall, case_id=case_id, staff_id=staff_id, recalled_at=now
    )
    await _want_cards(connection, case_id, recall_id)
    return Recall(recall_id, case_id, staff_id, now)


async def _want_cards(connection: Connection, case_id: int, recall_id: int) -> None:
    """Every card that still shows the case is this recall's to change."""
    await connection.execute(
        sa.update(story_card)
        .where(
            story_card.c.case_id == case_id,
            story_card.c.state == CardState.SHOWN,
            story_card.c.recall_id.is_(None),
        )
        .values(recall_id=recall_id)
    )


async def cards_only(connection: Connection, case_id: int, now: dt.datetime) -> Recall:
    """Take back the cards alone; the story stays public where else it may be told."""
    recall_id = await rows.add(connection, recall, case_id=case_id, staff_id=None, recalled_at=now)
    await _want_cards(connection, case_id, recall_id)
    return Recall(recall_id, case_id, None, now)


async def are_shown(connection: Connection, case_id: int) -> bool:
    """Whether there are cards of the case that no recall has taken up."""
    found = await connection.scalar(
        sa.select(story_card.c.case_id)
        .where(story_card.c.case_id == case_id, story_card.c.recall_id.is_(None))
        .limit(1)
    )
    return found is not None


async def newest(connection: Connection, case_id: int) -> Recall | None:
    """The last recall of the case, or None."""
    found = await connection.execute(
        sa.select(recall).where(recall.c.case_id == case_id).order_by(recall.c.id.desc()).limit(1)
    )
    row = found.one_or_none()
    return None if row is None else Recall(*row)


async def is_taken_back(connection: Connection, slug: str) -> bool:
    """Whether the case at this address was recalled and is not public."""
    found = await connection.scalar(
        sa.select(recall.c.id)
        .join(cases, cases.c.id == recall.c.case_id)
        .where(
            cases.c.slug == slug,
            ~sa.exists().where(publication.c.case_id == cases.c.id),
            ~sa.exists().where(need_card_shown.c.case_id == cases.c.id),
        )
        .limit(1)
    )
    return found is not None


async def is_public(connection: Connection, case_id: int) -> bool:
    """Whether a story or a need card of the case is public."""
    told = sa.select(publication.c.case_id).where(publication.c.case_id == case_id)
    needed = sa.select(need_card_shown.c.case_id).where(need_card_shown.c.case_id == case_id)
    return await connection.scalar(told.union_all(needed).limit(1)) is not None


async def by_id(connection: Connection, recall_id: int) -> Recall | None:
    """The recall with this id, or None."""
    found = await connection.execute(sa.select(recall).where(recall.c.id == recall_id))
    row = found.one_or_none()
    return None if row is None else Recall(*row)


async def is_remembered(
    connection: Connection, seal: Seal, chat_id: int, message_id: int, case_id: int
) -> bool:
    """Whether this message is known to show the case, and was not taken back."""
    found = await connection.scalar(
        sa.select(story_card.c.case_id).where(
            story_card.c.message_hash == _hash(seal, chat_id, message_id),
            story_card.c.case_id == case_id,
            story_card.c.recall_id.is_(None),
        )
    )
    return found is not None


async def remember(
    connection: Connection,
    seal: Seal,
    *,
    person_id: int,
    chat_id: int,
    message_id: int,
    case_id: int,
    has_picture: bool,
) -> int | None:
    """
    The message shows the case from now on.

    Where the case was taken back between the look at it and this, the card is that recall's, whose
    id is handed back; else None.
    """
    values = {
        "person_id": person_id,
        "case_id": case_id,
        "message_sealed": seal.seal(_CARD, str(message_id).encode()),
        "has_picture": has_picture,
        "recall_id": None,
        "state": CardState.SHOWN,
    }
    adding = insert(connection, story_card).values(
        message_hash=_hash(seal, chat_id, message_id), **values
    )
    await connection.execute(
        adding.on_conflict_do_update(index_elements=["message_hash"], set_=values)
    )
    last = None if await is_public(connection, case_id) else await newest(connection, case_id)
    if last is None:
        return None
    await _want_cards(connection, case_id, last.id)
    return last.id


async def forget(connection: Connection, seal: Seal, chat_id: int, message_id: int) -> None:
    """The message shows no story any more."""
    await connection.execute(
        sa.delete(story_card).where(
            story_card.c.message_hash == _hash(seal, chat_id, message_id),
            story_card.c.state == CardState.SHOWN,
        )
    )


async def to_change(connection: Connection, seal: Seal, recall_id: int, most: int) -> list[Card]:
    """Cards that this recall has not changed yet, at most so many."""
    found = await connection.execute(
        sa.select(
            story_card.c.message_hash,
            story_card.c.person_id,
            story_card.c.message_sealed,
            story_card.c.has_picture,
        )
        .where(story_card.c.recall_id == recall_id, story_card.c.state == CardState.SHOWN)
        .limit(most)
    )
    return [
        Card(
            row.message_hash,
            row.person_id,
            int(seal.unseal(_CARD, row.message_sealed)),
            row.has_picture,
        )
        for row in found
    ]


async def changed(connection: Connection, states: dict[bytes, CardState]) -> None:
    """What became of cards, by their hash."""
    for state in CardState:
        hashes = [each for each, became in states.items() if became is state]
        if hashes:
            await connection.execute(
                sa.update(story_card)
                .where(story_card.c.message_hash.in_(hashes))
                .values(state=state)
            )


async def reach(connection: Connection, recall_id: int) -> Reach:
    """How far the recall has come."""
    found = await connection.execute(
        sa.select(story_card.c.state, sa.func.count())
        .where(story_card.c.recall_id == recall_id)
        .group_by(story_card.c.state)
    )
    counts = {row[0]: row[1] for row in found}
    return Reach(
        counts.get(CardState.REACHED, 0),
        counts.get(CardState.UNREACHED, 0),
        counts.get(CardState.SHOWN, 0),
    )


def _hash(seal: Seal, chat_id: int, message_id: int) -> bytes:
    return seal.fingerprint(_CARD, f"{chat_id}/{message_id}")
