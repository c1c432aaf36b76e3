"""
How many people there are with which coarse facts, and who allowed to tell more than these allow.

Revision: 0017, after 0016. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, TEXT

revision = "0017"
down_revision = "0016"

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


def upgrade() -> None:
    _caseload()
    _caseload_count()
    _disclosure_override()
    _disclosure_grant()


def _caseload() -> None:
    op.create_table(
        "caseload",
        sa.Column("id", BIG, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("imported_at", BIG, nullable=False),
        sa.CheckConstraint("people > 0", name=op.f("ck_caseload_people_positive")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_caseload_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caseload")),
        sqlite_strict=True,
    )


def _caseload_count() -> None:
    op.create_table(
        "caseload_count",
        sa.Column("caseload_id", BIG, autoincrement=False, nullable=False),
        *(sa.Column(band, TEXT, nullable=False) for band in _BANDS),
        sa.Column("people", BIG, nullable=False),
        *(
            sa.CheckConstraint(f"{band} IN ({words})", name=op.f(f"ck_caseload_count_known_{band}"))
            for band, words in _BANDS.items()
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_caseload_count_people_positive")),
        sa.ForeignKeyConstraint(
            ["caseload_id"], ["caseload.id"], name=op.f("fk_caseload_count_caseload_id")
        ),
        sa.PrimaryKeyConstraint("caseload_id", *_BANDS, name=op.f("pk_caseload_count")),
        sqlite_strict=True,
    )


def _disclosure_override() -> None:
    op.create_table(
        "disclosure_override",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("caseload_id", BIG, nullable=False),
        sa.Column("facts", TEXT, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("reason_sealed", BLOB, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_disclosure_override_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_disclosure_override_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["caseload_id"], ["caseload.id"], name=op.f("fk_disclosure_override_caseload_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["staff.id"], name=op.f("fk_disclosure_override_asked_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_override")),
        sa.UniqueConstraint("id", "asked_by", name=op.f("uq_disclosure_override_id_asked_by")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_disclosure_override_case_id"), "disclosure_override", ["case_id"], unique=False
    )


def _disclosure_grant() -> None:
    op.create_table(
        "disclosure_grant",
        sa.Column("override_id", BIG, autoincrement=False, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("granted_by", BIG, nullable=False),
        sa.Column("granted_at", BIG, nullable=False),
        sa.CheckConstraint("granted_by <> asked_by", name=op.f("ck_disclosure_grant_two_people")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["staff.id"], name=op.f("fk_disclosure_grant_granted_by")
        ),
        sa.ForeignKeyConstraint(
            ["override_id", "asked_by"],
            ["disclosure_override.id", "disclosure_override.asked_by"],
            name=op.f("fk_disclosure_grant_exact_override"),
        ),
        sa.PrimaryKeyConstraint("override_id", name=op.f("pk_disclosure_grant")),
        sqlite_strict=True,
    )
