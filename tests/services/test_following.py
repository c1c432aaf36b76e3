"""Clocks: every one on earth can be found by what it shows."""

import datetime as dt
import zoneinfo

import pytest

from services.following import HOURS, clocks_near, quiet, time_of_day
from storage.followers import Quiet

NOW = dt.datetime(2026, 12, 1, 22, 50, tzinfo=dt.UTC)
A_DAY = 1440


def test_every_clock_on_earth_is_near_an_hour_that_is_offered():
    found = {near % A_DAY for hour in HOURS for near in clocks_near(hour)}
    moments = [dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 7)]
    there = set()
    for name in zoneinfo.available_timezones():
        for moment in moments:
            ahead = moment.astimezone(zoneinfo.ZoneInfo(name)).utcoffset()
            assert ahead is not None
            there.add(int(ahead.total_seconds() // 60) % A_DAY)

    assert len(there) > 30
    assert there <= found


def test_each_hour_of_the_day_is_offered_once():
    assert sorted(time_of_day(offset, NOW) // 60 for offset in HOURS) == list(range(24))


@pytest.mark.parametrize(
    ("offset", "near"),
    [
        (0, (0,)),
        (360, (330, 345, 360, 390)),
        (-180, (-210, -180, -150)),
        (720, (720, -675)),
        (-660, (-675, -660, -615)),
    ],
)
def test_only_clocks_less_than_an_hour_away_are_near(offset, near):
    assert clocks_near(offset) == near


def test_the_far_east_shows_the_time_of_the_day_before():
    """Chatham is 13 hours and 45 minutes ahead in summer."""
    assert -615 in clocks_near(-660)
    assert time_of_day(-615, NOW) == time_of_day(825, NOW) == 12 * 60 + 35


@pytest.mark.parametrize(
    "given", [(-735, 0, 1), (855, 0, 1), (7, 0, 1), (0, 1440, 1), (0, 1, 1440), (0, 60, 60)]
)
def test_hours_of_no_clock_are_none(given):
    assert quiet(*given) is None


def test_hours_of_a_clock_are_what_they_say():
    assert quiet(-570, 1380, 420) == Quiet(-570, 1380, 420)
