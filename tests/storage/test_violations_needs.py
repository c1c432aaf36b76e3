"""
What the database refuses, whoever writes: a need that changes after the first gift without the row
that says why. What every table refuses alike stands in `test_violations_tables`.
"""

import pytest

from tests.storage.samples import a_row


def _note_again(w, sql):
    return [(sql, {"id": w.there["need_note"]["id"]})]


def _set_line(w, sql, case=None):
    """The line "shelter" of a's plan is written anew; or any line of the plan *case*."""
    if case is not None:
        return [(f"{sql} WHERE case_id = :case", {"case": case})]
    return [(f"{sql} WHERE case_id = :case AND line = 'shelter'", {"case": w.a})]


def _reserved(w, sql):
    """Somebody has reserved something of a plan, and then its lines are written anew."""
    return [*a_row(w, "hold", case_id=w.quiet), *_set_line(w, sql, w.quiet)]


REFUSED = {
    "line_that_appears_after_the_first_gift": (
        "line_without_a_note",
        lambda w: a_row(w, "need_line", case_id=w.a, line="legal"),
    ),
    "line_that_appears_with_a_note_of_another_amount": (
        "line_without_a_note",
        lambda w: [
            *a_row(w, "need_note", line="legal", before_minor=0, after_minor=400),
            *a_row(w, "need_line", case_id=w.a, line="legal", amount_minor=500),
        ],
    ),
    "line_that_grows_after_the_first_gift": (
        "grows_without_a_note",
        lambda w: _set_line(w, "UPDATE need_line SET amount_minor = 700"),
    ),
    "line_that_grows_by_more_than_its_note_says": (
        "grows_without_a_note",
        lambda w: [
            *a_row(w, "need_note"),
            *_set_line(w, "UPDATE need_line SET amount_minor = 701"),
        ],
    ),
    "line_that_grows_by_the_note_of_another_case": (
        "grows_without_a_note",
        lambda w: [
            *a_row(w, "need_note", case_id=w.b),
            *_set_line(w, "UPDATE need_line SET amount_minor = 700"),
        ],
    ),
    "line_that_grows_while_the_first_gift_is_reserved": (
        "grows_without_a_note",
        lambda w: _reserved(w, "UPDATE need_line SET amount_minor = 700"),
    ),
    "line_that_shrinks_after_the_first_gift": (
        "shrinks_without_a_change",
        lambda w: _set_line(w, "UPDATE need_line SET amount_minor = 400"),
    ),
    "line_that_goes_after_the_first_gift": (
        "goes_without_a_change",
        lambda w: _set_line(w, "DELETE FROM need_line"),
    ),
    "line_that_becomes_another": (
        "line_stays",
        lambda w: _set_line(w, "UPDATE need_line SET line = 'legal'", w.quiet),
    ),
    "line_that_becomes_another_persons": (
        "line_stays",
        lambda w: _set_line(w, f"UPDATE need_line SET case_id = {w.b}", w.quiet),
    ),
    "note_of_a_line_that_did_not_grow": (
        "ck_need_note_it_grew",
        lambda w: a_row(w, "need_note", after_minor=500),
    ),
    "note_of_a_line_of_less_than_nothing": (
        "ck_need_note_before_not_negative",
        lambda w: a_row(w, "need_note", before_minor=-1),
    ),
    "note_of_a_day": (
        "ck_need_note_month_only",
        lambda w: a_row(w, "need_note", month="2026-11-03"),
    ),
    "note_that_is_written_anew": (
        "append_only",
        lambda w: _note_again(w, "UPDATE need_note SET month = '2026-10' WHERE id = :id"),
    ),
    "note_that_is_taken_away": (
        "append_only",
        lambda w: _note_again(w, "DELETE FROM need_note WHERE id = :id"),
    ),
}

ACCEPTED = {
    "line_that_grows_with_its_note": lambda w: [
        *a_row(w, "need_note"),
        *_set_line(w, "UPDATE need_line SET amount_minor = 700"),
    ],
    "line_that_appears_with_its_note": lambda w: [
        *a_row(w, "need_note", line="medical", before_minor=0, after_minor=400),
        *a_row(w, "need_line", case_id=w.a, line="medical", amount_minor=400),
    ],
    "line_that_shrinks_by_a_change_for_one_that_appears": lambda w: [
        *a_row(w, "plan_change"),
        *_set_line(w, "UPDATE need_line SET amount_minor = 495"),
        *a_row(w, "need_line", case_id=w.a, line="legal", amount_minor=5),
    ],
    "line_that_goes_by_a_change_for_one_that_grows": lambda w: [
        *a_row(w, "need_note", line="legal", before_minor=0, after_minor=300),
        *a_row(w, "need_line", case_id=w.a, line="legal", amount_minor=300),
        *a_row(w, "plan_change", amount_minor=500),
        *_set_line(w, "DELETE FROM need_line"),
        ("UPDATE need_line SET amount_minor = 800 WHERE case_id = :case", {"case": w.a}),
    ],
    "lines_of_a_plan_before_the_first_gift": lambda w: [
        *_set_line(w, "UPDATE need_line SET amount_minor = 700", w.quiet),
        *_set_line(w, "UPDATE need_line SET amount_minor = 200", w.quiet),
        *_set_line(w, "DELETE FROM need_line", w.quiet),
    ],
    "lines_of_a_plan_that_nobody_paid_for_after_all": lambda w: [
        *a_row(w, "hold", case_id=w.quiet, state="released"),
        *_set_line(w, "UPDATE need_line SET amount_minor = 700", w.quiet),
    ],
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
