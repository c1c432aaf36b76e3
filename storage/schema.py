"""The one MetaData, and how a table is declared so that both engines keep it strictly."""

from sqlalchemy import CheckConstraint, Column, MetaData, Table
from sqlalchemy.schema import SchemaItem

from storage.columns import Flag

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def table(name: str, *items: SchemaItem) -> Table:
    """
    Declare a table on `metadata`.

    It is STRICT on SQLite (an INTEGER column refuses 1.5 and "one"), and each `Flag` column gets
    its CHECK. Every CHECK needs a name: the convention completes it to `ck_<table>_<name>`.
    """
    flags = [
        CheckConstraint(f"{item.name} IN (0, 1)", name=f"{item.name}_is_a_flag")
        for item in items
        if isinstance(item, Column) and isinstance(item.type, Flag)
    ]
    return Table(name, metadata, *items, *flags, sqlite_strict=True)
