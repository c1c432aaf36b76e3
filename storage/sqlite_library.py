"""
One SQLite library in a process, chosen before anybody opens a database.

Two SQLite libraries in one process (the one Python was built with and a bundled one) do not see
each other's file locks: POSIX drops a process's locks on a file when any descriptor of it is
closed. Committed transactions are lost that way. So where the bundled library is installed, it
takes the place of the standard library's `sqlite3` for every later import.

The bundled one is past 3.51.3, where a corruption of the write-ahead log was mended
(sqlite.org/wal.html#walresetbug). Where it has no wheel, Python's own library is used by all.
"""

import sys
from importlib import import_module
from importlib.util import find_spec


class TwoSqliteLibraries(RuntimeError):
    """aiosqlite was imported before this module and holds on to another SQLite library."""


def use_one() -> None:
    """
    Make `import sqlite3` give the bundled library from now on.

    Raises:
        TwoSqliteLibraries: it is too late; import `storage.database` before aiosqlite.
    """
    if find_spec("pysqlite3") is None:
        return
    bundled = import_module("pysqlite3")
    sys.modules["sqlite3"] = bundled
    sys.modules["sqlite3.dbapi2"] = import_module("pysqlite3.dbapi2")
    driver = sys.modules.get("aiosqlite.core")
    if driver is not None and driver.sqlite3 is not bundled:
        raise TwoSqliteLibraries("import storage.database before aiosqlite")
