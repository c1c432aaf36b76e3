"""The time, as it is read."""

import datetime as dt

from values.clock import utc_now


def test_the_time_is_in_utc_and_no_finer_than_a_second():
    now = utc_now()

    assert now.utcoffset() == dt.timedelta(0)
    assert now.microsecond == 0
