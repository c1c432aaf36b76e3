"""The staff's menu: what somebody else recorded or wrote is approved or turned down."""

import re
from dataclasses import dataclass

from conversations.routes import Staff
from conversations.screens import Button, Screen
from conversations.staff_parts import Turn, asking, listed, told, why_not
from locales import names
from locales.text import Name, Text
from services import chat_acts, updating
from services.chat_acts import Disbursement, Update, UpdateAtDesk
from services.desk import WrongCode
from services.desk_home import SpendingAtDesk

_CODE = re.compile(r"\d{3}\s?\d{3}")


@dataclass(frozen=True, slots=True)
class Typed:
    """
    What answers a typed message.

    Attributes:
        asks_again: The next message is read in the same way.
    """

    screen: Screen
    asks_again: bool = False


async def look(turn: Turn) -> Screen:
    """What is to be decided on."""
    there = await chat_acts.menu(turn.house, turn.member)
    kind, number = turn.route.one, turn.route.two
    for each in there.spending:
        if kind == "spent" and str(each.spending.id) == number:
            return _spending(each, turn.route)
    for news in there.updates:
        if kind == "news" and str(news.update.id) == number:
            return _news(news, turn.route)
    return told("Somebody has decided on it already.")


async def ask_code(turn: Turn) -> Screen:
    """A code, to approve or to turn down."""
    if turn.route.three == "yes":
        return asking(Text("Write the code of your app to approve it."))
    return asking(Text("Write the code of your app to turn it down."))


async def decide(turn: Turn) -> Typed:
    """A code was typed."""
    if not _CODE.fullmatch(turn.typed) or not turn.route.two.isdecimal():
        form = "That is not a code. Write the six digits of your app."
        return Typed(asking(Text(form)), asks_again=True)
    number, approves = int(turn.route.two), turn.route.three == "yes"
    house, member, code = turn.house, turn.member, turn.typed
    done = (
        await chat_acts.decide_spending(house, number, approves=approves, member=member, code=code)
        if turn.route.one == "spent"
        else await chat_acts.decide_update(
            house, number, approves=approves, member=member, code=code
        )
    )
    if isinstance(done, WrongCode):
        return Typed(asking(Text(why_not(done))), asks_again=True)
    if isinstance(done, Disbursement | Update):
        return Typed(told("It is approved." if approves else "It is turned down."))
    return Typed(told(why_not(done)))


def _spending(each: SpendingAtDesk, route: Staff) -> Screen:
    said = Text(
        "<b>{amount}</b> of {case}: {line}, {month}. Recorded by {code}.",
        {
            "amount": each.spending.amount,
            "case": each.case.slug,
            "line": names.BUDGET_LINES[each.spending.line],
            "month": each.spending.month,
            "code": Name(each.recorder),
        },
    )
    return _decision(said, route, is_own=each.is_own)


def _news(news: UpdateAtDesk, route: Staff) -> Screen:
    if news.update.notes:
        return told("It has a note, which is read at the desk alone: /desk")
    labels = {each.name: each.label for each in updating.milestones()}
    said = Text(
        "<b>{milestone}</b>, {month}, of {case}.",
        {
            "milestone": labels.get(news.update.milestone, news.update.milestone),
            "month": news.update.month,
            "case": news.case.slug,
        },
    )
    return _decision(said, route, is_own=news.is_own)


def _decision(said: Text, route: Staff, *, is_own: bool) -> Screen:
    no = Button(Text("Turn it down"), Staff("code", route.one, route.two, "no"))
    if is_own:
        own = Text("It is yours: somebody else approves it. You can take it back.")
        return listed((said, own), [(no,)])
    yes = Button(Text("Approve"), Staff("code", route.one, route.two, "yes"))
    return listed((said,), [(yes, no)])
