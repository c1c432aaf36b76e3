"""
Writers of a SQLite file, one after the other, with one COMMIT for all that were waiting.

SQLite has one writer at a time, and most of what a small write costs is the COMMIT that waits for
the disk. So those that stand in line share one: BEGIN IMMEDIATE, then block after block, then
COMMIT, and only then is each of them told that it is kept.

Safe because
- one task, and no block's own, begins, undoes and commits: a block that is cancelled stops nobody.
- each block runs behind a savepoint of its own. One that fails is undone to it, and the others do
  not notice; the next begins when that is done.
- nobody is told before the COMMIT, which is FULL, has ended. If it fails nothing of the group is
  kept, and all are told so.
- a deferred foreign key is looked at by the COMMIT alone. If that refuses, the transaction is
  still open; then block after block is undone from the last, until it is accepted. The last one
  undone is the one to blame and is told; what came before it is kept. What came after it may have
  read what is not there any more, so it is undone too and told to try again (`in_write` does).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import engines
from storage.errors import DatabaseUnavailable, UndoneWithAnother
from storage.sqlite_inline import InlineConnection

WAIT_S = 30
MOST = 64
"""Blocks in a group: more would let the first wait long, and SQLite remember much to undo."""

_Value = TypeVar("_Value")


class _Block:
    """
    One write block.

    Attributes:
        turn: Its connection, when it is its turn.
        ended: Whether what it wrote shall be kept.
        kept: Done when it is on the disk, or the error that it is not.
    """

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.turn: asyncio.Future[AsyncConnection] = loop.create_future()
        self.ended: asyncio.Future[bool] = loop.create_future()
        self.kept: asyncio.Future[None] = loop.create_future()

    def leave(self) -> None:
        """Wait no longer, or have everything undone."""
        self.kept.cancel()
        _settle(self.ended, False)


class Turns:
    """The line of writers before one SQLite file."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._line: deque[_Block] = deque()
        self._serving: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncConnection]:
        """
        Wait for one's turn, write, and go on when it is on the disk.

        Raises:
            DatabaseUnavailable: it took too long, or the database cannot serve; nothing was kept.
        """
        block = self._stand_in_line()
        try:
            yield await _turn_of(block)
        except BaseException:
            block.leave()
            raise
        _settle(block.ended, True)
        await block.kept

    async def close(self) -> None:
        """Wait until the last connection has been given back."""
        if self._serving is not None:
            await asyncio.wait([self._serving])
            # It belongs to this event loop; the next one to write may live in another.
            self._serving = None

    def _stand_in_line(self) -> _Block:
        block = _Block()
        self._line.append(block)
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        return block

    async def _serve(self) -> None:
        while self._line:
            first = self._line.popleft()
            try:
                connection = await engines.connect(self._engine)
            except DatabaseUnavailable as error:
                _fail(first.turn, error)
                continue
            try:
                await self._serve_group(connection, first)
            finally:
                await engines.close(connection)

    async def _serve_group(self, connection: AsyncConnection, first: _Block) -> None:
        """Serve *first*, who waits for BEGIN, and those who stand behind it."""
        try:
            await connection.begin()
        except Exception as error:
            _fail(first.turn, error)
            return
        block: _Block | None = first
        group = _Group(connection, await _driver_of(connection))
        try:
            while block is not None:
                await group.serve(block)
                has_next = self._line and len(group.blocks) < MOST
                block = self._line.popleft() if has_next else None
            await group.commit()
        except BaseException as error:
            group.fail(error, block)
            if not isinstance(error, Exception):
                raise


class _Group:
    """
    The blocks that share a transaction.

    Attributes:
        blocks: Those that ended well. Savepoint `block_3` stands before the fourth.
    """

    def __init__(self, connection: AsyncConnection, driver: InlineConnection) -> None:
        self.blocks: list[_Block] = []
        self._connection = connection
        self._driver = driver

    async def serve(self, block: _Block) -> None:
        """Let *block* write, and undo it if it did not end well."""
        if block.turn.cancelled():  # it waits no longer
            return
        savepoint = f"block_{len(self.blocks)}"
        self._driver.say(f"SAVEPOINT {savepoint}")
        lent = AsyncConnection(self._connection.engine, self._connection.sync_connection)
        self._driver.needs_a_transaction = True
        block.turn.set_result(lent)
        try:
            is_good = await block.ended
        finally:
            self._driver.needs_a_transaction = False
            # Whatever a block left running must not write into the next one's.
            lent.sync_connection = None
        if is_good:
            self.blocks.append(block)
        if not self._driver.is_in_transaction:
            # On some errors, such as a full disk, SQLite undoes everything by itself.
            raise DatabaseUnavailable("the database undid the transaction")
        if not is_good:
            self._undo(savepoint)

    async def commit(self) -> None:
        """Keep all blocks, or all up to the first that may not be kept; tell each."""
        if not self.blocks:
            return
        try:
            await self._connection.commit()
        except IntegrityError as error:
            if not self._driver.is_in_transaction:
                raise
            await self._keep_up_to_the_one_to_blame(error)
        for block in self.blocks:
            _settle(block.kept, None)

    async def _keep_up_to_the_one_to_blame(self, error: IntegrityError) -> None:
        n_kept = len(self.blocks)
        while self._driver.is_in_transaction:
            n_kept -= 1
            self._undo(f"block_{n_kept}")
            await self._driver.commit_if_sound()
        to_blame, *later = self.blocks[n_kept:]
        del self.blocks[n_kept:]
        _fail(to_blame.kept, error)
        for block in later:
            _fail(block.kept, UndoneWithAnother("a write before this one was refused"))

    def _undo(self, savepoint: str) -> None:
        self._driver.say(f"ROLLBACK TO {savepoint}")
        self._driver.say(f"RELEASE {savepoint}")

    def fail(self, error: BaseException, current: _Block | None) -> None:
        """Tell all blocks, and the *current* one if it still waits, that nothing was kept."""
        waiting: list[asyncio.Future[Any]] = [block.kept for block in self.blocks]
        if current is not None:
            waiting.append(current.kept if current.turn.done() else current.turn)
        for future in waiting:
            own = DatabaseUnavailable(str(error))  # one for each: a traceback belongs to one task
            own.__cause__ = error
            _fail(future, own if isinstance(error, Exception) else error)


async def _driver_of(connection: AsyncConnection) -> InlineConnection:
    raw = await connection.get_raw_connection()
    return cast("InlineConnection", raw.driver_connection)


async def _turn_of(block: _Block) -> AsyncConnection:
    try:
        # Not wait_for: until Python 3.12 it forgets a cancellation that comes in as it ends.
        async with asyncio.timeout(WAIT_S):
            return await block.turn
    except TimeoutError as error:
        raise DatabaseUnavailable(f"waited {WAIT_S} s for the writers before") from error


def _settle(future: "asyncio.Future[_Value]", value: _Value) -> None:
    """Give *future* its value unless nobody waits for it any more."""
    if not future.done():
        future.set_result(value)


def _fail(future: "asyncio.Future[Any]", error: BaseException) -> None:
    if future.done():
        return
    if isinstance(error, asyncio.CancelledError):
        future.cancel()
    else:
        future.set_exception(error)
