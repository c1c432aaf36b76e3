"""Members of staff for tests of every room."""

import datetime as dt

from storage import cases
from storage import staff as staff_rows
from storage.staff import Role

_THEN = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


async def a_member(connection, code, *roles, invented=True, chat=None, seal=None, secret=b"s" * 20):
    """
    A member of staff with *roles*, which two others gave; hand back their id.

    Args:
        chat: Where they write to the bot from; None: they have no way in. It needs *seal*.
    """
    one, other = [
        await cases.add_staff(connection, name, invented=True) for name in ("giver", "other giver")
    ]
    staff_id = await cases.add_staff(connection, code, invented=invented)
    for role in roles:
        await staff_rows.give_role(
            connection, staff_id, Role(role), requester_id=one, decider_id=other, now=_THEN
        )
    if chat is not None:
        await staff_rows.give_access(
            connection, seal, staff_id, chat_id=chat, secret=secret, now=_THEN
        )
    return staff_id
