"""
What the other rooms are told when the database does not do as asked.

    StorageError
        DatabaseUnavailable     not now; the same call may succeed later
            CommitUncertain     the connection was lost while committing
            UndoneWithAnother   it shared its COMMIT with a write that was refused
        Refused                 a constraint or guard forbids it; it will never succeed
        NestedWrite             a mistake in the program
"""

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# Primary result codes. Source: sqlite.org/rescode.html (read 2026-11)
_SQLITE_UNAVAILABLE = {
    5,  # SQLITE_BUSY
    6,  # SQLITE_LOCKED
    8,  # SQLITE_READONLY
    10,  # SQLITE_IOERR
    11,  # SQLITE_CORRUPT
    13,  # SQLITE_FULL
    14,  # SQLITE_CANTOPEN
    15,  # SQLITE_PROTOCOL
    26,  # SQLITE_NOTADB
}

# Classes and codes. Source: postgresql.org/docs/18/errcodes-appendix.html (read 2026-11)
_POSTGRESQL_UNAVAILABLE = (
    "08",  # connection exception
    "25006",  # read-only transaction: a standby
    "28",  # authorization
    "3D000",  # no such database
    "40001",  # serialization failure
    "40P01",  # deadlock
    "53",  # insufficient resources: disk full, too many connections
    "55P03",  # lock not available
    "57",  # operator intervention: shutdown, cancelled
    "58",  # system error
)
_WORTH_REPEATING = ("40001", "40P01")


class StorageError(Exception):
    """Base of all errors of this room."""


class DatabaseUnavailable(StorageError):
    """The database cannot be reached, is locked too long, full or read-only. Nothing was kept."""


class CommitUncertain(DatabaseUnavailable):
    """
    The connection was lost while committing: kept or not, nobody knows.

    Do it again with the same external reference; if it was kept, the repeat changes nothing.
    """


class UndoneWithAnother(DatabaseUnavailable):
    """A write before this one, in the same transaction, was refused by the COMMIT. Try again."""


class Refused(StorageError):
    """
    The database refused: a constraint or a guard says this must never be. Nothing was kept.

    Attributes:
        constraint: Its name, or the guard's words; "" where the engine does not tell.
    """

    def __init__(self, message: str, constraint: str = "") -> None:
        super().__init__(message)
        self.constraint = constraint


class NestedWrite(StorageError):
    """A write was begun inside a write of the same task; pass the connection on instead."""


def is_unavailable(exception: BaseException) -> bool:
    """Whether *exception* says that the database cannot serve now (and the web edge says 503)."""
    if isinstance(exception, DatabaseUnavailable | PoolTimeout):
        return True
    if not isinstance(exception, DBAPIError):
        return False
    if exception.connection_invalidated or isinstance(exception, InterfaceError):
        return True
    code = _sqlite_code(exception)
    if code is not None:
        return code in _SQLITE_UNAVAILABLE
    return _sqlstate(exception).startswith(_POSTGRESQL_UNAVAILABLE)


def is_worth_repeating(exception: BaseException) -> bool:
    """Whether the same transaction, run again from its start, may well succeed."""
    if isinstance(exception, CommitUncertain):
        return False
    if isinstance(exception, UndoneWithAnother):
        return True
    if isinstance(exception, DatabaseUnavailable):
        cause = exception.__cause__
        return cause is not None and is_worth_repeating(cause)
    if not isinstance(exception, DBAPIError):
        return False
    return exception.connection_invalidated or _sqlstate(exception) in _WORTH_REPEATING


def told(exception: Exception) -> Exception:
    """The error of this room for *exception*; *exception* itself where there is none."""
    if isinstance(exception, StorageError):
        return exception
    if is_unavailable(exception):
        return DatabaseUnavailable(str(exception))
    if isinstance(exception, IntegrityError):
        return Refused(str(exception.orig), _constraint(exception))
    return exception


def _sqlite_code(exception: DBAPIError) -> int | None:
    code = getattr(exception.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _sqlstate(exception: DBAPIError) -> str:
    return str(getattr(exception.orig, "sqlstate", None) or "")


def _constraint(exception: DBAPIError) -> str:
    """
    PostgreSQL names the constraint; SQLite says it at the end of its message.

    SQLite names CHECKs ("CHECK constraint failed: ck_x"), tells columns of UNIQUE ones and nothing
    of foreign keys; a guard's own words come alone.
    """
    cause = getattr(exception.orig, "__cause__", None)
    named = getattr(cause, "constraint_name", None)
    if named:
        return str(named)
    return str(cause or exception.orig).removesuffix(")").rpartition("failed: ")[2]
