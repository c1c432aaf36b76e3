"""
How a request is refused: the code and the words of the real Bot API server.

Bots decide on these texts (there is nothing else to decide on), so they are given letter by letter.
Source: github.com/tdlib/telegram-bot-api `Client.cpp` and github.com/tdlib/td (read 2026-11).
"""

from typing import Any


class Refusal(Exception):
    """
    A request that is answered with `ok: false`.

    Attributes:
        code: The HTTP status, which is also `error_code`.
        description: What stands in `description`.
        retry_after_s: For 429 only; goes into `parameters` and the Retry-After header. The real
            server says whole seconds.
    """

    def __init__(self, code: int, description: str, retry_after_s: float | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after_s = retry_after_s

    def envelope(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        body = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after_s is not None:
            body["parameters"] = {"retry_after": self.retry_after_s}
        return body


def bad_request(reason: str) -> Refusal:
    """
    A 400. The reason's first letter becomes small, as the real server does it, except where the
    second is a capital or an underscore (`BUTTON_DATA_INVALID`).
    """
    if len(reason) < 2 or not (reason[1] == "_" or "A" <= reason[1] <= "Z"):
        reason = reason[:1].lower() + reason[1:]
    return Refusal(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> Refusal:
    """A 403: the person does not want the bot, or is gone."""
    return Refusal(403, f"Forbidden: {reason}")


def conflict(reason: str) -> Refusal:
    """A 409: two ways of receiving updates at once."""
    return Refusal(409, f"Conflict: {reason}")


def too_many_requests(retry_after_s: float) -> Refusal:
    """A 429 with the seconds to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after_s}", retry_after_s)
