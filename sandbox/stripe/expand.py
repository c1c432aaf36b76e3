"""`expand[]`: whole objects in the place of their ids, at most four levels deep."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sandbox.stripe import sessions
from sandbox.stripe.errors import Invalid
from sandbox.stripe.world import Obj, World, kind_of

DEEPEST = 4

_EXPANDABLE: dict[str, dict[str, str]] = {
    "checkout.session": {"payment_intent": "payment_intent", "line_items": "item"},
    "payment_intent": {"latest_charge": "charge"},
    "charge": {
        "balance_transaction": "balance_transaction",
        "failure_balance_transaction": "balance_transaction",
        "payment_intent": "payment_intent",
        "refunds": "refund",
    },
    "refund": {
        "balance_transaction": "balance_transaction",
        "failure_balance_transaction": "balance_transaction",
        "charge": "charge",
        "payment_intent": "payment_intent",
    },
    "dispute": {"charge": "charge", "payment_intent": "payment_intent"},
    "balance_transaction": {"source": ""},
    "payout": {"balance_transaction": "balance_transaction"},
}
"""Kind to field to the kind that is found there; an empty word when it depends on the id."""


def listed(things: Iterable[Obj], url: str, *, has_more: bool = False) -> Obj:
    """A list object."""
    return {"object": "list", "data": list(things), "has_more": has_more, "url": url}


def expand(world: World, answer: Obj, paths: Iterable[str]) -> Obj:
    """
    Expand *paths* of an object or of a list, in place.

    Raises:
        Invalid: a path leads to something that cannot be expanded, or too deep.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEEPEST:
            raise Invalid(f"You cannot expand more than {DEEPEST} levels: {path}", param="expand")
        _walk(world, answer, parts, path)
    return answer


def _walk(world: World, holder: Obj, parts: list[str], path: str) -> None:
    if not parts:
        return
    head, rest = parts[0], parts[1:]
    if holder["object"] == "list":
        if head != "data":
            raise _not_expandable(path)
        for thing in holder["data"]:
            _walk(world, thing, rest, path)
        return
    kind = _EXPANDABLE.get(holder["object"], {}).get(head)
    if kind is None:
        raise _not_expandable(path)
    _possible(kind, rest, path)
    if head in _INCLUDED:
        if not isinstance(holder.get(head), dict):
            holder[head] = _INCLUDED[head](world, holder)
    elif isinstance(holder.get(head), str):
        holder[head] = world.shown(world.get(kind or kind_of(holder[head]), holder[head]))
    if isinstance(holder.get(head), dict):
        _walk(world, holder[head], rest, path)


def _possible(kind: str, rest: list[str], path: str) -> None:
    """Refuse a path that could never lead anywhere, also where the value is null today."""
    for part in rest:
        if part == "data" or not kind:
            continue
        if part not in _EXPANDABLE.get(kind, {}):
            raise _not_expandable(path)
        kind = _EXPANDABLE[kind][part]


def _line_items(world: World, session: Obj) -> Obj:
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    return listed(sessions.line_items(world, session), url)


def _refunds(world: World, charge: Obj) -> Obj:
    of_it = [world.shown(r) for r in world.all("refund") if r["charge"] == charge["id"]]
    return listed(reversed(of_it), f"/v1/charges/{charge['id']}/refunds")


_INCLUDED: dict[str, Callable[[World, Obj], Obj]] = {"line_items": _line_items, "refunds": _refunds}


def _not_expandable(path: str) -> Invalid:
    return Invalid(f"This property cannot be expanded ({path}).", param="expand")
