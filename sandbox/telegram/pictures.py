"""
Photos: their measures, their ids, and where their bytes lie.

A photo is shown by Telegram in several sizes; here all sizes give the same bytes, because the
stand-in has no library to scale a picture with, and nothing of ours asks for the small ones.
"""

import base64
import hashlib
import struct
from pathlib import Path
from typing import Any

from sandbox.telegram.refusals import bad_request

Json = dict[str, Any]

MOST_PHOTO_BYTES = 10 * 1024 * 1024
_WIDEST = 10_000
_MOST_RATIO = 20
_SIDES = (90, 320, 800, 1280)
_WRONG_ID = "wrong file identifier/HTTP URL specified"


class Pictures:
    """
    Every photo that was uploaded.

    Args:
        folder: Where bytes are kept, one file named by its content's hash. None keeps them in
            memory.
        bot_id: Goes into file ids: an id of one bot is of no use to another.
    """

    def __init__(self, folder: Path | None, bot_id: int) -> None:
        self._folder = folder
        self._bot_id = bot_id
        self._in_memory: dict[str, bytes] = {}
        self._count = 0
        self._by_file_id: dict[str, str] = {}
        self._by_unique_id: dict[str, Json] = {}

    def add(self, content: bytes) -> list[Json]:
        """
        Take an upload; the PhotoSize objects, smallest first. The same bytes sent again are a new
        photo with new ids, as at Telegram.

        Raises:
            Refusal: not a picture, too large, or badly proportioned.
        """
        if len(content) > MOST_PHOTO_BYTES:
            raise bad_request(
                f"file of size {len(content)} bytes is too big for a photo; "
                f"the maximum size is {MOST_PHOTO_BYTES} bytes"
            )
        suffix, width, height = measure(content)
        short, long = sorted((width, height))
        if width + height > _WIDEST or long > short * _MOST_RATIO:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        digest = hashlib.sha256(content).hexdigest()
        self._count += 1
        name = f"{self._bot_id}/{self._count}/{digest}"
        unique_id = "AQAD" + _letters(f"unique/{name}", 8)
        sizes = _sizes(name, unique_id, width, height, len(content))
        self._keep(digest, content)
        self._by_unique_id[unique_id] = {"sha256": digest, "suffix": suffix, "sizes": sizes}
        self._index(unique_id, sizes)
        return sizes

    def find(self, file_id: str) -> list[Json]:
        """
        The sizes of the photo that *file_id* names.

        Raises:
            Refusal: there is none.
        """
        unique_id = self._by_file_id.get(file_id)
        if unique_id is None:
            raise bad_request(_WRONG_ID)
        sizes: list[Json] = self._by_unique_id[unique_id]["sizes"]
        return sizes

    def file(self, file_id: str) -> Json:
        """
        The File object of getFile.

        Raises:
            Refusal: there is no such file.
        """
        sizes = {size["file_id"]: size for size in self.find(file_id)}
        size = sizes[file_id]
        unique_id = self._by_file_id[file_id]
        return {
            "file_id": file_id,
            "file_unique_id": size["file_unique_id"],
            "file_size": size["file_size"],
            "file_path": f"photos/{unique_id}.{self._by_unique_id[unique_id]['suffix']}",
        }

    def read(self, unique_id: str) -> tuple[bytes, str] | None:
        """
        The bytes and their media type by the unique id of any size; None if there are none.
        """
        entry = self._by_unique_id.get(unique_id)
        if entry is None:
            return None
        digest = entry["sha256"]
        if self._folder is None:
            content = self._in_memory[digest]
        else:
            content = (self._folder / digest).read_bytes()
        kind = "jpeg" if entry["suffix"] == "jpg" else entry["suffix"]
        return content, f"image/{kind}"

    def forget_ids(self) -> None:
        """From now on every file id given so far is wrong. Messages keep their pictures."""
        self._by_file_id.clear()

    def state(self) -> Json:
        """What `restore` needs."""
        known = sorted(set(self._by_file_id.values()))
        return {"count": self._count, "photos": self._by_unique_id, "known": known}

    def restore(self, state: Json) -> None:
        """Take up what `state` gave."""
        self._count = state["count"]
        self._by_unique_id = state["photos"]
        for unique_id in state["known"]:
            self._index(unique_id, self._by_unique_id[unique_id]["sizes"])

    def _index(self, unique_id: str, sizes: list[Json]) -> None:
        for size in sizes:
            self._by_file_id[size["file_id"]] = unique_id

    def _keep(self, digest: str, content: bytes) -> None:
        if self._folder is None:
            self._in_memory[digest] = content
            return
        path = self._folder / digest
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            neighbour = path.with_suffix(".new")
            neighbour.write_bytes(content)
            neighbour.replace(path)


def measure(content: bytes) -> tuple[str, int, int]:
    """
    Suffix, width and height of a PNG, JPEG, GIF or WebP picture.

    Raises:
        Refusal: it is none of them.
    """
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 24:
        width, height = struct.unpack(">II", content[16:24])
        return "png", width, height
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) > 10:
        width, height = struct.unpack("<HH", content[6:10])
        return "gif", width, height
    if content.startswith(b"\xff\xd8"):
        return "jpg", *_measure_jpeg(content)
    if content[:4] == b"RIFF" and content[8:15] == b"WEBPVP8" and len(content) > 30:
        return "webp", *_measure_webp(content)
    raise bad_request("IMAGE_PROCESS_FAILED")


def _measure_jpeg(content: bytes) -> tuple[int, int]:
    """Walk the segments up to the frame header, the first of C0..CF that is no table."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", content[at + 2 : at + 4])[0])
    raise bad_request("IMAGE_PROCESS_FAILED")


def _measure_webp(content: bytes) -> tuple[int, int]:
    kind = content[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _sizes(name: str, unique_id: str, width: int, height: int, file_bytes: int) -> list[Json]:
    """PhotoSize objects; the last is the largest and carries the photo's own unique id."""
    longest = max(width, height)
    sides = [side for side in _SIDES if side < longest] + [min(longest, _SIDES[-1])]
    sizes = []
    for side in dict.fromkeys(sides):
        is_largest = side == sides[-1]
        sizes.append(
            {
                "file_id": "AgACAgIAAxkD" + _letters(f"{name}/{side}", 45),
                "file_unique_id": unique_id
                if is_largest
                else "AQAD" + _letters(name + str(side), 8),
                "width": max(1, width * side // longest),
                "height": max(1, height * side // longest),
                "file_size": max(1, file_bytes * side * side // (longest * longest)),
            }
        )
    return sizes


def _letters(name: str, count: int) -> str:
    digest = hashlib.sha512(name.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:count]
