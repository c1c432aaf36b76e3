"""
The languages of a version: who wrote each last, and who approved exactly its texts.

A version may be approved only when each of its languages is: by somebody who neither began the
story nor wrote that language last. The database itself holds to that.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, BLOB, TEXT, UnixTime
from storage.database import Connection
from storage.guards import Guard, append_only
from storage.schema import table
from storage.stories import Version

_EXACT = ("version_id", "locale", "texts_sha256", "author_id", "editor_id")

story_language = table(
    "story_language",
    sa.Column("version_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("locale", TEXT, primary_key=True),
    sa.Column("texts_sha256", BLOB, nullable=False),
    sa.Column("author_id", BIG, nullable=False),
    sa.Column("editor_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.ForeignKeyConstraint(
        ["version_id", "author_id"],
        ["story_version.id", "story_version.author_id"],
        name="fk_story_language_version",
    ),
    sa.UniqueConstraint(*_EXACT, name="uq_story_language_exact"),
    sa.CheckConstraint("length(texts_sha256) = 32", name="sha256_has_32_bytes"),
)

language_approval = table(
    "language_approval",
    sa.Column("version_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("locale", TEXT, primary_key=True),
    sa.Column("texts_sha256", BLOB, nullable=False),
    sa.Column("author_id", BIG, nullable=False),
    sa.Column("editor_id", BIG, nullable=False),
    sa.Column("approver_id", BIG, sa.ForeignKey("staff.id"), nullable=False),
    sa.Column("approved_at", UnixTime, nullable=False),
    sa.ForeignKeyConstraint(
        list(_EXACT),
        [f"story_language.{column}" for column in _EXACT],
        name="fk_language_approval_exact_texts",
    ),
    sa.CheckConstraint("approver_id <> author_id", name="four_eyes"),
    sa.CheckConstraint("approver_id <> editor_id", name="not_who_wrote_it_last"),
)

_NOT_ALL_APPROVED = """
 EXISTS (SELECT 1 FROM story_version WHERE id = NEW.version_id)
 AND (NOT EXISTS (SELECT 1 FROM story_language WHERE version_id = NEW.version_id)
  OR EXISTS (SELECT 1 FROM story_language AS told WHERE told.version_id = NEW.version_id
   AND NOT EXISTS (SELECT 1 FROM language_approval AS given
    WHERE given.version_id = told.version_id AND given.locale = told.locale)))"""

_ALL_APPROVED = Guard(
    sqlite=tuple(
        f"CREATE TRIGGER guard_approval_languages_{event.lower()} BEFORE {event} ON approval BEGIN"
        f" SELECT RAISE(ABORT, 'language_not_approved') WHERE{_NOT_ALL_APPROVED}; END"
        for event in ("INSERT", "UPDATE")
    ),
    postgresql=(
        "CREATE FUNCTION guard_approval_languages() RETURNS trigger LANGUAGE plpgsql"
        " SET search_path FROM CURRENT AS $$ BEGIN"
        f" IF {_NOT_ALL_APPROVED} THEN"
        " RAISE EXCEPTION 'language_not_approved: version %', NEW.version_id"
        " USING ERRCODE = 'restrict_violation', CONSTRAINT = 'language_not_approved'; END IF;"
        " RETURN NEW; END $$",
        "CREATE TRIGGER guard_approval_languages BEFORE INSERT OR UPDATE ON approval"
        " FOR EACH ROW EXECUTE FUNCTION guard_approval_languages()",
    ),
)
"""Nobody approves a version before each of its languages is approved."""

GUARDS: tuple[Guard, ...] = (
    append_only(story_language),
    append_only(language_approval),
    _ALL_APPROVED,
)


@dataclass(frozen=True, slots=True)
class Language:
    """
    One language of a version.

    Attributes:
        texts_sha256: Of all its texts (`stories.pack.language_sha256`).
        editor_id: Who wrote in it last.
        approver_id: Who approved it; None if nobody did.
    """

    version_id: int
    locale: str
    texts_sha256: bytes
    author_id: int
    editor_id: int
    approver_id: int | None


async def add(
    connection: Connection, version: Version, texts: Iterable[tuple[str, bytes, int]]
) -> None:
    """
    Keep the languages of a version, unless they are kept already.

    Args:
        texts: (locale, SHA-256 of its texts, who wrote in it last) of each.
    """
    there = {language.locale for language in await of_version(connection, version.id)}
    rows = [
        {
            "version_id": version.id,
            "locale": locale,
            "texts_sha256": sha256,
            "author_id": version.author_id,
            "editor_id": editor_id,
        }
        for locale, sha256, editor_id in texts
        if locale not in there
    ]
    if rows:
        await connection.execute(sa.insert(story_language), rows)


async def of_version(connection: Connection, version_id: int) -> list[Language]:
    """The languages of a version, by name; none of one that is older than this table."""
    columns = story_language.c
    found = await connection.execute(
        sa.select(story_language, language_approval.c.approver_id)
        .outerjoin(
            language_approval,
            sa.and_(
                language_approval.c.version_id == columns.version_id,
                language_approval.c.locale == columns.locale,
            ),
        )
        .where(columns.version_id == version_id)
        .order_by(columns.locale)
    )
    return [Language(*row) for row in found]


async def approve(
    connection: Connection, language: Language, *, approver_id: int, now: dt.datetime
) -> None:
    """
    Write down that somebody approved exactly these texts; once for each language.

    The database refuses the author, and who wrote in it last.
    """
    await connection.execute(
        sa.insert(language_approval).values(
            version_id=language.version_id,
            locale=language.locale,
            texts_sha256=language.texts_sha256,
            author_id=language.author_id,
            editor_id=language.editor_id,
            approver_id=approver_id,
            approved_at=now,
        )
    )
