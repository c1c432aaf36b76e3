"""Giving: the plan, the amount, one yes, the way to the payment page."""

from conversations import following, receipts
from conversations.routes import (
    Amounts,
    Cancel,
    Cases,
    Confirm,
    Gift,
    Gifts,
    Help,
    Need,
    Payment,
    Readings,
    Step,
    TypeAmount,
    Who,
)
from conversations.screens import Button, FundingPicture, Link, Piece, Row, Screen, Share, Told
from conversations.visit import Talk
from locales import names
from locales.text import Name, Percent, Text, say
from services import giving, wording
from services.catalogue import PublicCase
from services.giving import LeavesTooLittle, NothingMissing, Range, TooLarge, TooSmall
from services.house import HoldState
from services.receipts import Receipt
from values.money import Money


async def need(talk: Talk, route: Need) -> Screen | None:
    """
    The plan's budget lines and how far it is funded.

    Of a case that is shown without a story it is all that there is; then it goes with the case's
    other cards when that is taken back.
    """
    case = await talk.look.case(route.code)
    if case is None:
        return None
    lines = await _lines(talk, case)
    rows: list[Row] = []
    if _possible(case) is not None:
        rows.append((Button(say("Fund this plan"), Amounts(route.code)),))
    others = Button(say("Other stories"), Cases())
    if case.story is None:
        rows.append((others,))
    else:
        last = Step(route.code, len(case.story.steps) - 1)
        rows.append((Button(say("← The story"), last), others))
    rows += await following.ways(talk, case, route)
    if "web" in talk.look.links:
        rows.append((invite(case),))
    rows.append((*_elsewhere(talk, case), Button(say("Help"), Help())))
    return Screen(
        blocks=(
            *_opening(talk, case, lines),
            progress_lines(case),
            (_why_nothing(case) if _possible(case) is None else whose_plan(talk, case),),
        ),
        picture=FundingPicture(case.progress.percent),
        keyboard=tuple(rows),
        is_story=case.story is None,
        case_id=case.case.id if case.story is None else None,
        is_plan=True,
    )


def _opening(
    talk: Talk, case: PublicCase, lines: tuple[Piece, ...]
) -> tuple[tuple[Piece, ...], ...]:
    """Whose plan it is, and its lines; without a story also the facts, and that there is none."""
    heading = say("<b>The plan of {name}</b>", name=case.name_in(talk.locale))
    if case.story is not None:
        return ((heading, *lines),)
    return ((heading, facts_line(case), wording.NO_STORY), lines)


def facts_line(case: PublicCase) -> Text:
    """The coarse facts; there are no finer ones."""
    return say(
        "{age} · {form} · going home to {region}",
        age=names.AGE_BANDS[case.facts.age_band],
        form=names.EXPLOITATION_FORMS[case.facts.form],
        region=names.REGIONS[case.facts.region],
    )


async def _lines(talk: Talk, case: PublicCase) -> tuple[Piece, ...]:
    """The lines of the plan; under one that grew, when it did so last, and why."""
    grown = await talk.look.growths(case, talk.locale)
    lines: list[Piece] = []
    for line, amount in case.case.lines:
        lines.append(say("{line}: {amount}", line=names.BUDGET_LINES[line], amount=amount))
        for growth in grown.get(line, ())[-1:]:
            lines.append(wording.grew(growth))
            if growth.words is not None:
                lines.append(Told(growth.words.text))
    return tuple(lines)


def progress_lines(case: PublicCase) -> tuple[Piece, ...]:
    """
    How far a plan is funded; each kind of money under its own name, nothing for nothing.

    Nothing is missing in a plan that has ended.
    """
    progress = case.progress
    lines: list[Piece] = [
        say(
            "<b>Funded: {funded} of {need}</b> ({percent})",
            funded=progress.funded,
            need=progress.need,
            percent=Percent(progress.percent),
        )
    ]
    if progress.arriving:
        lines.append(say("Paid and on its way: {amount}", amount=progress.arriving))
    if progress.promised:
        lines.append(say("Promised by bank transfer: {amount}", amount=progress.promised))
    if progress.held:
        lines.append(say("Reserved by people who are paying now: {amount}", amount=progress.held))
    if progress.missing and case.case.outcome is None:
        lines.append(say("Still missing: {amount}", amount=progress.missing))
    return tuple(lines)


