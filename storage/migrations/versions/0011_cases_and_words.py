"""
What staff know and decide of a case: facts, risk, drafts, reviews, updates; cases for courses.

Revision: 0011, after 0010. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0011"
down_revision = "0010"

_EXACT = ["id", "case_id", "content_sha256", "author_id", "last_editor_id"]


def upgrade() -> None:
    _training()
    _consents()
    _last_editors()
    _case_facts()
    _case_name()
    _case_risk()
    _case_update()
    _story_draft()
    _story_return()
    _update_decision()
    _publication_plan()
    _update_stop()


def _training() -> None:
    """No case that is there is for courses."""
    with op.batch_alter_table("cases", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("training", INT, nullable=False, server_default="0"))
    with op.batch_alter_table("cases", table_kwargs={"sqlite_strict": True}) as table:
        table.alter_column("training", server_default=None)
        table.create_check_constraint(op.f("ck_cases_training_is_a_flag"), "training IN (0, 1)")


def _consents() -> None:
    """More purposes, and a number of uses: all that are there are for any number."""
    with op.batch_alter_table("consent", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("uses", BIG, nullable=True))
        table.drop_constraint(op.f("ck_consent_known_purpose"), type_="check")
    with op.batch_alter_table("consent", table_kwargs={"sqlite_strict": True}) as table:
        table.create_check_constraint(
            op.f("ck_consent_known_purpose"),
            "purpose IN ('tell_story', 'show_need', 'publish_updates', 'translate')",
        )
        table.create_check_constraint(op.f("ck_consent_uses_positive"), "uses > 0")


def _last_editors() -> None:
    """Whoever wrote a version that is there touched it last as well."""
    strict = {"sqlite_strict": True}
    with op.batch_alter_table("approval", table_kwargs=strict) as table:
        table.drop_constraint(op.f("fk_approval_exact_version"), type_="foreignkey")
        table.add_column(sa.Column("last_editor_id", BIG, nullable=True))
    with op.batch_alter_table("story_version", table_kwargs=strict) as table:
        table.drop_constraint(
            op.f("uq_story_version_id_case_id_content_sha256_author_id"), type_="unique"
        )
        table.add_column(sa.Column("last_editor_id", BIG, nullable=True))
    op.execute("UPDATE story_version SET last_editor_id = author_id")
    op.execute("UPDATE approval SET last_editor_id = author_id")
    with op.batch_alter_table("story_version", table_kwargs=strict) as table:
        table.alter_column("last_editor_id", nullable=False)
        table.create_unique_constraint(op.f("uq_story_version_exact"), _EXACT)
        table.create_foreign_key(
            op.f("fk_story_version_last_editor_id"), "staff", ["last_editor_id"], ["id"]
        )
    with op.batch_alter_table("approval", table_kwargs=strict) as table:
        table.alter_column("last_editor_id", nullable=False)
        table.create_foreign_key(
            op.f("fk_approval_exact_version"), "story_version", ["version_id", *_EXACT[1:]], _EXACT
        )
        table.create_check_constraint(
            op.f("ck_approval_not_the_last_editor"), "approver_id <> last_editor_id"
        )


_BANDS = {
    "region": "'mainland_south_east_asia', 'island_south_east_asia', 'south_asia', 'east_asia',"
    " 'east_africa', 'west_africa', 'middle_east_and_north_africa', 'eastern_europe',"
    " 'latin_america'",
    "age_band": "'under_18', '18_29', '30_44', '45_up'",
    "exploitation": "'fishing', 'domestic_work', 'factory_work', 'farm_work', 'construction',"
    " 'online_scam', 'other'",
    "gender": "'woman', 'man', 'other', 'not_said'",
    "period_band": "'under_6_months', '6_24_months', 'over_24_months', 'not_said'",
}


def _case_facts() -> None:
    op.create_table(
        "case_facts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        *(sa.Column(band, TEXT, nullable=False) for band in _BANDS),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("said_at", BIG, nullable=False),
        *(
            sa.CheckConstraint(f"{band} IN ({words})", name=op.f(f"ck_case_facts_known_{band}"))
            for band, words in _BANDS.items()
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_facts_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_facts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_facts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_facts_case_id"), "case_facts", ["case_id"], unique=False)


def _case_name() -> None:
    op.create_table(
        "case_name",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("pseudonym", TEXT, nullable=False),
        sa.Column("opened_by", BIG, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_name_case_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["staff.id"], name=op.f("fk_case_name_opened_by")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_name")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_case_name_pseudonym")),
        sqlite_strict=True,
    )


def _case_risk() -> None:
    op.create_table(
        "case_risk",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("trafficker_at_large", INT, nullable=False),
        sa.Column("court_case", INT, nullable=False),
        sa.Column("minor", INT, nullable=False),
        sa.Column("returns_to_same_area", INT, nullable=False),
        sa.Column("no_region", INT, nullable=False),
        sa.Column("no_family", INT, nullable=False),
        sa.Column("no_hard_chapter", INT, nullable=False),
        sa.Column("no_updates", INT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("said_at", BIG, nullable=False),
        sa.CheckConstraint(
            "level IN ('low', 'medium', 'high')", name=op.f("ck_case_risk_known_level")
        ),
        sa.CheckConstraint("minor = 0 OR level = 'high'", name=op.f("ck_case_risk_minor_is_high")),
        sa.CheckConstraint("court_case IN (0, 1)", name=op.f("ck_case_risk_court_case_is_a_flag")),
        sa.CheckConstraint("minor IN (0, 1)", name=op.f("ck_case_risk_minor_is_a_flag")),
        sa.CheckConstraint("no_family IN (0, 1)", name=op.f("ck_case_risk_no_family_is_a_flag")),
        sa.CheckConstraint(
            "no_hard_chapter IN (0, 1)", name=op.f("ck_case_risk_no_hard_chapter_is_a_flag")
        ),
        sa.CheckConstraint("no_region IN (0, 1)", name=op.f("ck_case_risk_no_region_is_a_flag")),
        sa.CheckConstraint("no_updates IN (0, 1)", name=op.f("ck_case_risk_no_updates_is_a_flag")),
        sa.CheckConstraint(
            "returns_to_same_area IN (0, 1)",
            name=op.f("ck_case_risk_returns_to_same_area_is_a_flag"),
        ),
        sa.CheckConstraint(
            "trafficker_at_large IN (0, 1)", name=op.f("ck_case_risk_trafficker_at_large_is_a_flag")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_risk_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_risk_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_risk")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_risk_case_id"), "case_risk", ["case_id"], unique=False)


def _case_update() -> None:
    op.create_table(
        "case_update",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("milestone", TEXT, nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("notes_sealed", BLOB, nullable=False),
        sa.Column("content_sha256", BLOB, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("written_at", BIG, nullable=False),
        sa.CheckConstraint(
            "length(content_sha256) = 32", name=op.f("ck_case_update_sha256_has_32_bytes")
        ),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_case_update_month_only")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_case_update_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_update_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_update")),
        sa.UniqueConstraint(
            "id",
            "content_sha256",
            "author_id",
            name=op.f("uq_case_update_id_content_sha256_author_id"),
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_update_case_id"), "case_update", ["case_id"], unique=False)


def _story_draft() -> None:
    op.create_table(
        "story_draft",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("last_editor_id", BIG, nullable=False),
        sa.Column("content_sealed", BLOB, nullable=False),
        sa.Column("edited_at", BIG, nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_story_draft_revision_positive")),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_story_draft_author_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_story_draft_case_id")),
        sa.ForeignKeyConstraint(
            ["last_editor_id"], ["staff.id"], name=op.f("fk_story_draft_last_editor_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_story_draft")),
        sqlite_strict=True,
    )


def _story_return() -> None:
    op.create_table(
        "story_return",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("note_sealed", BLOB, nullable=False),
        sa.Column("returned_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_story_return_staff_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["story_version.id"], name=op.f("fk_story_return_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_story_return")),
        sqlite_strict=True,
    )


def _update_decision() -> None:
    op.create_table(
        "update_decision",
        sa.Column("update_id", BIG, autoincrement=False, nullable=False),
        sa.Column("content_sha256", BLOB, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("decider_id", BIG, nullable=False),
        sa.Column("approved", INT, nullable=False),
        sa.Column("public_from", BIG, nullable=True),
        sa.Column("decided_at", BIG, nullable=False),
        sa.CheckConstraint(
            "(approved = 1) = (public_from IS NOT NULL)",
            name=op.f("ck_update_decision_approved_becomes_public"),
        ),
        sa.CheckConstraint(
            "approved = 0 OR decider_id <> author_id", name=op.f("ck_update_decision_four_eyes")
        ),
        sa.CheckConstraint(
            "approved IN (0, 1)", name=op.f("ck_update_decision_approved_is_a_flag")
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["staff.id"], name=op.f("fk_update_decision_decider_id")
        ),
        sa.ForeignKeyConstraint(
            ["update_id", "content_sha256", "author_id"],
            ["case_update.id", "case_update.content_sha256", "case_update.author_id"],
            name="fk_update_decision_exact_words",
        ),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_update_decision")),
        sqlite_strict=True,
    )


def _publication_plan() -> None:
    op.create_table(
        "publication_plan",
        sa.Column("approval_id", BIG, autoincrement=False, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("stopped_by", BIG, nullable=True),
        sa.Column("ended_at", BIG, nullable=True),
        sa.CheckConstraint(
            "(state = 'stopped') = (stopped_by IS NOT NULL)",
            name=op.f("ck_publication_plan_somebody_stopped_it"),
        ),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)",
            name=op.f("ck_publication_plan_ended_unless_it_waits"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'stopped', 'published', 'refused')",
            name=op.f("ck_publication_plan_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["approval_id", "version_id", "case_id"],
            ["approval.id", "approval.version_id", "approval.case_id"],
            name="fk_publication_plan_approved_version",
        ),
        sa.ForeignKeyConstraint(
            ["stopped_by"], ["staff.id"], name=op.f("fk_publication_plan_stopped_by")
        ),
        sa.PrimaryKeyConstraint("approval_id", name=op.f("pk_publication_plan")),
        sqlite_strict=True,
    )
    op.create_index("publication_plan_due", "publication_plan", ["state", "due_at"], unique=False)


def _update_stop() -> None:
    op.create_table(
        "update_stop",
        sa.Column("update_id", BIG, autoincrement=False, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("stopped_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_update_stop_staff_id")),
        sa.ForeignKeyConstraint(
            ["update_id"], ["update_decision.update_id"], name=op.f("fk_update_stop_update_id")
        ),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_update_stop")),
        sqlite_strict=True,
    )
