"""
What the database refuses, whoever writes: plans that cannot be, spending that one person alone
approves, stories that were not approved as they are. What every table refuses alike stands in
`test_violations_tables`.
"""

import pytest

from tests.storage.samples import a_row


def _spent(w, **changes):
    return a_row(w, "disbursement", **changes)


def _decided(w, **changes):
    return a_row(w, "disbursement_decision", **changes)


def _again(w, sql):
    return [(sql, {"id": w.there["disbursement"]["id"]})]


def _edited_by_two(w, **changes):
    """An approval of a version that one began and two wrote in last."""
    version = w.new_id()
    return [
        *a_row(w, "story_version", id=version, last_editor_id=w.two, content_sha256=b"2" * 32),
        *a_row(w, "story_language", version_id=version, locale="en"),
        *a_row(w, "language_approval", version_id=version),
        *a_row(
            w,
            "approval",
            **{"version_id": version, "content_sha256": b"2" * 32, "last_editor_id": w.two}
            | changes,
        ),
    ]


REFUSED = {
    # Cases
    "case_of_the_organisation": (
        "ck_cases_is_a_case|fk_cases_id_book_kind",
        lambda w: a_row(w, "cases", book_kind="organisation"),
    ),
    "case_whose_book_is_the_organisations": (
        "ck_cases_is_a_case",
        lambda w: a_row(w, "cases", id=1, book_kind="organisation"),
    ),
    "case_whose_book_is_the_organisations_called_a_case": (
        "fk_cases_id_book_kind",
        lambda w: a_row(w, "cases", id=1),
    ),
    "case_in_a_state_that_is_not_known": (
        "ck_cases_known_state",
        lambda w: a_row(w, "cases", state="asleep"),
    ),
    "case_of_unknown_outcome": (
        "ck_cases_known_outcome",
        lambda w: a_row(w, "cases", state="closed", outcome="saved"),
    ),
    "case_that_ended_and_is_open": (
        "ck_cases_ended_is_closed",
        lambda w: a_row(w, "cases", outcome="complete"),
    ),
    "case_that_is_opened_again_after_it_ended": (
        "ck_cases_ended_is_closed",
        lambda w: [
            ("UPDATE cases SET state = 'closed', outcome = 'complete' WHERE id = :id", {"id": w.a}),
            ("UPDATE cases SET state = 'open' WHERE id = :id", {"id": w.a}),
        ],
    ),
    "case_in_a_second_currency": ("pk_cases", lambda w: a_row(w, "cases", id=w.a, currency="USD")),
    "line_of_nothing": (
        "ck_need_line_amount_positive",
        lambda w: a_row(w, "need_line", amount_minor=0),
    ),
    "change_of_nothing": (
        "ck_plan_change_amount_positive",
        lambda w: a_row(w, "plan_change", amount_minor=0),
    ),
    "change_from_a_line_to_itself": (
        "ck_plan_change_another_line",
        lambda w: a_row(w, "plan_change", to_line="shelter"),
    ),
    # Help lines
    "check_of_a_line_that_was_not_read": (
        "ck_helpline_check_sha256_has_32_bytes",
        lambda w: a_row(w, "helpline_check", line_sha256=b"short"),
    ),
    "check_by_nobody": (
        "ck_helpline_check_somebody_checked",
        lambda w: a_row(w, "helpline_check", checked_by=""),
    ),
    # Spending
    "spending_of_nothing": ("ck_disbursement_amount_positive", lambda w: _spent(w, amount_minor=0)),
    "spending_on_a_day": ("ck_disbursement_month_only", lambda w: _spent(w, month="2026-11-03")),
    "spending_in_another_currency_than_the_case": (
        "fk_disbursement_case_id_currency",
        lambda w: _spent(w, currency="USD"),
    ),
    "spending_of_the_organisation": (
        "fk_disbursement_case_id_currency",
        lambda w: _spent(w, case_id=1),
    ),
    "one_act_records_twice": (
        "uq_disbursement_request_key",
        lambda w: _spent(w, request_key=w.there["disbursement"]["request_key"]),
    ),
    "approval_by_who_recorded_it": (
        "ck_disbursement_decision_four_eyes",
        lambda w: _decided(w, decider_id=w.one, approved=1, posting_id=w.gift),
    ),
    "approval_by_who_recorded_it_under_another_name": (
        "fk_disbursement_decision_disbursement_id_recorder_id",
        lambda w: _decided(
            w, recorder_id=w.three, decider_id=w.one, approved=1, posting_id=w.gift
        ),
    ),
    "spending_with_a_number_that_another_recorded": (
        "pk_disbursement",
        lambda w: _spent(w, id=w.undecided, recorder_id=w.three),
    ),
    "spending_that_is_forgotten_before_it_is_decided": (
        "append_only",
        lambda w: [("DELETE FROM disbursement WHERE id = :id", {"id": w.undecided})],
    ),
    "approved_without_a_posting": (
        "ck_disbursement_decision_approved_is_booked",
        lambda w: _decided(w, approved=1),
    ),
    "turned_down_and_booked": (
        "ck_disbursement_decision_approved_is_booked",
        lambda w: _decided(w, posting_id=w.gift),
    ),
    "one_posting_for_two_disbursements": (
        "uq_disbursement_decision_posting_id",
        lambda w: _decided(w, approved=1, posting_id=w.spending),
    ),
    "second_decision": (
        "pk_disbursement_decision",
        lambda w: _decided(w, disbursement_id=w.there["disbursement"]["id"]),
    ),
    "amount_raised_after_it_was_recorded": (
        "append_only",
        lambda w: _again(w, "UPDATE disbursement SET amount_minor = 9000 WHERE id = :id"),
    ),
    "recorder_changed_so_that_the_other_can_approve": (
        "append_only",
        lambda w: [
            (
                "UPDATE disbursement SET recorder_id = :other WHERE id = :id",
                {"id": w.undecided, "other": w.three},
            )
        ],
    ),
    "decision_taken_back": (
        "append_only",
        lambda w: _again(w, "DELETE FROM disbursement_decision WHERE disbursement_id = :id"),
    ),
    "change_of_plan_that_is_forgotten": (
        "append_only",
        lambda w: [("DELETE FROM plan_change WHERE case_id = :id", {"id": w.a})],
    ),
    "consent_to_a_move_that_becomes_another": (
        "append_only",
        lambda w: [
            ("UPDATE surplus_consent SET to_case_id = :to WHERE hold_id = :id",
             {"to": w.a, "id": w.hold})
        ],
    ),
    # Stories
    "consent_for_an_unknown_purpose": (
        "ck_consent_known_purpose",
        lambda w: a_row(w, "consent", purpose="research"),
    ),
    "consent_for_an_unknown_channel": (
        "ck_consent_known_channel",
        lambda w: a_row(w, "consent", channel="radio"),
    ),
    "consent_that_ends_as_it_begins": (
        "ck_consent_ends_after_it_begins",
        lambda w: a_row(w, "consent", given_at=2, valid_until=2),
    ),
    "approval_by_the_author": (
        "ck_approval_four_eyes",
        lambda w: a_row(w, "approval", approver_id=w.one),
    ),
    "approval_by_the_author_under_another_name": (
        "fk_approval_exact_version",
        lambda w: a_row(
            w, "approval", author_id=w.three, last_editor_id=w.three, approver_id=w.one
        ),
    ),
    "approval_with_a_number_that_is_taken": (
        "pk_approval",
        lambda w: a_row(
            w, "approval", id=w.there["approval"]["id"], version_id=w.version_of_b, case_id=w.b
        ),
    ),
    "approval_of_other_words": (
        "fk_approval_exact_version",
        lambda w: a_row(w, "approval", content_sha256=b"other words"),
    ),
    "approval_for_another_case": (
        "fk_approval_exact_version",
        lambda w: a_row(w, "approval", case_id=w.b),
    ),
    "publication_of_a_version_that_was_not_approved": (
        "fk_publication_approved_version",
        lambda w: a_row(w, "publication", version_id=w.version),
    ),
    "publication_of_the_story_of_another_case": (
        "fk_publication_approved_version",
        lambda w: a_row(
            w,
            "publication",
            version_id=w.version,
            approval_id=w.there["approval"]["id"],
        ),
    ),
    "second_publication_of_a_case": (
        "pk_publication",
        lambda w: a_row(
            w, "publication", case_id=w.a, version_id=w.version,
            approval_id=w.there["approval"]["id"],
        ),
    ),
    # Recalls
    "publication_of_what_was_approved_before_the_recall": (
        "recalled",
        lambda w: (
            a_row(w, "recall", case_id=w.b, recalled_at=1) + a_row(w, "publication")
        ),
    ),
    "publication_changed_to_what_was_approved_before_the_recall": (
        "recalled",
        lambda w: (
            a_row(w, "publication")
            + a_row(w, "recall", case_id=w.b, recalled_at=1)
            + [("UPDATE publication SET published_at = 2 WHERE case_id = :id", {"id": w.b})]
        ),
    ),
    "card_in_a_state_that_is_not_known": (
        "ck_story_card_known_state|ck_story_card_reached_by_a_recall",
        lambda w: a_row(w, "story_card", state="lost"),
    ),
    "card_in_a_state_that_is_not_known_of_a_recall": (
        "ck_story_card_known_state",
        lambda w: a_row(w, "story_card", state="lost", recall_id=w.there["recall"]["id"]),
    ),
    "card_reached_by_no_recall": (
        "ck_story_card_reached_by_a_recall",
        lambda w: a_row(w, "story_card", state="reached"),
    ),
    # Campaigns
    "campaign_without_a_name": ("ck_campaign_has_a_name", lambda w: a_row(w, "campaign", name="")),
    "campaign_with_a_story_for_a_name": (
        "ck_campaign_has_a_name",
        lambda w: a_row(w, "campaign", name="a" * 61),
    ),
    "campaign_that_ends_before_it_begins": (
        "ck_campaign_ends_after_it_begins",
        lambda w: a_row(w, "campaign", ends_at=1),
    ),
    "count_of_nobody": (
        "ck_campaign_count_times_positive",
        lambda w: a_row(w, "campaign_count", times=0),
    ),
    "approval_by_the_last_editor": (
        "ck_approval_not_the_last_editor",
        lambda w: _edited_by_two(w, approver_id=w.two),
    ),
    "approval_by_the_last_editor_under_another_name": (
        "fk_approval_exact_version",
        lambda w: _edited_by_two(w, approver_id=w.two, last_editor_id=w.one),
    ),
    "consent_for_no_use": ("ck_consent_uses_positive", lambda w: a_row(w, "consent", uses=0)),
    "draft_that_was_never_saved": (
        "ck_story_draft_revision_positive",
        lambda w: a_row(w, "story_draft", revision=0),
    ),
    # Reviews
    "note_to_an_author_that_is_taken_back": (
        "append_only",
        lambda w: [("DELETE FROM story_return WHERE version_id = :id", {"id": w.version})],
    ),
    "plan_in_a_state_that_is_not_known": (
        "ck_publication_plan_known_state",
        lambda w: a_row(w, "publication_plan", state="late", ended_at=1),
    ),
    "plan_that_nobody_stopped": (
        "ck_publication_plan_somebody_stopped_it",
        lambda w: a_row(w, "publication_plan", state="stopped", ended_at=1),
    ),
    "plan_that_waits_and_has_ended": (
        "ck_publication_plan_ended_unless_it_waits",
        lambda w: a_row(w, "publication_plan", ended_at=1),
    ),
    "plan_for_a_story_that_was_not_approved": (
        "fk_publication_plan_approved_version",
        lambda w: a_row(w, "publication_plan", version_id=w.version),
    ),
    "plan_that_was_stopped_and_goes_on": (
        "plan_has_ended",
        lambda w: [
            *a_row(w, "publication_plan", state="stopped", stopped_by=w.one, ended_at=1),
            (
                "UPDATE publication_plan SET state = 'waiting', stopped_by = NULL,"
                " ended_at = NULL WHERE approval_id = :id",
                {"id": w.approval_of_b},
            ),
        ],
    ),
    # Facts and risk
    "region_that_is_not_known": (
        "ck_case_facts_known_region",
        lambda w: a_row(w, "case_facts", region="a village"),
    ),
    "age_in_years": (
        "ck_case_facts_known_age_band",
        lambda w: a_row(w, "case_facts", age_band="23"),
    ),
    "exploitation_that_is_not_known": (
        "ck_case_facts_known_exploitation",
        lambda w: a_row(w, "case_facts", exploitation="on one ship"),
    ),
    "gender_that_is_not_known": (
        "ck_case_facts_known_gender",
        lambda w: a_row(w, "case_facts", gender="daughter of"),
    ),
    "period_in_years": (
        "ck_case_facts_known_period_band",
        lambda w: a_row(w, "case_facts", period_band="2019"),
    ),
    "facts_that_become_others": (
        "append_only",
        lambda w: [("UPDATE case_facts SET gender = 'woman' WHERE case_id = :id", {"id": w.a})],
    ),
    "risk_of_no_level": (
        "ck_case_risk_known_level",
        lambda w: a_row(w, "case_risk", level="none"),
    ),
    "risk_of_a_minor_that_is_low": (
        "ck_case_risk_minor_is_high",
        lambda w: a_row(w, "case_risk", minor=1),
    ),
    "risk_that_is_forgotten": (
        "append_only",
        lambda w: [("DELETE FROM case_risk WHERE case_id = :id", {"id": w.a})],
    ),
    "pseudonym_that_becomes_another": (
        "append_only",
        lambda w: [
            ("UPDATE case_name SET pseudonym = 'Other' WHERE case_id = :id", {"id": w.a})
        ],
    ),
    # Courses
    "case_of_a_course_that_becomes_real": (
        "training_stays",
        lambda w: [
            *a_row(w, "cases", training=1),
            ("UPDATE cases SET training = 0 WHERE id = :id", {"id": w.spare_book}),
        ],
    ),
    "real_case_that_becomes_one_of_a_course": (
        "training_stays",
        lambda w: [("UPDATE cases SET training = 1 WHERE id = :id", {"id": w.a})],
    ),
    "account_of_a_course": (
        "training_case",
        lambda w: [
            *a_row(w, "cases", training=1),
            w.row("account", id=w.new_id(), book_id=w.spare_book, book_kind="case", kind="fund",
                  currency="EUR", floored=1),
        ],
    ),
    "gift_to_a_course": (
        "training_case",
        lambda w: [*a_row(w, "cases", training=1), *a_row(w, "hold", case_id=w.spare_book)],
    ),
    "story_of_a_course_that_is_public": (
        "training_case",
        lambda w: [
            *a_row(w, "cases", training=1),
            *a_row(w, "publication", case_id=w.spare_book),
        ],
    ),
    # News
    "news_of_a_day": (
        "ck_case_update_month_only",
        lambda w: a_row(w, "case_update", month="2026-11-03"),
    ),
    "news_whose_words_are_not_fixed": (
        "ck_case_update_sha256_has_32_bytes",
        lambda w: a_row(w, "case_update", content_sha256=b"short"),
    ),
    "news_that_becomes_other": (
        "append_only",
        lambda w: [("UPDATE case_update SET month = '2026-10' WHERE id = :id", {"id": w.news})],
    ),
    "news_approved_by_the_author": (
        "ck_update_decision_four_eyes",
        lambda w: a_row(w, "update_decision", decider_id=w.one),
    ),
    "news_approved_by_the_author_under_another_name": (
        "fk_update_decision_exact_words",
        lambda w: a_row(w, "update_decision", author_id=w.three, decider_id=w.one),
    ),
    "news_of_other_words_approved": (
        "fk_update_decision_exact_words",
        lambda w: a_row(w, "update_decision", content_sha256=b"\x09" * 32),
    ),
    "news_approved_for_never": (
        "ck_update_decision_approved_becomes_public",
        lambda w: a_row(w, "update_decision", public_from=None),
    ),
    "news_turned_down_and_public": (
        "ck_update_decision_approved_becomes_public",
        lambda w: a_row(w, "update_decision", approved=0),
    ),
    "news_that_is_decided_anew": (
        "append_only",
        lambda w: [
            (
                "UPDATE update_decision SET public_from = 1 WHERE update_id = :id",
                {"id": w.news_of_b},
            )
        ],
    ),
    "news_that_is_not_stopped_any_more": (
        "append_only",
        lambda w: [("DELETE FROM update_stop WHERE update_id = :id", {"id": w.stopped})],
    ),
    # Messages
    "message_of_unknown_kind": (
        "ck_outbox_known_kind",
        lambda w: a_row(w, "outbox", kind="advert"),
    ),
    "message_in_a_state_that_is_not_known": (
        "ck_outbox_known_state",
        lambda w: a_row(w, "outbox", state="lost"),
    ),
    "person_who_goes_while_a_gift_is_theirs": (
        "fk_giver_person_id",
        lambda w: [("DELETE FROM person WHERE id = :id", {"id": w.person})],
    ),
}  # fmt: skip

