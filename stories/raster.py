"""
From SVG to PNG, in the process that does nothing else.

This module imports little, since that process loads it anew.
"""

import io
import multiprocessing
import os
import signal
import threading

import resvg_py
from PIL import Image

COLOURS = 256
"""A card has few; with this many it looks the same and is a third of the size."""

END_OF_PNG = b"\x00\x00\x00\x00IEND\xaeB`\x82"
"""The last chunk of every PNG: a file without it was cut short. Source: w3.org/TR/png-3, 11.2.5."""


def draw(svg: str) -> bytes:
    """Turn *svg* into a PNG of at most `COLOURS` colours. Holds the interpreter's lock."""
    picture = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg))))
    few = picture.convert("RGB").quantize(
        COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()


def follow_parent() -> None:
    """
    Make this worker end when its parent has ended, however that came about, and not before.

    A killed parent cannot tell its workers; one that is interrupted from the keyboard ends them
    itself.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)
