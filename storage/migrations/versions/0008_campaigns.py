"""
Campaigns: links that are spread, counts of what they reached, and which gift came by which.

Revision: 0008, after 0007. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, TEXT

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("locale", TEXT, nullable=True),
        sa.Column("begins_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 60", name=op.f("ck_campaign_has_a_name")),
        sa.CheckConstraint(
            "ends_at IS NULL OR ends_at > begins_at",
            name=op.f("ck_campaign_ends_after_it_begins"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_campaign_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "campaign_count",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("stage", BIG, nullable=False),
        sa.Column("times", BIG, nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_campaign_count_times_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_count_campaign_id")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "day", "locale", "stage", name=op.f("pk_campaign_count")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "arrival",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("furthest", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_arrival_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_arrival_campaign_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_arrival")),
        sqlite_strict=True,
    )
    op.create_table(
        "gift_source",
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_gift_source_hold_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_gift_source_campaign_id")
        ),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_gift_source")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_gift_source_campaign_id"), "gift_source", ["campaign_id"])
