"""
Pages that are made once and handed out as long as nothing was committed since.

Before each answer the database is asked for its mark (`storage.marks`), which every commit of every
process changes. So a reader never gets what is older than her request, and a story that was taken
back is gone with the very commit that takes it back: nothing must be cleared, nobody must be told.
What changes by time alone (a consent ends) is seen within `LASTS`.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Hashable

from pages.printed import Printed
from values.clock import Clock
from values.sharing import Sharing

LASTS = dt.timedelta(seconds=1)
MOST_BYTES = 32 * 1024 * 1024
"""So much is kept; beyond it pages are made for those who ask at the same time, and not kept."""

_Make = Callable[[], Awaitable[Printed]]


class Keeping:
    """The pages that are kept, and who waits for one."""

    def __init__(self, mark: Callable[[], Awaitable[Hashable | None]], clock: Clock) -> None:
        """
        Args:
            mark: Asks for the mark of what is committed now; None: there is none to be had.
        """
        self._mark = mark
        self._clock = clock
        self._pages: Sharing[Printed] = Sharing()
        self._kept: dict[Hashable, Printed] = {}
        self._kept_bytes = 0
        self._since = (object(), clock())
        """The mark and the moment from which on everything was made that is kept."""

    async def get(self, key: Hashable, make: _Make) -> Printed:
        """
        The page of this *key*: kept, or what *make* or another's *make* gives that begins after
        this call.

        Raises:
            Exception: what *make* raised. Nothing is kept then.
        """
        mark = await self._mark()
        since = self._begin(mark)
        found = self._kept.get(key)
        if found is not None:
            return found

        async def make_and_keep() -> Printed:
            made = await make()
            # The mark is older than the look: as long as it holds, the page does.
            if mark is not None and since is self._since:
                self._keep(key, made)
            return made

        return await self._pages.get(key, make_and_keep)

    def _begin(self, mark: Hashable | None) -> tuple[Hashable, dt.datetime]:
        """Forget everything unless it was made of what *mark* stands for, just now."""
        known, at = self._since
        now = self._clock()
        if mark is None or mark != known or not at <= now < at + LASTS:
            self._kept.clear()
            self._kept_bytes = 0
            self._since = (mark, now)
        return self._since

    def _keep(self, key: Hashable, made: Printed) -> None:
        if self._kept_bytes + made.size <= MOST_BYTES:
            self._kept[key] = made
            self._kept_bytes += made.size
