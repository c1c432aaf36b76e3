"""Pictures that Telegram has already, so that each is uploaded once for a bot."""

from services.house import House
from storage import telegram_files


async def find(house: House, bot_id: int, key: str) -> str | None:
    """Telegram's id of the picture with this key, or None."""
    async with house.read() as connection:
        return await telegram_files.find(connection, bot_id, key)


async def keep(house: House, bot_id: int, key: str, file_id: str) -> None:
    """Keep Telegram's id of a picture."""
    async with house.write() as connection:
        await telegram_files.keep(connection, bot_id, key, file_id, house.clock())


async def forget(house: House, bot_id: int, file_id: str) -> None:
    """Forget an id that Telegram refused."""
    async with house.write() as connection:
        await telegram_files.forget(connection, bot_id, file_id)
