"""
What a card costs: drawing one, showing one that is drawn, and how large it is.

    python -m benchmarks.cards [--cards N]

Drawing is measured on one processor and on all; showing is what `CardRenderer.png` takes for a card
that lies on the disk, beside reading the same file with nothing around it (the floor). In the chat
even that is done once: Telegram keeps what was uploaded.
"""

import argparse
import asyncio
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from stories.cards import all_cards
from stories.pack import shipped_packs
from stories.raster import draw
from stories.rendering import CardRenderer

_console = Console(width=100)


async def measure(many: int) -> None:
    """Print the table."""
    pictures = [card for pack in shipped_packs() for card in all_cards(pack)][:many]
    table = Table("what", "figure", title=f"{len(pictures)} cards of the stories that ship")
    alone = [await asyncio.to_thread(_one, picture.svg()) for picture in pictures[:20]]
    seconds = statistics.median(took for took, _ in alone)
    table.add_row("a card on one processor", f"{seconds * 1000:.0f} ms (median of {len(alone)})")
    with tempfile.TemporaryDirectory() as folder:
        renderer = CardRenderer(Path(folder))
        started = time.perf_counter()
        drawn = await renderer.draw_all(pictures, lambda _left: None)
        took = time.perf_counter() - started
        table.add_row(f"cards a second on {os.cpu_count()}", f"{drawn / took:.1f}")
        sizes, floor = await asyncio.to_thread(_read_all, Path(folder))
        middle = statistics.median(sizes)
        table.add_row("bytes a card", f"{middle:,.0f} (median), {sizes[-1]:,} at most")
        started = time.perf_counter()
        for picture in pictures:
            await renderer.png(picture)
        shown = (time.perf_counter() - started) / len(pictures)
        await renderer.close()
    table.add_row("showing one that is drawn", f"{shown * 1e6:.0f} µs: {1 / shown:,.0f} a second")
    table.add_row("reading the file alone", f"{floor * 1e6:.0f} µs")
    table.add_row("drawn beforehand, that is", f"{seconds / shown:,.0f} times as fast")
    _console.print(table)


def _read_all(folder: Path) -> tuple[list[int], float]:
    """The sizes of the files in order; how many seconds it takes to read one."""
    paths = list(folder.iterdir())
    started = time.perf_counter()
    sizes = sorted(len(path.read_bytes()) for path in paths)
    return sizes, (time.perf_counter() - started) / len(paths)


def _one(svg: str) -> tuple[float, bytes]:
    started = time.perf_counter()
    drawn = draw(svg)
    return time.perf_counter() - started, drawn


def main() -> None:
    """Read the arguments, measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cards", type=int, default=60)
    wanted = parser.parse_args()
    _console.print(
        f"{os.cpu_count()} processors, {sys.platform}, Python {platform.python_version()}"
    )
    asyncio.run(measure(wanted.cards))


if __name__ == "__main__":
    main()
