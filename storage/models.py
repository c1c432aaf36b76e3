"""
All tables and all guards: the one place that knows every module of this room that declares any.

A module that declares tables is imported here; its guards are added to `GUARDS`. The tests compare
these with what the migrations make.
"""

from storage import (
    ledger_tables,
)
from storage.guards import Guard
from storage.guards_ledger import LEDGER
from storage.schema import metadata

TABLE_MODULES = (ledger_tables,)

METADATA = metadata
"""The MetaData, complete because the modules above are imported."""

GUARDS: tuple[Guard, ...] = (*LEDGER,)
