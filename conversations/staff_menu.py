"""
The staff's menu in the chat: spending, milestones, what waits, and taking a story back.

Only what is safe in a chat: no text of a draft, no note. What moves money or publishes wants the
code of the app in the same message, and that message is deleted afterwards.

As the desk it speaks English alone. Who is not of the staff never learns that it is there.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conversations import staff_deciding, staff_spending, staff_telling
from conversations.routes import NotARoute, Staff, decode, encode
from conversations.screens import Button, Piece, Row, Screen
from conversations.staff_parts import Turn, listed, paged, told
from conversations.visit import Commanded, Did, Tapped, Wrote
from locales.pleas import is_plea
from locales.text import Name, Text
from services import chat_acts, recalling
from services.chat_acts import Member
from services.house import House, Person
from services.permits import Act, may

COMMANDS = MappingProxyType({"staff": Staff("menu"), "recall": Staff("pick", "recall")})


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a member of staff wants of the menu.

    Attributes:
        typed: What they wrote, where the screen asked for it; None if they pressed or commanded.
    """

    route: Staff
    typed: str | None = None


def asked(did: Did, person: Person | None) -> Asked | None:
    """What is wanted of the menu; None if nothing is. A plea for help never is."""
    match did:
        case Commanded(name, _) if name in COMMANDS:
            return Asked(COMMANDS[name])
        case Tapped(data):
            route = _staff_route(data)
            return None if route is None else Asked(route)
        case Wrote(text) if person is not None and person.awaiting and not is_plea(text):
            route = _staff_route(person.awaiting)
            return None if route is None else Asked(route, text)
        case _:
            return None


async def answer(house: House, member: Member, chat_id: int, wanted: Asked, key: str) -> Screen:
    """
    Do what is wanted, and hand back the screen that tells what came of it.

    Args:
        key: Names the incoming update, so that a repeat does nothing twice.
    """
    route = wanted.route
    turn = Turn(house, member, route, (wanted.typed or "").strip(), key)
    if wanted.typed is not None:
        typed = await _TYPED.get(route.screen, _typed_nothing)(turn)
        if not typed.asks_again:
            await chat_acts.wait_for(house, chat_id, None)
        return typed.screen
    await chat_acts.wait_for(house, chat_id, encode(route) if route.screen in _TYPED else None)
    return await SCREENS.get(route.screen, _menu)(turn)


def _staff_route(data: str) -> Staff | None:
    try:
        route = decode(data)
    except NotARoute:
        return None
    return route if isinstance(route, Staff) else None


async def _typed_nothing(turn: Turn) -> staff_deciding.Typed:
    return staff_deciding.Typed(await _menu(turn))


async def _menu(turn: Turn) -> Screen:
    there = await chat_acts.menu(turn.house, turn.member)
    rows: list[Row] = []
    for each in there.spending:
        label = Text(
            "{case}: {amount} to decide on",
            {"case": each.case.slug, "amount": each.spending.amount},
        )
        rows.append((Button(label, Staff("look", "spent", str(each.spending.id))),))
    for news in there.updates:
        label = Text("{case}: news to decide on", {"case": news.case.slug})
        rows.append((Button(label, Staff("look", "news", str(news.update.id))),))
    ways = (
        (Act.RECORD_SPENDING, "Record spending", Staff("pick", "spend")),
        (Act.WRITE_UPDATE, "Tell a milestone", Staff("pick", "news")),
        (Act.RECALL, "Take a story back", Staff("pick", "recall")),
    )
    rows += [
        (Button(Text(label), route),) for act, label, route in ways if may(turn.member.roles, act)
    ]
    return Screen((tuple(_menu_lines(there)),), None, tuple(rows), is_story=True)


def _menu_lines(there: chat_acts.Menu) -> list[Piece]:
    waiting, rung = len(there.spending) + len(there.updates), there.alarms
    lines: list[Piece] = [Text("<b>The staff's menu</b>")]
    if waiting:
        lines.append(Text("One thing waits.", {}, "{count} things wait.", waiting))
    else:
        lines.append(Text("Nothing waits."))
    if rung:
        many = "{count} alarms rang this week: ask the operator."
        lines.append(Text("One alarm rang this week: ask the operator.", {}, many, rung))
    lines.append(Text("Everything else is at the desk: /desk"))
    return lines


async def _pick(turn: Turn) -> Screen:
    purpose, page = turn.route.one, turn.page
    ways = {"spend": "lines", "news": "news", "recall": "recall"}
    if purpose not in ways:
        return told("That button is old.")
    recalls = purpose == "recall"
    found = await (chat_acts.cases_to_recall if recalls else chat_acts.open_cases)(turn.house)
    if not found:
        return told("There is no story to take back." if recalls else "There is no open case.")
    buttons = [
        Button(
            Text("{case} · {code}", {"case": case.slug, "code": case.code}),
            Staff(ways[purpose], case.code),
        )
        for case in found
    ]
    rows = paged(buttons, page, lambda at: Staff("pick", purpose, str(at)))
    return listed((Text("Whose?"),), rows)


async def _recall(turn: Turn) -> Screen:
    lines = (
        Text("<b>Take the story of {code} back?</b>", {"code": Name(turn.route.one)}),
        Text("At once, from everywhere we show it. No reason is asked."),
        Text("Coming back needs a new review by two people."),
    )
    return listed(lines, [(Button(Text("Take it back now"), Staff("recalled", turn.route.one)),)])


async def _recalled(turn: Turn) -> Screen:
    return _reached(turn, await chat_acts.recall(turn.house, turn.route.one, member=turn.member))


async def _reach(turn: Turn) -> Screen:
    return _reached(turn, await recalling.report(turn.house, turn.route.one))


def _reached(turn: Turn, done: object) -> Screen:
    if not isinstance(done, recalling.Report):
        return told("It is not there any more.")
    counts = {
        "changed": done.reach.reached,
        "not_changed": done.reach.unreached,
        "to_go": done.reach.to_go,
    }
    told_of = "Cards in chats: {changed} changed, {not_changed} could not be, {to_go} to go."
    lines = (Text("<b>The story is not shown any more.</b>"), Text(told_of, {**counts}))
    return listed(lines, [(Button(Text("How far it is"), Staff("reach", turn.route.one)),)])


SCREENS: Mapping[str, Callable[[Turn], Awaitable[Screen]]] = MappingProxyType(
    {
        "menu": _menu,
        "pick": _pick,
        "recall": _recall,
        "recalled": _recalled,
        "reach": _reach,
        "lines": staff_spending.lines,
        "month": staff_spending.month,
        "amount": staff_spending.ask_amount,
        "news": staff_telling.milestones,
        "when": staff_telling.month,
        "tell": staff_telling.tell,
        "look": staff_deciding.look,
        "code": staff_deciding.ask_code,
    }
)
"""What shows each screen of the menu."""
_TYPED: Mapping[str, Callable[[Turn], Awaitable[staff_deciding.Typed]]] = MappingProxyType(
    {"amount": staff_spending.record, "code": staff_deciding.decide}
)
"""What becomes of a message that is typed after these screens."""
