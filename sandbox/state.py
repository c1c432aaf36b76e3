"""
What a stand-in remembers, in one JSON file that is whole at every moment.

`save` writes at once. `save_soon` is for a change that comes with every request: the first is
written at once, those that follow within the interval share one write at its end, so that a busy
stand-in does not spend its time on its own diary. A killed process loses the last interval at most.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Snapshot = Callable[[], dict[str, Any]]


class StateFile:
    """
    One JSON object in one file.

    Args:
        path: Where it lies; its folder is made when needed. None keeps nothing, and `load` is
            empty.
        interval_s: At most one write in this time by `save_soon`.
    """

    def __init__(self, path: Path | None, *, interval_s: float = 0.2) -> None:
        self._path = path
        self._interval_s = interval_s
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: Snapshot | None = None

    def load(self) -> dict[str, Any]:
        """
        What was saved last; empty if nothing was.

        Raises:
            ValueError: the file is not a JSON object. It is never this class that wrote such a
                file, so it is not silently replaced.
        """
        if self._path is None or not self._path.exists():
            return {}
        state = json.loads(self._path.read_text("utf-8"))
        if not isinstance(state, dict):
            raise ValueError(f"{self._path.name} must hold a JSON object; delete it to start over")
        return state

    def save(self, state: dict[str, Any]) -> None:
        """Write *state* now: to a neighbour first, which then takes the file's place."""
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        neighbour = self._path.with_name(self._path.name + ".new")
        neighbour.write_text(json.dumps(state, ensure_ascii=False), "utf-8")
        os.replace(neighbour, self._path)  # noqa: PTH105 - the call whose atomicity is meant

    def save_soon(self, snapshot: Snapshot) -> None:
        """Write what *snapshot* gives, at once or at the end of the interval."""
        if self._path is None:
            return
        self._waiting = snapshot
        if self._timer is None:
            self._write_waiting()
            # Before the loop runs nothing is busy, and every change is written.
            with contextlib.suppress(RuntimeError):
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(self._interval_s, self._ring)

    def flush(self) -> None:
        """Write what still waits. Call it at the end."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._write_waiting()

    def _ring(self) -> None:
        self._timer = None
        if self._waiting is not None:
            self.save_soon(self._waiting)

    def _write_waiting(self) -> None:
        snapshot, self._waiting = self._waiting, None
        if snapshot is not None:
            self.save(snapshot())
