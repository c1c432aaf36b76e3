"""
What the database refuses, whoever writes: a role that one person gives alone or takes for herself,
a link to the desk that is good twice, a log of acts that is changed, cut or forked. What every
table refuses alike stands in `test_violations_tables`.
"""

import pytest

from tests.storage.samples import a_row, newest


def _on(w, table, column, sql):
    return [(sql.format(table, column), {"id": w.there[table][column]})]


REFUSED = {
    # Roles
    "role_that_is_not_known": (
        "ck_role_request_known_role",
        lambda w: a_row(w, "role_request", role="director"),
    ),
    "role_asked_for_by_who_is_to_have_it": (
        "ck_role_request_not_for_oneself",
        lambda w: a_row(w, "role_request", requester_id=w.one),
    ),
    "role_granted_by_who_asked_for_it": (
        "ck_role_decision_two_people",
        lambda w: a_row(w, "role_decision", decider_id=w.two),
    ),
    "role_granted_by_who_is_to_have_it": (
        "ck_role_decision_not_for_oneself",
        lambda w: a_row(w, "role_decision", decider_id=w.one),
    ),
    "role_granted_by_who_asked_for_it_under_another_name": (
        "fk_role_decision_exact_request",
        lambda w: a_row(w, "role_decision", requester_id=w.three, decider_id=w.two),
    ),
    "role_granted_to_who_did_not_ask_for_it": (
        "fk_role_decision_exact_request",
        lambda w: a_row(w, "role_decision", staff_id=w.three, decider_id=w.one),
    ),
    "role_taken_back_that_nobody_granted": (
        "fk_role_revocation_request_id",
        lambda w: a_row(w, "role_revocation", request_id=w.asked),
    ),
    "request_that_becomes_one_for_another_role": (
        "append_only",
        lambda w: _on(w, "role_request", "id", "UPDATE {} SET role = 'admin' WHERE {} = :id"),
    ),
    "request_that_is_forgotten": (
        "append_only",
        lambda w: _on(w, "role_request", "id", "DELETE FROM {} WHERE {} = :id"),
    ),
    "decision_that_becomes_another": (
        "append_only",
        lambda w: _on(w, "role_decision", "request_id", "UPDATE {} SET granted = 0 WHERE {} = :id"),
    ),
    "role_that_was_taken_back_and_is_there_again": (
        "append_only",
        lambda w: _on(w, "role_revocation", "request_id", "DELETE FROM {} WHERE {} = :id"),
    ),
    # The way in
    "more_wrong_codes_than_lock": (
        "ck_staff_access_few_wrong_codes",
        lambda w: a_row(w, "staff_access", wrong_codes=6),
    ),
    "link_of_who_has_no_way_in": (
        "fk_desk_link_staff_id",
        lambda w: a_row(w, "desk_link", staff_id=w.three),
    ),
    "link_whose_token_is_kept": (
        "ck_desk_link_sha256_has_32_bytes",
        lambda w: a_row(w, "desk_link", token_sha256=b"the token itself"),
    ),
    "link_whose_browser_is_kept": (
        "ck_desk_link_browser_sha256_has_32_bytes",
        lambda w: a_row(w, "desk_link", browser_sha256=b"the secret itself"),
    ),
    "link_with_more_wrong_codes_than_lock": (
        "ck_desk_link_few_wrong_codes",
        lambda w: a_row(w, "desk_link", wrong_codes=6),
    ),
    "second_session_by_one_link": (
        "uq_desk_session_link_id",
        lambda w: a_row(w, "desk_session", link_id=w.there["desk_session"]["link_id"]),
    ),
    "session_by_the_link_of_somebody_else": (
        "fk_desk_session_link_id_staff_id",
        lambda w: a_row(w, "desk_session", staff_id=w.three),
    ),
    "session_whose_token_is_kept": (
        "ck_desk_session_sha256_has_32_bytes",
        lambda w: a_row(w, "desk_session", token_sha256=b"the token itself"),
    ),
    "session_of_an_hour": (
        "ck_desk_session_half_an_hour_at_most",
        lambda w: a_row(w, "desk_session", expires_at=3601),
    ),
    "session_that_ends_before_it_begins": (
        "ck_desk_session_half_an_hour_at_most",
        lambda w: a_row(w, "desk_session", expires_at=1),
    ),
    # The log
    "entry_that_follows_nothing": (
        "ck_audit_entry_follows",
        lambda w: a_row(w, "audit_entry", previous_sha256=None),
    ),
    "entry_that_follows_itself": (
        "ck_audit_entry_follows_another",
        lambda w: a_row(w, "audit_entry", previous_sha256=b"\x09" * 32, sha256=b"\x09" * 32),
    ),
    "entry_with_half_a_hash": (
        "ck_audit_entry_sha256_has_32_bytes",
        lambda w: a_row(w, "audit_entry", sha256=b"\x09" * 16),
    ),
    "entry_beside_another_that_follows_the_same": (
        "uq_audit_entry_previous_sha256",
        lambda w: a_row(
            w, "audit_entry", previous_sha256=w.there["audit_entry"]["previous_sha256"]
        ),
    ),
    "entry_that_becomes_another": (
        "append_only",
        lambda w: _on(w, "audit_entry", "seq", "UPDATE {} SET actor = 'two' WHERE {} = :id"),
    ),
    "entry_that_is_taken_out": (
        "append_only",
        lambda w: _on(w, "audit_entry", "seq", "DELETE FROM {} WHERE {} = :id"),
    ),
    "beginning_of_the_log_that_is_taken_out": (
        "append_only",
        lambda _: [("DELETE FROM audit_entry WHERE seq = 0", {})],
    ),
}

ACCEPTED = {
    "role_turned_down_by_who_asked_for_it": lambda w: a_row(
        w, "role_decision", granted=0, decider_id=w.two
    ),
    "two_entries_one_after_the_other": lambda w: (
        a_row(w, "audit_entry") + a_row(w, "audit_entry", previous_sha256=newest())
    ),
    "link_that_a_browser_opened": lambda w: a_row(w, "desk_link", browser_sha256=b"\x07" * 32),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
