"""
How the stand-in says no: with the status, type, code and param that Stripe would give.

    Refused                 any answer that is not 2xx
        Invalid             400 before anything ran; never kept under an idempotency key
        Unplayed            Stripe has this, the stand-in does not; said loudly, never guessed

Source: docs.stripe.com/api/errors, docs.stripe.com/error-codes (read 2026-11).
"""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """
    An error answer.

    Attributes:
        status: HTTP status.
        kept: Whether the answer is remembered under the request's idempotency key. Stripe keeps
            what came out of a request that began to run, and forgets what failed validation.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kept = kept
        self._fields = {"type": kind, "message": message, "code": code, "param": param}

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        return {"error": {name: value for name, value in self._fields.items() if value is not None}}


class Invalid(Refused):
    """A parameter is unknown, missing or not what it must be."""

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message, code=code, param=param, kept=False)


class Unplayed(Invalid):
    """Stripe would take this parameter; the stand-in does not act it out and says so."""

    def __init__(self, param: str) -> None:
        super().__init__(
            f"The stand-in for Stripe does not play {param}. Leave it out or teach it.",
            code="stand_in_does_not_play",
            param=param,
        )


def unknown(param: str) -> Invalid:
    """No such parameter."""
    return Invalid(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def missing(param: str) -> Invalid:
    """A required parameter was not sent."""
    return Invalid(f"Missing required param: {param}.", code="parameter_missing", param=param)


def no_such(kind: str, object_id: str, param: str = "id", status: int = 404) -> Refused:
    """No object of that kind bears that id. In a body or a filter Stripe answers 400 instead."""
    return Refused(
        f"No such {kind.replace('.', ' ').replace('_', ' ')}: '{object_id}'",
        status=status,
        code="resource_missing",
        param=param,
        kept=False,
    )


def wrong_key(shown: str) -> Refused:
    """The API key is not the one. All but its last four characters are hidden."""
    hidden = "*" * max(0, len(shown) - 4) + shown[-4:]
    return Refused(f"Invalid API Key provided: {hidden}", status=401, kept=False)
