"""What the database refuses of followers, whoever writes: clocks that no place on earth shows."""

import pytest

from tests.storage.samples import sample


def _follower(w, **changes):
    return [w.row("follower", **sample(w, "follower", **changes))]


REFUSED = {
    "heard_of_in_a_way_that_is_not_known": (
        "ck_follower_known_pace",
        lambda w: _follower(w, pace="hourly"),
    ),
    "clock_that_goes_as_none_does": (
        "ck_follower_clocks_go_so",
        lambda w: _follower(w, offset_minutes=350),
    ),
    "clock_ahead_of_all": (
        "ck_follower_clocks_go_so",
        lambda w: _follower(w, offset_minutes=855),
    ),
    "quiet_that_begins_on_no_day": (
        "ck_follower_quiet_from_a_minute",
        lambda w: _follower(w, quiet_from=1440),
    ),
    "quiet_that_ends_on_no_day": (
        "ck_follower_quiet_until_a_minute",
        lambda w: _follower(w, quiet_until=-1),
    ),
    "quiet_that_never_begins": (
        "ck_follower_quiet_for_a_while",
        lambda w: _follower(w, quiet_from=480),
    ),
    "quiet_that_never_ends": (
        "ck_follower_quiet_has_two_ends",
        lambda w: _follower(w, quiet_until=None),
    ),
    "quiet_in_nobodys_time": (
        "ck_follower_quiet_in_their_own_time",
        lambda w: _follower(w, offset_minutes=None),
    ),
}

ACCEPTED = {
    "no_quiet": lambda w: _follower(w, offset_minutes=None, quiet_from=None, quiet_until=None),
    "quiet_by_day": lambda w: _follower(w, quiet_from=0, quiet_until=1439, offset_minutes=-720),
    "stops_and_takes_the_follows_along": lambda w: [
        ("DELETE FROM follower WHERE person_id = :id", {"id": w.person})
    ],
}


@pytest.mark.parametrize("claim", REFUSED)
def test_refused(either, claim):
    by, rows = REFUSED[claim]
    either.refuses(rows(either), by)


@pytest.mark.parametrize("claim", ACCEPTED)
def test_accepted(either, claim):
    either.accepts(ACCEPTED[claim](either))
