"""
The whole life of a gift: refunds, disputes, what is left over, spending, how a plan ends.

Revision: 0004, after 0003. Guards are away while this runs.
"""

import time

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _rules()
    _holds()
    _cases()
    _outbox()
    _transactions()
    _refund_orders()
    _taken_back()
    _surplus()
    _ask()
    _spending()


def _rules() -> None:
    """Kinds of accounts and postings. Nothing was booked by the rules that go."""
    op.bulk_insert(
        sa.table("account_kind", *map(sa.column, ("kind", "book_kind", "floored"))),
        [{"kind": kind, "book_kind": book, "floored": 1} for kind, book in _ACCOUNT_KINDS],
    )
    rule = sa.table("posting_rule", *map(sa.column, _RULE))
    for old in _GONE:
        op.execute(
            rule.delete().where(
                *(rule.c[name] == value for name, value in zip(_RULE, old, strict=False))
            )
        )
    op.bulk_insert(rule, [dict(zip(_RULE, row, strict=True)) for row in _POSTING_RULES])


def _holds() -> None:
    """What is paid beside what is reserved, who bears the fee, and the gift's posting."""
    with op.batch_alter_table("hold", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("cover_minor", BIG, nullable=False, server_default="0"))
        table.add_column(sa.Column("charge_currency", TEXT, nullable=False, server_default=""))
        table.add_column(sa.Column("charge_minor", BIG, nullable=False, server_default="1"))
        table.add_column(
            sa.Column("fee_bearer", TEXT, nullable=False, server_default="organisation")
        )
        table.add_column(sa.Column("donation_id", BIG, nullable=True))
        table.drop_constraint(op.f("ck_hold_known_state"), type_="check")
    op.execute("UPDATE hold SET charge_currency = currency, charge_minor = amount_minor")
    op.execute(
        "UPDATE hold SET donation_id = (SELECT p.id FROM posting p JOIN stripe_charge c"
        " ON p.external_ref = 'donation:' || c.id WHERE p.source = 'stripe'"
        " AND c.hold_id = hold.id) WHERE state = 'settled'"
    )
    with op.batch_alter_table("hold", table_kwargs={"sqlite_strict": True}) as table:
        for name in ("cover_minor", "charge_currency", "charge_minor", "fee_bearer"):
            table.alter_column(name, server_default=None)
        table.create_foreign_key(op.f("fk_hold_donation_id"), "posting", ["donation_id"], ["id"])
        table.create_unique_constraint(op.f("uq_hold_donation_id"), ["donation_id"])
        for name, check in _HOLD_CHECKS.items():
            table.create_check_constraint(op.f(f"ck_hold_{name}"), check)


