"""Cards as PNG: what comes out, that it is drawn once, and that a lost worker is replaced."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from stories.cards import all_cards, common_cards, cover_card, funding_card, step_card
from stories.pack import Chapter
from stories.raster import COLOURS, draw
from stories.rendering import CardRenderer
from tests.two_stories import two_packs

ROOT = Path(__file__).parents[2]


class Counting(Executor):
    """A pool that draws at once, or holds what it was given until it is let go."""

    def __init__(self, *, held=False):
        self.submitted = 0
        self.held = held
        self.waiting: list[Future[bytes]] = []
        self.asked = asyncio.Event()

    def submit(self, fn, /, *args, **kwargs):
        self.submitted += 1
        future: Future[bytes] = Future()
        if self.held:
            self.waiting.append(future)
            self.asked.set()
        else:
            future.set_result(fn(*args, **kwargs))
        return future

    def let_go(self, result):
        for future in self.waiting:
            future.set_result(result)


def a_renderer(folder, pool):
    renderer = CardRenderer(folder)
    renderer._pool = pool
    return renderer


def worker_of(renderer):
    """The process id of the one worker."""
    assert isinstance(renderer._pool, ProcessPoolExecutor)
    (worker,) = renderer._pool._processes
    return worker


def opened(png):
    return Image.open(io.BytesIO(png))


@pytest.fixture(scope="module")
def some_pngs(mala):
    hard = mala.chapter_steps(Chapter.EXPLOITATION)[0]
    pictures = {
        "before": step_card(mala, mala.steps[0], rtl=False),
        "before, rtl": step_card(mala, mala.steps[0], rtl=True),
        "exploitation": step_card(mala, hard, rtl=False),
        "cover": cover_card(rtl=False),
        "cover, rtl": cover_card(rtl=True),
        "funding": funding_card(45, rtl=False),
    }
    return {name: draw(picture.svg()) for name, picture in pictures.items()}


def test_every_kind_of_card_has_the_same_size_few_colours_and_few_bytes(some_pngs):
    for name, png in some_pngs.items():
        picture = opened(png)
        assert (picture.format, picture.mode, picture.size) == ("PNG", "P", (1280, 720)), name
        assert len(picture.getcolors()) <= COLOURS, name
        assert len(png) < 80_000, name


@pytest.mark.parametrize("name", ["before", "cover"])
def test_the_land_is_mirrored_for_the_other_direction(some_pngs, name):
    left = opened(some_pngs[name]).convert("RGB")
    right = opened(some_pngs[f"{name}, rtl"]).convert("RGB")

    def share_that_differs(one, other):
        grey = ImageChops.difference(one, other).convert("L").point(lambda v: 255 if v > 24 else 0)
        return grey.histogram()[255] / (one.width * one.height)

    assert share_that_differs(left, right) > 0.05
    assert share_that_differs(left, ImageOps.mirror(right)) < 0.03


async def test_a_picture_is_drawn_once_and_then_read_from_disk(tmp_path):
    pool = Counting()
    renderer = a_renderer(tmp_path / "cards", pool)
    picture = funding_card(5, rtl=False)

    first = await renderer.png(picture)
    again = await renderer.png(funding_card(7, rtl=False))

    assert first == again
    assert pool.submitted == 1
    assert [file.name for file in (tmp_path / "cards").iterdir()] == [f"{picture.key}.png"]


async def test_two_processes_can_share_a_folder(tmp_path):
    pool = Counting()

    first = await a_renderer(tmp_path, Counting()).png(cover_card(rtl=True))
    second = await a_renderer(tmp_path, pool).png(cover_card(rtl=True))

    assert first == second
    assert pool.submitted == 0


async def test_those_who_ask_at_the_same_time_share_one_drawing(tmp_path):
    pool = Counting(held=True)
    renderer = a_renderer(tmp_path, pool)
    asking = [asyncio.create_task(renderer.png(cover_card(rtl=False))) for _ in range(5)]
    await pool.asked.wait()
    asking[0].cancel()

    pool.let_go(b"a png")

    assert await asyncio.gather(*asking[1:]) == [b"a png"] * 4
    assert pool.submitted == 1
    with pytest.raises(asyncio.CancelledError):
        await asking[0]


async def test_a_file_that_was_cut_short_is_drawn_again(tmp_path):
    picture = funding_card(10, rtl=False)
    whole = await a_renderer(tmp_path, Counting()).png(picture)
    (tmp_path / f"{picture.key}.png").write_bytes(whole[:-20])

    assert await a_renderer(tmp_path, Counting()).png(picture) == whole
    assert (tmp_path / f"{picture.key}.png").read_bytes() == whole


async def test_a_failed_drawing_leaves_nothing_behind_and_can_be_asked_for_again(tmp_path):
    pool = Counting(held=True)
    renderer = a_renderer(tmp_path, pool)
    asking = asyncio.create_task(renderer.png(cover_card(rtl=False)))
    await pool.asked.wait()
    pool.waiting.pop().set_exception(MemoryError())

    with pytest.raises(MemoryError):
        await asking
    assert list(tmp_path.iterdir()) == []

    pool.held = False
    assert opened(await renderer.png(cover_card(rtl=False))).size == (1280, 720)


async def test_a_killed_worker_is_replaced(tmp_path):
    renderer = CardRenderer(tmp_path)
    try:
        await renderer.png(funding_card(15, rtl=False))
        worker = worker_of(renderer)
        os.kill(worker, signal.SIGKILL)

        both = await asyncio.gather(
            renderer.png(funding_card(20, rtl=False)), renderer.png(funding_card(25, rtl=False))
        )

        assert worker_of(renderer) != worker
        assert [opened(png).size for png in both] == [(1280, 720)] * 2
    finally:
        await renderer.close()
    assert renderer._pool is None


CHILD = """
import asyncio, pathlib, sys, time
from stories.cards import cover_card
from stories.rendering import CardRenderer

