"""The one draft of each case: a story that is being written, sealed, and who wrote in it last."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.schema import table
from storage.sealing import Seal

_DRAFT = "draft"

story_draft = table(
    "story_draft",
    sa.Column("case_id", BIG, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    sa.Column("revision", BIG, nullable=False),
    sa.Column("author_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("last_editor_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("editors", TEXT, nullable=False),
    sa.Column("content_sealed", BLOB, nullable=False),
    sa.Column("edited_at", UnixTime, nullable=False),
    sa.CheckConstraint("revision > 0", name="revision_positive"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A story that is being written.

    Attributes:
        revision: Counts the saves, from 1; whoever saves names the one they have read.
        content: JSON of the shape of a pack, which need not be a whole one yet.
        editors: Language to the id of who wrote in it last.
    """

    case_id: int
    revision: int
    author_id: int
    last_editor_id: int
    content: str
    editors: Mapping[str, int]


async def of_case(connection: Connection, seal: Seal, case_id: int) -> Draft | None:
    """The draft of the case, opened; None if none was begun."""
    found = await connection.execute(sa.select(story_draft).where(story_draft.c.case_id == case_id))
    row = found.one_or_none()
    if row is None:
        return None
    content = seal.unseal(_DRAFT, row.content_sealed).decode()
    return Draft(
        row.case_id,
        row.revision,
        row.author_id,
        row.last_editor_id,
        content,
        json.loads(row.editors),
    )


async def begin(
    connection: Connection,
    seal: Seal,
    case_id: int,
    content: str,
    *,
    editors: Mapping[str, int],
    author_id: int,
    now: dt.datetime,
) -> None:
    """Begin the draft of a case that has none, at revision 1."""
    await connection.execute(
        sa.insert(story_draft).values(
            case_id=case_id,
            revision=1,
            author_id=author_id,
            last_editor_id=author_id,
            editors=json.dumps(dict(editors)),
            content_sealed=seal.seal(_DRAFT, content.encode()),
            edited_at=now,
        )
    )


async def save(
    connection: Connection,
    seal: Seal,
    read: Draft,
    content: str,
    *,
    editors: Mapping[str, int],
    editor_id: int,
    now: dt.datetime,
) -> bool:
    """Put *content* in the place of what was *read*; False if somebody saved in between."""
    saved = await connection.execute(
        sa.update(story_draft)
        .where(story_draft.c.case_id == read.case_id, story_draft.c.revision == read.revision)
        .values(
            revision=read.revision + 1,
            last_editor_id=editor_id,
            editors=json.dumps(dict(editors)),
            content_sealed=seal.seal(_DRAFT, content.encode()),
            edited_at=now,
        )
    )
    return saved.rowcount == 1
