"""
What the database refuses, whoever writes: gifts that are none, and facts that contradict each
other. What every table refuses alike stands in `test_violations_tables`.
"""

from typing import Any

import pytest

from tests.storage.samples import sample


def _hold(w, **changes):
    return [w.row("hold", **sample(w, "hold", **changes))]


def _page(w, **changes):
    return [w.row("checkout", **sample(w, "checkout", **changes))]


def _moved(w, **changes):
    return [w.row("stripe_transaction", **sample(w, "stripe_transaction", **changes))]


def _order(w, **changes):
    return [w.row("refund_order", **sample(w, "refund_order", **changes))]


def _consent(w, **changes):
    return [w.row("surplus_consent", **sample(w, "surplus_consent", **changes))]


def _question(w, **changes):
    return [w.row("surplus_question", **sample(w, "surplus_question", **changes))]


def _set(table, of, **values):
    """The statement that changes one row."""
    said = ", ".join(f"{name} = :{name}" for name in values)
    return [(f"UPDATE {table} SET {said} WHERE id = :of", {**values, "of": of})]


def _row(table, **changes):
    return lambda w: [w.row(table, **sample(w, table, **changes))]


def _read_until(statement):
    """Two marks for one statement: one of the two is too many, whatever was there."""
    return lambda w: [w.row("stripe_cursor", statement=statement, read_until=1)] * 2


