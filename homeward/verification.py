"""Proving the ledger from its rows."""

from dataclasses import dataclass

from homeward.errors import CannotVerify, OperatorError, SchemaIsOld
from homeward.explaining import explaining
from homeward.settings import Settings
from services.verifying import counted, verify
from storage.database import Database
from storage.migrate import schema_is_current


@dataclass(frozen=True)
class Verified:
    """
    What was looked at and found.

    Attributes:
        differences: A line for each place where balances, holds or gifts are not what rows say.
        plans: How many cases there are.
        gifts: How many gifts are booked.
    """

    differences: list[str]
    plans: int
    gifts: int


async def verified(settings: Settings) -> Verified:
    """
    Recompute the ledger.

    Raises:
        OperatorError: it could not be looked at, which says nothing of its soundness.
    """
    try:
        with explaining(settings.database):
            return await _verified(settings)
    except OperatorError:
        raise
    except Exception as error:
        raise CannotVerify(
            f"The ledger could not be verified ({type(error).__name__}). Check DATABASE_URL."
        ) from error


async def differences(settings: Settings) -> list[str]:
    """The differences alone; errors as for `verified`."""
    return (await verified(settings)).differences


async def _verified(settings: Settings) -> Verified:
    database = Database.open(settings.database)
    try:
        if not await schema_is_current(database):
            raise SchemaIsOld(SchemaIsOld.__doc__)
        async with database.read() as connection:
            return Verified(await verify(connection), *await counted(connection))
    finally:
        await database.close()
