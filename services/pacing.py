"""How fast the whole bot may send what nobody asked for, whichever process sends it."""

from services.house import House
from storage import send_rate

BOT = "bot"
"""The pace that broadcasts and the edits of recalls share."""
GROUP_EVERY_S = 3.0
"""A group takes 20 messages a minute. Source: core.telegram.org/bots/faq (read 2026-11)."""


def every_s(house: House) -> float:
    """The distance of two messages, in seconds."""
    return 1 / house.terms.broadcast_rate


async def take_turn(house: House) -> float:
    """Take a turn, 0.0; or, if it is not time, hand back how many seconds it is until the next."""
    async with house.write() as connection:
        return await send_rate.take(connection, BOT, every_s(house))


async def wait(house: House, wait_s: float) -> None:
    """Telegram asks the whole bot to wait: nobody takes a turn for so long."""
    async with house.write() as connection:
        await send_rate.push(connection, BOT, wait_s)


async def take_turn_in_group(house: House, chat_id: int) -> float:
    """As `take_turn`, of the pace of one group."""
    key = f"group {house.seal.fingerprint('pace', str(chat_id)).hex()}"
    async with house.write() as connection:
        return await send_rate.take(connection, key, GROUP_EVERY_S)
