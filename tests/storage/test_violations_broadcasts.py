"""What the database refuses of broadcasts, deliveries and the pace of sending."""

import pytest

from tests.storage.samples import a_row

REFUSED = {
    "broadcast_of_an_unknown_kind": (
        "ck_broadcast_known_kind",
        lambda w: a_row(w, "broadcast", kind="rumour"),
    ),
    "broadcast_in_an_unknown_state": (
        "ck_broadcast_known_state",
        lambda w: a_row(w, "broadcast", state="lost"),
    ),
    "news_of_nobody": (
        "ck_broadcast_digest_of_no_case",
        lambda w: a_row(w, "broadcast", case_id=None),
    ),
    "digest_of_one_case": (
        "ck_broadcast_digest_of_no_case",
        lambda w: a_row(w, "broadcast", kind="digest"),
    ),
    "broadcast_that_runs_and_was_never_made": (
        "ck_broadcast_made_before_it_runs",
        lambda w: a_row(w, "broadcast", state="running"),
    ),
    "broadcast_that_is_done_and_was_never_made": (
        "ck_broadcast_made_before_it_runs",
        lambda w: a_row(w, "broadcast", state="done"),
    ),
    "delivery_in_an_unknown_state": (
        "ck_delivery_known_state",
        lambda w: a_row(w, "delivery", state="lost"),
    ),
    "delivery_tried_less_than_never": (
        "ck_delivery_attempts_not_negative",
        lambda w: a_row(w, "delivery", attempts=-1),
    ),
    "second_delivery_of_one_piece_of_news": (
        "uq_delivery_broadcast_id_person_id",
        lambda w: a_row(w, "delivery", person_id=w.person),
    ),
    "turn_before_time_began": (
        "ck_send_rate_tat_not_negative",
        lambda w: a_row(w, "send_rate", tat=-1),
    ),
}

ACCEPTED = {
    "digest": lambda w: a_row(w, "broadcast", kind="digest", case_id=None),
    "broadcast_that_runs": lambda w: a_row(w, "broadcast", state="running", made_at=3),
    "broadcast_that_is_paused_before_it_is_made": lambda w: a_row(w, "broadcast", state="paused"),
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    either.refuses_all({claim: REFUSED[claim]})


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
