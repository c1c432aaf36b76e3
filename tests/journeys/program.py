"""The program, for journeys: all of it in this process, over real HTTP, or as processes to kill."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from homeward import running
from homeward.assembly import assembled
from homeward.sample_cases import load_samples
from homeward.settings import load
from services.verifying import verify
from tests.journeys.steps import labels

PROCESSES = ("serve", "worker")
"""The commands that serve for real."""


class Town:
    """The program and the world outside it, as one sees them from outside."""

    def __init__(self, settings, outside):
        self.settings = settings
        self.outside = outside
        self.telegram = outside.telegram
        self.stripe = outside.stripe
        self.url = settings.public_url

    async def page(self, path, **params):
        """A page of the companion page: its text. Anything but 200 fails."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.url + path, params=params) as answer,
        ):
            text = await answer.text()
            assert answer.status == 200, (path, answer.status, text[:500])
            return text

    async def is_up(self):
        """Whether the web process is able to serve."""
        try:
            return await self.status("/readyz") == 200
        except aiohttp.ClientError:
            return False

    async def status(self, path):
        """What a page answers with."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path) as answer:
            return answer.status

    async def settled(self):
        """Wait until nothing is on its way in either direction."""
        await self.outside.settled()

    async def until(self, true, what, timeout_s=15.0):
        """Wait until *true* gives something true; hand it back."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while asyncio.get_running_loop().time() < deadline:
            found = true()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.05)
        few = self.telegram.people[:5]
        seen = {person.name: (person.last_text, person.buttons) for person in few}
        raise AssertionError(f"waited {timeout_s} s for: {what}; people see {seen}")

    async def press(self, person, button):
        """Press a button as soon as it is there, and wait until the bot has dealt with it."""
        await self.until(lambda: button in labels(person), f"the button {button}", 30)
        await person.press(button)
        await self.telegram.settled()

    async def send(self, person, text):
        """Write to the bot, and wait until it has dealt with it."""
        await person.send(text)
        await self.telegram.settled()

    async def differences(self, database):
        """What is wrong with the books; an empty list if they are sound."""
        async with database.read() as connection:
            return await verify(connection)


@asynccontextmanager
async def program_inside(given, outside):
    """The whole program in this process, on its own port."""
    settings = load(_env_file=None, **given)
    await load_samples(settings)
    stop = asyncio.Event()
    async with assembled(settings) as parts, asyncio.TaskGroup() as group:
        await running.announce(parts)
        group.create_task(running.web(parts, stop))
        group.create_task(running.background(parts, stop))
        try:
            yield Town(settings, outside)
        finally:
            stop.set()


class Processes:
    """
    Commands of `homeward` as processes that can be killed at any moment; none outlives it.

    What they print is in `printed.txt` of their data folder.
    """

    def __init__(self, environment):
        self._environment = {**os.environ, **environment}
        self._printed = Path(environment["DATA_DIR"]) / "printed.txt"
        self._running = {}
        self._starting = asyncio.Lock()

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_exception):
        await self.stop()

    async def start(self, *names):
        """Start the commands *names*; one that runs already stays."""
        # One after the other: two who start the same command at once would start it twice.
        async with self._starting:
            await self._start(*names)

    async def _start(self, *names):
        for name in names:
            if name not in self._running or self._running[name].returncode is not None:
                with self._printed.open("ab") as printed:
                    self._running[name] = await asyncio.create_subprocess_exec(
                        sys.executable, "-m", "homeward", name,
                        env=self._environment, stdin=asyncio.subprocess.DEVNULL,
                        stdout=printed, stderr=printed,
                    )  # fmt: skip

    async def run(self, *words):
        """Run a command to its end; hand back what it printed. Anything but success fails."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "homeward", *words,
            env=self._environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        printed, _ = await process.communicate()
        assert process.returncode == 0, (words, printed)
        return printed.decode()

    async def kill(self, *names):
        """Kill with -9, at once."""
        for name in names:
            process = self._running.get(name)
            if process is not None and process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()

    async def stop(self):
        """Ask all of them to end, and wait."""
        for process in self._running.values():
            if process.returncode is None:
                process.terminate()
        for process in self._running.values():
            await asyncio.wait_for(process.wait(), 20)
