"""What a form of ours sends, read as what may come from anywhere."""

from urllib.parse import parse_qs

from aiohttp import web

_MOST_BYTES = 4096
_MOST_FIELDS = 12


async def fields_of(
    request: web.Request, most_bytes: int = _MOST_BYTES, most_fields: int = _MOST_FIELDS
) -> dict[str, str]:
    """
    What the form sent, each name once.

    Args:
        most_bytes, most_fields: More than what our form can send.

    Raises:
        HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge: it is not what our form sends.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > most_bytes:
        raise web.HTTPRequestEntityTooLarge(most_bytes, request.content_length or 0)
    body = await request.read()
    if len(body) > most_bytes:
        raise web.HTTPRequestEntityTooLarge(most_bytes, len(body))
    try:
        parsed = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most_fields
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
