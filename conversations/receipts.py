"""After giving: where a gift is now, the receipt that comes by itself, my gifts."""

from dataclasses import replace

from conversations import following, questions
from conversations.following_routes import Follow
from conversations.routes import (
    Amounts,
    Cancel,
    Cases,
    Gift,
    Gifts,
    Help,
    Need,
    Payment,
    Welcome,
    folded,
)
from conversations.screens import Button, Link, Piece, Row, Screen
from conversations.visit import Talk
from locales.text import say
from services import wishes
from services.gift_words import GiftWords
from services.house import HoldState
from services.receipts import Receipt
from services.wording import name_of


async def gift(talk: Talk, route: Gift) -> Screen | None:
    """Where one gift is now, and what is asked about it; None if there is none."""
    receipt = await talk.look.receipt(route.reference)
    if receipt is None:
        return None
    told = wishes.told(route.told)
    screen = shown(talk, receipt)
    state, *rest = screen.blocks
    blocks: list[tuple[Piece, ...]] = [state] if told is None else [(told,), state]
    rows = screen.keyboard
    if receipt.questions:
        question = receipt.questions[0]
        blocks.append(_words(talk, receipt).asked(question))
        rows = (*await questions.ways(talk, receipt, question), *rows)
    if receipt.case is not None and receipt.state in _PAID:
        rows = (*rows[:-1], *await following.button(talk, receipt.case, route), rows[-1])
    return Screen((*blocks, *rest), screen.picture, rows, toast=told)


async def thanks(talk: Talk, receipt: Receipt) -> Screen:
    """The receipt as it is sent, and a question: does the giver want to hear how it goes on?"""
    screen = shown(talk, receipt)
    case, person = receipt.case, talk.visit.person
    if case is None or case.case.outcome is not None or receipt.state not in _PAID:
        return screen
    if person is not None and await talk.look.gets_news(person.id, case.case.id):
        return screen
    name, gift_ = case.name_in(talk.locale), Gift(receipt.reference)
    asked = say("Shall we tell you when there is news of {name}?", name=name)
    answers: Row = (
        Button(say("Yes, please"), Follow(receipt.case_code, folded(gift_))),
        Button(say("No, thanks"), gift_),
    )
    return replace(screen, blocks=(*screen.blocks, (asked,)), keyboard=(answers, *screen.keyboard))


def shown(talk: Talk, receipt: Receipt) -> Screen:
    """A gift as its giver sees it: also the receipt that is sent when it has arrived."""
    words = _words(talk, receipt)
    blocks: list[tuple[Piece, ...]] = [words.state()]
    if not words.is_whole():
        parts = (*words.parts(), *([added] if (added := words.added()) else []))
        lines = tuple(say("{part}: {amount}", part=one.words, amount=one.amount) for one in parts)
        blocks += [lines] if lines else []
    blocks += [notes] if (notes := words.notes()) else []
    if receipt.state in _PAID:
        blocks.append((say("Receipt: <code>{reference}</code>", reference=receipt.reference),))
    return Screen(tuple(blocks), questions.picture_of(receipt), _keyboard(talk, receipt))


async def my_gifts(talk: Talk) -> Screen:
    """The newest gifts of this person, paid or to be paid."""
    person = talk.visit.person
    gifts = [] if person is None else await talk.look.gifts(person.id)
    if not gifts:
        return Screen(
            blocks=((say("You have no gifts here yet."),),),
            keyboard=((Button(say("See the stories"), Cases()), Button(say("Help"), Help())),),
        )
    rows: list[Row] = [
        (
            Button(
                say(
                    "{amount} · {name} · {state}",
                    amount=receipt.amount,
                    name=name_of(receipt.case, receipt.case_code, talk.locale),
                    state=_ASKED if receipt.questions else _STATES[receipt.state],
                ),
                Gift(receipt.reference),
            ),
        )
        for receipt in gifts
    ]
    rows.append((Button(say("Start"), Welcome()), Button(say("Help"), Help())))
    return Screen(
        blocks=(
            (
                say("<b>Your gifts</b>"),
                say("Press a gift to see where it is. The newest is first."),
            ),
        ),
        keyboard=tuple(rows),
    )


_PAID = (HoldState.PAID, HoldState.SETTLED)
_STATES = {
    HoldState.OPEN: say("not paid yet"),
    HoldState.PROMISED: say("promised"),
    HoldState.PAID: say("paid"),
    HoldState.SETTLED: say("arrived"),
    HoldState.RELEASED: say("not paid"),
    HoldState.SET_ASIDE: say("being looked at"),
}
_ASKED = say("yours to decide")


_WEB_LABELS = {
    HoldState.PAID: say("Receipt to print"),
    HoldState.SETTLED: say("Receipt to print"),
}


def _words(talk: Talk, receipt: Receipt) -> GiftWords:
    return GiftWords(receipt, talk.look.organisation, talk.locale)


def _keyboard(talk: Talk, receipt: Receipt) -> tuple[Row, ...]:
    rows: list[Row] = []
    reference = receipt.reference
    if receipt.pay_url is not None:
        rows.append((Link(say("Pay {amount}", amount=receipt.charge), receipt.pay_url),))
        rows.append(
            (Button(say("Look again"), Gift(reference)), Button(say("Cancel"), Cancel(reference)))
        )
    elif receipt.state is HoldState.OPEN:
        rows.append((Button(say("Open the payment page"), Payment(reference)),))
    elif receipt.state in (HoldState.PAID, HoldState.PROMISED):
        rows.append((Button(say("Look again"), Gift(reference)),))
    if receipt.case is not None and receipt.state is HoldState.RELEASED:
        rows.append((Button(say("Choose an amount"), Amounts(receipt.case_code)),))
    if receipt.case is not None:
        rows.append((Button(say("The plan and its costs"), Need(receipt.case_code)),))
    if "web" in talk.look.links:
        rows.append(
            (Link(_WEB_LABELS.get(receipt.state, say("This gift on the web")), f"/r/{reference}"),)
        )
    rows.append((Button(say("My gifts"), Gifts()), Button(say("Help"), Help())))
    return tuple(rows)
