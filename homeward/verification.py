"""Proving the ledger from its rows."""

from homeward.settings import Settings
from services.verifying import verify
from storage.database import Database


async def differences(settings: Settings) -> list[str]:
    """A line for each place where balances, holds or gifts are not what the rows say."""
    database = Database.open(settings.database)
    try:
        async with database.read() as connection:
            return await verify(connection)
    finally:
        await database.close()