REFUSED: dict[str, Any] = {
    # Processes, and how far Stripe was read
    "executor_that_never_lived": ("ck_executor_beats_positive", _row("executor", beats=0)),
    "payout_in_a_state_nobody_knows": (
        "ck_stripe_payout_known_status",
        _row("stripe_payout", status="lost"),
    ),
    "payout_by_hand_that_is_itemised": (
        "ck_stripe_payout_itemised_is_automatic",
        _row("stripe_payout", automatic=0),
    ),
    "mark_in_a_statement_nobody_knows": (
        "ck_stripe_cursor_known_statement",
        lambda w: [w.row("stripe_cursor", statement="gossip", read_until=1)],
    ),
    "two_marks_in_one_statement": ("pk_stripe_cursor", _read_until("events")),
    "mark_without_a_moment": (
        "stripe_cursor.read_until",
        lambda w: [w.row("stripe_cursor", statement="events", read_until=None)],
    ),
    # Holds
    "hold_of_nothing": (
        "ck_hold_amount_positive",
        lambda w: _hold(w, amount_minor=0, charge_minor=20),
    ),
    "hold_with_less_than_no_cover": (
        "ck_hold_cover_not_negative",
        lambda w: _hold(w, cover_minor=-20, charge_minor=480),
    ),
    "hold_for_which_nothing_is_paid": (
        "ck_hold_charge_positive",
        lambda w: _hold(w, charge_currency="THB", charge_minor=0),
    ),
    "hold_whose_charge_is_not_gift_and_cover": (
        "ck_hold_charge_is_gift_and_cover",
        lambda w: _hold(w, charge_minor=519),
    ),
    "hold_whose_charge_leaves_the_cover_out": (
        "ck_hold_charge_is_gift_and_cover",
        lambda w: _hold(w, charge_minor=500),
    ),
    "hold_in_a_state_that_is_not_known": (
        "ck_hold_known_state",
        lambda w: _hold(w, state="forgotten"),
    ),
    "hold_from_nowhere": ("ck_hold_known_origin", lambda w: _hold(w, origin="mail")),
    "hold_whose_fee_the_survivor_bears": (
        "ck_hold_known_fee_bearer",
        lambda w: _hold(w, fee_bearer="survivor"),
    ),
    "hold_settled_without_a_posting": (
        "ck_hold_settled_is_booked",
        lambda w: _hold(w, state="settled"),
    ),
    "hold_booked_and_not_settled": (
        "ck_hold_settled_is_booked",
        lambda w: _hold(w, state="paid", donation_id=w.other_gift),
    ),
    "hold_that_settles_without_a_posting": (
        "ck_hold_settled_is_booked",
        lambda w: _set("hold", w.open_hold, state="settled"),
    ),
    "hold_that_is_released_after_it_was_booked": (
        "ck_hold_settled_is_booked",
        lambda w: _set("hold", w.hold, state="released"),
    ),
    "two_holds_of_one_donation": (
        "uq_hold_donation_id",
        lambda w: _hold(w, state="settled", donation_id=w.gift),
    ),
    "hold_in_another_currency_than_its_case": (
        "fk_hold_case_id_currency",
        lambda w: _hold(w, currency="USD", charge_currency="USD"),
    ),
    "hold_of_the_organisation": ("fk_hold_case_id_currency", lambda w: _hold(w, case_id=1)),
    # Payment pages
    "page_in_a_state_that_is_not_known": (
        "ck_checkout_known_state",
        lambda w: _page(w, state="lost"),
    ),
    "page_that_is_open_without_a_session": (
        "ck_checkout_open_has_page",
        lambda w: _page(w, stripe_session_id=None),
    ),
    "page_that_is_open_without_an_address": (
        "ck_checkout_open_has_page",
        lambda w: _page(w, url=None),
    ),
    # What Stripe told
    "event_of_unknown_outcome": (
        "ck_stripe_event_known_outcome",
        lambda w: [w.row("stripe_event", **sample(w, "stripe_event", outcome="lost"))],
    ),
    "net_that_is_not_gross_less_fee": (
        "ck_stripe_transaction_net_is_gross_less_fee",
        lambda w: _moved(w, net_minor=971),
    ),
    "refund_whose_fee_is_forgotten": (
        "ck_stripe_transaction_net_is_gross_less_fee",
        lambda w: _moved(w, kind="refund", amount_minor=-1000, fee_minor=-30, net_minor=-1000),
    ),
    "transaction_of_unknown_kind": (
        "ck_stripe_transaction_known_kind",
        lambda w: _moved(w, kind="tip"),
    ),
    **{
        f"{kind}_of_no_charge": (
            "ck_stripe_transaction_of_a_charge",
            lambda w, kind=kind: _moved(w, kind=kind, charge_id=None),
        )
        for kind in ("charge", "refund", "refund_failure", "dispute", "dispute_reversal")
    },
    # Refund orders
    "refund_of_nothing": ("ck_refund_order_amount_positive", lambda w: _order(w, amount_minor=0)),
    "refund_that_asks_for_nothing": (
        "ck_refund_order_amount_positive",
        lambda w: _order(w, charge_minor=0),
    ),
    "refund_before_its_first_attempt": (
        "ck_refund_order_attempt_positive",
        lambda w: _order(w, attempt=0),
    ),
    "refund_for_no_known_reason": (
        "ck_refund_order_known_reason",
        lambda w: _order(w, reason="because"),
    ),
    "refund_in_a_state_that_is_not_known": (
        "ck_refund_order_known_state",
        lambda w: _order(w, state="lost"),
    ),
    **{
        f"refund_that_is_{state}_and_that_nobody_has": (
            "ck_refund_order_asked_has_refund",
            lambda w, state=state: _order(w, state=state, stripe_refund_id=None),
        )
        for state in ("asked", "gone")
    },
    "refund_that_is_gone_and_that_nobody_has_any_more": (
        "ck_refund_order_asked_has_refund",
        lambda w: _set("refund_order", w.order, state="gone", stripe_refund_id=None),
    ),
    "one_refund_for_two_orders": (
        "uq_refund_order_stripe_refund_id",
        lambda w: _order(w, stripe_refund_id=w.there["refund_order"]["stripe_refund_id"]),
    ),
    # What donors want done with what is left
    "consent_to_what_is_not_known": (
        "ck_surplus_consent_known_choice",
        lambda w: _consent(w, choice="keep", to_case_id=None),
    ),
    "consent_to_a_move_to_nobody": (
        "ck_surplus_consent_move_names_a_case",
        lambda w: _consent(w, to_case_id=None),
    ),
    "consent_to_a_refund_that_names_a_case": (
        "ck_surplus_consent_move_names_a_case",
        lambda w: _consent(w, choice="refund"),
    ),
    "consent_to_a_move_to_the_organisation": (
        "fk_surplus_consent_to_case_id",
        lambda w: _consent(w, to_case_id=1),
    ),
    **{
        f"consent_with_a_digest_of_{len(digest)}_bytes": (
            "ck_surplus_consent_text_sha256",
            lambda w, digest=digest: _consent(w, text_sha256=digest),
        )
        for digest in (b"", b"\x01" * 31, b"\x01" * 33)
    },
    "second_open_question_about_one_gift_and_case": (
        "surplus_question_open",
        lambda w: _question(w, case_id=w.a),
    ),
    "second_question_opened_again": (
        "surplus_question_open",
        lambda w: (
            _question(w, case_id=w.a, closed_at=2, id=(again := w.new_id()))
            + _set("surplus_question", again, closed_at=None)
        ),
    ),
    "question_for_no_known_reason": (
        "ck_surplus_question_known_why",
        lambda w: _question(w, why="curious"),
    ),
    "question_that_leaves_no_time": (
        "ck_surplus_question_leaves_time",
        lambda w: _question(w, asked_at=2, answer_by=2),
    ),
}

ACCEPTED: dict[str, Any] = {
    "hold_paid_in_another_currency": lambda w: _hold(w, charge_currency="THB", charge_minor=9),
    "hold_that_settles": lambda w: _set(
        "hold", w.open_hold, state="settled", donation_id=w.other_gift
    ),
    "page_that_is_wanted": lambda w: _page(w, state="wanted", stripe_session_id=None, url=None),
    "refund_of_a_fee": lambda w: _moved(
        w, kind="refund", amount_minor=-1000, fee_minor=-30, net_minor=-970
    ),
    "payout": lambda w: _moved(w, kind="payout", charge_id=None),
    "refund_that_nobody_has_yet": lambda w: _order(w, state="wanted", stripe_refund_id=None),
    "consent_to_a_refund": lambda w: _consent(w, choice="refund", to_case_id=None),
    "question_after_the_first_was_closed": lambda w: (
        _set("surplus_question", w.there["surplus_question"]["id"], closed_at=2)
        + _question(w, case_id=w.a)
    ),
    "questions_about_one_gift_in_two_cases": lambda w: _question(w, case_id=w.b),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
