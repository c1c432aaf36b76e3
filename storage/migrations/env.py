"""Alembic runs this; the connection and its transaction are `storage.migrate`'s."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import BigInteger

from storage import columns, jobs_schema
from storage.models import METADATA


def _render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """
    Write our column types as the constants of `storage.columns` that every migration imports.

    What Python makes of a value is no business of a migration: UnixTime is BIG, Flag is INT.
    """
    if kind != "type":
        return False
    if isinstance(item, columns.UnixTime | BigInteger):
        return "BIG"
    if isinstance(item, columns.Flag):
        return "INT"
    for name in ("INT", "TEXT", "BLOB"):
        if type(item) is type(getattr(columns, name)):
            return name
    return False


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a draft compares what has this name; the tables of the jobs are made elsewhere."""
    return kind != "table" or name not in jobs_schema.TABLES


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=_render_item,
    include_name=_is_ours,
    transactional_ddl=True,
    # Our types differ in what Python makes of them, not in what the database keeps.
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
