"""Whether the program can do its work now."""

from services.house import House
from storage import alarms
from storage.errors import DatabaseUnavailable
from storage.migrate import schema_is_current


async def is_ready(house: House) -> bool:
    """The database answers and its schema is current."""
    try:
        return await schema_is_current(house.database)
    except DatabaseUnavailable:
        return False


async def alarms_waiting(house: House) -> int:
    """How many alarms wait for the operator."""
    async with house.read() as connection:
        return await alarms.count(connection)
