"""Payment pages that must not be paid any more."""

from storage import holds, jobs
from storage.database import Connection

CLOSE_PAGE = "close_page"
"""The job that closes a payment page at the provider; its subject is a hold."""


async def close_pages(connection: Connection, case_id: int) -> None:
    """The plan is full or has ended: have every page closed that is still open for it."""
    for hold_id in await holds.open_of_case(connection, case_id):
        await jobs.enqueue(connection, CLOSE_PAGE, hold_id, key=f"{CLOSE_PAGE}:{hold_id}")
