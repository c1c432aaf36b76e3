"""
What every entry of the program shares: the database, the seal, the shelf of stories, the clock.

The rooms above work through this and the services' functions; they never open storage themselves.
"""

from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from services.catalogue import Shelf
from services.look import Look
from services.terms import Terms
from storage.database import Connection, Database
from storage.errors import DatabaseUnavailable
from storage.holds import HoldState
from storage.people import Person
from storage.sealing import Seal
from values.clock import Clock, utc_now

__all__ = ["Connection", "DatabaseUnavailable", "HoldState", "House", "Person"]


@dataclass(frozen=True)
class House:
    """
    The program's shared parts.

    Attributes:
        organisation: The charity's name, the payee of every gift.
        public_url: Address of the companion page, without a slash at the end.
        hears_events: The payment provider can tell us what happens; else we look often.
        links: What may be linked to from the chat: "web" if *public_url* is reachable from outside.
        terms: What the operator has laid down about fees, spending and answers.
        moves_real_money: The payment provider's key is a live one; nobody invented acts then.
    """

    database: Database
    seal: Seal
    shelf: Shelf
    organisation: str
    public_url: str
    links: frozenset[str] = frozenset()
    hears_events: bool = True
    terms: Terms = field(default_factory=Terms)
    moves_real_money: bool = False
    clock: Clock = field(default=utc_now)

    def read(self) -> AbstractAsyncContextManager[Connection]:
        """A connection that sees one moment and changes nothing."""
        return self.database.read()

    def write(self) -> AbstractAsyncContextManager[Connection]:
        """One transaction; what is not finished normally is undone."""
        return self.database.write()

    async def mark(self) -> Hashable | None:
        """
        A mark of what is committed now: as long as it is the same, a look would see the same.

        None if there is none to be had.
        """
        return await self.database.mark()

    def look(self, connection: Connection, channel: str = "bot", locale: str | None = None) -> Look:
        """A look over *connection* at this moment, for who reads *locale*; None: nobody does."""
        return Look(
            connection,
            self.shelf,
            self.organisation,
            self.clock(),
            channel,
            self.links,
            self.terms,
            locale,
        )

    @asynccontextmanager
    async def looking(self, channel: str = "bot", locale: str | None = None) -> AsyncIterator[Look]:
        """Open a read connection and a look over it."""
        async with self.read() as connection:
            yield self.look(connection, channel, locale)
