"""
People, cases, their stories, and gifts on their way.

Revision: 0002, after 0001. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _operation()
    _people()
    _cases()
    _stories()
    _approvals()
    _gifts()
    _stripe()


def _operation() -> None:
    """What the running of the program itself needs."""
    op.create_table(
        "alarm",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("raised_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_alarm_kind_subject")),
        sqlite_strict=True,
    )
    op.create_table(
        "telegram_file",
        sa.Column("bot_id", BIG, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("file_id", TEXT, nullable=False),
        sa.Column("stored_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "key", name=op.f("pk_telegram_file")),
        sqlite_strict=True,
    )
    op.create_table(
        "telegram_update",
        sa.Column("update_id", BIG, autoincrement=False, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.Column("claimed_at", BIG, nullable=True),
        sa.Column("answered_at", BIG, nullable=True),
        sa.Column("set_aside_at", BIG, nullable=True),
        sa.Column("failures", BIG, nullable=False),
        sa.Column("answer_route", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_telegram_update")),
        sqlite_strict=True,
    )
    op.create_index("telegram_update_seen", "telegram_update", ["seen_at"], unique=False)


def _people() -> None:
    """People who write to the bot, and staff."""
    op.create_table(
        "person",
        sa.Column("id", BIG, nullable=False),
        sa.Column("chat_hash", BLOB, nullable=False),
        sa.Column("chat_sealed", BLOB, nullable=False),
        sa.Column("locale", TEXT, nullable=True),
        sa.Column("awaiting", TEXT, nullable=True),
        sa.Column("gone", INT, nullable=False),
        sa.CheckConstraint("gone IN (0, 1)", name=op.f("ck_person_gone_is_a_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("chat_hash", name=op.f("uq_person_chat_hash")),
        sqlite_strict=True,
    )
    op.create_table(
        "staff",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("invented", INT, nullable=False),
        sa.CheckConstraint("invented IN (0, 1)", name=op.f("ck_staff_invented_is_a_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("code", name=op.f("uq_staff_code")),
        sqlite_strict=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.CheckConstraint("kind IN ('receipt')", name=op.f("ck_outbox_known_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'dead')", name=op.f("ck_outbox_known_state")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outbox_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "kind", "subject_id", "person_id", name=op.f("uq_outbox_kind_subject_id_person_id")
        ),
        sqlite_strict=True,
    )
    op.create_index("outbox_due", "outbox", ["state", "due_at"], unique=False)


def _cases() -> None:
    """Cases, their need, and where readers stopped."""
    op.create_table(
        "cases",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("book_kind", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("invented", INT, nullable=False),
        sa.Column("opened_at", BIG, nullable=False),
        sa.CheckConstraint("book_kind = 'case'", name=op.f("ck_cases_is_a_case")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_cases_known_state")),
        sa.CheckConstraint("invented IN (0, 1)", name=op.f("ck_cases_invented_is_a_flag")),
        sa.ForeignKeyConstraint(
            ["id", "book_kind"], ["book.id", "book.kind"], name=op.f("fk_cases_id_book_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_cases_code")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_cases_id_currency")),
        sa.UniqueConstraint("slug", name=op.f("uq_cases_slug")),
        sqlite_strict=True,
    )
    op.create_table(
        "need_line",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("line", TEXT, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_need_line_amount_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_need_line_case_id")),
        sa.PrimaryKeyConstraint("case_id", "line", name=op.f("pk_need_line")),
        sa.UniqueConstraint("case_id", "position", name=op.f("uq_need_line_case_id_position")),
        sqlite_strict=True,
    )
    op.create_table(
        "place",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("step", BIG, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_place_case_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_place_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "case_id", name=op.f("pk_place")),
        sqlite_strict=True,
    )


def _stories() -> None:
    """Stories, and the consent to tell them."""
    op.create_table(
        "story_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("content_sha256", BLOB, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("pack_sealed", BLOB, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_story_version_author_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_story_version_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_version")),
        sa.UniqueConstraint(
            "case_id", "content_sha256", name=op.f("uq_story_version_case_id_content_sha256")
        ),
        sa.UniqueConstraint(
            "id",
            "case_id",
            "content_sha256",
            "author_id",
            name=op.f("uq_story_version_id_case_id_content_sha256_author_id"),
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "consent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("witness_id", BIG, nullable=False),
        sa.Column("given_at", BIG, nullable=False),
        sa.Column("valid_until", BIG, nullable=False),
        sa.Column("withdrawn_at", BIG, nullable=True),
        sa.CheckConstraint("channel IN ('bot', 'web')", name=op.f("ck_consent_known_channel")),
        sa.CheckConstraint("purpose IN ('tell_story')", name=op.f("ck_consent_known_purpose")),
        sa.CheckConstraint("valid_until > given_at", name=op.f("ck_consent_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consent_case_id")),
        sa.ForeignKeyConstraint(["witness_id"], ["staff.id"], name=op.f("fk_consent_witness_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sqlite_strict=True,
    )


def _approvals() -> None:
    """Who approved which version, and what is public."""
    op.create_table(
        "approval",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("content_sha256", BLOB, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("approver_id", BIG, nullable=False),
        sa.Column("approved_at", BIG, nullable=False),
        sa.CheckConstraint("approver_id <> author_id", name=op.f("ck_approval_four_eyes")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["staff.id"], name=op.f("fk_approval_approver_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "case_id", "content_sha256", "author_id"],
            [
                "story_version.id",
                "story_version.case_id",
                "story_version.content_sha256",
                "story_version.author_id",
            ],
            name="fk_approval_exact_version",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "id", "version_id", "case_id", name=op.f("uq_approval_id_version_id_case_id")
        ),
        sa.UniqueConstraint(
            "version_id", "approver_id", name=op.f("uq_approval_version_id_approver_id")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "publication",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("approval_id", BIG, nullable=False),
        sa.Column("published_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id", "version_id", "case_id"],
            ["approval.id", "approval.version_id", "approval.case_id"],
            name="fk_publication_approved_version",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_publication_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_publication")),
        sqlite_strict=True,
    )


def _gifts() -> None:
    """Amounts reserved, who reserved them, and their payment pages."""
    op.create_table(
        "hold",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("request_key", TEXT, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("address_hash", BLOB, nullable=True),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("lease", TEXT, nullable=True),
        sa.Column("leased_until", BIG, nullable=True),
        sa.CheckConstraint("origin IN ('chat', 'web')", name=op.f("ck_hold_known_origin")),
        sa.CheckConstraint(
            "state IN ('open', 'promised', 'paid', 'settled', 'released')",
            name=op.f("ck_hold_known_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_hold_amount_positive")),
        sa.ForeignKeyConstraint(
            ["case_id", "currency"],
            ["cases.id", "cases.currency"],
            name=op.f("fk_hold_case_id_currency"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("reference", name=op.f("uq_hold_reference")),
        sa.UniqueConstraint("request_key", name=op.f("uq_hold_request_key")),
        sqlite_strict=True,
    )
    op.create_index("hold_case_state", "hold", ["case_id", "state"], unique=False)
    op.create_table(
        "giver",
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_giver_hold_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_giver_person_id")),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_giver")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_giver_person_id"), "giver", ["person_id"], unique=False)
    op.create_table(
        "checkout",
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("attempt", BIG, nullable=False),
        sa.Column("idempotency_key", TEXT, nullable=False),
        sa.Column("stripe_session_id", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("expires_at", BIG, nullable=False),
        sa.Column("look_at", BIG, nullable=False),
        sa.Column("looks", BIG, nullable=False),
        sa.CheckConstraint(
            "state <> 'open' OR (stripe_session_id IS NOT NULL AND url IS NOT NULL)",
            name=op.f("ck_checkout_open_has_page"),
        ),
        sa.CheckConstraint(
            "state IN ('wanted', 'open', 'done')", name=op.f("ck_checkout_known_state")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_checkout_hold_id")),
        sa.PrimaryKeyConstraint("hold_id", "attempt", name=op.f("pk_checkout")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_checkout_idempotency_key")),
        sa.UniqueConstraint("stripe_session_id", name=op.f("uq_checkout_stripe_session_id")),
        sqlite_strict=True,
    )
    op.create_index("checkout_due", "checkout", ["state", "look_at"], unique=False)


def _stripe() -> None:
    """What Stripe told us."""
    op.create_table(
        "stripe_event",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("object_id", TEXT, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("outcome", TEXT, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('handled', 'ignored', 'set_aside')",
            name=op.f("ck_stripe_event_known_outcome"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_event")),
        sqlite_strict=True,
    )
    op.create_table(
        "stripe_charge",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("payment_intent_id", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("refunded_minor", BIG, nullable=False),
        sa.Column("disputed", INT, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.CheckConstraint("disputed IN (0, 1)", name=op.f("ck_stripe_charge_disputed_is_a_flag")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_stripe_charge_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_charge")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stripe_charge_hold_id"), "stripe_charge", ["hold_id"], unique=False)
    op.create_table(
        "stripe_balance_transaction",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("charge_id", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("fee_minor", BIG, nullable=False),
        sa.Column("net_minor", BIG, nullable=False),
        sa.Column("available_at", BIG, nullable=False),
        sa.CheckConstraint(
            "amount_minor - fee_minor = net_minor",
            name=op.f("ck_stripe_balance_transaction_net_is_gross_less_fee"),
        ),
        sa.ForeignKeyConstraint(
            ["charge_id"],
            ["stripe_charge.id"],
            name=op.f("fk_stripe_balance_transaction_charge_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_balance_transaction")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_stripe_balance_transaction_charge_id")),
        sqlite_strict=True,
    )
