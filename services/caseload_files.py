"""
Reading a caseload from CSV text: each row some facts, and how many people have them.

Nothing that stands in a bad row is said again: it could be a name in the wrong column.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from values.bands import COLUMNS

COUNT = "count"
MOST = 10_000_000
"""The most people of one row."""

_WHOLE = re.compile(r"[0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class BadCaseload:
    """The text is no caseload; *problems* are a line each, with the line of the file."""

    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """
    What a file says.

    Attributes:
        columns: Of `values.bands.COLUMNS`, those that the file has.
        counts: Facts by column, each combination once, and how many people have them.
    """

    columns: tuple[str, ...]
    counts: tuple[tuple[Mapping[str, str], int], ...]

    @property
    def people(self) -> int:
        """All people of it."""
        return sum(people for _, people in self.counts)


def read_for_import(text: str) -> Rows | BadCaseload:
    """Read a caseload of counts: the five columns and `count`, nothing else, known words alone."""
    found = _read(text, strict=True)
    if isinstance(found, Rows) and not found.people:
        return BadCaseload(("line 1: there is nobody in it",))
    return found


def read_for_counting(text: str) -> Rows | BadCaseload:
    """Read any table with some of the columns; a row without a count is one person."""
    return _read(text, strict=False)


def _read(text: str, *, strict: bool) -> Rows | BadCaseload:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    counted: Counter[tuple[str, ...]] = Counter()
    problems: list[str] = []
    try:
        header = next(lines, [])
        wrong = list(_wrong_header(header, strict=strict))
        if wrong:
            return BadCaseload(tuple(f"line 1: {fault}" for fault in wrong))
        columns = tuple(column for column in COLUMNS if column in header)
        for cells in lines:
            if not cells:
                continue
            faults = list(_wrong_row(header, cells, strict=strict))
            problems += [f"line {lines.line_num}: {fault}" for fault in faults]
            if not faults:
                row = dict(zip(header, cells, strict=True))
                counted[tuple(row[column] for column in columns)] += int(row.get(COUNT, "1"))
    except csv.Error:
        problems.append(f"line {lines.line_num}: this is no CSV")
    if problems:
        return BadCaseload(tuple(problems))
    return Rows(
        columns,
        tuple(
            (dict(zip(columns, facts, strict=True)), people)
            for facts, people in sorted(counted.items())
            if people
        ),
    )


def _wrong_header(header: list[str], *, strict: bool) -> Iterator[str]:
    wanted = [*COLUMNS, COUNT]
    if any(header.count(column) > 1 for column in wanted):
        yield "a column stands twice"
    if strict and sorted(header) != sorted(wanted):
        yield f"the columns must be {', '.join(wanted)}, and no others"
    if not strict and not any(column in header for column in COLUMNS):
        yield f"there must be a column of {', '.join(COLUMNS)}"


def _wrong_row(header: list[str], cells: list[str], *, strict: bool) -> Iterator[str]:
    if len(cells) != len(header):
        yield f"there must be {len(header)} values"
        return
    row = dict(zip(header, cells, strict=True))
    count = row.get(COUNT, "1")
    if not _WHOLE.fullmatch(count) or int(count) > MOST:
        yield f"{COUNT} must be a whole number from 0 to {MOST}"
    if strict:
        for column, words in COLUMNS.items():
            if row[column] not in [word.value for word in words]:
                yield f"{column} must be one of {', '.join(word.value for word in words)}"
