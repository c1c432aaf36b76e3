"""
What the database refuses, whoever writes, of what protects survivors: caseloads that grow, and what
one person alone allows. What every table refuses alike stands in `test_violations_tables`.
"""

import pytest

from tests.storage.samples import a_row


def _open(w, case):
    return [("UPDATE cases SET state = 'open', outcome = NULL WHERE id = :id", {"id": case})]


REFUSED = {
    # What may be disclosed
    "caseload_of_nobody": (
        "ck_caseload_people_positive",
        lambda w: a_row(w, "caseload", people=0),
    ),
    "count_of_no_people": (
        "ck_caseload_count_people_positive",
        lambda w: a_row(w, "caseload_count", people=0),
    ),
    "count_of_a_village": (
        "ck_caseload_count_known_region",
        lambda w: a_row(w, "caseload_count", region="a village"),
    ),
    "count_of_an_age": (
        "ck_caseload_count_known_age_band",
        lambda w: a_row(w, "caseload_count", age_band="23"),
    ),
    "count_of_a_ship": (
        "ck_caseload_count_known_exploitation",
        lambda w: a_row(w, "caseload_count", exploitation="on one ship"),
    ),
    "count_of_daughters": (
        "ck_caseload_count_known_gender",
        lambda w: a_row(w, "caseload_count", gender="daughter of"),
    ),
    "count_of_a_year": (
        "ck_caseload_count_known_period_band",
        lambda w: a_row(w, "caseload_count", period_band="2019"),
    ),
    "count_that_grows": (
        "append_only",
        lambda w: [
            (
                "UPDATE caseload_count SET people = 99 WHERE caseload_id = :id",
                {"id": w.there["caseload_count"]["caseload_id"]},
            )
        ],
    ),
    "caseload_that_grows": (
        "append_only",
        lambda w: [("UPDATE caseload SET people = 99 WHERE id = :id", {"id": w.caseload})],
    ),
    "caseload_that_is_forgotten": (
        "append_only",
        lambda w: [("DELETE FROM caseload WHERE id = :id", {"id": w.caseload})],
    ),
    "override_of_fewer_than_nobody": (
        "ck_disclosure_override_people_not_negative",
        lambda w: a_row(w, "disclosure_override", people=-1),
    ),
    "override_of_other_facts": (
        "append_only",
        lambda w: [
            (
                "UPDATE disclosure_override SET facts = :facts WHERE id = :id",
                {"facts": '{"gender":"man"}', "id": w.override},
            )
        ],
    ),
    "override_granted_by_who_asked": (
        "ck_disclosure_grant_two_people",
        lambda w: a_row(w, "disclosure_grant", granted_by=w.one),
    ),
    "override_granted_by_who_asked_under_another_name": (
        "fk_disclosure_grant_exact_override",
        lambda w: a_row(w, "disclosure_grant", asked_by=w.three, granted_by=w.one),
    ),
    "override_that_is_taken_back": (
        "append_only",
        lambda w: [
            (
                "DELETE FROM disclosure_grant WHERE override_id = :id",
                {"id": w.there["disclosure_grant"]["override_id"]},
            )
        ],
    ),
    # Secret words
    "secret_word_in_the_clear": (
        "ck_case_secret_print_has_17_bytes",
        lambda w: a_row(w, "case_secret", print=b"Sudarat"),
    ),
    "secret_word_that_is_forgotten": (
        "append_only",
        lambda w: [("DELETE FROM case_secret WHERE case_id = :id", {"id": w.a})],
    ),
    "secret_word_that_becomes_another": (
        "append_only",
        lambda w: [
            ("UPDATE case_secret SET case_id = :b WHERE case_id = :a", {"a": w.a, "b": w.b})
        ],
    ),
    # Looks at warnings
    "look_at_no_mark": (
        "ck_warning_look_mark_has_32_bytes",
        lambda w: a_row(w, "warning_look", mark=b"en: s01"),
    ),
    "look_of_another": (
        "append_only",
        lambda w: [
            (
                "UPDATE warning_look SET staff_id = :by WHERE case_id = :id",
                {"by": w.two, "id": w.a},
            )
        ],
    ),
    # Under 18
    "case_of_a_child_whose_guardian_is_named": (
        "ck_minor_case_known_guardian",
        lambda w: a_row(w, "minor_case", guardian="her aunt An"),
    ),
    "case_of_a_child_with_a_day": (
        "ck_minor_case_month_only",
        lambda w: a_row(w, "minor_case", month="2026-05-03"),
    ),
    "case_of_a_child_that_is_open": (
        "minor_is_closed",
        lambda w: a_row(w, "minor_case", case_id=w.a),
    ),
    "child_that_is_one_no_more": (
        "append_only",
        lambda w: [("DELETE FROM minor_case WHERE case_id = :id", {"id": w.child})],
    ),
    "child_that_was_confirmed_by_another": (
        "append_only",
        lambda w: [
            (
                "UPDATE minor_confirmation SET confirmed_by = :by WHERE case_id = :id",
                {"id": w.child_there, "by": w.three},
            )
        ],
    ),
    "child_confirmed_by_who_asked": (
        "ck_minor_confirmation_two_people",
        lambda w: a_row(w, "minor_confirmation", confirmed_by=w.one),
    ),
    "child_confirmed_by_who_asked_under_another_name": (
        "fk_minor_confirmation_exact_request",
        lambda w: a_row(w, "minor_confirmation", asked_by=w.three, confirmed_by=w.one),
    ),
    "case_of_a_child_opened_by_one": ("not_confirmed", lambda w: _open(w, w.child)),
    "gift_to_a_child_that_nobody_confirmed": (
        "not_confirmed",
        lambda w: a_row(w, "hold", case_id=w.child),
    ),
    "draft_of_a_child": ("under_18", lambda w: a_row(w, "story_draft", case_id=w.child_there)),
    "version_of_a_child": ("under_18", lambda w: a_row(w, "story_version", case_id=w.child_there)),
    "news_of_a_child": ("under_18", lambda w: a_row(w, "case_update", case_id=w.child_there)),
    "story_of_a_child_that_is_public": (
        "under_18",
        lambda w: a_row(w, "publication", case_id=w.child_there),
    ),
    "story_of_somebody_who_turns_out_to_be_a_child": (
        "under_18",
        lambda w: [
            *a_row(w, "case_facts", case_id=w.b, age_band="under_18"),
            *a_row(w, "publication"),
        ],
    ),
}  # fmt: skip

ACCEPTED = {
    "case_of_a_child_opened_by_two": lambda w: [
        *a_row(w, "minor_confirmation"),
        *_open(w, w.child),
        *a_row(w, "hold", case_id=w.child),
    ],
    "story_of_somebody_who_turns_out_to_be_none": lambda w: [
        *a_row(w, "case_facts", case_id=w.b, age_band="under_18"),
        *a_row(w, "case_facts", case_id=w.b),
        *a_row(w, "publication"),
    ],
    "override_granted_by_another": lambda w: a_row(w, "disclosure_grant", granted_by=w.three),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
