"""Time comes in as an argument. This is the one place where it is read."""

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The time now, aware, in UTC, to the second (finer is of no use here and tells more)."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
