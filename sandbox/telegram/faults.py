"""What can be made to go wrong, on demand."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.telegram.refusals import Refusal, bad_request, too_many_requests

Json = dict[str, Any]
Duplicates = Literal["none", "after", "together"]
Drop = Literal["before", "after"]

ANY_METHOD = "*"


@dataclass(slots=True)
class _Planned:
    """A fault that waits for calls of its method (small letters, or `*`)."""

    method: str
    times: int
    refusal: Refusal | None = None
    drop: Drop | None = None


class Weather:
    """
    Faults by chance, until it clears.

    Args:
        methods: Whose calls they befall, by their documented names.
        seed: The same seed brings the same weather.
        too_many: The part of calls that is refused with 429, from 0 to 1.
        retry_after_s: What those are told to wait.
        broken: The part that is refused with 502.
        unheard: The part that is applied, and whose answer is lost.

    Attributes:
        counts: How often each befell, by these names.
    """

    def __init__(
        self,
        methods: Collection[str],
        *,
        seed: int,
        too_many: float = 0.0,
        retry_after_s: float = 1,
        broken: float = 0.0,
        unheard: float = 0.0,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._methods = frozenset(method.lower() for method in methods)
        self._chance = random.Random(seed)  # noqa: S311 - weather, no secret
        self._parts = {"too_many": too_many, "broken": broken, "unheard": unheard}
        self._retry_after_s = retry_after_s

    def take(self, method: str) -> tuple[Refusal | None, Drop | None]:
        """What befalls this call."""
        if method not in self._methods:
            return None, None
        drawn = self._chance.random()
        for what, part in self._parts.items():
            drawn -= part
            if drawn < 0:
                self.counts[what] += 1
                return self._fault(what)
        return None, None

    def _fault(self, what: str) -> tuple[Refusal | None, Drop | None]:
        if what == "too_many":
            return too_many_requests(self._retry_after_s), None
        return (Refusal(502, "Bad Gateway"), None) if what == "broken" else (None, "after")


class Faults:
    """
    The faults in force.

    Attributes:
        duplicates: Deliver every update once ("none"), a second time after it was accepted
            ("after"), or twice at the same time ("together").
        delay_s: Waited before each delivery, in real seconds.
        weather: What befalls calls by chance, beside what is planned; None: nothing.
        on_release: Called when held updates may go.
    """

    def __init__(self) -> None:
        self._planned: list[_Planned] = []
        self._open = asyncio.Event()
        self._open.set()
        self.on_release: Callable[[], None] | None = None
        self.weather: Weather | None = None
        self.duplicates: Duplicates = "none"
        self.delay_s = 0.0

    def fail(
        self,
        method: str = ANY_METHOD,
        times: int = 1,
        *,
        status: int = 500,
        description: str = "Internal Server Error",
        retry_after_s: int | None = None,
    ) -> None:
        """
        Refuse the next *times* calls of *method* without applying them.

        With *retry_after_s* the answer is a 429 in Telegram's words, whatever else is given.
        """
        refusal = Refusal(status, description)
        if retry_after_s is not None:
            text = f"Too Many Requests: retry after {retry_after_s}"
            refusal = Refusal(429, text, retry_after_s)
        self._planned.append(_Planned(method.lower(), times, refusal=refusal))

    def drop(self, method: str = ANY_METHOD, times: int = 1, *, when: Drop = "after") -> None:
        """
        Close the connection of the next *times* calls without an answer: *before* they are applied
        (nothing happened) or *after* (it happened, and the bot cannot know).
        """
        self._planned.append(_Planned(method.lower(), times, drop=when))

    def hold(self) -> None:
        """Deliver no update until `release`."""
        self._open.clear()

    def release(self) -> None:
        """Deliver again."""
        self._open.set()
        if self.on_release is not None:
            self.on_release()

    @property
    def is_held(self) -> bool:
        """Whether updates are held back."""
        return not self._open.is_set()

    def clear(self) -> None:
        """No faults from now on."""
        self._planned.clear()
        self.weather = None
        self.duplicates = "none"
        self.delay_s = 0.0
        self.release()

    async def gate(self) -> None:
        """Wait until an update may be delivered."""
        await self._open.wait()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)

    def take(self, method: str) -> tuple[Refusal | None, Drop | None]:
        """What shall happen to this call; uses up one of its times."""
        for planned in self._planned:
            if planned.method in {method, ANY_METHOD}:
                planned.times -= 1
                if planned.times <= 0:
                    self._planned.remove(planned)
                return planned.refusal, planned.drop
        return (None, None) if self.weather is None else self.weather.take(method)

    def order(self, wish: Json) -> None:
        """
        The same from JSON: any of `clear: true`, `fail: {...}`, `drop: {...}`, `duplicates`,
        `delay_s`, `hold: true|false`. The objects take the arguments of the methods.

        Raises:
            Refusal: 400 if a wish or an argument is not known.
        """
        unknown = wish.keys() - {"clear", "fail", "drop", "duplicates", "delay_s", "hold"}
        if unknown:
            raise bad_request(f"unknown fault: {', '.join(sorted(unknown))}")
        if wish.get("clear"):
            self.clear()
        try:
            if "fail" in wish:
                self.fail(**wish["fail"])
            if "drop" in wish:
                self.drop(**wish["drop"])
        except TypeError as error:
            raise bad_request(str(error)) from None
        if wish.get("duplicates", "none") not in {"none", "after", "together"}:
            raise bad_request("duplicates must be none, after or together")
        self.duplicates = wish.get("duplicates", self.duplicates)
        self.delay_s = float(wish.get("delay_s", self.delay_s))
        if "hold" in wish:
            (self.hold if wish["hold"] else self.release)()

    def shown(self) -> Json:
        """The faults in force as JSON."""
        planned = [
            {
                "method": each.method,
                "times": each.times,
                "fail": each.refusal.envelope() if each.refusal else None,
                "drop": each.drop,
            }
            for each in self._planned
        ]
        return {
            "planned": planned,
            "duplicates": self.duplicates,
            "delay_s": self.delay_s,
            "hold": self.is_held,
        }
