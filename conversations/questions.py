"""What shall become of a part of a gift that a plan does not need: asked, and answered in a tap."""

from conversations.routes import Answer, Gift, Help, Others
from conversations.screens import Binding, Button, FundingPicture, Row, Screen
from conversations.visit import Talk
from locales.text import Percent, Text, say
from services import acts, wishes
from services.catalogue import PublicCase
from services.gift_words import GiftWords
from services.receipts import Asked, Receipt
from services.wishes import Option

_A_PAGE = 6


async def asked(talk: Talk, receipt: Receipt, question: Asked) -> Screen:
    """The question by itself, as it is sent when it arises."""
    words = GiftWords(receipt, talk.look.organisation, talk.locale)
    return Screen(
        blocks=(tuple(map(Binding, words.asked(question))),),
        picture=picture_of(receipt),
        keyboard=(
            *await ways(talk, receipt, question),
            (Button(say("Where is my gift?"), Gift(receipt.reference)), _help()),
        ),
    )


async def ways(talk: Talk, receipt: Receipt, question: Asked) -> tuple[Row, ...]:
    """The answers: to one person's plan, to another one's, back."""
    possible = await talk.look.others(question.case_id, question.amount.currency)
    rows: list[Row] = [
        (_button(talk, receipt, question, _move(talk, other)),) for other in possible[:1]
    ]
    if possible[1:]:
        rows.append((Button(say("Another person"), Others(receipt.reference)),))
    rows.append((_button(talk, receipt, question, _give_back()),))
    return tuple(rows)


async def others(talk: Talk, route: Others) -> Screen | None:
    """Everybody to whose plan it can move, a few at a time; None if there is no such gift."""
    receipt = await talk.look.receipt(route.reference)
    if receipt is None:
        return None
    back: Row = (Button(say("← Back"), Gift(route.reference)), _help())
    picture = picture_of(receipt)
    if not receipt.questions:
        return Screen(((say("There is nothing to decide any more."),),), picture, (back,))
    question = receipt.questions[0]
    possible = await talk.look.others(question.case_id, question.amount.currency)
    last = max(len(possible) - 1, 0) // _A_PAGE
    page = min(route.page, last)  # there may be fewer than when the button was made
    shown = possible[page * _A_PAGE : (page + 1) * _A_PAGE]
    rows: list[Row] = [(_button(talk, receipt, question, _move(talk, other)),) for other in shown]
    if last:
        rows.append(_turning(route.reference, page, last))
    rows.append((_button(talk, receipt, question, _give_back()),))
    rows.append(back)
    return Screen(
        blocks=(
            (Binding(say("<b>{question}</b>", question=wishes.what_is_left())),),
            tuple(_entry(talk, other) for other in shown),
        ),
        picture=picture,
        keyboard=tuple(rows),
    )


async def answered(talk: Talk, route: Answer) -> acts.AnswerSurplus | Gift:
    """What an answer asks for; or the gift, which says why not."""
    i18n = talk.languages.i18n(talk.locale)
    option = _give_back()
    if route.wish != wishes.BACK:
        other = await talk.look.case(route.wish)
        if other is None:
            return Gift(route.reference, "full")
        option = _move(talk, other)
    wish = option.wish(i18n)
    if wish is None or option.mark(i18n) != route.seen:
        return Gift(route.reference, "again")
    return acts.AnswerSurplus(route.reference, route.question_id, wish)


def picture_of(receipt: Receipt) -> FundingPicture | None:
    """How far the plan of a gift is; None when its story may not be shown any more."""
    return None if receipt.case is None else FundingPicture(receipt.case.progress.percent)


def _move(talk: Talk, other: PublicCase) -> Option:
    return wishes.move_to(wishes.what_is_left(), other, talk.locale)


def _give_back() -> Option:
    return wishes.give_back(wishes.what_is_left())


def _button(talk: Talk, receipt: Receipt, question: Asked, option: Option) -> Button:
    seen = option.mark(talk.languages.i18n(talk.locale))
    return Button(option.choice, Answer(receipt.reference, question.id, option.key, seen))


def _entry(talk: Talk, case: PublicCase) -> Text:
    return say(
        "<b>{name}</b> · {percent} funded",
        name=case.name_in(talk.locale),
        percent=Percent(case.progress.percent),
    )


def _turning(reference: str, page: int, last: int) -> Row:
    """Back and Next, where there is something."""
    buttons = []
    if page > 0:
        buttons.append(Button(say("← Back"), Others(reference, page - 1)))
    if page < last:
        buttons.append(Button(say("Next →"), Others(reference, page + 1)))
    return tuple(buttons)


def _help() -> Button:
    return Button(say("Help"), Help())
