"""Lists: filters and pages, newest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.stripe.errors import Invalid, no_such
from sandbox.stripe.expand import listed
from sandbox.stripe.params import PAGING, Flag, Many, OneOf, Range, Reader, Record, Text
from sandbox.stripe.vocabulary import SESSION_STATUSES
from sandbox.stripe.world import Obj, World

EVENTS_KEPT_S = 30 * 86_400

_CUSTOMERS = ("customer", "customer_account")


def _filters(*unplayed: str, **fields: Reader) -> Record:
    return Record({**PAGING, "created": Range(), **fields}, unplayed=unplayed)


FILTERS: Mapping[str, Record] = {
    "checkout.session": _filters(
        *_CUSTOMERS, "customer_details", "payment_link", "subscription",
        status=OneOf(SESSION_STATUSES), payment_intent=Text(),
    ),
    "payment_intent": _filters(*_CUSTOMERS),
    "charge": _filters("customer", "transfer_group", payment_intent=Text()),
    "balance_transaction": _filters(
        currency=Text(3), payout=Text(), source=Text(), type=Text()
    ),
    "refund": _filters(charge=Text(), payment_intent=Text()),
    "dispute": _filters(charge=Text(), payment_intent=Text()),
    "event": _filters(delivery_success=Flag(), type=Text(), types=Many(Text(), least=1, most=20)),
    "payout": _filters("destination", arrival_date=Range(), status=Text()),
}  # fmt: skip


def page(world: World, kind: str, asked: Obj, url: str) -> Obj:
    """
    One page of a kind's objects.

    Raises:
        Invalid: filters or cursors that exclude each other.
        Refused: the cursor's object does not exist.
    """
    if "type" in asked and "types" in asked:
        raise Invalid("You may only specify one of these parameters: type, types.", param="types")
    things = [thing for thing in reversed(world.all(kind)) if _fits(world, kind, thing, asked)]
    shown, has_more = _cut(world, kind, things, asked)
    return listed((world.shown(thing) for thing in shown), url, has_more=has_more)


def _cut(world: World, kind: str, things: list[Obj], asked: Obj) -> tuple[list[Obj], bool]:
    limit = asked.get("limit", 10)
    after, before = asked.get("starting_after"), asked.get("ending_before")
    if after is not None and before is not None:
        raise Invalid("You cannot parameterize both starting_after and ending_before.")
    newest_first = [thing["id"] for thing in reversed(world.all(kind))]
    if before is not None:
        newer = set(newest_first[: _place(kind, newest_first, before, "ending_before")])
        kept = [thing for thing in things if thing["id"] in newer]
        return kept[-limit:], len(kept) > limit
    if after is not None:
        older = set(newest_first[_place(kind, newest_first, after, "starting_after") + 1 :])
        things = [thing for thing in things if thing["id"] in older]
    return things[:limit], len(things) > limit


def _place(kind: str, ids: list[str], cursor: str, param: str) -> int:
    if cursor not in ids:
        raise no_such(kind, cursor, param, status=400)
    return ids.index(cursor)


def _within(value: int, bounds: Mapping[str, int]) -> bool:
    tests: dict[str, Callable[[int], bool]] = {
        "gt": lambda bound: value > bound,
        "gte": lambda bound: value >= bound,
        "lt": lambda bound: value < bound,
        "lte": lambda bound: value <= bound,
    }
    return all(tests[name](bound) for name, bound in bounds.items())


def _named(event_type: str, pattern: str) -> bool:
    if pattern.endswith("*"):
        return event_type.startswith(pattern[:-1])
    return event_type == pattern


def _fits(world: World, kind: str, thing: Obj, asked: Obj) -> bool:
    if kind == "event" and thing["created"] < world.now() - EVENTS_KEPT_S:
        return False
    for name, wanted in asked.items():
        if name in PAGING:
            continue
        if not _fits_one(world, kind, thing, name, wanted):
            return False
    return True


def _fits_one(world: World, kind: str, thing: Obj, name: str, wanted: object) -> bool:
    if isinstance(wanted, dict):
        return _within(thing[name], wanted)
    if kind == "event" and isinstance(wanted, list):
        return any(_named(thing["type"], pattern) for pattern in wanted)
    if kind == "event" and name == "type":
        return _named(thing["type"], str(wanted))
    if name == "delivery_success":
        return (thing["pending_webhooks"] == 0) is wanted
    if name == "payout":
        return world.notes.get(thing["id"], {}).get("payout") == wanted
    return bool(thing[name] == wanted)
