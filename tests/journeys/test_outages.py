"""
The database crashes again and again, or its disk is full, while gifts arrive: the server lives on,
asks Stripe to come again, and in the end the books are Stripe's to the cent.
"""

import shutil
import subprocess
import tempfile
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest

from storage.migrate import upgrade_async
from tests.journeys.mischief import Outage
from tests.journeys.weather import is_all_there, raging
from tests.postgresql import Server, sql

GIFTS = 24
SMALL_DISK = "96m"


@pytest.fixture
def disk():
    """A small disk of its own; to mount one takes root, and without that the test is skipped."""
    folder = Path(tempfile.mkdtemp(prefix="homeward-disk-"))
    options = ["-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=755", "none", str(folder)]
    if subprocess.run(["mount", *options], check=False, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("a small disk cannot be mounted here: run the tests as root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@asynccontextmanager
async def running(server):
    server.start()
    try:
        sql(server.address, "CREATE DATABASE gifts")
        await upgrade_async(server.address + "gifts")
        yield server.address + "gifts"
    finally:
        server.remove()


def fill(folder):
    """Leave no room on the disk of *folder*."""
    with (folder / "ballast").open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                try:
                    file.write(b"\0" * size)
                except OSError:
                    break


def away_for(away, back, for_s, *, reads_on):
    def outage(nursery, url):
        return Outage(nursery, url, away, back, for_s=for_s, reads_on=reads_on)

    return outage


async def is_weathered(seen):
    assert seen.storm.problems == []
    assert seen.mischief.problems == []
    assert seen.mischief.times >= Outage.LEAST
    assert seen.storm.answers[HTTPStatus.SERVICE_UNAVAILABLE] > 0
    # None: before the server listens for the first time.
    assert {*seen.storm.answers} <= {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE, None}
    await is_all_there(seen)


@pytest.mark.timeout(240)
async def test_postgresql_crashes_under_load(tmp_path):
    server = Server({"fsync": "off"})  # nothing but processes dies here
    async with running(server) as address:
        crashing = away_for(server.crash, server.start, 0.3, reads_on=False)
        async with raging(address, tmp_path, crashing, GIFTS) as seen:
            await is_weathered(seen)


@pytest.mark.timeout(240)
async def test_the_disk_of_sqlite_is_full_and_then_not(migrated_sqlite, disk):
    """The log stands on the same disk."""
    shutil.copyfile(migrated_sqlite, disk / "homeward.db")
    full = away_for(lambda: fill(disk), (disk / "ballast").unlink, 0.8, reads_on=True)
    async with raging(f"sqlite:///{disk}/homeward.db", disk, full, GIFTS) as seen:
        await is_weathered(seen)


@pytest.mark.timeout(240)
async def test_the_disk_of_postgresql_is_full_and_then_not(disk, tmp_path):
    """Its log of writes has room: without that it stops by itself, as in a crash."""
    data = disk / "data"
    data.mkdir(mode=0o700)
    async with running(Server({"fsync": "off"}, data)) as address:
        full = away_for(lambda: fill(disk), (disk / "ballast").unlink, 0.8, reads_on=True)
        async with raging(address, tmp_path, full, GIFTS) as seen:
            await is_weathered(seen)
