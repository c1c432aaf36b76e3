"""
What the database refuses, whoever writes, of need cards: that one approves what she asked for, and
that a card is shown that nobody approved, or that was approved before the case was taken back.
"""

import pytest

from tests.storage.samples import a_row

REFUSED = {
    "card_approved_by_who_asked": (
        "ck_need_card_decision_four_eyes",
        lambda w: a_row(w, "need_card_decision", decided_by=w.one),
    ),
    "card_approved_by_who_asked_under_another_name": (
        "fk_need_card_decision_exact_card",
        lambda w: a_row(w, "need_card_decision", asked_by=w.three, decided_by=w.one),
    ),
    "card_that_says_something_else_approved": (
        "fk_need_card_decision_exact_card",
        lambda w: a_row(w, "need_card_decision", content_sha256=b"\x09" * 32),
    ),
    "card_of_another_case_approved": (
        "fk_need_card_decision_exact_card",
        lambda w: a_row(w, "need_card_decision", case_id=w.b),
    ),
    "card_decided_on_twice": (
        "uq_need_card_decision_need_card_id",
        lambda w: a_row(w, "need_card_decision", need_card_id=w.decided_card, approved=0),
    ),
    "card_whose_content_is_not_fixed": (
        "ck_need_card_sha256_has_32_bytes",
        lambda w: a_row(w, "need_card", content_sha256=b"short"),
    ),
    "card_whose_asker_becomes_another": (
        "append_only",
        lambda w: [
            (
                "UPDATE need_card SET asked_by = :by WHERE id = :id",
                {"by": w.three, "id": w.card},
            )
        ],
    ),
    "decision_that_becomes_another": (
        "append_only",
        lambda w: [
            (
                "UPDATE need_card_decision SET approved = 0 WHERE need_card_id = :id",
                {"id": w.decided_card},
            )
        ],
    ),
    "card_shown_that_was_turned_down": (
        "fk_need_card_shown_approved",
        lambda w: [
            *a_row(w, "need_card_decision", id=(n := w.new_id()), approved=0),
            ("DELETE FROM need_card_shown WHERE case_id = :id", {"id": w.a}),
            *a_row(w, "need_card_shown", case_id=w.a, decision_id=n),
        ],
    ),
    "card_shown_as_one_that_was_turned_down": (
        "ck_need_card_shown_somebody_approved_it",
        lambda w: [
            *a_row(w, "need_card_decision", id=(n := w.new_id()), approved=0),
            ("DELETE FROM need_card_shown WHERE case_id = :id", {"id": w.a}),
            *a_row(w, "need_card_shown", case_id=w.a, decision_id=n, approved=0),
        ],
    ),
    "card_shown_of_another_case": (
        "fk_need_card_shown_approved",
        lambda w: a_row(w, "need_card_shown", case_id=w.quiet),
    ),
    "card_shown_that_was_approved_before_the_recall": (
        "recalled",
        lambda w: a_row(w, "recall", case_id=w.b, recalled_at=1) + a_row(w, "need_card_shown"),
    ),
    "card_changed_to_what_was_approved_before_the_recall": (
        "recalled",
        lambda w: (
            a_row(w, "need_card_shown")
            + a_row(w, "recall", case_id=w.b, recalled_at=1)
            + [("UPDATE need_card_shown SET shown_since = 2 WHERE case_id = :id", {"id": w.b})]
        ),
    ),
    "card_of_a_course_that_is_shown": (
        "training_case",
        lambda w: [
            *a_row(w, "cases", training=1),
            *a_row(w, "need_card_shown", case_id=w.spare_book),
        ],
    ),
    "card_of_somebody_under_18_that_nobody_confirmed": (
        "under_18",
        lambda w: [
            *a_row(w, "cases", state="closed"),
            *a_row(w, "minor_case", case_id=w.spare_book),
            *a_row(w, "need_card_shown", case_id=w.spare_book),
        ],
    ),
    "card_of_who_turned_out_to_be_under_18": (
        "under_18",
        lambda w: [
            *a_row(w, "case_facts", case_id=w.b, age_band="under_18"),
            *a_row(w, "need_card_shown"),
        ],
    ),
}
ACCEPTED = {
    "card_turned_down_by_who_asked": lambda w: a_row(
        w, "need_card_decision", approved=0, decided_by=w.one
    ),
    "card_shown_that_was_approved_after_the_recall": lambda w: (
        a_row(w, "recall", case_id=w.b, recalled_at=0) + a_row(w, "need_card_shown")
    ),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
