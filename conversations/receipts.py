"""After giving: where a gift is now, the receipt that comes by itself, my gifts."""

from conversations.routes import Amounts, Cancel, Cases, Gift, Gifts, Help, Need, Payment, Welcome
from conversations.screens import Button, FundingPicture, Link, Piece, Row, Screen
from conversations.visit import Talk
from locales.text import Name, Text, say
from services.house import HoldState
from services.receipts import Receipt


async def gift(talk: Talk, route: Gift) -> Screen | None:
    """Where one gift is now; None if there is none with this reference."""
    receipt = await talk.look.receipt(route.reference)
    return None if receipt is None else shown(talk, receipt)


def shown(talk: Talk, receipt: Receipt) -> Screen:
    """A gift as its giver sees it: also the receipt that is sent when it has arrived."""
    blocks: list[tuple[Piece, ...]] = [_state_lines(talk, receipt)]
    if receipt.state in (HoldState.PAID, HoldState.SETTLED):
        blocks.append((say("Receipt: <code>{reference}</code>", reference=receipt.reference),))
    picture = None
    if receipt.case is not None:
        picture = FundingPicture(receipt.case.progress.percent)
    return Screen(tuple(blocks), picture, _keyboard(talk, receipt))


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
                    name=_name(talk, receipt),
                    state=_STATES[receipt.state],
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


_STATES = {
    HoldState.OPEN: say("not paid yet"),
    HoldState.PROMISED: say("promised"),
    HoldState.PAID: say("paid"),
    HoldState.SETTLED: say("arrived"),
    HoldState.RELEASED: say("not paid"),
    HoldState.SET_ASIDE: say("being looked at"),
}


_WEB_LABELS = {
    HoldState.PAID: say("Receipt to print"),
    HoldState.SETTLED: say("Receipt to print"),
}


def _state_lines(talk: Talk, receipt: Receipt) -> tuple[Text, ...]:
    amount, name = receipt.amount, _name(talk, receipt)
    organisation = Name(talk.look.organisation)
    match receipt.state:
        case HoldState.OPEN:
            return (
                say(
                    "<b>{amount} is reserved for the plan of {name}.</b>", amount=amount, name=name
                ),
                say("It is not paid yet. If you have just paid, please wait a moment."),
            )
        case HoldState.PROMISED:
            return (
                say(
                    "<b>You promised {amount} to the plan of {name}.</b>", amount=amount, name=name
                ),
                say("The money is not here yet. A bank transfer can take some days."),
            )
        case HoldState.PAID:
            return (
                say("<b>Thank you. We received {amount} from you.</b>", amount=amount),
                say("It is for the plan of {name}, and for nothing else.", name=name),
                say(
                    "The payment provider is passing it on. "
                    "Then it counts in the plan, often within minutes."
                ),
            )
        case HoldState.SETTLED:
            lines = [
                say("<b>Thank you. We received {amount} from you.</b>", amount=amount),
                say("All of it is held for the plan of {name}, and for nothing else.", name=name),
            ]
            if receipt.trace is not None and receipt.trace.fee:
                lines.append(
                    say(
                        "The payment fee of {fee} is paid by {organisation}.",
                        fee=receipt.trace.fee,
                        organisation=organisation,
                    )
                )
            if receipt.case is not None and receipt.case.progress.is_funded:
                lines.append(say("The whole plan is funded now."))
            return tuple(lines)
        case HoldState.SET_ASIDE:
            return (
                say("<b>We received a payment that is not the one we asked for.</b>"),
                say(
                    "It is safe, and nothing of it is spent. {organisation} looks at it.",
                    organisation=organisation,
                ),
            )
        case HoldState.RELEASED:
            return (
                say("<b>This gift of {amount} was not paid.</b>", amount=amount),
                say("The payment page has closed. Nothing was charged."),
            )


def _keyboard(talk: Talk, receipt: Receipt) -> tuple[Row, ...]:
    rows: list[Row] = []
    reference = receipt.reference
    if receipt.pay_url is not None:
        rows.append((Link(say("Pay {amount}", amount=receipt.amount), receipt.pay_url),))
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


def _name(talk: Talk, receipt: Receipt) -> Name:
    """The pseudonym; a bare code when the story may not be shown any more."""
    if receipt.case is None:
        return Name(receipt.case_code)
    return Name(receipt.case.story.pseudonym(receipt.case.told_in(talk.locale)))