async def main():
    renderer = CardRenderer(pathlib.Path(sys.argv[1]))
    await renderer.png(cover_card(rtl=False))
    print(*renderer._pool._processes, flush=True)
    await asyncio.sleep(60)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_worker_of_a_killed_process_ends(tmp_path):
    (tmp_path / "child.py").write_text(CHILD)
    with subprocess.Popen(
        [sys.executable, tmp_path / "child.py", tmp_path],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as child:
        assert child.stdout is not None
        worker = int(child.stdout.readline())
        os.kill(worker, 0)
        child.kill()

    for _ in range(200):
        if not is_running(worker):
            return
        time.sleep(0.05)
    pytest.fail(f"worker {worker} outlived its parent")


def is_running(pid):
    """Whether *pid* is a process that has not ended (one that nobody has waited for has)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_all_cards_are_drawn_once_and_each_is_told_of(tmp_path):
    renderer = CardRenderer(tmp_path)
    pictures = [funding_card(percent, rtl=rtl) for percent in (0, 50) for rtl in (False, True)]
    left: list[int] = []

    drawn = await renderer.draw_all([*pictures, pictures[0]], left.append)
    again = await renderer.draw_all(pictures, left.append)

    assert (drawn, again) == (4, 0)
    assert left == [3, 2, 1, 0]
    assert {path.stem for path in tmp_path.iterdir()} == {picture.key for picture in pictures}
    await renderer.close()


def test_every_card_that_a_reader_can_see_is_among_those_that_are_drawn():
    pack = two_packs()[0]
    cards = {card.key for card in all_cards(pack)}

    for rtl in (False, True):
        for step in (*pack.steps, pack.gentle_step):
            assert step_card(pack, step, rtl=rtl).key in cards
    assert {funding_card(37, rtl=True).key, cover_card(rtl=False).key} <= {
        card.key for card in common_cards()
    }


async def test_a_picture_that_is_not_public_is_written_nowhere_and_drawn_once(tmp_path):
    pool = Counting()
    renderer = a_renderer(tmp_path / "cards", pool)
    picture = cover_card(rtl=False)

    first, second = [await renderer.in_memory(picture) for _ in range(2)]

    assert first == second == draw(picture.svg())
    assert pool.submitted == 1
    assert not (tmp_path / "cards").exists()


async def test_a_picture_that_is_public_already_is_not_drawn_again_for_staff(tmp_path):
    pool = Counting()
    renderer = a_renderer(tmp_path, pool)
    public = await renderer.png(cover_card(rtl=False))

    assert await renderer.in_memory(cover_card(rtl=False)) == public
    assert pool.submitted == 1


async def test_only_the_newest_pictures_stay_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("stories.rendering._MOST_IN_MEMORY", 2)
    pool = Counting()
    renderer = a_renderer(tmp_path, pool)

    for percent in (0, 5, 10, 0):
        await renderer.in_memory(funding_card(percent, rtl=False))

    assert pool.submitted == 4
    assert len(renderer._in_memory) == 2
