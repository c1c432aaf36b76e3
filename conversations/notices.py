"""Messages that nobody asked for, worded when they are delivered; never a word of a story."""

from conversations import questions, receipts
from conversations.routes import Gift, Help, Need
from conversations.screens import Button, FundingPicture, Piece, Row, Screen
from conversations.visit import Talk
from locales.text import Name, say
from services.gift_words import GiftWords
from services.notices import Asked, MovedOn, Notice, RefundOrder, RefundState
from services.receipts import Receipt


async def worded(talk: Talk, notice: Notice) -> Screen:
    """The screen of *notice*, in the language the person has now."""
    receipt = notice.receipt
    match notice.fact:
        case None:
            return await receipts.thanks(talk, receipt)
        case Asked() as question:
            return await questions.asked(talk, receipt, question)
        case MovedOn() as move:
            return _moved(talk, receipt, move)
        case RefundOrder() as order:
            return _refund(talk, receipt, order)


def _moved(talk: Talk, receipt: Receipt, move: MovedOn) -> Screen:
    words = _words(talk, receipt)
    lines: tuple[Piece, ...] = (
        say(
            "<b>{amount} of your gift is in the plan of {name} now.</b>",
            amount=move.amount,
            name=words.plan_name(move.to_case_id),
        ),
        say(
            "The plan of {name} did not need it, and you chose this one.",
            name=words.plan_name(move.from_case_id),
        ),
    )
    there = words.plan_case(move.to_case_id)
    if there is None:
        return Screen((lines,), None, _ways(receipt))
    plan: Row = (Button(say("The plan and its costs"), Need(there.case.code)),)
    return Screen((lines,), FundingPicture(there.progress.percent), (plan, *_ways(receipt)))


def _refund(talk: Talk, receipt: Receipt, order: RefundOrder) -> Screen:
    if order.state is RefundState.FAILED:
        lines: tuple[Piece, ...] = (
            say("<b>{amount} could not be sent back to you yet.</b>", amount=order.charge),
            say(
                "It is not lost. It is still yours, and {organisation} takes care of it.",
                organisation=Name(talk.look.organisation),
            ),
        )
    else:
        lines = (
            say("<b>{amount} of your gift went back to you.</b>", amount=order.charge),
            say("It takes the way you paid. Your bank may need some days to show it."),
        )
    return Screen((lines,), questions.picture_of(receipt), _ways(receipt))


def _ways(receipt: Receipt) -> tuple[Row, ...]:
    return (
        (Button(say("Where is my gift?"), Gift(receipt.reference)), Button(say("Help"), Help())),
    )


def _words(talk: Talk, receipt: Receipt) -> GiftWords:
    return GiftWords(receipt, talk.look.organisation, talk.locale)
