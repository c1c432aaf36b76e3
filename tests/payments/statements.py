"""
Failing statements: all that goes to the database is counted, and one of it goes wrong.

And what a test of that stands on: a state from which to begin anew as often as one likes, and a
picture by which two ends are compared.
"""

import pickle
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import Dialect

from storage.jobs_schema import SCHEMA
from storage.ledger import ORGANISATION_BOOK
from storage.models import METADATA

COMMIT = "COMMIT"
COMMIT_OF_READING = "COMMIT of what was only read"

FAILS = "it fails"
LOST = "the connection is lost before it"
REFUSED = "it is refused"
UNCERTAIN = "it is carried out and its answer is lost"

_SQLITE_IOERR = 10
_FAILING = "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$"
_EXECUTES = ("do_execute", "do_executemany", "do_execute_no_params")
_COMMITS = "do_commit"


class Statements:
    """
    What goes to a database, the commits among it, for as long as a block lasts.

    Attributes:
        seen: The texts, in their order.
    """

    def __init__(self, database: Any) -> None:
        self.seen: list[str] = []
        self._database = database
        self._fails_at: int | None = None
        self._how = FAILS

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count, and let nothing fail."""
        with self.failing(None, FAILS):
            yield

    @contextmanager
    def failing(self, position: int | None, how: str) -> Iterator[None]:
        """Let the statement at *position* fail, the first being 0; those after it do not."""
        self.seen, self._fails_at, self._how = [], position, how
        engines = (self._database._writer, self._database._reader)
        dialects = {id(engine.dialect): engine.dialect for engine in engines}.values()
        for dialect in dialects:
            for name in _EXECUTES:
                setattr(dialect, name, self._executing(dialect, getattr(dialect, name)))
            setattr(dialect, _COMMITS, self._committing(dialect, getattr(dialect, _COMMITS)))
        try:
            yield
        finally:
            for dialect in dialects:
                for name in (*_EXECUTES, _COMMITS):
                    delattr(dialect, name)

    def _is_to_fail(self, text: str) -> bool:
        self.seen.append(text)
        return len(self.seen) - 1 == self._fails_at

    def _executing(self, dialect: Dialect, execute: Any) -> Any:
        def instead(cursor: Any, statement: str, *arguments: Any) -> None:
            if self._is_to_fail(statement):
                self._fail(dialect, cursor)
            execute(cursor, statement, *arguments)

        return instead

    def _fail(self, dialect: Dialect, cursor: Any) -> None:
        if dialect.name == "sqlite":
            if self._how == LOST and cursor._connection.in_transaction:
                cursor.execute("ROLLBACK")  # as SQLite does by itself on some errors
            raise _sqlite_error(dialect)
        if self._how == LOST:
            cursor._connection.terminate()  # then what is executed fails by itself
        else:
            cursor.execute(_FAILING, ())

    def _committing(self, dialect: Dialect, commit: Any) -> Any:
        writers, readers = (self._database._writer.dialect, self._database._reader.dialect)

        def is_reading(connection: Any) -> bool:
            return connection.readonly if writers is readers else dialect is readers

        def instead(connection: Any) -> None:
            if not self._is_to_fail(COMMIT_OF_READING if is_reading(connection) else COMMIT):
                commit(connection)
                return
            if self._how == UNCERTAIN:
                commit(connection)
            if dialect.name == "sqlite":
                raise _sqlite_error(dialect)
            if self._how == UNCERTAIN:
                connection.driver_connection.terminate()
            connection.rollback()  # as PostgreSQL does when it refuses to commit
            try:
                connection.cursor().execute(_FAILING, ())
            finally:
                connection.rollback()

        return instead


def _sqlite_error(dialect: Any) -> Exception:
    error: Exception = dialect.loaded_dbapi.OperationalError("disk I/O error")
    error.sqlite_errorcode = _SQLITE_IOERR  # type: ignore[attr-defined]
    return error


# The same state again and again

_OF_JOBS = ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
_NEVER_CHANGE = ("account_kind", "posting_rule")
_KEPT = "kept_state"
_TABLES = {
    table.name: [column.name for column in table.columns if column.computed is None]
    for table in METADATA.sorted_tables
    if table.name not in _NEVER_CHANGE
}
_KEEP = f"DROP SCHEMA IF EXISTS {_KEPT} CASCADE; CREATE SCHEMA {_KEPT}; " + "; ".join(
    f"CREATE TABLE {_KEPT}.{name.rpartition('.')[2]} AS SELECT * FROM {name}"
    for name in (*_TABLES, *(f"{SCHEMA}.{name}" for name in _OF_JOBS))
)


def _put_back(name: str, columns: str, kept: str = "") -> str:
    return (
        f"DELETE FROM {name} {kept};"
        f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT {columns} FROM {_KEPT}.{name.rpartition('.')[2]} {kept};"
    )


class Beginning:
    """The state of a till, its database and Stripe's, to be brought back any number of times."""

    def __init__(self, till: Any) -> None:
        self._till = till
        self._database = till.house.database
        self._now = till.clock.now
        self._stripe = pickle.dumps(till.stripe._world.snapshot())
        self._file = sqlite3.connect(":memory:")
        self._put_back = ""

    async def keep(self) -> None:
        """Keep the database as it is now."""
        if self._database.dialect == "sqlite":
            with closing(sqlite3.connect(self._database.address.database)) as file:
                file.backup(self._file)
            return
        async with self._database.write() as connection:
            for statement in _KEEP.split("; "):
                await connection.exec_driver_sql(statement)
            found = await connection.exec_driver_sql(
                "SELECT table_name, string_agg(quote_ident(column_name), ', ')"
                f" FROM information_schema.columns WHERE table_schema = '{SCHEMA}' GROUP BY 1"
            )
            of_jobs = {name: columns for name, columns in found if name in _OF_JOBS}
        put = [
            _put_back(
                name,
                ", ".join(columns),
                f"WHERE id <> {ORGANISATION_BOOK}" if name == "book" else "",
            )
            for name, columns in _TABLES.items()
        ]
        put += [_put_back(f"{SCHEMA}.{name}", columns) for name, columns in of_jobs.items()]
        # Without the replica's role the guards would refuse, as they must.
        self._put_back = (
            "DO $$ BEGIN SET LOCAL session_replication_role = replica;" + " ".join(put) + " END $$"
        )

    async def again(self) -> None:
        """Bring it back."""
        self._till.clock.now = self._now
        self._till.stripe._world.restore(pickle.loads(self._stripe))  # noqa: S301 - our own
        if self._database.dialect == "sqlite":
            with closing(sqlite3.connect(self._database.address.database)) as file:
                file.execute("PRAGMA synchronous = OFF")
                self._file.backup(file)
            return
        async with self._database.write() as connection:
            await connection.exec_driver_sql(self._put_back)

    async def forget(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        if self._database.dialect == "postgresql":
            async with self._database.write() as connection:
                await connection.exec_driver_sql(f"DROP SCHEMA {_KEPT} CASCADE")


# What is compared

_PICTURE = """
SELECT 'balance of ' || COALESCE(c.code, 'the organisation') || ': ' || a.kind AS what,
       b.amount_minor AS amount
  FROM account a JOIN balance b ON b.account_id = a.id LEFT JOIN cases c ON c.id = a.book_id
 WHERE b.amount_minor <> 0
UNION ALL SELECT 'case ' || code || ' ' || state || ' ' || COALESCE(outcome, ''), 1 FROM cases
UNION ALL SELECT 'posting ' || kind, COUNT(*) FROM posting GROUP BY 1
UNION ALL SELECT 'gift ' || c.code || ' ' || h.state, COUNT(*)
  FROM hold h JOIN cases c ON c.id = h.case_id GROUP BY 1
UNION ALL SELECT 'gift that is leased', COUNT(*) FROM hold WHERE lease IS NOT NULL
UNION ALL SELECT 'page ' || state, COUNT(*) FROM checkout GROUP BY 1
UNION ALL SELECT 'refund ' || reason || ' ' || state, SUM(amount_minor) FROM refund_order GROUP BY 1
UNION ALL SELECT 'refund at Stripe ' || status, COUNT(*) FROM stripe_refund GROUP BY 1
UNION ALL SELECT 'dispute ' || status, COUNT(*) FROM stripe_dispute GROUP BY 1
UNION ALL SELECT 'transaction ' || kind, COUNT(*) FROM stripe_transaction GROUP BY 1
UNION ALL SELECT 'stray', COUNT(*) FROM stray
UNION ALL SELECT 'payout ' || status, COUNT(*) FROM stripe_payout GROUP BY 1
UNION ALL SELECT 'event ' || type || ' ' || COALESCE(outcome, 'open'), COUNT(*)
  FROM stripe_event GROUP BY 1
UNION ALL SELECT 'message ' || kind || ' ' || state, COUNT(*) FROM outbox GROUP BY 1
UNION ALL SELECT 'alarm ' || kind, COUNT(*) FROM alarm GROUP BY 1
UNION ALL SELECT 'consent ' || choice, COUNT(*) FROM surplus_consent GROUP BY 1
UNION ALL SELECT 'question ' || why || CASE WHEN closed_at IS NULL THEN ' open' ELSE '' END,
       COUNT(*) FROM surplus_question GROUP BY 1
UNION ALL SELECT 'spending ' || CASE WHEN d.approved = 1 THEN 'approved' ELSE 'turned down' END,
       COUNT(*) FROM disbursement_decision d GROUP BY 1
UNION ALL SELECT 'spending recorded', SUM(amount_minor) FROM disbursement
UNION ALL SELECT 'job ' || name || ' ' || status, COUNT(*) FROM {jobs}workflow_status GROUP BY 1
""" + "".join(f"UNION ALL SELECT 'rows of {name}', COUNT(*) FROM {name}\n" for name in _TABLES)
_PICTURES = {
    "sqlite": _PICTURE.format(jobs=""),
    "postgresql": _PICTURE.format(jobs=f"{SCHEMA}."),
}


async def picture(till: Any) -> dict[str, int]:
    """
    All that a path leaves behind, without ids: each account's balance by its book and kind, where
    gifts, refunds, disputes and questions are, and how much there is of everything else.
    """
    async with till.house.read() as connection:
        found = await connection.exec_driver_sql(_PICTURES[till.house.database.dialect])
        return {what: int(amount) for what, amount in found if amount}


def difference(one: dict[str, int], other: dict[str, int]) -> dict[str, tuple[int, int]]:
    """What differs: what there is in *one*, and in *other*."""
    return {
        what: (one.get(what, 0), other.get(what, 0))
        for what in sorted(one.keys() | other.keys())
        if one.get(what, 0) != other.get(what, 0)
    }
