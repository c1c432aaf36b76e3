"""A page that is made once and handed out many times, with what must differ each time put in."""

import hashlib
import secrets
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Self

from aiohttp import hdrs, web
from multidict import CIMultiDict, CIMultiDictProxy

ONCE = web.ResponseKey("once", str)
"""The key under which a response names what stands in its body and must differ each time."""

_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""A gzip file: method deflate, no name, no time, unknown system. Source: RFC 1952."""


def new_word() -> str:
    """A word that nobody had before."""
    return secrets.token_urlsafe(18)


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

    @property
    def size(self) -> int:
        """About so many bytes of memory it takes, compressed form and all."""
        return 2 * (len(self.before) + len(self.after))

    @cached_property
    def etag(self) -> str | None:
        """
        Tells this body from every other, in whichever encoding it is sent; None if it differs each
        time: whoever showed it again would send a form that was sent before.
        """
        if self.after or self.status != HTTPStatus.OK:
            return None
        return f'W/"{hashlib.sha256(self.before).hexdigest()[:32]}"'

    @classmethod
    def of(cls, response: web.Response) -> Self:
        """What *response*, which was not sent yet, says."""
        body = response.body or b""
        if not isinstance(body, bytes):
            raise TypeError(f"expected a body of bytes, got {type(body).__name__}")
        before, after = body, b""
        if ONCE in response:
            before, _, after = body.partition(response[ONCE].encode())
        return cls(response.status, tuple(response.headers.items()), before, after)

    def answer(self, request: web.Request) -> web.Response:
        """The page for one more reader, with a new word in the place that differs, if any."""
        filled = new_word().encode() if self.after else b""
        plain, packed = self._headers
        if self.etag is not None and _is_known(request, self.etag):
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=plain)
        if "gzip" not in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            return web.Response(
                status=self.status, headers=plain, body=self.before + filled + self.after
            )
        body = self._gzip(filled) if self.after else self._whole
        return web.Response(status=self.status, headers=packed, body=body)

    @cached_property
    def _headers(self) -> tuple[CIMultiDictProxy[str], CIMultiDictProxy[str]]:
        """Those of a body as it is, and of a compressed one."""
        plain = CIMultiDict(self.headers)
        plain[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if self.etag is not None:
            plain[hdrs.ETAG] = self.etag
        packed = plain.copy()
        packed[hdrs.CONTENT_ENCODING] = "gzip"
        return CIMultiDictProxy(plain), CIMultiDictProxy(packed)

    @cached_property
    def _whole(self) -> bytes:
        """The one gzip file of a body that does not differ each time."""
        return self._gzip(b"")

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


def _is_known(request: web.Request, etag: str) -> bool:
    """Whether who asks has this body already. Source: RFC 9110, 13.1.2."""
    known = request.headers.get(hdrs.IF_NONE_MATCH, "")
    return etag in (each.strip() for each in known.split(","))
