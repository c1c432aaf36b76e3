"""What followers are told: who gets it, how far it is, and the buttons that stop it."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from pages.desk.visit import Desk
from services import broadcast_acts
from services.broadcast_acts import BroadcastState, DeliveryState, Kind, NotAllowed, NotNow, Unknown

_LOOK_AGAIN_S = 5
_ACTS: dict[str, Callable[..., Awaitable[object]]] = {
    "go_on": broadcast_acts.go_on,
    "cancel": broadcast_acts.cancel,
    "retract": broadcast_acts.retract,
    "resend": broadcast_acts.resend,
}


async def show(desk: Desk) -> web.Response:
    """The last broadcasts, newest first."""
    return desk.html("news.html", seen=await broadcast_acts.listed(desk.house))


async def one(desk: Desk) -> web.Response:
    """One broadcast; while it is being sent the page looks again by itself."""
    return await _page(desk)


async def pause(desk: Desk) -> web.Response:
    """Stop it for now: one press, no code."""
    return await _after(desk, await broadcast_acts.pause(desk.house, _number(desk), by=desk.code))


async def act(desk: Desk) -> web.Response:
    """Let it go on, cancel it, take it back, or send again what is uncertain."""
    what = _ACTS.get(desk.sent.get("act", ""))
    if what is None:
        raise web.HTTPNotFound
    return await _after(desk, await what(desk.house, _number(desk), by=desk.code))


async def _after(desk: Desk, done: object) -> web.Response:
    if isinstance(done, Unknown | NotAllowed):
        raise web.HTTPNotFound
    if isinstance(done, NotNow):
        return await _page(desk, f"It is {done.state} by now.")
    return desk.redirect(f"/news/{_number(desk)}", "news_changed")


async def _page(desk: Desk, problem: str | None = None) -> web.Response:
    seen = await broadcast_acts.show(desk.house, _number(desk))
    if isinstance(seen, Unknown):
        raise web.HTTPNotFound
    uncertain = await broadcast_acts.uncertain(desk.house, _number(desk))
    response = desk.html(
        "news_one.html",
        409 if problem else 200,
        seen=seen,
        uncertain=uncertain,
        problem=problem,
        State=BroadcastState,
        Delivery=DeliveryState,
        is_shared=seen.broadcast.kind is not Kind.DIGEST,
    )
    if seen.broadcast.state is BroadcastState.RUNNING and not desk.sent:
        response.headers["Refresh"] = str(_LOOK_AGAIN_S)
    return response


def _number(desk: Desk) -> int:
    return int(desk.request.match_info["number"])