ACCEPTED = {
    "approval_by_a_third": lambda w: _edited_by_two(w, approver_id=w.three),
    "news_turned_down_by_the_author": lambda w: a_row(
        w, "update_decision", decider_id=w.one, approved=0, public_from=None
    ),
    "plan_that_is_stopped": lambda w: [
        *a_row(w, "publication_plan"),
        (
            "UPDATE publication_plan SET state = 'stopped', stopped_by = :by, ended_at = 2"
            " WHERE approval_id = :id",
            {"id": w.approval_of_b, "by": w.three},
        ),
    ],
    "case_for_a_course": lambda w: a_row(w, "cases", training=1),
    "case_that_ends": lambda w: [
        ("UPDATE cases SET state = 'closed', outcome = 'died' WHERE id = :id", {"id": w.a})
    ],
    "campaign_that_never_ends": lambda w: a_row(w, "campaign", ends_at=None, case_id=None),
    "publication_of_what_was_approved_after_the_recall": lambda w: (
        a_row(w, "recall", case_id=w.b, recalled_at=0) + a_row(w, "publication")
    ),
    "plan_that_needs_less": lambda w: a_row(w, "plan_change", to_line=None),
    "spending_approved_by_another": lambda w: (
        w.posting("disbursement", w.leg(w.a, "fund", "spent", 300), posting_id=(n := w.new_id()))
        + _decided(w, approved=1, posting_id=n)
    ),
    "spending_turned_down_by_who_recorded_it": lambda w: _decided(w, decider_id=w.one),
    "person_who_goes_and_takes_what_hangs_on_them": lambda w: [
        ("DELETE FROM giver WHERE person_id = :id", {"id": w.person}),
        ("DELETE FROM person WHERE id = :id", {"id": w.person}),
    ],
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