def _cases() -> None:
    """How a plan ended, and how its lines changed."""
    with op.batch_alter_table("cases", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("outcome", TEXT, nullable=True))
        table.create_check_constraint(
            op.f("ck_cases_known_outcome"),
            "outcome IN ('complete', 'not_needed', 'withdrawn', 'unreachable', 'died')",
        )
        table.create_check_constraint(
            op.f("ck_cases_ended_is_closed"), "outcome IS NULL OR state = 'closed'"
        )
    op.create_table(
        "plan_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("from_line", TEXT, nullable=False),
        sa.Column("to_line", TEXT, nullable=True),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_plan_change_amount_positive")),
        sa.CheckConstraint(
            "to_line IS NULL OR to_line <> from_line", name=op.f("ck_plan_change_another_line")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_plan_change_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_plan_change_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_plan_change_case_id"), "plan_change", ["case_id"], unique=False)


def _outbox() -> None:
    """More to tell than receipts."""
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_strict": True}) as table:
        table.drop_constraint(op.f("ck_outbox_known_kind"), type_="check")
        table.create_check_constraint(
            op.f("ck_outbox_known_kind"),
            "kind IN ('receipt', 'question', 'moved', 'refund', 'refund_failed')",
        )


def _transactions() -> None:
    """All that moved at Stripe, not only what gifts brought; named in the ledger by its own id."""
    op.create_table(
        "stripe_transaction",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("charge_id", TEXT, nullable=True),
        sa.Column("payout_id", TEXT, nullable=True),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("fee_minor", BIG, nullable=False),
        sa.Column("net_minor", BIG, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("available_at", BIG, nullable=False),
        sa.CheckConstraint(
            "amount_minor - fee_minor = net_minor",
            name=op.f("ck_stripe_transaction_net_is_gross_less_fee"),
        ),
        sa.CheckConstraint(
            "kind IN ('charge', 'refund', 'refund_failure', 'dispute', 'dispute_reversal', 'fee',"
            " 'payout', 'other')",
            name=op.f("ck_stripe_transaction_known_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('charge', 'refund', 'refund_failure', 'dispute', 'dispute_reversal')"
            " OR charge_id IS NOT NULL",
            name=op.f("ck_stripe_transaction_of_a_charge"),
        ),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["stripe_charge.id"], name=op.f("fk_stripe_transaction_charge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_transaction")),
        sqlite_strict=True,
    )
    for column in ("charge_id", "payout_id", "source_id"):
        op.create_index(
            op.f(f"ix_stripe_transaction_{column}"), "stripe_transaction", [column], unique=False
        )
    op.create_index("stripe_transaction_currency", "stripe_transaction", ["currency"], unique=False)
    op.execute(
        "INSERT INTO stripe_transaction (id, kind, source_id, charge_id, currency, amount_minor,"
        " fee_minor, net_minor, created_at, available_at)"
        " SELECT b.id, 'charge', c.id, c.id, b.currency, b.amount_minor, b.fee_minor,"
        " b.net_minor, c.created_at, b.available_at FROM stripe_balance_transaction b"
        " JOIN stripe_charge c ON c.id = b.charge_id"
    )
    op.execute(
        "UPDATE posting SET external_ref = (SELECT 'donation:' || b.id"
        " FROM stripe_balance_transaction b WHERE external_ref = 'donation:' || b.charge_id)"
        " WHERE source = 'stripe' AND kind = 'donation'"
    )
    op.drop_table("stripe_balance_transaction")


def _taken_back() -> None:
    """Refunds and disputes as Stripe has them."""
    for name in ("stripe_refund", "stripe_dispute"):
        order = [sa.Column("order_id", BIG, nullable=True)] if name == "stripe_refund" else []
        key = [
            sa.ForeignKeyConstraint(
                ["order_id"], ["refund_order.id"], name=op.f("fk_stripe_refund_order_id")
            )
        ]
        op.create_table(
            name,
            sa.Column("id", TEXT, nullable=False),
            sa.Column("charge_id", TEXT, nullable=False),
            *order,
            sa.Column("currency", TEXT, nullable=False),
            sa.Column("amount_minor", BIG, nullable=False),
            sa.Column("status", TEXT, nullable=False),
            sa.Column("created_at", BIG, nullable=False),
            sa.ForeignKeyConstraint(
                ["charge_id"], ["stripe_charge.id"], name=op.f(f"fk_{name}_charge_id")
            ),
            *(key if order else []),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
            sqlite_strict=True,
        )
        op.create_index(op.f(f"ix_{name}_charge_id"), name, ["charge_id"], unique=False)


def _refund_orders() -> None:
    """Decisions that money goes back."""
    op.create_table(
        "refund_order",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("charge_currency", TEXT, nullable=False),
        sa.Column("charge_minor", BIG, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempt", BIG, nullable=False),
        sa.Column("stripe_refund_id", TEXT, nullable=True),
        sa.Column("decided_at", BIG, nullable=False),
        sa.CheckConstraint(
            "amount_minor > 0 AND charge_minor > 0", name=op.f("ck_refund_order_amount_positive")
        ),
        sa.CheckConstraint("attempt > 0", name=op.f("ck_refund_order_attempt_positive")),
        sa.CheckConstraint(
            "reason IN ('over_goal', 'ended', 'asked', 'at_stripe')",
            name=op.f("ck_refund_order_known_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('wanted', 'asked', 'gone', 'failed', 'cancelled')",
            name=op.f("ck_refund_order_known_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('asked', 'gone') OR stripe_refund_id IS NOT NULL",
            name=op.f("ck_refund_order_asked_has_refund"),
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_refund_order_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_order")),
        sa.UniqueConstraint("reference", name=op.f("uq_refund_order_reference")),
        sa.UniqueConstraint("stripe_refund_id", name=op.f("uq_refund_order_stripe_refund_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_refund_order_hold_id"), "refund_order", ["hold_id"], unique=False)


def _surplus() -> None:
    """What donors want done with what a plan does not need."""
    op.create_table(
        "surplus_consent",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("choice", TEXT, nullable=False),
        sa.Column("to_case_id", BIG, nullable=True),
        sa.Column("before_paying", INT, nullable=False),
        sa.Column("locale", TEXT, nullable=False),
        sa.Column("text_sha256", BLOB, nullable=False),
        sa.Column("given_at", BIG, nullable=False),
        sa.CheckConstraint(
            "(choice = 'move') = (to_case_id IS NOT NULL)",
            name=op.f("ck_surplus_consent_move_names_a_case"),
        ),
        sa.CheckConstraint(
            "before_paying IN (0, 1)", name=op.f("ck_surplus_consent_before_paying_is_a_flag")
        ),
        sa.CheckConstraint(
            "choice IN ('move', 'refund')", name=op.f("ck_surplus_consent_known_choice")
        ),
        sa.CheckConstraint("length(text_sha256) = 32", name=op.f("ck_surplus_consent_text_sha256")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_surplus_consent_hold_id")),
        sa.ForeignKeyConstraint(
            ["to_case_id"], ["cases.id"], name=op.f("fk_surplus_consent_to_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surplus_consent")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_surplus_consent_hold_id"), "surplus_consent", ["hold_id"], unique=False
    )
    op.create_table(
        "surplus_question",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hold_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("answer_by", BIG, nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.CheckConstraint("answer_by > asked_at", name=op.f("ck_surplus_question_leaves_time")),
        sa.CheckConstraint(
            "why IN ('over_goal', 'leftover', 'ended')", name=op.f("ck_surplus_question_known_why")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_surplus_question_case_id")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_surplus_question_hold_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surplus_question")),
        sqlite_strict=True,
    )
    op.create_index("surplus_question_due", "surplus_question", ["answer_by"], unique=False)
    op.create_index(
        "surplus_question_open",
        "surplus_question",
        ["hold_id", "case_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _ask() -> None:
    """Ask who gave more than a plan needed: until now an alarm told of it, and nobody was asked."""
    now = int(time.time())
    op.execute(
        sa.text(
            "INSERT INTO surplus_question (hold_id, case_id, why, asked_at, answer_by)"
            " SELECT h.id, t.book_id, 'over_goal', :now, :then FROM hold h"
            " JOIN transfer t ON t.donation_id = h.donation_id"
            " AND 'over_goal' IN (t.debit_kind, t.credit_kind) GROUP BY h.id, t.book_id"
            " HAVING SUM(CASE t.credit_kind WHEN 'over_goal' THEN t.amount_minor"
            " ELSE -t.amount_minor END) > 0"
        ).bindparams(now=now, then=now + _A_WEEK_S)
    )
    op.execute(
        sa.text(
            "INSERT INTO outbox (kind, subject_id, person_id, state, attempts, due_at)"
            " SELECT 'question', q.id, g.person_id, 'pending', 0, :now FROM surplus_question q"
            " JOIN giver g ON g.hold_id = q.hold_id"
        ).bindparams(now=now)
    )


def _spending() -> None:
    """Money spent on a line: recorded by one, decided on by another."""
    op.create_table(
        "disbursement",
        sa.Column("id", BIG, nullable=False),
        sa.Column("request_key", TEXT, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("line", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("recorder_id", BIG, nullable=False),
        sa.Column("recorded_at", BIG, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_disbursement_amount_positive")),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_disbursement_month_only")),
        sa.ForeignKeyConstraint(
            ["case_id", "currency"],
            ["cases.id", "cases.currency"],
            name=op.f("fk_disbursement_case_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["recorder_id"], ["staff.id"], name=op.f("fk_disbursement_recorder_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement")),
        sa.UniqueConstraint("id", "recorder_id", name=op.f("uq_disbursement_id_recorder_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_disbursement_request_key")),
        sqlite_strict=True,
    )
    op.create_index("disbursement_case_line", "disbursement", ["case_id", "line"], unique=False)
    op.create_table(
        "disbursement_decision",
        sa.Column("disbursement_id", BIG, autoincrement=False, nullable=False),
        sa.Column("recorder_id", BIG, nullable=False),
        sa.Column("decider_id", BIG, nullable=False),
        sa.Column("approved", INT, nullable=False),
        sa.Column("posting_id", BIG, nullable=True),
        sa.Column("decided_at", BIG, nullable=False),
        sa.CheckConstraint(
            "(approved = 1) = (posting_id IS NOT NULL)",
            name=op.f("ck_disbursement_decision_approved_is_booked"),
        ),
        sa.CheckConstraint(
            "approved = 0 OR decider_id <> recorder_id",
            name=op.f("ck_disbursement_decision_four_eyes"),
        ),
        sa.CheckConstraint(
            "approved IN (0, 1)", name=op.f("ck_disbursement_decision_approved_is_a_flag")
        ),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["staff.id"], name=op.f("fk_disbursement_decision_decider_id")
        ),
        sa.ForeignKeyConstraint(
            ["disbursement_id", "recorder_id"],
            ["disbursement.id", "disbursement.recorder_id"],
            name=op.f("fk_disbursement_decision_disbursement_id_recorder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["posting.id"], name=op.f("fk_disbursement_decision_posting_id")
        ),
        sa.PrimaryKeyConstraint("disbursement_id", name=op.f("pk_disbursement_decision")),
        sa.UniqueConstraint("posting_id", name=op.f("uq_disbursement_decision_posting_id")),
        sqlite_strict=True,
    )


_A_WEEK_S = 7 * 24 * 3600

_HOLD_CHECKS = {
    "known_state": ("state IN ('open', 'promised', 'paid', 'settled', 'released', 'set_aside')"),
    "cover_not_negative": "cover_minor >= 0",
    "charge_positive": "charge_minor > 0",
    "charge_is_gift_and_cover": (
        "charge_currency <> currency OR charge_minor = amount_minor + cover_minor"
    ),
    "known_fee_bearer": "fee_bearer IN ('organisation', 'gift')",
    "settled_is_booked": "(state = 'settled') = (donation_id IS NOT NULL)",
}

_ACCOUNT_KINDS = (
    ("fees", "case"),
    ("refund_due", "case"),
    ("disputed", "case"),
    ("charged_back", "case"),
    ("covered", "organisation"),
    ("unexplained", "organisation"),
    ("refund_due", "organisation"),
    ("refunded", "organisation"),
    ("disputed", "organisation"),
    ("charged_back", "organisation"),
)

_RULE = ("posting_kind", "debit_kind", "credit_kind", "shape", "of_donation")

_GONE = (
    ("refund", "fund", "refunded"),
    ("refund", "over_goal", "refunded"),
    ("reversal", "refunded", "fund"),
    ("reversal", "refunded", "over_goal"),
)

_POSTING_RULES = (
    ("fee_cover", "world", "covered", "plain", 1),
    ("fee", "fund", "fees", "plain", 1),
    ("fee", "over_goal", "fees", "plain", 1),
    ("unexplained", "own_means", "unexplained", "plain", 0),
    ("provision", "own_means", "reserve", "plain", 0),
    ("refund", "refund_due", "refunded", "plain", 1),
    ("fee_returned", "fees", "own_means", "plain", 0),
    ("suspense", "suspense", "world", "plain", 0),
    ("leftover", "fund", "over_goal", "plain", 1),
    ("refund_decided", "fund", "refund_due", "plain", 1),
    ("refund_decided", "over_goal", "refund_due", "plain", 1),
    ("refund_decided", "covered", "refund_due", "plain", 1),
    ("refund_decided", "own_means", "refund_due", "plain", 1),
    ("refund_left", "refund_due", "fund", "plain", 1),
    ("refund_left", "refund_due", "over_goal", "plain", 1),
    ("refund_left", "refund_due", "covered", "plain", 1),
    ("refund_left", "refund_due", "own_means", "plain", 1),
    ("dispute", "fund", "disputed", "plain", 1),
    ("dispute", "over_goal", "disputed", "plain", 1),
    ("dispute", "covered", "disputed", "plain", 1),
    ("dispute", "own_means", "disputed", "plain", 1),
    ("dispute_lost", "disputed", "charged_back", "plain", 1),
    ("dispute_lost", "fund", "charged_back", "plain", 1),
    ("dispute_lost", "disputed", "own_means", "plain", 1),
    ("dispute_won", "disputed", "fund", "plain", 1),
    ("dispute_won", "disputed", "over_goal", "plain", 1),
    ("dispute_won", "disputed", "covered", "plain", 1),
    ("dispute_won", "disputed", "own_means", "plain", 1),
    ("dispute_won", "charged_back", "fund", "plain", 1),
    ("dispute_won", "charged_back", "over_goal", "plain", 1),
    ("dispute_won", "charged_back", "covered", "plain", 1),
    ("dispute_won", "charged_back", "own_means", "plain", 1),
    ("recovery", "world", "reserve", "plain", 0),
    ("contribution", "shortfall", "fund", "in", 0),
    ("reversal", "covered", "world", "reversal", 1),
    ("reversal", "fees", "fund", "reversal", 1),
    ("reversal", "fees", "over_goal", "reversal", 1),
    ("reversal", "unexplained", "own_means", "reversal", 0),
    ("reversal", "reserve", "own_means", "reversal", 0),
    ("reversal", "refunded", "refund_due", "reversal", 1),
)
