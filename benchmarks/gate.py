"""
What the publish gate finds, and what it costs.

    python -m benchmarks.gate

For each half of the corpus (`tune`, by which the rules were written, and `held`, by which they were
mended after its first and only held-out result, told in docs/gate.md): the share found of each
kind, how many clean sentences are blocked and warned of, and what is missed, by number alone. And
how long a shipped story takes.
"""

import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from locales.known import KNOWN
from protection.gate.checking import Finding, Kind, examine
from stories.pack import shipped_packs

CORPUS = Path(__file__).parents[1] / "tests" / "protection" / "corpus"

HARD = (
    Kind.PHONE, Kind.EMAIL, Kind.HANDLE_OR_URL, Kind.ID_NUMBER, Kind.GPS, Kind.EXACT_DATE,
    Kind.EXACT_AGE,
)  # fmt: skip
"""Kinds that must be blocked to count as found; of the others a warning does."""

_console = Console(width=100)


@dataclass
class Score:
    """
    What was found in some sentences.

    Attributes:
        planted: How often each kind was there, and `found` how often it was found.
        missed: (id of the sentence, kind) of what was not.
        clean: How many sentences are clean; of these `blocked` and `warned` falsely.
    """

    planted: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    missed: list[tuple[str, Kind]] = field(default_factory=list)
    clean: int = 0
    blocked: int = 0
    warned: int = 0

    def share(self, kind: Kind) -> float:
        """The share of *kind* that was found; 1 if there was none."""
        return self.found[kind] / self.planted[kind] if self.planted[kind] else 1.0


def score(part: str, locales: Sequence[str] = tuple(KNOWN)) -> Score:
    """The score of one half of the corpus, `tune` or `held`."""
    total = Score()
    for row in _rows(part, locales):
        found = examine(row["text"], row["locale"])
        if row["clean"]:
            total.clean += 1
            total.blocked += any(finding.hard for finding in found)
            total.warned += any(not finding.hard for finding in found)
        for planted in row["findings"]:
            kind = Kind(planted["kind"])
            total.planted[kind] += 1
            if _is_found(kind, row["text"], planted["value"], found):
                total.found[kind] += 1
            else:
                total.missed.append((row["id"], kind))
    return total


def _rows(part: str, locales: Sequence[str]) -> Iterator[dict[str, Any]]:
    for locale in locales:
        lines = (CORPUS / part / f"{locale}.jsonl").read_text(encoding="utf-8").splitlines()
        yield from (json.loads(line) for line in lines)


def _is_found(kind: Kind, text: str, value: str, found: Sequence[Finding]) -> bool:
    start = text.index(value)
    return any(
        one.kind is kind
        and (one.hard or kind not in HARD)
        and one.start < start + len(value)
        and start < one.end
        for one in found
    )


def milliseconds_a_story() -> float:
    """The median of what one language of a shipped story takes at first, its rules once loaded."""
    took: list[float] = []
    for _ in range(2):
        took.clear()
        examine.cache_clear()
        for pack in shipped_packs():
            for locale in pack.locales:
                texts = [pack.text(locale, step.id).text for step in pack.steps]
                started = time.perf_counter()
                for text in texts:
                    examine(text, locale)
                took.append(1000 * (time.perf_counter() - started))
    return statistics.median(took)


def _print(part: str) -> None:
    total = score(part)
    table = Table("kind", "planted", "found", "share", title=part)
    for kind in Kind:
        if total.planted[kind]:
            table.add_row(
                kind, str(total.planted[kind]), str(total.found[kind]), f"{total.share(kind):.1%}"
            )
    _console.print(table)
    _console.print(
        f"{total.clean} clean sentences: {total.blocked} blocked, {total.warned} warned of"
    )
    if total.missed:
        _console.print("missed:", ", ".join(f"{name} {kind}" for name, kind in total.missed))


def _print_languages(part: str) -> None:
    table = Table("language", "blocked kinds", "warned kinds", "clean blocked", "clean warned")
    for locale in KNOWN:
        total = score(part, (locale,))
        table.add_row(
            locale,
            *(
                f"{sum(total.found[kind] for kind in some)}"
                f" of {sum(total.planted[kind] for kind in some)}"
                for some in (HARD, [kind for kind in Kind if kind not in HARD])
            ),
            f"{total.blocked} of {total.clean}",
            f"{total.warned} of {total.clean}",
        )
    _console.print(table)


def main() -> None:
    """Print the tables."""
    for part in ("tune", "held"):
        _print(part)
        _print_languages(part)
    _console.print(
        f"{milliseconds_a_story():.0f} ms a story and language (median), "
        f"{sys.platform}, Python {sys.version.split()[0]}"
    )


if __name__ == "__main__":
    main()
