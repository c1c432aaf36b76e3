"""Before the yes: whom and how much, the payment fee, and what shall become of it if it is late."""

from dataclasses import dataclass, replace

from conversations.giving import not_possible, refused, whose_plan
from conversations.routes import Amounts, Cases, Confirm, Give, Help, Wishes
from conversations.screens import Binding, Button, FundingPicture, Piece, Row, Screen
from conversations.visit import Talk
from locales.text import Text, say, say_n
from services import acts, giving, wishes, wording
from services.catalogue import PublicCase
from services.wishes import Option
from values.money import Money

_OFFERED = 3
"""So many other plans are offered: a choice that is quickly read."""
_COVERS = "yes"


@dataclass(frozen=True, slots=True)
class _Terms:
    """
    What a yes agrees to.

    Attributes:
        cover: What may be added for the payment fee; None if nothing can.
        fees: What is told of the fee.
        option: What shall become of the gift if the plan is filled first.
    """

    amount: Money
    cover: Money | None
    covers: bool
    fees: tuple[Text, ...]
    option: Option

    def seen(self, talk: Talk) -> str:
        """The mark of all that a yes agrees to; empty where that is only the gift."""
        i18n = talk.languages.i18n(talk.locale)
        words = [i18n.text(fee) for fee in self.fees]
        if self.option.key != wishes.ASK:
            words.append(self.option.words(i18n))
        return wishes.mark_of("\n".join(words))


async def confirm(talk: Talk, route: Confirm) -> Screen | None:
    """Whom and how much, in one sentence, before anything is reserved."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    if not case.case.is_open:
        return await not_possible(talk, case)
    amount = Money(route.amount_minor, case.case.currency)
    if giving.judge(amount, case.progress.missing) is not None:
        return await refused(talk, route.code, amount)
    problem = None
    terms = await _terms(talk, case, route)
    if terms is None:
        problem = say("The plan that you chose takes nothing at the moment.")
        route = replace(route, wish=wishes.ASK)
        terms = _asking(talk, case, route)
    agreed: tuple[Piece, ...] = (
        Binding(terms.option.question),
        Binding(say("<b>{choice}</b>", choice=terms.option.choice)),
    )
    return Screen(
        blocks=(
            (
                say(
                    "<b>You give {amount} to the plan of {name}.</b>",
                    amount=amount,
                    name=case.name_in(talk.locale),
                ),
                whose_plan(talk, case),
            ),
            *((Binding(line),) for line in terms.fees),
            agreed if problem is None else (problem, *agreed),
            (say("The next step is a payment page. We reserve the amount while you pay."),),
        ),
        picture=FundingPicture(case.progress.percent),
        keyboard=_keyboard(talk, route, terms),
        toast=problem,
    )


async def choose(talk: Talk, route: Wishes) -> Screen | None:
    """What shall become of the gift if the plan is filled first; the present choice is marked."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    if not case.case.is_open:
        return await not_possible(talk, case)
    question = _question(talk, case)
    others = await talk.look.others(case.case.id, case.case.currency)
    options = (
        wishes.ask_me(question),
        wishes.give_back(question),
        *(wishes.move_to(question, other, talk.locale) for other in others[:_OFFERED]),
    )
    code, minor, fee = route.code, route.amount_minor, route.fee
    rows: list[Row] = [
        (
            Button(
                say("✓ {choice}", choice=option.choice)
                if option.key == route.wish
                else option.choice,
                Confirm(code, minor, option.key, fee),
            ),
        )
        for option in options
    ]
    rows.append(
        (
            Button(say("← Back"), Confirm(code, minor, route.wish, fee)),
            Button(say("Help"), Help()),
        )
    )
    days = talk.look.terms.answer_within.days
    return Screen(
        blocks=(
            (
                Binding(say("<b>{question}</b>", question=question)),
                say("Then it is yours to decide what becomes of it. You can choose now."),
            ),
            (
                say_n(
                    "If you are asked then and do not answer for a day, it goes back to you.",
                    "If you are asked then and do not answer for {count} days, "
                    "it goes back to you.",
                    days,
                ),
            ),
        ),
        picture=FundingPicture(case.progress.percent),
        keyboard=tuple(rows),
    )


async def agreed(talk: Talk, route: Give) -> acts.TakeHold | None:
    """What a yes asks for; None if its words are not those that were seen: they are shown anew."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    terms = await _terms(talk, case, Confirm(route.code, route.amount_minor, route.wish, route.fee))
    if terms is None or terms.seen(talk) != route.seen:
        return None
    wish = terms.option.wish(talk.languages.i18n(talk.locale))
    return acts.TakeHold(route.code, terms.amount, terms.covers, wish)


async def _terms(talk: Talk, case: PublicCase, route: Confirm) -> _Terms | None:
    """The terms that *route* names; None if the plan it names takes nothing now."""
    asking = _asking(talk, case, route)
    if route.wish == wishes.ASK:
        return asking
    if route.wish == wishes.BACK:
        return replace(asking, option=wishes.give_back(asking.option.question))
    other = await talk.look.case(route.wish)
    if other is None or not _may_move(case, other):
        return None
    return replace(asking, option=wishes.move_to(asking.option.question, other, talk.locale))


def _asking(talk: Talk, case: PublicCase, route: Confirm) -> _Terms:
    amount = Money(route.amount_minor, case.case.currency)
    cover = talk.look.terms.cover(amount)
    covers = route.fee == _COVERS and cover is not None
    fees = wording.fee_lines(talk.look.terms, amount, covers=covers)
    return _Terms(amount, cover, covers, fees, wishes.ask_me(_question(talk, case)))


def _question(talk: Talk, case: PublicCase) -> Text:
    return wishes.if_filled(case.name_in(talk.locale))


def _may_move(case: PublicCase, other: PublicCase) -> bool:
    is_another = other.case.id != case.case.id
    return is_another and other.has_room and other.case.currency == case.case.currency


def _keyboard(talk: Talk, route: Confirm, terms: _Terms) -> tuple[Row, ...]:
    code, minor, wish, amount = route.code, route.amount_minor, route.wish, terms.amount
    fee = _COVERS if terms.covers else ""
    yes = say("Yes, give {amount}", amount=amount)
    if terms.cover is not None and terms.covers:
        yes = say("Yes, pay {amount}", amount=amount + terms.cover)
    rows: list[Row] = [
        (Button(yes, Give(code, minor, wish, fee, terms.seen(talk))),),
        (Button(say("Change what happens then"), Wishes(code, minor, wish, fee)),),
    ]
    if terms.cover is not None and terms.covers:
        rows.append((Button(say("I do not pay the fee"), Confirm(code, minor, wish)),))
    elif terms.cover is not None:
        rows.append(
            (
                Button(
                    say("I also pay the fee of about {fee}", fee=terms.cover),
                    Confirm(code, minor, wish, _COVERS),
                ),
            )
        )
    rows.append(
        (
            Button(say("Another amount"), Amounts(code)),
            Button(say("Another person"), Cases()),
        )
    )
    rows.append((Button(say("Help"), Help()),))
    return tuple(rows)
