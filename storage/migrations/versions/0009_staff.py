"""
Staff: who may come in and in which roles, the audit log, the way to the desk.

Revision: 0009, after 0008. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _access()
    _roles()
    _audit_log()
    _desk()


def _access() -> None:
    """How the bot knows a member of staff."""
    op.create_table(
        "staff_access",
        sa.Column("staff_id", BIG, autoincrement=False, nullable=False),
        sa.Column("chat_hash", BLOB, nullable=False),
        sa.Column("chat_sealed", BLOB, nullable=False),
        sa.Column("secret_sealed", BLOB, nullable=False),
        sa.Column("enrolled", INT, nullable=False),
        sa.Column("last_step", BIG, nullable=False),
        sa.Column("wrong_codes", BIG, nullable=False),
        sa.Column("locked_until", BIG, nullable=True),
        sa.Column("added_at", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=True),
        sa.CheckConstraint("enrolled IN (0, 1)", name=op.f("ck_staff_access_enrolled_is_a_flag")),
        sa.CheckConstraint(
            "wrong_codes BETWEEN 0 AND 5", name=op.f("ck_staff_access_few_wrong_codes")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_access_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_access")),
        sa.UniqueConstraint("chat_hash", name=op.f("uq_staff_access_chat_hash")),
        sqlite_strict=True,
    )


def _roles() -> None:
    """Asked for by one, granted by another, taken back by any."""
    op.create_table(
        "role_request",
        sa.Column("id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("requester_id", BIG, nullable=False),
        sa.Column("requested_at", BIG, nullable=False),
        sa.CheckConstraint(
            "role IN ('case_officer', 'protection_officer', 'finance', 'admin')",
            name=op.f("ck_role_request_known_role"),
        ),
        sa.CheckConstraint(
            "requester_id <> staff_id", name=op.f("ck_role_request_not_for_oneself")
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["staff.id"], name=op.f("fk_role_request_requester_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_role_request_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_request")),
        sa.UniqueConstraint(
            "id", "staff_id", "requester_id", name=op.f("uq_role_request_id_staff_id_requester_id")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_role_request_staff_id"), "role_request", ["staff_id"], unique=False)
    op.create_table(
        "role_decision",
        sa.Column("request_id", BIG, autoincrement=False, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("requester_id", BIG, nullable=False),
        sa.Column("decider_id", BIG, nullable=False),
        sa.Column("granted", INT, nullable=False),
        sa.Column("decided_at", BIG, nullable=False),
        sa.CheckConstraint(
            "granted = 0 OR decider_id <> requester_id", name=op.f("ck_role_decision_two_people")
        ),
        sa.CheckConstraint(
            "granted = 0 OR decider_id <> staff_id", name=op.f("ck_role_decision_not_for_oneself")
        ),
        sa.CheckConstraint("granted IN (0, 1)", name=op.f("ck_role_decision_granted_is_a_flag")),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["staff.id"], name=op.f("fk_role_decision_decider_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "staff_id", "requester_id"],
            ["role_request.id", "role_request.staff_id", "role_request.requester_id"],
            name="fk_role_decision_exact_request",
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_role_decision")),
        sqlite_strict=True,
    )
    op.create_table(
        "role_revocation",
        sa.Column("request_id", BIG, autoincrement=False, nullable=False),
        sa.Column("revoker_id", BIG, nullable=False),
        sa.Column("revoked_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["role_decision.request_id"], name=op.f("fk_role_revocation_request_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoker_id"], ["staff.id"], name=op.f("fk_role_revocation_revoker_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_role_revocation")),
        sqlite_strict=True,
    )


def _audit_log() -> None:
    """The log, with the row that stands before the first."""
    op.create_table(
        "audit_entry",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("done_at", BIG, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("previous_sha256", BLOB, nullable=True),
        sa.Column("sha256", BLOB, nullable=False),
        sa.CheckConstraint("length(sha256) = 32", name=op.f("ck_audit_entry_sha256_has_32_bytes")),
        sa.CheckConstraint(
            "previous_sha256 <> sha256", name=op.f("ck_audit_entry_follows_another")
        ),
        sa.CheckConstraint(
            "(seq = 0) = (previous_sha256 IS NULL)", name=op.f("ck_audit_entry_follows")
        ),
        sa.ForeignKeyConstraint(
            ["previous_sha256"], ["audit_entry.sha256"], name=op.f("fk_audit_entry_previous_sha256")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("previous_sha256", name=op.f("uq_audit_entry_previous_sha256")),
        sa.UniqueConstraint("sha256", name=op.f("uq_audit_entry_sha256")),
        sqlite_strict=True,
    )
    op.create_index("audit_entry_about", "audit_entry", ["about", "seq"], unique=False)
    entry = sa.table("audit_entry", *map(sa.column, _ENTRY))
    op.bulk_insert(
        entry, [dict(zip(_ENTRY, (0, 0, "", "", "", "{}", None, bytes(32)), strict=True))]
    )


def _desk() -> None:
    """Links, sessions, and acts for which a code was asked again."""
    op.create_table(
        "desk_link",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_sha256", BLOB, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("browser_sha256", BLOB, nullable=True),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("wrong_codes", BIG, nullable=False),
        sa.CheckConstraint(
            "length(browser_sha256) = 32", name=op.f("ck_desk_link_browser_sha256_has_32_bytes")
        ),
        sa.CheckConstraint(
            "length(token_sha256) = 32", name=op.f("ck_desk_link_sha256_has_32_bytes")
        ),
        sa.CheckConstraint(
            "wrong_codes BETWEEN 0 AND 5", name=op.f("ck_desk_link_few_wrong_codes")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_access.staff_id"], name=op.f("fk_desk_link_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_link")),
        sa.UniqueConstraint("id", "staff_id", name=op.f("uq_desk_link_id_staff_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_desk_link_token_sha256")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_desk_link_staff_id"), "desk_link", ["staff_id"], unique=False)
    op.create_table(
        "desk_session",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_sha256", BLOB, nullable=False),
        sa.Column("link_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.CheckConstraint(
            "expires_at > opened_at AND expires_at <= opened_at + 1800",
            name=op.f("ck_desk_session_half_an_hour_at_most"),
        ),
        sa.CheckConstraint(
            "length(token_sha256) = 32", name=op.f("ck_desk_session_sha256_has_32_bytes")
        ),
        sa.ForeignKeyConstraint(
            ["link_id", "staff_id"],
            ["desk_link.id", "desk_link.staff_id"],
            name=op.f("fk_desk_session_link_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_session")),
        sa.UniqueConstraint("link_id", name=op.f("uq_desk_session_link_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_desk_session_token_sha256")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_desk_session_staff_id"), "desk_session", ["staff_id"], unique=False)
    op.create_table(
        "desk_step_up",
        sa.Column("session_id", BIG, nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("good_until", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["desk_session.id"], name=op.f("fk_desk_step_up_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "act", name=op.f("pk_desk_step_up")),
        sqlite_strict=True,
    )


_ENTRY = (
    "seq", "done_at", "actor", "act", "about", "detail", "previous_sha256", "sha256",
)  # fmt: skip
