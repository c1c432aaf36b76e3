"""Every case of what the database refuses, and of what it accepts, in one place."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from tests.storage import (
    test_acceptance,
    test_violations,
    test_violations_books,
    test_violations_broadcasts,
    test_violations_crossings,
    test_violations_engines,
    test_violations_followers,
    test_violations_gifts,
    test_violations_languages,
    test_violations_need_cards,
    test_violations_needs,
    test_violations_plans,
    test_violations_protection,
    test_violations_rules,
    test_violations_staff,
    test_violations_tables,
)
from tests.storage.arenas import Statement, told_as

_MODULES = (
    test_violations,
    test_violations_books,
    test_violations_broadcasts,
    test_violations_crossings,
    test_violations_followers,
    test_violations_gifts,
    test_violations_languages,
    test_violations_need_cards,
    test_violations_needs,
    test_violations_plans,
    test_violations_protection,
    test_violations_rules,
    test_violations_staff,
    test_violations_tables,
)

LET_THROUGH = "let it through"


class Claim(NamedTuple):
    """
    One thing that the database refuses, or accepts.

    Attributes:
        by: The constraint or guard that must refuse, "|" between several; "" if it is lawful.
        before: As in `Arena.attempt`.
    """

    name: str
    by: str
    rows: Callable[[Any], list[Statement]]
    before: tuple[str, ...] = ()

    def fails(self, world: Any, statements: list[Statement]) -> str | None:
        """How the database answers its *statements* where not as claimed; None where as claimed."""
        keep = bool(self.by)  # some things an engine refuses only when it commits
        word: str | None = world.arena.attempt(statements, self.before, keep=keep)
        if not self.by:
            return None if word is None else f"refused what is lawful: {word}"
        if word is None:
            return LET_THROUGH
        return None if word in told_as(self.by, world.arena.dialect) else f"told it as {word}"


def refused_by(dialect: str) -> Iterator[Claim]:
    """All that this engine refuses."""
    for module in _MODULES:
        for name, (by, rows) in module.REFUSED.items():
            yield Claim(f"{_short(module)}: {name}", by, rows)
    engines = test_violations_engines
    own = engines.SQLITE if dialect == "sqlite" else engines.POSTGRESQL
    for name, (by, rows) in own.items():
        yield Claim(f"engines: {name}", by, rows)
    without = engines.UNCHECKED if dialect == "sqlite" else engines.LEVELS
    for name, (by, rows, before) in without.items():
        yield Claim(f"engines: {name}", by, rows, tuple(before))


def accepted() -> Iterator[Claim]:
    """What every engine accepts."""
    for name, (rows, _) in test_acceptance.LAWFUL.items():
        yield Claim(f"acceptance: {name}", "", rows)
    for module in (
        test_violations_gifts,
        test_violations_languages,
        test_violations_need_cards,
        test_violations_needs,
        test_violations_plans,
        test_violations_protection,
        test_violations_rules,
        test_violations_staff,
        test_violations_tables,
    ):
        for name, rows in module.ACCEPTED.items():
            yield Claim(f"{_short(module)}: {name}", "", rows)


def _short(module: Any) -> str:
    return str(module.__name__).rpartition("test_violations")[2].lstrip("_") or "transfers"
