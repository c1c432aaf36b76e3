"""Faults on demand: the next calls that match fail, are cut off, or are slow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass
class Fault:
    """
    What goes wrong with the next *times* calls of *method* whose path begins with *path*.

    Attributes:
        method: GET, POST, or an empty string for both.
        path: As in `/v1/checkout/sessions`.
        when: Before anything is applied, or after it is applied and before the answer is written.
        status: Answer with this status. None answers as usual (a delay or a drop is meant).
        body: The JSON of that answer; None writes Stripe's usual error for the status.
        headers: Added to that answer.
        kept: Whether that answer is stored under the idempotency key, if one was sent. None is as
            Stripe does it: 500 is, everything else is not.
        drop: Cut the connection instead of answering.
        delay_s: Wait so long first.
    """

    method: str = ""
    path: str = "/v1/"
    times: int = 1
    when: Literal["before", "after"] = "before"
    status: int | None = None
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    kept: bool | None = None
    drop: bool = False
    delay_s: float = 0.0

    def __post_init__(self) -> None:
        if self.when not in {"before", "after"}:
            raise ValueError(f"when must be 'before' or 'after', got {self.when!r}")

    def matches(self, method: str, path: str) -> bool:
        """Whether a call is one of those."""
        return self.times > 0 and self.method in {"", method} and path.startswith(self.path)

    @property
    def is_kept(self) -> bool:
        """Whether the answer goes under the idempotency key."""
        return self.status == 500 if self.kept is None else self.kept

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Status and body."""
        status = self.status or 500
        if self.body is not None:
            return status, self.body
        kind, code, message = _USUAL.get(status, ("api_error", None, "An error occurred."))
        error = {"type": kind, "message": message}
        return status, {"error": {**error, **({"code": code} if code else {})}}


_USUAL: dict[int, tuple[str, str | None, str]] = {
    400: ("invalid_request_error", None, "The request was refused."),
    402: ("card_error", "card_declined", "Your card was declined."),
    409: ("invalid_request_error", "lock_timeout", "The object is in use. Try again."),
    429: ("invalid_request_error", "rate_limit", "Too many requests. Try again later."),
}


class Faults:
    """Those that are set, taken in order."""

    def __init__(self) -> None:
        self._set: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set one more."""
        self._set.append(fault)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._set.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first that matches; one of its times is used up."""
        for fault in self._set:
            if fault.matches(method, path):
                fault.times -= 1
                return fault
        return None
