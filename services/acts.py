"""What a person can do in the chat that changes something, and what came of it."""

from dataclasses import dataclass

from services import arrivals, following, giving, surplus, translations
from services.following import FollowAct
from services.giving import Held, Refusal
from services.house import House
from services.surplus import Answer, NotAsked, Wish
from storage import holds, people
from storage.database import Connection
from storage.people import Person
from values.money import Money


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Remember this language."""

    locale: str


@dataclass(frozen=True, slots=True)
class ChoosePictures:
    """Remember whether cards come with their pictures."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class ReportTranslation:
    """
    Let staff know that something in this language is wrong.

    Attributes:
        where: The screen it was seen on, a word; no text of the person's.
    """

    where: str


@dataclass(frozen=True, slots=True)
class Arrive:
    """
    Remember by which campaign's link the person came, and count it.

    Attributes:
        locale: The language to read in from now on; None: no change.
    """

    campaign_code: str
    locale: str | None


@dataclass(frozen=True, slots=True)
class AwaitAmount:
    """Remember that the next typed message is an amount for this case."""

    case_code: str


@dataclass(frozen=True, slots=True)
class TakeHold:
    """
    Reserve this amount for this case, for a payment that follows.

    Attributes:
        covers_fee: Something is added for the payment fee.
        wish: What shall become of it if the plan is filled first; None: to be asked then.
    """

    case_code: str
    amount: Money
    covers_fee: bool = False
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class AnswerSurplus:
    """Say what shall become of what is left of one's gift."""

    reference: str
    question_id: int
    wish: Wish


@dataclass(frozen=True, slots=True)
class CancelPayment:
    """Give up an unpaid gift. Its page is closed at Stripe first; only then is it released."""

    reference: str


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""


@dataclass(frozen=True, slots=True)
class Cancelling:
    """The payment page of this hold is to be closed."""

    hold_id: int


@dataclass(frozen=True, slots=True)
class NothingToCancel:
    """There is no such unpaid gift of this person."""


Act = (
    ChooseLanguage
    | ChoosePictures
    | ReportTranslation
    | Arrive
    | AwaitAmount
    | TakeHold
    | CancelPayment
    | AnswerSurplus
    | FollowAct
)
Outcome = Done | Held | Refusal | Cancelling | NothingToCancel | Answer


async def perform(
    house: House,
    connection: Connection,
    person: Person,
    act: Act,
    *,
    locale: str,
    request_key: str,
) -> Outcome:
    """
    Carry out *act* for *person* inside the caller's transaction.

    Args:
        locale: The language the person reads now.
        request_key: Names the incoming update, so that a repeat does nothing twice.
    """
    match act:
        case ChooseLanguage(chosen):
            await people.set_locale(connection, person.id, chosen)
            return Done()
        case ChoosePictures(wanted):
            await people.set_text_only(connection, person.id, not wanted)
            return Done()
        case ReportTranslation(where):
            await translations.report(connection, locale, where, house.clock())
            return Done()
        case Arrive(campaign_code, chosen):
            if chosen is not None:
                await people.set_locale(connection, person.id, chosen)
            await arrivals.arrived(
                connection, campaign_code, person.id, chosen or locale, house.clock()
            )
            return Done()
        case AwaitAmount(case_code):
            await people.set_awaiting(connection, person.id, case_code)
            return Done()
        case CancelPayment(reference):
            return await _cancel(connection, person, reference)
        case AnswerSurplus():
            return await _answer(house, connection, person, act)
        case (
            following.Follow()
            | following.Unfollow()
            | following.HearOfNewcomers()
            | following.UnfollowAll()
            | following.ChoosePace()
            | following.ChooseQuiet()
        ):
            await following.carry_out(connection, person.id, act, locale=locale, now=house.clock())
            return Done()
        case TakeHold():
            return await _take(house, connection, person, act, locale, request_key)


async def _take(
    house: House,
    connection: Connection,
    person: Person,
    act: TakeHold,
    locale: str,
    request_key: str,
) -> Held | Refusal:
    await people.set_awaiting(connection, person.id, None)
    taken = await giving.take_hold(
        house,
        connection,
        case_code=act.case_code,
        amount=act.amount,
        locale=locale,
        request_key=request_key,
        person_id=person.id,
        covers_fee=act.covers_fee,
        wish=act.wish,
    )
    if isinstance(taken, Held):
        await arrivals.credit_person(connection, taken.hold.id, person.id, house.clock())
    return taken


async def _answer(
    house: House, connection: Connection, person: Person, act: AnswerSurplus
) -> Answer:
    """Only the giver may answer."""
    hold = await holds.by_reference(connection, act.reference)
    if hold is None or await holds.giver_of(connection, hold.id) != person.id:
        return NotAsked()
    return await surplus.answer_about(house, connection, hold.id, act.question_id, act.wish)


async def _cancel(
    connection: Connection, person: Person, reference: str
) -> Cancelling | NothingToCancel:
    mine = await holds.open_of_person(connection, person.id)
    for hold in mine:
        if hold.reference == reference:
            return Cancelling(hold.id)
    return NothingToCancel()