async def amounts(talk: Talk, route: Amounts) -> Screen | None:
    """Amounts to choose from; what was wrong with the last one, if anything was."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    problem = _why(route.why)
    if route.why == "many" and problem is not None:
        return _too_many(case, problem)
    possible = _possible(case)
    if possible is None:
        return await not_possible(talk, case)
    offered = [
        Button(
            _amount_label(amount, case.progress.missing), Confirm(route.code, amount.amount_minor)
        )
        for amount in giving.presets(case.progress.missing)
    ]
    rows: list[Row] = [tuple(offered[at : at + 2]) for at in range(0, len(offered), 2)]
    rows.append((Button(say("Another amount"), TypeAmount(route.code)),))
    rows.append((Button(say("← The plan"), Need(route.code)), Button(say("Help"), Help())))
    return Screen(
        blocks=(
            *([(problem,)] if problem else []),
            (
                say("<b>How much do you want to give?</b>"),
                say("For the plan of {name}.", name=case.name_in(talk.locale)),
                _range_line(possible),
            ),
        ),
        picture=FundingPicture(case.progress.percent),
        keyboard=tuple(rows),
        toast=problem,
    )


async def ask_amount(talk: Talk, route: TypeAmount) -> Screen | None:
    """Ask for an amount in the person's own words."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    possible = _possible(case)
    if possible is None:
        return await not_possible(talk, case)
    return Screen(
        blocks=(
            (
                say("<b>Write the amount in {currency}.</b>", currency=Name(case.case.currency)),
                say("For example: {amount}", amount=giving.presets(case.progress.missing)[0]),
                _range_line(possible),
            ),
        ),
        picture=FundingPicture(case.progress.percent),
        keyboard=(
            (
                Button(say("← Choose from a list"), Amounts(route.code)),
                Button(say("Help"), Help()),
            ),
        ),
    )


async def refused(talk: Talk, code: str, amount: Money) -> Screen | None:
    """Why *amount* cannot be given, and what is possible instead."""
    case = await talk.look.case(code)
    if case is None:
        return None
    refusal = giving.judge(amount, case.progress.missing)
    if refusal is None or isinstance(refusal, NothingMissing):
        return _nothing_missing(talk, case)
    problem: Text
    instead: list[Money] = []
    match refusal:
        case TooSmall(possible):
            problem = say("{amount} is too small to be paid by card.", amount=amount)
            instead = [possible.least]
        case TooLarge(possible):
            problem = say("{amount} is more than what is missing.", amount=amount)
            instead = [possible.most]
        case LeavesTooLittle(possible, below):
            problem = say(
                "{amount} would leave a rest that is too small to be paid by card.", amount=amount
            )
            instead = [possible.most] + ([below] if below >= possible.least else [])
        case _:
            return _nothing_missing(talk, case)
    rows: list[Row] = [
        (
            Button(
                say("Give {amount}", amount=possible_amount),
                Confirm(code, possible_amount.amount_minor),
            ),
        )
        for possible_amount in instead
    ]
    rows.append((Button(say("Another amount"), TypeAmount(code)),))
    rows.append((Button(say("← The plan"), Need(code)), Button(say("Help"), Help())))
    return Screen(
        blocks=((problem, _range_line(refusal.possible)),),
        picture=FundingPicture(case.progress.percent),
        keyboard=tuple(rows),
        toast=problem,
    )


