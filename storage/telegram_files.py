"""Pictures that Telegram has already: our key to its file id, for each bot."""

import datetime as dt

import sqlalchemy as sa

from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table

telegram_file = table(
    "telegram_file",
    sa.Column("bot_id", BIG, primary_key=True),
    sa.Column("key", TEXT, primary_key=True),
    sa.Column("file_id", TEXT, nullable=False),
    sa.Column("stored_at", UnixTime, nullable=False),
)


async def find(connection: Connection, bot_id: int, key: str) -> str | None:
    """Telegram's id of the picture with our *key*, or None if this bot has not sent it yet."""
    found: str | None = await connection.scalar(
        sa.select(telegram_file.c.file_id).where(
            telegram_file.c.bot_id == bot_id, telegram_file.c.key == key
        )
    )
    return found


async def keep(
    connection: Connection, bot_id: int, key: str, file_id: str, now: dt.datetime
) -> None:
    """Keep Telegram's id of a picture."""
    await connection.execute(
        insert_ignoring(connection, telegram_file).values(
            bot_id=bot_id, key=key, file_id=file_id, stored_at=now
        )
    )


async def forget(connection: Connection, bot_id: int, file_id: str) -> None:
    """Forget an id that Telegram refused, so that the picture is uploaded again."""
    await connection.execute(
        sa.delete(telegram_file).where(
            telegram_file.c.bot_id == bot_id, telegram_file.c.file_id == file_id
        )
    )
