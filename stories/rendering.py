"""
Cards as PNG: drawn once, kept on disk under the picture's key.

Drawing takes a quarter of a second and holds the interpreter's lock all that time, so it is done
in a process of its own; the web process goes on answering meanwhile. Any number of processes may
share one folder: a file there is whole or absent, and the same key always means the same bytes.
"""

import asyncio
import contextlib
import multiprocessing
import os
import tempfile
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from stories.cards import CardPicture
from stories.raster import END_OF_PNG, draw, follow_parent

_MOST_IN_MEMORY = 64


class CardRenderer:
    """
    Turns card pictures into PNG files, each only once.

    Made in an event loop's process and used from that loop only; `close` ends its worker process.
    """

    def __init__(self, cache_dir: Path) -> None:
        self._cache_dir = cache_dir
        self._pool: Executor | None = None
        self._under_way: dict[str, asyncio.Future[bytes]] = {}
        self._in_memory: OrderedDict[str, bytes] = OrderedDict()

    async def png(self, picture: CardPicture) -> bytes:
        """
        The picture, 1280 by 720, in 256 colours.

        Those who ask for the same one at the same time share one drawing; if one of them is
        cancelled, the others still get theirs.
        """
        key = picture.key
        return await self._shared(key, lambda: self._kept_or_drawn(key, picture))

    async def in_memory(self, picture: CardPicture) -> bytes:
        """
        The same picture, of a story that is not public: the newest few are remembered, and nothing
        is written to the disk.
        """
        key = picture.key
        return await self._shared(f"in memory {key}", lambda: self._remembered(key, picture))

    async def draw_all(self, pictures: Iterable[CardPicture], told: Callable[[int], None]) -> int:
        """
        Draw all of *pictures* that are not there, on all processors; hand back how many were drawn.

        Args:
            told: Told after each that was drawn how many are still to be.
        """
        missing = {picture.key: picture for picture in pictures}
        paths = {key: self._cache_dir / f"{key}.png" for key in missing}
        kept = await asyncio.to_thread(lambda: {key for key in paths if _read(paths[key])})
        waiting = [key for key in missing if key not in kept]
        if not waiting:
            return 0
        spawn = multiprocessing.get_context("spawn")
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(mp_context=spawn, initializer=follow_parent) as pool:

            async def one(key: str) -> None:
                drawn = await loop.run_in_executor(pool, draw, missing[key].svg())
                await asyncio.to_thread(_write, paths[key], drawn)
                left.remove(key)
                told(len(left))

            left = list(waiting)
            await asyncio.gather(*(one(key) for key in waiting))
        return len(waiting)

    async def close(self) -> None:
        """End the worker process and wait for what is being drawn."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        if (pool := self._pool) is not None:
            self._pool = None
            await asyncio.to_thread(pool.shutdown)

    async def _shared(self, name: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.ensure_future(make())
            self._under_way[name] = task
            task.add_done_callback(lambda _: self._under_way.pop(name, None))
        return await asyncio.shield(task)

    async def _remembered(self, key: str, picture: CardPicture) -> bytes:
        drawn = self._in_memory.get(key)
        if drawn is None:
            drawn = await asyncio.to_thread(_read, self._cache_dir / f"{key}.png")
        if drawn is None:
            drawn = await self._drawn(picture.svg())
        self._in_memory[key] = drawn
        self._in_memory.move_to_end(key)
        if len(self._in_memory) > _MOST_IN_MEMORY:
            self._in_memory.popitem(last=False)
        return drawn

    async def _kept_or_drawn(self, key: str, picture: CardPicture) -> bytes:
        path = self._cache_dir / f"{key}.png"
        kept = await asyncio.to_thread(_read, path)
        if kept is not None:
            return kept
        drawn = await self._drawn(picture.svg())
        await asyncio.to_thread(_write, path, drawn)
        return drawn

    async def _drawn(self, svg: str) -> bytes:
        loop = asyncio.get_running_loop()
        pool = self._running_pool()
        try:
            return await loop.run_in_executor(pool, draw, svg)
        except BrokenProcessPool:
            # The worker was killed, perhaps for its memory. One new pool serves all who waited;
            # a second failure is the caller's to know.
            if self._pool is pool:
                self._pool = None
                pool.shutdown(wait=False)
            return await loop.run_in_executor(self._running_pool(), draw, svg)

    def _running_pool(self) -> Executor:
        if self._pool is None:
            # Not forked: a fork would copy the web process's threads' locks and open sockets.
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=follow_parent)
        return self._pool


def _read(path: Path) -> bytes | None:
    """The PNG at *path*; None if there is none, or it was cut short by a loss of power."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    return content if content.endswith(END_OF_PNG) else None


def _write(path: Path, content: bytes) -> None:
    """Put *content* at *path* at once or not at all; another process may do the same just now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise
