"""
Many requests for the same page at the same time are answered by one look at the database.

A request joins a look only if that has not begun: what it gets is never older than the request
itself. So nothing is kept, nothing must be cleared when a story is recalled, and other processes
need not be told. It is how databases write many commits by one flush.
"""

import asyncio
import struct
import zlib
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Self, TypeVar

from aiohttp import hdrs, web

T = TypeVar("T")

ONCE = web.ResponseKey("once", str)
"""The key under which a response names what stands in its body and must differ each time."""

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""A gzip file: method deflate, no name, no time, unknown system. Source: RFC 1952."""


@dataclass(frozen=True)
class Printed:
    """
    A page that is made, to be handed out many times.

    Attributes:
        before: The body up to the place that differs each time.
        after: The rest; empty if there is no such place.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    before: bytes
    after: bytes

    @classmethod
    def of(cls, response: web.Response) -> Self:
        """What *response*, which was not sent yet, says."""
        body = response.body
        if not isinstance(body, bytes):
            raise TypeError(f"expected a body of bytes, got {type(body).__name__}")
        before, after = body, b""
        if ONCE in response:
            before, _, after = body.partition(response[ONCE].encode())
        return cls(response.status, tuple(response.headers.items()), before, after)

    def answer(self, request: web.Request, once: str) -> web.Response:
        """The page for one more reader, with *once* in its place if it has one."""
        filled = once.encode() if self.after else b""
        headers = dict(self.headers)
        headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if "gzip" not in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            return web.Response(
                status=self.status, headers=headers, body=self.before + filled + self.after
            )
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(status=self.status, headers=headers, body=self._gzip(filled))

    def _gzip(self, filled: bytes) -> bytes:
        """One gzip file: both parts as they were compressed once, *filled* as it is."""
        first, last, checked = self._compressed
        length = len(filled)
        # A stored block: not the last one, its length, and that once more with all bits turned.
        block = b"\x00" + struct.pack("<HH", length, length ^ 0xFFFF) + filled
        check = zlib.crc32(self.after, zlib.crc32(filled, checked))
        whole = len(self.before) + length + len(self.after)
        return b"".join((_HEAD, first, block, last, struct.pack("<II", check, whole)))

    @cached_property
    def _compressed(self) -> tuple[bytes, bytes, int]:
        """Both parts, each readable without the other, and the checksum of the first."""
        first = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        last = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return (
            first.compress(self.before) + first.flush(zlib.Z_SYNC_FLUSH),
            last.compress(self.after) + last.flush(zlib.Z_FINISH),
            zlib.crc32(self.before),
        )


class Sharing(Generic[T]):
    """Who asks for the same thing at the same time."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, asyncio.Task[T]] = {}
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """
        What *make* gives, or what another's gives that begins after this call.

        Raises:
            Exception: what *make* raised, to everybody who waits for it.
        """
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = asyncio.create_task(self._make(key, make))
            self._waiting[key] = waiting
        # Whoever goes away takes nothing from the others.
        return await asyncio.shield(waiting)

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        mine = self._waiting[key]
        try:
            if (before := self._running.get(key)) is not None:
                await asyncio.wait((before,))
        finally:
            del self._waiting[key]
        self._running[key] = mine
        try:
            return await make()
        finally:
            if self._running.get(key) is mine:
                del self._running[key]
