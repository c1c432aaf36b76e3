"""
Idempotency keys. The first result of a key is what every later call with it gets, errors included.

Source: docs.stripe.com/api/idempotent_requests (read 2026-11): results are kept once a request
began to run, 500s too; a request that failed validation or met a concurrent one is not kept; the
same key with other parameters is an error; keys may be forgotten after 24 hours; 255 characters.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sandbox.stripe.errors import Invalid, Refused
from sandbox.stripe.world import World

KEPT_S = 24 * 3600
LONGEST = 255


@dataclass(frozen=True)
class Answer:
    """A status and the JSON that goes with it."""

    status: int
    body: dict[str, Any]


class Keys:
    """The keys of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: set[str] = set()

    def begin(self, key: str, method: str, path: str, raw: object) -> tuple[Answer, str] | None:
        """
        Start a call under *key*; end it with `finish`.

        Returns:
            What the first call got, and that call's request id; None if this is the first.

        Raises:
            Refused: the key is too long, was used for something else, or is in use just now.
        """
        if len(key) > LONGEST:
            raise Invalid(f"Idempotency keys must be at most {LONGEST} characters.")
        found = self._world.keys.get(key)
        if found is not None and found["at"] < self._world.moment() - KEPT_S:
            del self._world.keys[key]
            found = None
        if found is not None and found["of"] != _fingerprint(method, path, raw):
            raise Refused(
                f"Keys for idempotent requests can only be used with the endpoint and parameters "
                f"they were first used with. Use another key than '{key}' for another request.",
                kind="idempotency_error",
                kept=False,
            )
        if key in self._running:
            raise Refused(
                f"Another request with the key '{key}' is under way.",
                status=409,
                code="idempotency_key_in_use",
                kept=False,
            )
        self._running.add(key)
        if found is None:
            return None
        return Answer(found["status"], found["body"]), found["request_id"]

    def keep(
        self, key: str, method: str, path: str, raw: object, answer: Answer, request_id: str
    ) -> None:
        """Remember the first result of *key*. Later ones change nothing."""
        self._world.keys.setdefault(
            key,
            {
                "of": _fingerprint(method, path, raw),
                "status": answer.status,
                "body": answer.body,
                "request_id": request_id,
                "at": self._world.moment(),
            },
        )
        self._world.when_changed()

    def finish(self, key: str) -> None:
        """The call is over."""
        self._running.discard(key)


def _fingerprint(method: str, path: str, raw: object) -> str:
    told = json.dumps([method, path, raw], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
