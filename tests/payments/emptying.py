"""One PostgreSQL database for many tests: making a new one takes longer than most of them."""

import sqlalchemy as sa

from storage.ledger import ORGANISATION_BOOK
from storage.models import METADATA

_KEPT = ("account_kind", "posting_rule", "book")


async def emptied(database):
    """Take everything out that a test put in. SQLite files are not used again."""
    if database.dialect != "postgresql":
        return
    async with database.write() as connection:
        # Without it the guards would refuse, as they must.
        await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for table in METADATA.sorted_tables:
            if table.name not in _KEPT:
                await connection.execute(sa.delete(table))
        await connection.execute(
            sa.text("DELETE FROM book WHERE id <> :kept"), {"kept": ORGANISATION_BOOK}
        )
