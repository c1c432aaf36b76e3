"""The staff's menu: spending, recorded in the chat."""

import re

from conversations.routes import Staff
from conversations.screens import Button, Screen
from conversations.staff_deciding import Typed
from conversations.staff_parts import Turn, asking, listed, months, told, why_not
from locales import names
from locales.amounts import Amount, read_amount
from locales.text import Text
from services import chat_acts
from services.chat_acts import Disbursement, Unknown
from services.desk import WrongCode
from values.lines import BudgetLine

_AMOUNT_AND_CODE = re.compile(r"(?P<amount>.+?)\s+(?P<code>\d{3}\s?\d{3})")
_GONE = "It is not there any more."


async def lines(turn: Turn) -> Screen:
    """Which line of the plan?"""
    plan = await chat_acts.plan(turn.house, turn.route.one)
    if isinstance(plan, Unknown):
        return told(_GONE)
    rows = [
        (
            Button(
                Text("{line}: {left} left", {"line": names.BUDGET_LINES[at.line], "left": at.left}),
                Staff("month", turn.route.one, at.line.value),
            ),
        )
        for at in plan.lines
        if at.left.amount_minor > 0
    ]
    may_be = Text("{amount} may be spent now.", {"amount": plan.spendable.now})
    asks = Text("<b>What was it spent on?</b>") if rows else Text("Nothing is left on any line.")
    return listed((asks, may_be), rows)


async def month(turn: Turn) -> Screen:
    """Which month?"""
    then = Staff("amount", turn.route.one, turn.route.two)
    return months(turn.house, "Which month was it spent in?", then)


async def ask_amount(turn: Turn) -> Screen:
    """How much, and a code with it."""
    plan = await chat_acts.plan(turn.house, turn.route.one)
    left = {} if isinstance(plan, Unknown) else {at.line: at.left for at in plan.lines}
    line = next((line for line in left if line.value == turn.route.two), None)
    if line is None:
        return told(_GONE)
    return asking(
        Text(
            "<b>{line}, {month}.</b> {left} are left on this line.",
            {"line": names.BUDGET_LINES[line], "month": turn.route.three, "left": left[line]},
        ),
        Text("Write the amount and the code of your app, such as: 12.50 123456"),
    )


async def record(turn: Turn) -> Typed:
    """An amount and a code were typed."""
    plan = await chat_acts.plan(turn.house, turn.route.one)
    if isinstance(plan, Unknown) or turn.route.two not in {at.line.value for at in plan.lines}:
        return Typed(told(_GONE))
    written = _AMOUNT_AND_CODE.fullmatch(turn.typed)
    amount = None if written is None else read_amount(written["amount"], plan.case.currency, "en")
    if written is None or not isinstance(amount, Amount):
        form = "Write the amount, a space, and the code, such as: 12.50 123456"
        return Typed(asking(Text(form)), asks_again=True)
    done = await chat_acts.record_spending(
        turn.house,
        member=turn.member,
        code=written["code"],
        case=turn.route.one,
        line=BudgetLine(turn.route.two),
        amount=amount.money,
        month=turn.route.three,
        request_key=turn.key,
    )
    if isinstance(done, WrongCode):
        return Typed(asking(Text(why_not(done))), asks_again=True)
    if isinstance(done, Disbursement):
        return Typed(told("It is recorded. Somebody else approves it."))
    return Typed(told(why_not(done)))
