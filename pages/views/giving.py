"""Giving on the page: the form is judged, the amount reserved, the browser sent on to pay."""

import re
from dataclasses import dataclass, replace

from aiohttp import hdrs, web

from locales.amounts import (
    Ambiguous,
    Amount,
    NotAnAmount,
    OtherCurrency,
    TooPrecise,
    read_amount,
)
from locales.text import Name, Text, say
from pages.addresses import visitor
from pages.forms import fields_of, is_from_elsewhere
from pages.page import Page
from pages.printed import new_word
from pages.views import story
from pages.views.story import Form
from services import arrivals, giving, receipts, wishes, wording
from services.catalogue import PublicCase
from services.giving import (
    Held,
    LeavesTooLittle,
    NothingMissing,
    NotOpen,
    Refusal,
    TooLarge,
    TooManyOpen,
    TooSmall,
)
from services.house import HoldState
from services.wishes import Option
from values.money import Money

COVERS = "yes"
_REQUEST = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MINOR = re.compile(r"[1-9][0-9]{0,11}")
_MOST_MINOR = 10**12
"""What is more is no amount of money; it would not fit on the page either."""
_UNREADABLE = say("This is not an amount that can be read. Please write only a number.")
_CHOOSE = say("Please choose what shall become of your gift if the plan is filled first.")
_NOTHING = say("Nothing was charged.")
"""Said below every problem."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    What a form asks for, once all of it is clear.

    Attributes:
        cover: What is added for the payment fee; None for nothing.
        option: What shall become of the gift if the plan is filled first.
        wish: That, as the form sends it.
        lines: What is to be told of the fee before paying; nothing where nobody asks for one.
        told: The mark of these lines, by which the form shows that they were seen.
        campaign: As in `Form`.
    """

    amount: Money
    cover: Money | None
    option: Option
    wish: str
    lines: tuple[Text, ...]
    told: str
    campaign: str = ""

    @property
    def sum(self) -> Money:
        """What is to be paid."""
        return self.amount if self.cover is None else self.amount + self.cover

    @property
    def name(self) -> str:
        """Tells two choices apart."""
        covers = "" if self.cover is None else ":fee"
        return f"{self.amount.amount_minor}:{self.option.key}{covers}"


async def back_to_story(page: Page) -> web.Response:
    """Somebody opens the form's address by hand, or changes the language behind it."""
    return page.redirect(page.url(f"/stories/{page.request.match_info['slug']}"))


async def give(page: Page) -> web.Response:
    """Take the form: to the payment page, or back into the form with what is wrong."""
    house = page.site.house
    sent = await fields_of(page.request)
    wish, _, seen = sent.get("wish", "")[:64].partition(".")
    async with page.looking() as look:
        case = await look.case_at(page.request.match_info["slug"])
        if case is None:
            raise web.HTTPNotFound
        empty = await story.form_for(page, look, case, wish)
    form = replace(
        empty,
        chosen=sent.get("preset", ""),
        written=sent.get("amount", "")[:64],
        covers=sent.get("fee") == COVERS,
        campaign=sent.get("c", "")[:16],
    )
    if not _REQUEST.fullmatch(sent.get("request", "")) or is_from_elsewhere(page.request):
        return await _again(page, case, form, say("Please check the amount and send it once more."))
    form = replace(form, request=sent["request"])
    if form.campaign and "told" not in sent:
        async with house.write() as connection:
            await arrivals.went_on(connection, form.campaign, page.locale, house.clock())
    amount = _amount(page, case, form)
    if isinstance(amount, Form):
        return await story.answer(page, case, amount, 422)
    option = form.option
    if option is None or option.mark(page.i18n) != seen:
        return await _again(page, case, replace(form, wish=wishes.BACK), _CHOOSE)
    chosen = _chosen(page, amount, option, form)
    if sent.get("told", "") == chosen.told:
        return await _reserve(page, case, form, chosen)
    refusal = giving.judge(amount, case.progress.missing)
    if refusal is not None:
        return await _refused(page, case, form, amount, refusal)
    # What the fee makes of this amount is known only now: it is told before anything is reserved.
    return page.html(
        "before_paying.html",
        path=f"/stories/{case.case.slug}",
        case=case,
        chosen=chosen,
        request=form.request,
    )


def _chosen(page: Page, amount: Money, option: Option, form: Form) -> Chosen:
    terms = page.site.house.terms
    cover = terms.cover(amount) if form.covers else None
    lines = wording.fee_lines(terms, amount, covers=cover is not None)
    return Chosen(
        amount=amount,
        cover=cover,
        option=option,
        wish=f"{option.key}.{option.mark(page.i18n)}",
        lines=lines,
        told=wishes.mark_of("\n".join(page.i18n.text(line) for line in lines)),
        campaign=form.campaign,
    )


