"""What readers report of our translations: that something is wrong, where, in which language."""

import datetime as dt

from services.house import House
from storage import alarms
from storage.database import Connection

ALARM = "translation_problem"


async def report(connection: Connection, locale: str, where: str, now: dt.datetime) -> None:
    """
    Let staff know. The same place in the same language is told once.

    Args:
        where: A word of ours for a screen or a page; nothing that a reader wrote.
    """
    await alarms.ring(connection, ALARM, f"{locale}:{where}", now)


async def report_from_page(house: House, locale: str, where: str) -> None:
    """The same, from the companion page."""
    async with house.write() as connection:
        await report(connection, locale, where, house.clock())
