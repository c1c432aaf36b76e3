"""The desk's first page: what waits for who is here, and the ways on."""

from aiohttp import web

from pages.desk.visit import Desk
from services import desk_home, desk_words


async def show(desk: Desk) -> web.Response:
    """What waits, by role."""
    seen = await desk_home.look(desk.house, desk.here.member)
    words = await desk_words.waiting(desk.house, desk.here.member)
    return desk.html("home.html", seen=seen, words=words)
