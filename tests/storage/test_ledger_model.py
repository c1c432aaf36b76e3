"""
The ledger and a model of it in plain Python never disagree, whatever is done at random.

`make model` does it for longer: MODEL_RUNS says how many runs of up to 50 acts.
"""

import os
import shutil
import time
from collections import Counter
from itertools import count

import pytest
from hypothesis import HealthCheck, settings

from tests.storage.arenas import Big
from tests.storage.machine import Ledger

RUNS = int(os.environ.get("MODEL_RUNS", "0"))


@pytest.fixture
def fresh_sqlite(migrated_sqlite, tmp_path):
    """Gives the address of a new migrated database, in place of the one before."""
    path = tmp_path / "model.db"

    def make():
        for old in path.parent.glob("model.db*"):
            old.unlink()
        shutil.copyfile(migrated_sqlite, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def fresh_postgresql(postgresql, copy_of_migrated):
    """Gives the address of a new migrated database, in place of the one before."""
    numbers = count(1)
    server = Big(postgresql + "postgres")

    def make():
        number = next(numbers)
        server.run(f"DROP DATABASE IF EXISTS model_{number - 1} WITH (FORCE)")
        return copy_of_migrated(f"model_{number}")

    yield make
    server.close()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_database_and_model_never_disagree(engine, request, monkeypatch, capsys):
    done: Counter[tuple[str, bool]] = Counter()
    fresh = request.getfixturevalue(f"fresh_{engine}")
    monkeypatch.setattr(Ledger, "fresh", staticmethod(fresh), raising=False)
    monkeypatch.setattr(Ledger, "done", done, raising=False)
    case = Ledger.TestCase
    case.settings = settings(
        max_examples=RUNS or 5,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    began = time.monotonic()

    case().runTest()

    assert done.total() > 100
    if RUNS:
        with capsys.disabled():
            _report(engine, done, time.monotonic() - began)


def _report(engine, done, seconds):
    lines = [f"\n{engine}: {done.total()} acts in {seconds:.0f} s, the two agree"]
    for act in sorted({act for act, _ in done}):
        lines.append(f"  {act:15} {done[act, True]:6} accepted {done[act, False]:6} refused")
    print("\n".join(lines))  # noqa: T201 - that is what somebody who asked for it reads
