"""
How requests to Telegram travel: an aiohttp session in place of the library's default client.

The default backend costs several times the CPU of this one for each step of a story and collapses
when many people tap at once; `benchmarks/` measures both side by side. `BaseRequest` is the
library's documented place for another one.
"""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

# The library gives waits as timedelta from its next major version on, and warns until then unless
# asked to do so already.
os.environ.setdefault("PTB_TIMEDELTA", "true")

_READ_S = 10.0
_CONNECT_S = 5.0
_UPLOAD_S = 30.0
_CONNECTIONS = 100

Seconds = Any
"""A number of seconds, None for no limit, or the library's mark for "not given"."""


class Unreached(NetworkError):
    """Nothing was written: whatever was asked for was certainly not done."""


class Unanswered(NetworkError):
    """It was written, or a part of it, and no answer came: it may have been done or not."""


class AiohttpRequest(BaseRequest):
    """
    Carries requests over one aiohttp session.

    An error never holds the URL it was about: the bot's token is in its path.
    """

    def __init__(self, connections: int = _CONNECTIONS) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return _READ_S

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        connect_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise RuntimeError("initialize() comes before the first request")
        del write_timeout  # aiohttp has no separate limit for it
        has_files = request_data is not None and request_data.contains_files
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=_given(pool_timeout, None),
            sock_connect=_given(connect_timeout, _CONNECT_S),
            sock_read=_given(read_timeout, _UPLOAD_S if has_files else _READ_S),
        )
        try:
            # Telegram never redirects; a redirect would carry the token elsewhere.
            async with self._session.request(
                method, url, timeout=timeout, allow_redirects=False, **_body(request_data)
            ) as response:
                return response.status, _without_page(response.status, await response.read())
        # From None: a traceback shows causes too, and aiohttp's name the URL.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Unreached(type(error).__name__) from None
        except TimeoutError:  # aiohttp's own timeouts are ClientErrors as well
            raise TimedOut from None
        except aiohttp.ClientError as error:
            raise Unanswered(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        try:
            return orjson.loads(payload)
        except ValueError as error:
            raise Unanswered("the answer is not JSON") from error


def _without_page(status: int, content: bytes) -> bytes:
    """
    *content*, or nothing in particular where a refusal is not Telegram's own JSON.

    Pages of proxies repeat the address they were asked for, and the library repeats the page.
    """
    if status == HTTPStatus.OK or content.startswith(b"{"):
        return content
    return b"{}"


def _given(value: Seconds, otherwise: float | None) -> float | None:
    return otherwise if value is BaseRequest.DEFAULT_NONE else value


def _body(request_data: RequestData | None) -> dict[str, Any]:
    """A form where a file goes along, else JSON, which the Bot API takes as well."""
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {
            "data": orjson.dumps(request_data.parameters),
            "headers": {"Content-Type": "application/json"},
        }
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, content_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=content_type)
    return {"data": form}
