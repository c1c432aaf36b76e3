"""What the operator must look at, as staff read it."""

import datetime as dt

from services.house import House
from storage import alarms
from storage.alarms import Alarm

__all__ = ["Alarm", "rung_since"]


async def rung_since(house: House, days: int) -> list[Alarm]:
    """The alarms of the last *days* days, newest first."""
    async with house.read() as connection:
        return await alarms.since(connection, house.clock() - dt.timedelta(days=days))
