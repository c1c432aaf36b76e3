"""setWebhook, as far as it can be judged before anything is delivered."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

Json = dict[str, Any]

_PORTS = frozenset({443, 80, 88, 8443})
_SECRET = re.compile(r"[A-Za-z0-9_-]*")
ALL_UPDATES = ("message", "callback_query", "my_chat_member", "inline_query")
"""What this Telegram can deliver at all."""
_KNOWN_UPDATES = frozenset({
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query",
    "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer",
    "my_chat_member", "chat_member", "chat_join_request", "chat_boost", "removed_chat_boost",
    "managed_bot",
})  # fmt: skip


def webhook_of(request: Parameters) -> Json | None:
    """
    The webhook that a setWebhook asks for; None if its address is empty, which removes it.

    Plain HTTP is taken for an address of this computer only, which a Bot API server allows in its
    local mode; anywhere else the rules of the public server hold.

    Raises:
        Refusal: 400 with Telegram's reason.
    """
    address = request.text("url")
    if not address:
        return None
    _check_address(address)
    secret = request.text("secret_token")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = request.integer("max_connections", 40)
    return {
        "url": address,
        "secret_token": secret,
        "max_connections": min(max(connections, 1), 100),
    }


def allowed_updates_of(request: Parameters, before: list[str]) -> list[str]:
    """
    Which updates are wanted: what was asked for, else what held before. An empty list means all;
    an unknown name is passed over, as by the real server.
    """
    asked = request.structure("allowed_updates", "Can't parse allowed_updates JSON object")
    if not isinstance(asked, list):
        return before
    return [name for name in asked if name in _KNOWN_UPDATES]


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        port = parts.port
    except ValueError:
        raise bad_request("invalid webhook URL specified") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    if _is_this_computer(parts.hostname):
        return
    if parts.scheme == "http":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_this_computer(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
