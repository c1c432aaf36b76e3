import asyncio
import json

import pytest

from sandbox.state import StateFile


def test_what_was_saved_is_loaded_by_the_next_process(tmp_path):
    StateFile(tmp_path / "deep" / "state.json").save({"name": "ليلى"})

    assert StateFile(tmp_path / "deep" / "state.json").load() == {"name": "ليلى"}


def test_nothing_saved_loads_as_empty(tmp_path):
    assert StateFile(tmp_path / "state.json").load() == {}
    assert StateFile(None).load() == {}


def test_a_file_that_is_no_object_is_refused_and_kept(tmp_path):
    path = tmp_path / "state.json"
    path.write_text("[1]")

    with pytest.raises(ValueError, match="delete it"):
        StateFile(path).load()

    assert path.read_text() == "[1]"


async def test_many_changes_in_one_interval_share_two_writes(tmp_path):
    asked = []
    keeper = StateFile(tmp_path / "state.json", interval_s=0.02)

    def snapshot():
        asked.append(1)
        return {"writes": len(asked)}

    for _ in range(50):
        keeper.save_soon(snapshot)
    await asyncio.sleep(0.08)

    assert json.loads((tmp_path / "state.json").read_text()) == {"writes": 2}


async def test_flush_writes_what_still_waits(tmp_path):
    keeper = StateFile(tmp_path / "state.json", interval_s=60)
    keeper.save_soon(lambda: {"change": 1})
    keeper.save_soon(lambda: {"change": 2})

    keeper.flush()

    assert keeper.load() == {"change": 2}


async def test_a_keeper_without_a_file_never_asks_for_the_state():
    StateFile(None).save_soon(lambda: pytest.fail("asked"))
