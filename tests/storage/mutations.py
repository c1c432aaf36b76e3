"""
`make mutations`: take one thing at a time from the schema, and see that somebody notices.

Not part of the normal run: it takes minutes. What nobody notices must be redundant, and stands in
`survivors` with the reason.
"""

import time
from collections import Counter

import pytest

from tests.storage.claims import LET_THROUGH, accepted, refused_by
from tests.storage.mutants import Fate
from tests.storage.survivors import survivors


@pytest.mark.timeout(0)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_whatever_is_taken_away_somebody_notices(engine, request, capsys):
    laboratory = request.getfixturevalue(f"{engine}_laboratory")
    claims = [*refused_by(engine), *accepted()]
    began = time.monotonic()

    fates = [laboratory.fate(mutant, claims) for mutant in laboratory.mutants()]

    with capsys.disabled():
        _report(engine, fates, len(claims), time.monotonic() - began)
    survived = {fate.mutant.name for fate in fates if fate.survived}
    listed = survivors(engine)
    assert survived - listed == set(), "nobody notices: write a case, or list it with the reason"
    assert listed - survived == set(), "somebody notices now: take it off the list"


def _report(engine: str, fates: list[Fate], n_claims: int, seconds: float) -> None:
    survived = sum(fate.survived for fate in fates)
    lines = [
        f"\n{engine}: {len(fates)} mutants, {n_claims} cases, {seconds:.0f} s:"
        f" {len(fates) - survived} killed, {survived} survived",
    ]
    ways = Counter((fate.mutant.kind, _way(fate)) for fate in fates)
    for kind in sorted({kind for kind, _ in ways}):
        said = [f"{number} {way}" for (of, way), number in sorted(ways.items()) if of == kind]
        lines.append(f"  {kind:12} {'; '.join(said)}")
    print("\n".join(lines))  # noqa: T201 - that is what somebody who asked for it reads


def _way(fate: Fate) -> str:
    """Its fate in a few words."""
    if fate.how == LET_THROUGH:
        return "let something through"
    return "had another rule behind them" if fate.how.startswith("told it as") else fate.how
