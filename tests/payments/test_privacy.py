"""Names and addresses that Stripe's events hold are nowhere in the database."""

from pathlib import Path

import sqlalchemy as sa

from storage.models import METADATA
from tests.payments.rig import usd

PRIVATE = ("payer@stand-in.example", "Stand-in Payer", "4242")


async def test_nothing_of_the_payer_is_kept(till):
    case = await till.case()
    hold = await till.paid(case, usd(25), person_id=await till.person())
    await till.stripe.settle_now()
    for event in till.happened(hold):
        await till.deliver(event)
    told = str(till.happened(hold))

    everything = await _everything(till.house.database)

    assert all(word in told for word in PRIVATE)  # so the search below can fail
    assert hold.reference.encode() in everything  # and it looks in the right place
    assert [word for word in PRIVATE if _is_in(word, everything)] == []


def _is_in(word, everything):
    return word.encode() in everything or word.encode().hex().encode() in everything


async def _everything(database):
    """All bytes of the SQLite file and its log; on PostgreSQL every column of every row as text."""
    if database.dialect == "sqlite":
        path = Path(database._writer.url.database)
        return b"".join(part.read_bytes() for part in path.parent.glob(path.name + "*"))
    async with database.read() as connection:
        rows = [
            row
            for table in METADATA.sorted_tables
            for (row,) in await connection.execute(sa.text(f"SELECT t::text FROM {table} t"))
        ]
    return "\n".join(rows).encode()
