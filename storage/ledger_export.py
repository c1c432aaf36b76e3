"""The whole ledger in rows, oldest first, a few at a time."""

from collections.abc import AsyncIterator

import sqlalchemy as sa

from storage.database import Connection
from storage.ledger_reading import Entry, entry_of
from storage.ledger_tables import posting, transfer

_AT_A_TIME = 1000


async def entries(connection: Connection) -> AsyncIterator[tuple[Entry, str]]:
    """
    Every transfer with the name of its posting, `source external_ref`.

    Read it in one `read` block: then all of it is of one moment.
    """
    last = 0
    while True:
        rows = await connection.execute(
            sa.select(transfer, posting.c.recorded_at, posting.c.source, posting.c.external_ref)
            .join(posting, posting.c.id == transfer.c.posting_id)
            .where(transfer.c.seq > last)
            .order_by(transfer.c.seq)
            .limit(_AT_A_TIME)
        )
        found = rows.all()
        for row in found:
            yield entry_of(row), f"{row.source} {row.external_ref}"
        if len(found) < _AT_A_TIME:
            return
        last = found[-1].seq