async def readings(talk: Talk, route: Readings) -> Screen | None:
    """What was typed can be read in two ways: ask which was meant."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    code, currency = route.code, case.case.currency
    offered = (Money(route.one_minor, currency), Money(route.other_minor, currency))
    return Screen(
        blocks=((say("<b>Which amount do you mean?</b>"),),),
        picture=FundingPicture(case.progress.percent),
        keyboard=(
            *(
                (Button(say("{amount}", amount=amount), Confirm(code, amount.amount_minor)),)
                for amount in offered
            ),
            (Button(say("Another amount"), TypeAmount(code)),),
            (Button(say("← The plan"), Need(code)), Button(say("Help"), Help())),
        ),
    )


async def payment(talk: Talk, route: Payment) -> Screen | None:
    """
    The way to the payment page; where the gift is, if there is nothing left to pay.

    None if there is no such gift, or the story may not be shown any more.
    """
    receipt = await talk.look.receipt(route.reference)
    if receipt is None or receipt.case is None:
        return None
    if receipt.state is not HoldState.OPEN:
        return await receipts.gift(talk, Gift(route.reference))
    if receipt.pay_url is None:
        return _no_page(receipt, receipt.case)
    lines: list[Piece] = [
        say(
            "<b>{amount} is reserved for the plan of {name}.</b>",
            amount=receipt.amount,
            name=receipt.case.name_in(talk.locale),
        )
    ]
    if receipt.cover:
        lines.append(wording.pays(receipt.amount, receipt.cover))
    return Screen(
        blocks=(
            (
                *lines,
                say("Please pay on the payment page. It stays open for about half an hour."),
                say("I write to you here as soon as your gift has arrived."),
            ),
        ),
        picture=FundingPicture(receipt.case.progress.percent),
        keyboard=(
            (Link(say("Pay {amount}", amount=receipt.charge), receipt.pay_url),),
            (
                Button(say("Where is my gift?"), Gift(receipt.reference)),
                Button(say("Cancel"), Cancel(receipt.reference)),
            ),
            (Button(say("Other stories"), Cases()), Button(say("Help"), Help())),
        ),
    )


def _no_page(receipt: Receipt, case: PublicCase) -> Screen:
    return Screen(
        blocks=(
            (
                say("<b>The payment page could not be opened just now.</b>"),
                say("Nothing was charged. Please try again in a minute."),
            ),
        ),
        # With a picture it takes the place of the question, whose Yes would reserve once more.
        picture=FundingPicture(case.progress.percent),
        keyboard=(
            (Button(say("Try again"), Payment(receipt.reference)),),
            (
                Button(say("Cancel"), Cancel(receipt.reference)),
                Button(say("Help"), Help()),
            ),
        ),
    )


async def not_possible(talk: Talk, case: PublicCase) -> Screen | None:
    """Why nothing can be given; the plan of a case that is closed says it by itself."""
    if not case.case.is_open:
        return await need(talk, Need(case.case.code))
    return _nothing_missing(talk, case)


def _why_nothing(case: PublicCase) -> Text:
    """Why nothing can be given now; of a plan that has ended, only that it has."""
    ended = wording.ending(case.case)
    if ended is not None:
        return ended
    if case.progress.is_funded:
        return say("The whole plan is funded. Thank you to everybody who gave.")
    if not case.case.is_open:
        return say("This plan takes no gifts at the moment.")
    match case.progress.waits_for:
        case "held":
            return say("Other people are paying at this moment. Please look again in an hour.")
        case "promised":
            return say("The rest is promised by bank transfer. That can take some days.")
        case "arriving":
            return say("The rest is paid and on its way.")
        case _:
            return say("The rest is too small to be paid by card.")


def _too_many(case: PublicCase, problem: Text) -> Screen:
    """Two payments are open already: the way to them, and no amounts that would fail as well."""
    return Screen(
        blocks=((problem,),),
        picture=FundingPicture(case.progress.percent),
        keyboard=(
            (Button(say("My gifts"), Gifts()),),
            (Button(say("← The plan"), Need(case.case.code)), Button(say("Help"), Help())),
        ),
        toast=problem,
    )


def _nothing_missing(talk: Talk, case: PublicCase) -> Screen:
    return Screen(
        blocks=(
            (
                say(
                    "<b>Nothing is missing in the plan of {name} now.</b>",
                    name=case.name_in(talk.locale),
                ),
                _why_nothing(case),
            ),
        ),
        picture=FundingPicture(case.progress.percent),
        keyboard=(
            (Button(say("Other stories"), Cases()),),
            (Button(say("My gifts"), Gifts()), Button(say("Help"), Help())),
        ),
    )


def _why(why: str) -> Text | None:
    """What was wrong, by the word that a route carries; None for a word that means nothing."""
    match why:
        case "many":
            return say("You have two unpaid gifts open. Please pay or cancel one of them first.")
        case "none":
            return say("I could not read an amount in that. Please write only a number.")
        case "precise":
            return say("That amount has too many decimals.")
        case "currency":
            return say("Gifts to this plan are made in another currency, please see below.")
        case _:
            return None


def _amount_label(amount: Money, missing: Money) -> Text:
    if amount == missing:
        return say("All that is missing: {amount}", amount=amount)
    return say("{amount}", amount=amount)


def _range_line(possible: Range) -> Text:
    if possible.least == possible.most:
        return say("Possible now: {amount}.", amount=possible.most)
    return say("Possible now: from {least} to {most}.", least=possible.least, most=possible.most)


def whose_plan(talk: Talk, case: PublicCase) -> Text:
    """Who receives the money, said the same way everywhere."""
    return say(
        "Your gift supports the assistance plan of {name}, run by {organisation}, "
        "and nothing else.",
        name=case.name_in(talk.locale),
        organisation=Name(talk.look.organisation),
    )


def is_possible(case: PublicCase) -> bool:
    """Whether something can be given to the plan now."""
    return _possible(case) is not None


def _possible(case: PublicCase) -> Range | None:
    return giving.possible_range(case.progress.missing) if case.case.is_open else None


def invite(case: PublicCase) -> Share:
    """A way to send a neutral invitation to a friend."""
    return Share(
        say("Send to a friend"),
        say("Follow one person's way home, icon by icon."),
        f"/stories/{case.case.slug}",
    )


def _elsewhere(talk: Talk, case: PublicCase) -> Row:
    if "web" in talk.look.links:
        return (Link(say("On the web"), f"/ledger/{case.case.slug}"),)
    return () if case.story is None else (Button(say("The story"), Who(case.case.code)),)
