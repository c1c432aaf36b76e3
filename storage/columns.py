"""
Column types that mean the same in a STRICT SQLite table and in PostgreSQL.

There is no ENUM: a closed set of words is TEXT with a named CHECK, which both engines enforce and
a migration can widen.
"""

import datetime as dt

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both engines; as a single primary key it numbers itself on both."""

INT = Integer()
TEXT = Text()
BLOB = LargeBinary()


class UnixTime(TypeDecorator[dt.datetime]):
    """
    A moment: an aware datetime in Python, whole seconds since 1970 in the database.

    Fractions of a second are cut off; what comes back is in UTC.

    Raises:
        ValueError: a naive datetime was bound; nobody knows when that is.
    """

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an aware datetime, got {value!r}")
        return int(value.timestamp() // 1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        return None if value is None else dt.datetime.fromtimestamp(value, dt.UTC)


class Flag(TypeDecorator[bool]):
    """
    Yes or no: a bool in Python, 0 or 1 in the database.

    An integer on both engines, so that one CHECK or trigger text serves both. `schema.table` adds
    the CHECK that nothing else is stored.
    """

    impl = Integer()
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:  # noqa: ARG002
        return None if value is None else bool(value)
