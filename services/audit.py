"""
What is written down of every act of staff, and shown to those who look after it.

Write it last in the transaction of the act: whoever writes next waits for its end.
"""

import datetime as dt
from collections.abc import Mapping

from storage import audit as log
from storage.audit import Broken, Entry, Sound
from storage.cases import Case
from storage.database import Connection

__all__ = ["Broken", "Entry", "Sound"]

OPERATOR = "operator"
"""Who acts on the command line without a code of their own."""

PROGRAM = "program"
"""What happens by itself, when a time has come."""


async def record(
    connection: Connection,
    *,
    by: str,
    act: str,
    about: str = "",
    detail: Mapping[str, str | int] | None = None,
    now: dt.datetime,
) -> None:
    """
    Write an act down.

    Args:
        by: The code of who did it, `OPERATOR` or `PROGRAM`.
        act: What was done, as words of English with a dot between: "role.granted".
        about: `of_case` or `of_member`; "" for neither.
        detail: Codes and ids by name. Never a text, a name, a chat or a token.
    """
    await log.append(connection, by=by, act=act, about=about, detail=detail or {}, now=now)


def of_case(case: Case) -> str:
    """What an entry about a case is found by."""
    return f"case {case.code}"


def of_member(code: str) -> str:
    """What an entry about a member of staff is found by."""
    return f"staff {code}"


async def verify(connection: Connection) -> Sound | Broken:
    """Compute the whole chain again."""
    return await log.verify(connection)


async def holds(connection: Connection, sha256: bytes) -> bool:
    """Whether a row has the hash that somebody noted before."""
    return await log.holds(connection, sha256)


async def newest(
    connection: Connection, *, about: str | None = None, most: int | None = None
) -> list[Entry]:
    """What was done, newest first; only *about* one thing, or no more than *most*."""
    return await log.newest(connection, about=about, most=most)
