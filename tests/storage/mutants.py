"""
A database from which one thing was taken: a constraint, a key, a trigger, one refusal of a guard.

Whatever is taken, one of the cases of `claims` must notice.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from storage.models import METADATA
from tests.storage.claims import LET_THROUGH, Claim

Kind = str
"""check, foreign key, key, not null, trigger, function, refusal."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """
    One thing to be taken away.

    Attributes:
        name: What it is called; a refusal is called after its guard and its word.
        table: Of what it is taken from; "" where it is of none.
        change: How; the engine's module knows how to read it.
    """

    kind: Kind
    name: str
    table: str
    change: Any

    @property
    def words(self) -> set[str]:
        """The words with which it refuses, as far as its name tells."""
        return {self.name, self.name.rpartition(": ")[2]}


@dataclass(frozen=True, slots=True)
class Fate:
    """
    What became of a mutant.

    Attributes:
        claim: The case that noticed; "" if none did.
        how: In what way: "let it through", "told it as ...", "refused what is lawful: ...",
            "nothing lawful works", "named by verify"; "survived".
    """

    mutant: Mutant
    claim: str
    how: str

    @property
    def survived(self) -> bool:
        """Nobody noticed."""
        return self.how == "survived"


class Laboratory(Protocol):
    """Where the mutants of one engine are made."""

    dialect: str

    def mutants(self) -> Sequence[Mutant]:
        """Everything that can be taken away, one thing at a time."""

    def fate(self, mutant: Mutant, claims: Iterable[Claim]) -> Fate:
        """Make the mutant, and see which of *claims* notices."""


def noticed(world: Any, mutant: Mutant, claims: Iterable[Claim]) -> tuple[str, str] | None:
    """
    Which of *claims* does not hold in the mutant, and how; None if all do.

    One that is let through is told before one that is only refused for another reason: there the
    rule that was taken away has another behind it.
    """
    otherwise: tuple[str, str] | None = None
    for claim in likely_first(mutant, claims):
        statements = claim.rows(world)
        if not any(_could_tell(mutant, *statement) for statement in statements):
            continue
        how = claim.fails(world, statements)
        if how == LET_THROUGH:
            return claim.name, how
        if how is not None and otherwise is None:
            otherwise = claim.name, how
    return otherwise


def _could_tell(mutant: Mutant, sql: str, values: dict[str, Any]) -> bool:
    """Whether the statement could go otherwise in the mutant than in the whole database."""
    if mutant.kind == "not null":
        column = mutant.name.rpartition(".")[2]
        return column in values and values[column] is None
    near = _near(mutant.table)
    return not near or bool(near & _named(sql))


@cache
def _near(table: str) -> frozenset[str]:
    """The tables whose statements can depend on a constraint of *table*; none: all of them."""
    if not table:
        return frozenset()
    links = {
        (child.name, key.referred_table.name)
        for child in METADATA.tables.values()
        for key in child.foreign_key_constraints
    }
    parents = {parent for child, parent in links if child == table}
    children = {child for child, parent in links if parent == table}
    # Balances are written by the triggers of these.
    writers = {"account", "transfer"} if table == "balance" else set()
    return frozenset({table} | parents | children | writers)


@cache
def _named(sql: str) -> frozenset[str]:
    """The tables that a statement names."""
    return frozenset(re.findall(r"\w+", sql)) & METADATA.tables.keys()


def likely_first(mutant: Mutant, claims: Iterable[Claim]) -> list[Claim]:
    """*claims* in the order in which they are likely to notice."""

    def rank(claim: Claim) -> int:
        by = set(claim.by.split("|"))
        if by == {mutant.name}:
            return 0
        if by & mutant.words:
            return 1
        return 2 if claim.by else 3

    return sorted(claims, key=rank)


def without_refusal(body: str, refusal: re.Match[str], instead: str) -> str:
    """*body* of a guard with *instead* in the place of one refusal."""
    return body[: refusal.start()] + instead + body[refusal.end() :]
