"""Whose request this is, as far as it must be known to share a scarce thing fairly."""

import ipaddress
from collections.abc import Collection

from aiohttp import web

from pages.site import Network

_NEIGHBOURS = 64
"""One household gets a whole IPv6 network of this prefix; a single address means nothing."""


def visitor(request: web.Request, trusted: Collection[Network]) -> str:
    """
    The visitor's network address, for a keyed hash and nothing else.

    `X-Forwarded-For` is believed from its right end only, and only as far as each hop is a trusted
    proxy: everything to the left of that was written by the visitor.
    """
    nearest = _parse(request.remote or "")
    hops = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
    while nearest is not None and hops and any(nearest in network for network in trusted):
        before = _parse(hops.pop().strip())
        if before is None:
            break
        nearest = before
    if nearest is None:
        return "unknown"
    if isinstance(nearest, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((nearest, _NEIGHBOURS), strict=False))
    return str(nearest)


def _parse(written: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return None
    # A server that listens on both families sees IPv4 visitors as mapped addresses.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
