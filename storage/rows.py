"""The two statements that nearly every table needs."""

from typing import Any

import sqlalchemy as sa

from storage.database import Connection


async def add(connection: Connection, table: sa.Table, **values: Any) -> int:
    """Insert one row; hand back the id it was given."""
    added = await connection.execute(sa.insert(table).values(**values).returning(table.c.id))
    return int(added.scalar_one())


async def count(connection: Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    """How many rows of *table* fit all of *where*."""
    counted = await connection.execute(sa.select(sa.func.count()).select_from(table).where(*where))
    return int(counted.scalar_one())
