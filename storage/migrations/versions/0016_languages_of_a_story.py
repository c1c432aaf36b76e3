"""
Who wrote each language of a story last, and who approved it.

Revision: 0016, after 0015. Guards are away while this runs. A version that is there has no
languages here: what waits for a review is handed in once more.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, TEXT

revision = "0016"
down_revision = "0015"

_STRICT = {"sqlite_strict": True}
_EXACT = ["version_id", "locale", "texts_sha256", "author_id", "editor_id"]


def upgrade() -> None:
    _draft()
    with op.batch_alter_table("story_version", table_kwargs=_STRICT) as table:
        table.create_unique_constraint(op.f("uq_story_version_id_author_id"), ["id", "author_id"])
    _story_language()
    _language_approval()


def _draft() -> None:
    """Of a draft that is there nobody knows who wrote which language."""
    with op.batch_alter_table("story_draft", table_kwargs=_STRICT) as table:
        table.add_column(sa.Column("editors", TEXT, nullable=False, server_default="{}"))
    with op.batch_alter_table("story_draft", table_kwargs=_STRICT) as table:
        table.alter_column("editors", server_default=None)


def _story_language() -> None:
    op.create_table(
        "story_language",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("texts_sha256", BLOB, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("editor_id", BIG, nullable=False),
        sa.CheckConstraint(
            "length(texts_sha256) = 32", name=op.f("ck_story_language_sha256_has_32_bytes")
        ),
        sa.ForeignKeyConstraint(
            ["editor_id"], ["staff.id"], name=op.f("fk_story_language_editor_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "author_id"],
            ["story_version.id", "story_version.author_id"],
            name="fk_story_language_version",
        ),
        sa.PrimaryKeyConstraint("version_id", "locale", name=op.f("pk_story_language")),
        sa.UniqueConstraint(*_EXACT, name="uq_story_language_exact"),
        sqlite_strict=True,
    )


def _language_approval() -> None:
    op.create_table(
        "language_approval",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("texts_sha256", BLOB, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("editor_id", BIG, nullable=False),
        sa.Column("approver_id", BIG, nullable=False),
        sa.Column("approved_at", BIG, nullable=False),
        sa.CheckConstraint("approver_id <> author_id", name=op.f("ck_language_approval_four_eyes")),
        sa.CheckConstraint(
            "approver_id <> editor_id", name=op.f("ck_language_approval_not_who_wrote_it_last")
        ),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["staff.id"], name=op.f("fk_language_approval_approver_id")
        ),
        sa.ForeignKeyConstraint(
            _EXACT,
            [f"story_language.{column}" for column in _EXACT],
            name="fk_language_approval_exact_texts",
        ),
        sa.PrimaryKeyConstraint("version_id", "locale", name=op.f("pk_language_approval")),
        sqlite_strict=True,
    )
