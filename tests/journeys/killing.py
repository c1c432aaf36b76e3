"""Killing the program with -9 at chosen moments of its talk with the outside world."""

import asyncio

from sandbox.stripe.faults import Fault


class Guillotine:
    """
    Kills all processes at each kind of request that the program makes outside: the first time
    before it is done there, the second time after it was done and before the program hears of it.
    Each time the program is started again.
    """

    def __init__(self, town, processes, names, when_down):
        self._town = town
        self._processes = processes
        self._names = names
        self._when_down = when_down
        self._restarts = []
        self._fallen = {}
        self.is_armed = False
        town.telegram.on_request = lambda method, _params: self._strike("before", method)
        town.telegram.on_response = lambda method, _params: self._strike("after", method)
        town.stripe.on_request = lambda call: self._strike("before", _named(call))
        town.stripe.on_response = lambda call: self._strike("after", _named(call))

    @property
    def moments(self):
        """What has been struck: ("before", "sendPhoto") and so on."""
        return {(edge, what) for what, edges in self._fallen.items() for edge in edges}

    async def finished(self):
        """Wait until what was killed runs again."""
        await asyncio.gather(*self._restarts)

    async def _strike(self, edge, what):
        if what == "getMe":
            return  # asked at every start, which is no step of a gift
        struck = self._fallen.setdefault(what, [])
        due = "before" if not struck else "after"
        if not self.is_armed or edge in struck or edge != due:
            return
        struck.append(edge)
        await self._processes.kill(*self._names)
        if edge == "before":
            self._never_applied(what)
        self._restarts.append(asyncio.create_task(self._start_again()))

    def _never_applied(self, what):
        if " " in what:
            method, path = what.split(" ")
            self._town.stripe.fail(Fault(method=method, path=path, drop=True))
        else:
            self._town.telegram.faults.drop(what, 1, when="before")

    async def _start_again(self):
        await self._when_down()
        await self._processes.start(*self._names)


def _named(call):
    parts = call.path.split("/")
    return f"{call.method} {'/'.join(parts[:4])}"
