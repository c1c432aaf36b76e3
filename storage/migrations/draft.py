"""
Draft a migration from what the models have and the migrations do not make yet:

    python -m storage.migrations.draft 0002 "The people and their cases"

The draft is written into `versions/`; read it before you keep it. It compares tables, columns,
indexes and foreign keys with a fresh SQLite database at the head. A CHECK on a table that is there
already, and the rows of reference tables, are not seen: write those by hand. On PostgreSQL a
foreign key with use_alter is not created by op.create_table: see 0001.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from storage import guards, sqlite_library
from storage.migrate import config, migrate


def draft(revision: str, message: str) -> None:
    """Write `versions/<revision>_<message>.py`."""
    sqlite_library.use_one()
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'draft.db'}")
        with engine.begin() as connection:
            if list(Path(__file__).parent.glob("versions/[0-9]*.py")):
                migrate(connection)
                guards.drop(connection)
            settings = config()
            settings.attributes["connection"] = connection
            command.revision(settings, message, autogenerate=True, rev_id=revision)
        engine.dispose()


if __name__ == "__main__":
    draft(sys.argv[1], sys.argv[2])
