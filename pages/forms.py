"""What a form of ours sends, read as what may come from anywhere."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Room:
    """How long a form may be."""

    most_bytes: int
    most_fields: int


SHORT = Room(4096, 12)
LONG = Room(128 * 1024, 96)
"""For texts in every language: a character of most scripts is nine letters when it is sent."""


async def fields_of(request: web.Request, room: Room = SHORT) -> dict[str, str]:
    """
    What the form sent, each name once.

    Args:
        room: How long it may be.

    Raises:
        HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge: it is not what our form sends.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > room.most_bytes:
        raise web.HTTPRequestEntityTooLarge(room.most_bytes, request.content_length or 0)
    body = await request.read()
    if len(body) > room.most_bytes:
        raise web.HTTPRequestEntityTooLarge(room.most_bytes, len(body))
    try:
        parsed = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=room.most_fields
        )
    except ValueError as error:
        raise web.HTTPBadRequest from error
    return {name: values[0] for name, values in parsed.items()}


def is_from_elsewhere(request: web.Request) -> bool:
    """
    Another site made this browser send the form.

    There is no session to protect, but what is sent takes or moves what is somebody's. (`Origin`
    says nothing here: with `Referrer-Policy: no-referrer` browsers send `null`.)
    """
    return request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
