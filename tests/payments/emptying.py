"""
One database of each engine for many tests: making a new PostgreSQL database takes longer than most
of them, and a new engine compiles every statement anew.
"""

import shutil
from contextlib import asynccontextmanager

from storage.database import Database
from storage.jobs_schema import SCHEMA
from storage.ledger import ORGANISATION_BOOK
from storage.models import METADATA

_KEPT = ("account_kind", "posting_rule", "book", "audit_entry")
_DELETES = " ".join(
    f"DELETE FROM {table.name};" for table in METADATA.sorted_tables if table.name not in _KEPT
)
_JOBS = " ".join(
    f"DELETE FROM {SCHEMA}.{name};"
    for name in ("workflow_status", "workflow_input", "workflow_output", "operation_outputs")
)
# Without the replica's role the guards would refuse, as they must.
_EMPTY = (
    "DO $$ BEGIN SET LOCAL session_replication_role = replica;"
    f" {_DELETES} {_JOBS} DELETE FROM book WHERE id <> {ORGANISATION_BOOK};"
    " DELETE FROM audit_entry WHERE seq > 0; END $$"
)


async def emptied(database):
    """Take everything out that a test put in. SQLite files are not used again."""
    if database.dialect == "postgresql":
        async with database.write() as connection:
            await connection.exec_driver_sql(_EMPTY)


def fresh(migrated, file):
    """Put a migrated SQLite file where the last test had its own; hand back its address."""
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    shutil.copyfile(migrated, file)
    return f"sqlite:///{file}"


_OPENED: dict[str, Database] = {}


@asynccontextmanager
async def kept(url):
    """The database at *url* for one test, emptied behind it; what was compiled for it is kept."""
    database = _OPENED.get(url) or _OPENED.setdefault(url, Database.open(url))
    yield database
    await emptied(database)
    await database.close()
