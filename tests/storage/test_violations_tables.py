"""
What the database refuses in any table outside of the ledger: keys that are taken, references to
nothing, values that are missing, flags that are neither.

The cases are made of the schema, so that a new table brings its own; what a table means stands in
`test_violations_gifts` and `test_violations_plans`.
"""

import pytest
import sqlalchemy as sa

from storage.columns import Flag
from storage.models import METADATA
from tests.storage.samples import TABLES, sample

_NOTHING = 999_999_999
_NO_HASH = b"nowhere, in 32 bytes that are no"


# What must be said along with a column, so that a row is refused for that column alone.
_ALONG: dict[tuple[str, str], dict[str, object]] = {
    ("hold", "donation_id"): {"state": "settled"},
    ("disbursement_decision", "posting_id"): {"approved": 1},
    ("stripe_payout", "automatic"): {"itemised": 0},
    # Else it would follow itself.
    ("audit_entry", "sha256"): {"previous_sha256": _NO_HASH},
}


def _row(w, table, **changes):
    along: dict[str, object] = {}
    for column in changes:
        along |= _ALONG.get((table, column), {})
    return [w.row(table, **sample(w, table, **along, **changes))]


def _keys(table):
    """The primary key, the unique constraints and the unique indexes: name and columns."""
    indexes = [index for index in table.indexes if index.unique]
    keys = [key for key in table.constraints
            if isinstance(key, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]  # fmt: skip
    return {str(key.name): [column.name for column in key.columns] for key in keys + indexes}


def _taken(w, table, columns):
    """A new row with the key of the one that is there."""
    there = {column: w.there[table][column] for column in columns}
    return _row(w, table, **there)


def _also(keys, columns):
    """Every key that is taken when these columns are: "|" between them."""
    return "|".join(name for name, others in keys.items() if set(others) <= set(columns))


def _references(table):
    """Each foreign key: its name, and a column of it that leads nowhere."""
    for key in table.foreign_key_constraints:
        column = key.elements[0].parent.name
        yield str(key.name), column, _also_by(table, column)


def _also_by(table, column):
    return "|".join(
        str(key.name)
        for key in table.foreign_key_constraints
        if column in [element.parent.name for element in key.elements]
    )


def _nowhere(table, column):
    """What leads nowhere in a column of this type."""
    kind = METADATA.tables[table].c[column].type
    if isinstance(kind, sa.LargeBinary):
        return _NO_HASH
    return "nowhere" if isinstance(kind, sa.Text) else _NOTHING


def _number(table):
    """The column by which rows are numbered, if any: SQLite fills it in."""
    key = list(table.primary_key.columns)
    return key[0] if len(key) == 1 and isinstance(key[0].type, sa.Integer) else None


def _made():
    for table in (METADATA.tables[name] for name in TABLES):
        keys = _keys(table)
        for name, columns in keys.items():
            yield (
                f"{table.name}: key taken: {name}",
                _also(keys, columns),
                lambda w, of=(table.name, columns): _taken(w, *of),
            )
        for name, column, by in _references(table):
            yield (
                f"{table.name}: leads nowhere: {name}",
                by,
                lambda w, of=(table.name, column): _row(w, of[0], **{of[1]: _nowhere(*of)}),
            )
        for column in table.columns:
            if not column.nullable and column is not _number(table):
                yield (
                    f"{table.name}: missing: {column.name}",
                    f"{table.name}.{column.name}",
                    lambda w, of=(table.name, column.name): _row(w, of[0], **{of[1]: None}),
                )
            if isinstance(column.type, Flag):
                yield (
                    f"{table.name}: neither: {column.name}",
                    f"ck_{table.name}_{column.name}_is_a_flag",
                    lambda w, of=(table.name, column.name): _row(w, of[0], **{of[1]: 2}),
                )


REFUSED = {claim: (by, rows) for claim, by, rows in _made()}
ACCEPTED = {f"a row of {table}": lambda w, table=table: _row(w, table) for table in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_refused(either, table):
    mine = {name: claim for name, claim in REFUSED.items() if name.startswith(f"{table}: ")}
    assert mine
    either.refuses_all(mine)


def test_accepted(either):
    for rows in ACCEPTED.values():
        either.accepts(rows(either))
