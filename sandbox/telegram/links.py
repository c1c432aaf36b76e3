"""Which addresses Telegram takes for a link or a button, and what it says of the others."""

import string
from urllib.parse import urlsplit

_HOST_CHARACTERS = frozenset(string.ascii_letters + string.digits + ".-_!$,~*'();&+=%")
_TG_HOST_CHARACTERS = frozenset(string.ascii_letters + string.digits + "-_")


class BadLink(ValueError):
    """The address is refused; the text says why, in Telegram's words."""


def checked_link(link: str) -> str:
    """
    *link* as Telegram would store it: with a scheme and at least a slash for a path.

    A host without a dot is refused, so `http://localhost` cannot stand on a button although
    `http://127.0.0.1` can.

    Raises:
        BadLink: it is none.
    """
    if link.lower().startswith("tg:"):
        return _checked_tg_link(link)
    scheme, separator, rest = link.partition("://")
    if not separator or any(character in scheme for character in "/?#@[]:"):
        scheme, rest = "http", link
    if scheme.lower() not in {"http", "https"}:
        raise BadLink("Unsupported URL protocol")
    try:
        parts = urlsplit(f"{scheme.lower()}://{rest}")
        port = parts.port
    except ValueError:
        raise BadLink("Wrong port number specified in the URL") from None
    host = parts.hostname or ""
    if not host:
        raise BadLink("URL host is empty")
    if port == 0:
        raise BadLink("Wrong port number specified in the URL")
    if ":" not in host:
        _check_host(host)
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{parts.scheme}://{parts.netloc}{path}{fragment}".replace(" ", "%20")


def _check_host(host: str) -> None:
    if any(ord(character) < 128 and character not in _HOST_CHARACTERS for character in host):
        raise BadLink("Disallowed character in URL host")
    if "." not in host:
        raise BadLink("Wrong HTTP URL")


def _checked_tg_link(link: str) -> str:
    rest = link[3:].removeprefix("//")
    host = rest.partition("?")[0].rstrip("/")
    if not host or any(character not in _TG_HOST_CHARACTERS for character in host):
        raise BadLink("Unallowed characters in URL host")
    return f"tg://{rest}"
