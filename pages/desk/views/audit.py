"""The log of acts, newest first; of one case or one member of staff, or of all."""

import re

from aiohttp import web

from pages.desk.visit import Desk
from services import audit

_MOST = 200
_CODE = re.compile(r"[a-z0-9-]{1,32}")


async def show(desk: Desk) -> web.Response:
    """The newest entries; and whether the chain of all of them holds, if that is asked for."""
    case, code = (desk.request.query.get(name, "") for name in ("case", "staff"))
    about = None
    if _CODE.fullmatch(case):
        about = f"case {case}"
    elif _CODE.fullmatch(code):
        about = audit.of_member(code)
    async with desk.house.read() as connection:
        entries = await audit.newest(connection, about=about, most=_MOST)
        chain = await audit.verify(connection) if "check" in desk.request.query else None
    return desk.html(
        "audit.html",
        entries=entries,
        about=about,
        broken=chain if isinstance(chain, audit.Broken) else None,
        sound=chain if isinstance(chain, audit.Sound) else None,
    )
