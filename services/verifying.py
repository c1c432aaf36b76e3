"""Proving the books: everything recomputed from the rows."""

from storage.database import Connection
from storage.gifts_verify import count_plans_and_gifts, verify_gifts
from storage.ledger_verify import verify as verify_ledger


async def verify(connection: Connection) -> list[str]:
    """
    A line for each difference; an empty list if all is sound.

    Run it in a read block, so that all checks see one moment.
    """
    found = [*await verify_ledger(connection), *await verify_gifts(connection)]
    return [str(difference) for difference in found]


async def counted(connection: Connection) -> tuple[int, int]:
    """What was verified: the number of plans, and of gifts that are booked."""
    return await count_plans_and_gifts(connection)
