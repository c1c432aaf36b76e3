"""
All that the stand-in knows, as plain JSON, and the one place where it changes its mind about time,
ids and events. An object is kept as Stripe would show it, with nothing expanded.
"""

from __future__ import annotations

import copy
import datetime as dt
import heapq
import random
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.stripe.errors import no_such
from sandbox.stripe.vocabulary import API_VERSION

Obj = dict[str, Any]
Clock = Callable[[], dt.datetime]

_LETTERS = string.ascii_letters + string.digits
_PREFIXES = {
    "cs": "checkout.session",
    "pi": "payment_intent",
    "ch": "charge",
    "py": "charge",
    "txn": "balance_transaction",
    "re": "refund",
    "pyr": "refund",
    "du": "dispute",
    "evt": "event",
    "po": "payout",
}


def kind_of(object_id: str) -> str:
    """Which kind of object bears such an id; an empty string if none does."""
    return _PREFIXES.get(object_id.partition("_")[0], "")


class World:
    """
    Everything that is kept.

    Attributes:
        objects: Kind to id to object, oldest first.
        notes: Object id to what Stripe knows of it and does not show.
        keys: Idempotency key to the answer it stands for.
        waiting: Event id to the state of its delivery.
        settlement: `{"currency": ..., "rate": ...}`, or None to settle in the charge's currency.
    """

    def __init__(self, clock: Clock, *, livemode: bool, randomness: random.Random) -> None:
        self._clock = clock
        self._random = randomness
        self.livemode = livemode
        self.event_api_version = API_VERSION
        self.objects: dict[str, dict[str, Obj]] = {}
        self.notes: dict[str, Obj] = {}
        self.keys: dict[str, Obj] = {}
        self.waiting: dict[str, Obj] = {}
        self.settlement: Obj | None = None
        self._jobs: list[list[Any]] = []
        self._count = 0
        self._asked_by: Obj = {"id": None, "idempotency_key": None}
        self.when_event: Callable[[Obj], None] = lambda _: None
        self.when_changed: Callable[[], None] = lambda: None

    # What survives a restart

    def snapshot(self) -> Obj:
        """All of it, as JSON."""
        return {
            "objects": self.objects,
            "notes": self.notes,
            "keys": self.keys,
            "waiting": self.waiting,
            "settlement": self.settlement,
            "jobs": self._jobs,
            "count": self._count,
        }

    def restore(self, state: Obj) -> None:
        """Take up what `snapshot` gave; an empty mapping is a new world."""
        if not state:
            return
        self.objects = state["objects"]
        self.notes = state["notes"]
        self.keys = state["keys"]
        self.waiting = state["waiting"]
        self.settlement = state["settlement"]
        self._jobs = state["jobs"]
        self._count = state["count"]

    # Time, ids, chance

    def moment(self) -> float:
        """Seconds since 1970, with their fraction."""
        return self._clock().timestamp()

    def now(self) -> int:
        """Seconds since 1970, as objects bear them."""
        return int(self.moment())

    def new_id(self, prefix: str, length: int = 24) -> str:
        """A new id. Never two alike: it ends in a count."""
        self._count += 1
        tail = f"{self._count:06d}"
        head = "".join(self._random.choices(_LETTERS, k=length - len(tail)))
        return f"{prefix}_{head}{tail}"

    # Objects

    def add(self, thing: Obj) -> Obj:
        """Keep a new object."""
        self.objects.setdefault(thing["object"], {})[thing["id"]] = thing
        self.when_changed()
        return thing

    def all(self, kind: str) -> list[Obj]:
        """Every object of a kind, oldest first."""
        return list(self.objects.get(kind, {}).values())

    def get(self, kind: str, object_id: str, param: str = "id", status: int = 404) -> Obj:
        """
        The object itself, not a copy.

        Raises:
            Refused: there is none.
        """
        found = self.objects.get(kind, {}).get(object_id)
        if found is None:
            raise no_such(kind, object_id, param, status)
        return found

    def change(self, thing: Obj, **fields: Any) -> Obj:
        """Set *fields* and give what they were: an event's `previous_attributes`."""
        before = {
            name: copy.deepcopy(thing[name]) for name in fields if thing[name] != fields[name]
        }
        thing.update(fields)
        self.when_changed()
        return before

    def shown(self, thing: Obj) -> Obj:
        """A copy as it looks at this moment."""
        seen = copy.deepcopy(thing)
        if seen["object"] == "balance_transaction":
            seen["status"] = "available" if seen["available_on"] <= self.now() else "pending"
        if seen["object"] == "dispute":
            # Kept as ids, shown whole: the one list that Stripe embeds without being asked.
            kept = self.objects.get("balance_transaction", {})
            seen["balance_transactions"] = [
                self.shown(kept[of]) for of in thing["balance_transactions"]
            ]
        return seen

    # Events

    @contextmanager
    def asked_by(self, request_id: str, idempotency_key: str | None) -> Iterator[None]:
        """Events made inside say which request made them."""
        self._asked_by = {"id": request_id, "idempotency_key": idempotency_key}
        try:
            yield
        finally:
            self._asked_by = {"id": None, "idempotency_key": None}

    def emit(self, event_type: str, thing: Obj, previous: Obj | None = None) -> Obj:
        """Make an event of *thing* as it is now and hand it to whoever delivers."""
        data: Obj = {"object": self.shown(thing)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": self.event_api_version,
            "created": self.now(),
            "data": data,
            "livemode": self.livemode,
            "pending_webhooks": 0,
            "request": dict(self._asked_by),
            "type": event_type,
        }
        self.add(event)
        self.when_event(event)
        return event

    # What happens later by itself

    def later(self, at: float, job: str, object_id: str) -> None:
        """Note that *job* is due for an object at a moment."""
        self._count += 1
        heapq.heappush(self._jobs, [at, self._count, job, object_id])
        self.when_changed()

    def due(self, job: str | None = None) -> Iterator[tuple[str, str]]:
        """
        Take out, in order, what is due by now as (job, object id).

        With *job*, those of that name are taken whether due or not, and no others.
        """
        now = self.moment()
        taken = [
            entry for entry in self._jobs if (entry[0] <= now if job is None else entry[2] == job)
        ]
        if not taken:
            return
        self._jobs = [entry for entry in self._jobs if entry not in taken]
        heapq.heapify(self._jobs)
        self.when_changed()
        for entry in sorted(taken):
            yield entry[2], entry[3]

    def nothing_due(self) -> bool:
        """Whether the next job, if any, still lies ahead."""
        return not self._jobs or self._jobs[0][0] > self.moment()