async def _reserve(page: Page, case: PublicCase, form: Form, chosen: Chosen) -> web.Response:
    house = page.site.house
    amount = chosen.amount
    now = house.clock()
    address = visitor(page.request, page.site.trusted_proxies)
    async with house.write() as connection:
        outcome = await giving.take_hold(
            house,
            connection,
            case_code=case.case.code,
            amount=amount,
            locale=page.locale,
            # With all that was chosen: who goes back and chooses otherwise wants another payment.
            request_key=f"web:{form.request}:{case.case.code}:{chosen.name}",
            # The key changes every day, so that no address can be followed for longer.
            address_hash=house.seal.fingerprint(f"address/{now.date().isoformat()}", address),
            covers_fee=chosen.cover is not None,
            wish=chosen.option.wish(page.i18n),
        )
        if isinstance(outcome, Held) and chosen.campaign:
            await arrivals.credit_code(connection, outcome.hold.id, chosen.campaign, now)
    if isinstance(outcome, Held):
        return await _to_payment(page, case, form, chosen, outcome)
    async with page.looking() as look:
        fresh = await look.case_at(case.case.slug)
        if fresh is None:
            raise web.HTTPNotFound
        empty = await story.form_for(page, look, fresh, form.wish)
    empty = replace(
        empty,
        request=form.request,
        written=form.written,
        covers=form.covers,
        campaign=form.campaign,
    )
    return await _refused(page, fresh, empty, amount, outcome)


async def _to_payment(
    page: Page, case: PublicCase, form: Form, chosen: Chosen, held: Held
) -> web.Response:
    """To the payment page of this hold; to its receipt if there is nothing to pay any more."""
    found = await _receipt(page, held)
    if found.state is HoldState.OPEN and found.pay_url is None:
        await page.site.open_checkout(held.hold.id)
        found = await _receipt(page, held)
    if found.pay_url is not None:
        return page.redirect(found.pay_url)
    if found.state not in (HoldState.OPEN, HoldState.RELEASED):
        return page.redirect(page.url(f"/r/{found.reference}"))
    response = page.html(
        "not_opened.html",
        503,
        path=f"/stories/{case.case.slug}",
        case=case,
        chosen=chosen,
        # A released hold is over: trying again is a new gift.
        request=new_word() if found.state is HoldState.RELEASED else form.request,
    )
    response.headers[hdrs.RETRY_AFTER] = "30"
    return response


async def _receipt(page: Page, held: Held) -> receipts.Receipt:
    house = page.site.house
    async with house.read() as connection:
        found = await receipts.receipt_of_hold(
            connection, house.shelf, "web", house.clock(), held.hold.id
        )
    if found is None:
        raise LookupError(f"hold {held.hold.id} was taken and does not exist")
    return found


def _amount(page: Page, case: PublicCase, form: Form) -> Money | Form:
    """The amount that was meant, or the form with the question that is left."""
    currency = case.case.currency
    chosen = _preset(form.chosen, currency)
    if not form.written.strip():
        if chosen is not None:
            return chosen
        return replace(form, problems=(say("Please choose or write an amount."), _NOTHING))
    read = read_amount(form.written, currency, page.locale)
    match read:
        case Amount(money) if money.amount_minor > _MOST_MINOR:
            problem = _UNREADABLE
        case Amount(money):
            if chosen is None or chosen == money:
                return money
            return _which(form, (chosen, money))
        case Ambiguous(readings) if readings[0].amount_minor <= _MOST_MINOR:
            return _which(form, readings)
        case OtherCurrency():
            problem = say("Please write the amount in {currency}.", currency=Name(currency))
        case TooPrecise():
            problem = say("That amount has too many decimals.")
        case NotAnAmount() | Ambiguous():
            problem = _UNREADABLE
    return replace(form, problems=(problem, _NOTHING))


def _preset(sent: str, currency: str) -> Money | None:
    return Money(int(sent), currency) if _MINOR.fullmatch(sent) else None


def _which(form: Form, readings: tuple[Money, ...]) -> Form:
    """Offer the readings themselves, so that one of them can simply be chosen."""
    return replace(
        form,
        offered=readings,
        chosen="",
        written="",
        problems=(say("Which amount do you mean?"), _NOTHING),
    )


async def _again(
    page: Page, case: PublicCase, form: Form, problem: Text, status: int = 422
) -> web.Response:
    return await story.answer(page, case, replace(form, problems=(problem, _NOTHING)), status)


async def _refused(
    page: Page, case: PublicCase, form: Form, amount: Money, refusal: Refusal
) -> web.Response:
    """Back into the form, with what is possible now and the amounts that come nearest."""
    nearest: tuple[Money, ...]
    match refusal:
        case TooManyOpen():
            problem = say(
                "Too many gifts are waiting to be paid at this moment. "
                "Please pay the one you have begun, or try again in half an hour."
            )
            response = await _again(page, case, form, problem, 429)
            response.headers[hdrs.RETRY_AFTER] = str(30 * 60)
            return response
        case TooSmall(possible):
            problem = say("{amount} is too small to be paid by card.", amount=amount)
            nearest = (possible.least,)
        case TooLarge(possible):
            problem = say("{amount} is more than what is missing.", amount=amount)
            nearest = (possible.most,)
        case LeavesTooLittle(possible, below):
            problem = say(
                "{amount} would leave a rest that is too small to be paid by card.", amount=amount
            )
            nearest = tuple(money for money in (below, possible.most) if money >= possible.least)
        case NothingMissing() | NotOpen():
            return await _again(page, case, form, say("Nothing is missing in this plan now."))
    offered = tuple(sorted({*nearest, *form.offered}))
    return await _again(page, case, replace(form, offered=offered, chosen=""), problem)
