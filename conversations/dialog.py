"""
The dialog: what a visit asks for, what changes by it, and which screen answers.

`decide` turns a visit into a route, with an act if something is to change. The act is carried out
in a transaction of its own, and `after` says which route tells its outcome. `show` makes the screen
of a route from what is there at that moment, so that an answer which could not be sent before is
never stale when it is sent later.
"""

from dataclasses import dataclass

from conversations import confirming, giving, questions, reading, receipts, welcome
from conversations import help as helping
from conversations.routes import (
    Amounts,
    Answer,
    Cancel,
    Cases,
    Confirm,
    Gentle,
    Gift,
    Gifts,
    Give,
    Help,
    HelpIn,
    Landing,
    Languages,
    Lost,
    Map,
    Need,
    NotARoute,
    Note,
    Others,
    Payment,
    Pictures,
    Privacy,
    Readings,
    Report,
    Route,
    SetLanguage,
    Staff,
    Step,
    TypeAmount,
    Welcome,
    Who,
    Wishes,
    decode,
    folded,
    unfolded,
)
from conversations.screens import Screen
from conversations.visit import Commanded, Talk, Tapped, Wrote
from locales.amounts import Ambiguous, Amount, OtherCurrency, TooPrecise, read_amount
from locales.pleas import is_plea
from services import acts, wishes
from services.acts import Act, Outcome
from services.arrivals import PAYLOAD
from services.giving import Held, TooManyOpen
from services.refunds import Disputed, NothingToRefund
from services.surplus import GoesBack, Moved, NoRoom, NotAsked


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What a visit leads to.

    Attributes:
        route: The screen that answers it, or the one that would if the act came to nothing.
        act: What is to change first; None if the person only looks.
    """

    route: Route
    act: Act | None = None


async def decide(talk: Talk) -> Decision:
    """What this visit asks for."""
    match talk.visit.did:
        case Tapped(data):
            return await _tapped(talk, data)
        case Commanded(name, argument):
            return await _commanded(talk, name, argument)
        case Wrote(text) if is_plea(text):
            return Decision(Help())
        case Wrote(text) if talk.visit.person is not None and talk.visit.person.awaiting:
            return await _typed_amount(talk, talk.visit.person.awaiting, text)
        case _:
            return Decision(Lost())


def after(act: Act, outcome: Outcome, route: Route) -> Route:
    """The route that tells what came of *act*; *route* is the one it was asked from."""
    match act, outcome:
        case acts.ChooseLanguage() | acts.Arrive(), _:
            if not isinstance(route, SetLanguage):
                return route
            return unfolded(route.then) or Welcome()
        case acts.TakeHold(), Held(hold):
            return Payment(hold.reference)
        case acts.TakeHold(case_code), TooManyOpen():
            return Amounts(case_code, "many")
        case acts.TakeHold(case_code, amount), _:
            wish, fee = (route.wish, route.fee) if isinstance(route, Give) else ("", "")
            return Confirm(case_code, amount.amount_minor, wish, fee)
        case acts.AnswerSurplus(reference), (
            Moved() | GoesBack() | NoRoom() | NotAsked() | Disputed() | NothingToRefund()
        ):
            return Gift(reference, wishes.key_of(outcome))
        case acts.CancelPayment(reference), acts.NothingToCancel():
            return Gift(reference)
        case _:
            return route


async def show(talk: Talk, route: Route) -> Screen:
    """The screen of *route* as things are now; a gentle one if what it names is not to be seen."""
    screen = await _screen(talk, route)
    return helping.lost(Lost("gone")) if screen is None else screen


async def _screen(talk: Talk, route: Route) -> Screen | None:
    match route:
        case Languages():
            return welcome.ask_language(talk, route)
        case Cases():
            return await welcome.list_cases(talk, route)
        case Landing():
            return await welcome.landing(talk, route)
        case Who() | Step() | Map() | Note() | Gentle():
            return await _story_screen(talk, route)
        case Need() | Amounts() | TypeAmount() | Readings() | Payment():
            return await _giving_screen(talk, route)
        case Confirm() | Wishes() | Give():
            return await _confirming_screen(talk, route)
        case Gift() | Gifts() | Cancel() | Others() | Answer():
            return await _gift_screen(talk, route)
        case Help() | HelpIn() | Privacy() | Lost() | Report() | Staff():
            return await _telling_screen(talk, route)
        case Welcome() | SetLanguage() | Pictures():
            return welcome.welcome(talk)


async def _story_screen(talk: Talk, route: Who | Step | Map | Note | Gentle) -> Screen | None:
    match route:
        case Who():
            return await reading.who(talk, route)
        case Step():
            return await reading.step(talk, route)
        case Map():
            return await reading.map_(talk, route)
        case Note():
            return await reading.note(talk, route)
        case Gentle():
            return await reading.gentle(talk, route)


async def _telling_screen(
    talk: Talk, route: Help | HelpIn | Privacy | Lost | Report | Staff
) -> Screen:
    match route:
        case Help():
            return helping.help_(talk, route)
        case HelpIn():
            return await helping.help_in(talk, route)
        case Privacy():
            return helping.privacy(talk)
        case Lost():
            return helping.lost(route)
        case Report():
            return helping.reported(route)
        case Staff():
            # Of the staff's menu nobody else is told that there is one.
            return helping.lost(Lost("old"))


async def _giving_screen(
    talk: Talk, route: Need | Amounts | TypeAmount | Readings | Payment
) -> Screen | None:
    match route:
        case Need():
            return await giving.need(talk, route)
        case Amounts():
            return await giving.amounts(talk, route)
        case TypeAmount():
            return await giving.ask_amount(talk, route)
        case Readings():
            return await giving.readings(talk, route)
        case Payment():
            return await giving.payment(talk, route)


async def _confirming_screen(talk: Talk, route: Confirm | Wishes | Give) -> Screen | None:
    match route:
        case Wishes():
            return await confirming.choose(talk, route)
        case Confirm(code, amount_minor, wish, fee) | Give(code, amount_minor, wish, fee):
            return await confirming.confirm(talk, Confirm(code, amount_minor, wish, fee))


async def _gift_screen(talk: Talk, route: Gift | Gifts | Cancel | Others | Answer) -> Screen | None:
    match route:
        case Gift():
            return await receipts.gift(talk, route)
        case Cancel(reference) | Answer(reference):
            return await receipts.gift(talk, Gift(reference))
        case Others():
            return await questions.others(talk, route)
        case Gifts():
            return await receipts.my_gifts(talk)


async def _tapped(talk: Talk, data: str) -> Decision:
    try:
        route = decode(data)
    except NotARoute:
        return Decision(Lost("old"))
    match route:
        case SetLanguage() | Pictures() | Report():
            return _remembered(talk, route)
        case TypeAmount(code):
            if await talk.look.case(code) is None:
                return Decision(Lost("gone"))
            return Decision(route, acts.AwaitAmount(code))
        case Cancel(reference):
            return Decision(route, acts.CancelPayment(reference))
        case Give(code, amount_minor, wish, fee):
            if await talk.look.case(code) is None:
                return Decision(Lost("gone"))
            agreed = await confirming.agreed(talk, route)
            if agreed is None:
                return Decision(Confirm(code, amount_minor, wish, fee))
            return Decision(route, agreed)
        case Answer():
            answered = await questions.answered(talk, route)
            if isinstance(answered, Gift):
                return Decision(answered)
            return Decision(route, answered)
        case _:
            return Decision(route)


def _remembered(talk: Talk, route: SetLanguage | Pictures | Report) -> Decision:
    match route:
        case SetLanguage(locale):
            if locale not in talk.languages.offered:
                return Decision(Languages())
            then = unfolded(route.then)
            if isinstance(then, Landing):
                return Decision(route, acts.Arrive(then.campaign, locale))
            return Decision(route, acts.ChooseLanguage(locale))
        case Pictures(wanted):
            return Decision(route, acts.ChoosePictures(wanted == "on"))
        case Report(where):
            return Decision(route, acts.ReportTranslation(where or "welcome"))


async def _commanded(talk: Talk, name: str, argument: str) -> Decision:
    match name:
        case "start":
            if argument.startswith(PAYLOAD):
                return await _land(talk, argument.removeprefix(PAYLOAD))
            return _start(talk, argument)
        case "repeat":
            return Decision(await _where_one_is(talk))
        case "stories":
            return Decision(Cases())
        case "gifts":
            return Decision(Gifts())
        case "language":
            return Decision(Languages(folded(await _where_one_is(talk))))
        case "help":
            return Decision(Help())
        case "privacy":
            return Decision(Privacy())
        case _:
            return Decision(Lost())


def _start(talk: Talk, argument: str) -> Decision:
    """
    A link may name a case, and a language: `code`, `code_th`, `_th`.

    Whoever has not chosen a language yet reads in the link's, or else chooses one first.
    """
    named, _, tag = argument.partition("_")
    try:
        who: Route = decode(f"1:wh:{named}") if named else Welcome()
    except NotARoute:
        who = Welcome()
    if talk.visit.person is not None and talk.visit.person.locale is not None:
        return Decision(who)
    if tag in talk.languages.offered:
        return Decision(SetLanguage(tag, folded(who)), acts.ChooseLanguage(tag))
    return Decision(Languages(folded(who)))


async def _land(talk: Talk, code: str) -> Decision:
    """
    The link of a campaign: its story at once, in its language if the person chose none yet.

    Of whoever has to choose a language first nothing is kept until then.
    """
    landing = await talk.look.landing(code)
    if landing is None:
        return _start(talk, "")
    route = Landing(code)
    if talk.visit.person is not None and talk.visit.person.locale is not None:
        return Decision(route, acts.Arrive(code, None))
    if landing.locale in talk.languages.offered:
        return Decision(route, acts.Arrive(code, landing.locale))
    return Decision(Languages(folded(route)))


async def _where_one_is(talk: Talk) -> Route:
    """The step at which the person is, in the story she opened last."""
    person = talk.visit.person
    if person is None or person.reading is None:
        return Welcome()
    case = next((case for case in await talk.look.cases() if case.case.id == person.reading), None)
    position = await talk.look.place(person.id, person.reading)
    return Welcome() if case is None or position is None else Step(case.case.code, position)


async def _typed_amount(talk: Talk, case_code: str, text: str) -> Decision:
    case = await talk.look.case(case_code)
    if case is None:
        return Decision(Lost("gone"))
    match read_amount(text, case.case.currency, talk.locale):
        case Amount(money):
            return Decision(Confirm(case_code, money.amount_minor))
        case Ambiguous(offered):
            return Decision(Readings(case_code, *(money.amount_minor for money in offered[:2])))
        case OtherCurrency():
            return Decision(Amounts(case_code, "currency"))
        case TooPrecise():
            return Decision(Amounts(case_code, "precise"))
        case _:
            return Decision(Amounts(case_code, "none"))
