"""What stands in the clear in all that is kept: a search of bytes, as a thief would make."""

from pathlib import Path

import sqlalchemy as sa

_EVERY_TABLE = sa.text(
    "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name)"
    " FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
    " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
)


async def everything(database):
    """All bytes of the SQLite file and its log; on PostgreSQL every row of every table as text."""
    if database.dialect == "sqlite":
        path = Path(database.address.database)
        return b"".join(part.read_bytes() for part in path.parent.glob(path.name + "*"))
    async with database.read() as connection:
        tables = list((await connection.execute(_EVERY_TABLE)).scalars())
        rows = [
            row
            for table in tables
            for (row,) in await connection.execute(sa.text(f"SELECT t::text FROM {table} t"))
        ]
    return "\n".join(rows).encode()


def files_under(folder):
    """All bytes of the files under *folder*, links to other folders aside."""
    return b"".join(
        path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and not path.is_socket()
    )


def found(words, everywhere):
    """Those of *words* that stand in *everywhere* as they are, as hexadecimal, or in UTF-16."""
    return [word for word in words if any(form in everywhere for form in _forms(word))]


def _forms(word):
    plain = word.encode()
    return plain, plain.hex().encode(), word.encode("utf-16-le")
