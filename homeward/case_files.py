"""Case files on the command line: what came of each act, in lines."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from homeward.errors import NotDone
from homeward.settings import Settings
from homeward.staff import do, money, unknown
from services import case_acts
from services.case_acts import (
    CannotOpen,
    Facts,
    NotAConsent,
    NotAllowed,
    Risk,
    Sheet,
    Unknown,
    Withdrawn,
)
from services.house import House
from services.minors import Confirmed, NotConfirmed, Record
from services.secret_words import MOST_WORDS, Kept, NotKept
from values.bands import Gender, Guardian, Limit, PeriodBand, RiskLevel
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine
from values.money import Money

_CANNOT_OPEN = {
    "under_18": (
        "No case of somebody under 18 can be opened here, unless two protection officers and the"
        " guardian record agree: --guardian, --guardian-month."
    ),
    "not_under_18": "A guardian record is for somebody under 18 alone.",
    "guardian_month": "Write the month of the guardian record, such as 2026-11.",
    "no_lines": "A plan needs a line at least: --line shelter=300.",
    "lines_twice": "Each budget line may stand only once.",
    "not_payable": "The currency is not known, or an amount cannot be paid in it.",
    "no_names_left": "Every name for this region is in use.",
}
_NO_CONSENT = {
    "purpose": "The purpose is not known.",
    "channel": "The channel is not known.",
    "locale": "The language is not known. Write its code, such as en or zh_Hans.",
    "until": "Write a last day that is not over, and at most a year ahead.",
    "uses": "Write how many publications it covers: from 1 to 1000.",
}


_NOT_CONFIRMED = {
    "not_asked": "This is no case of somebody under 18.",
    "confirmed": "It was confirmed before.",
    "same_person": "Somebody other than who asked must confirm it.",
}
_NOT_KEPT = {
    "nothing": "Write a word on each line of the standard input.",
    "too_many": f"Write at most {MOST_WORDS} words at once.",
    "too_short": "A word needs two letters or digits at least: else nothing could be told.",
    "too_long": "A word has 200 characters at most.",
}


def facts(*, region: str, age_band: str, exploitation: str, gender: str, period_band: str) -> Facts:
    """The facts that these words stand for; each is of its list."""
    return Facts(
        Region(region),
        AgeBand(age_band),
        ExploitationForm(exploitation),
        Gender(gender),
        PeriodBand(period_band),
    )


async def open_case(
    settings: Settings,
    *,
    said: Facts,
    currency: str,
    lines: Iterable[str],
    training: bool,
    by: str,
    guardian: str | None = None,
    guardian_month: str | None = None,
) -> str:
    """Open a case; hand back its pseudonym and code. Raises NotDone."""
    priced = [_line(line, currency) for line in lines]
    record = None if guardian is None else Record(Guardian(guardian), guardian_month or "")

    async def act(house: House) -> str:
        done = await case_acts.open_case(house, facts=said, lines=priced, training=training, by=by,
            guardian=record,
        )  # fmt: skip
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case CannotOpen(why):
                raise NotDone(_CANNOT_OPEN[why])
            case opened:
                what = "training case" if training else "case"
                if opened.waits:
                    return (
                        f"Asked for {what} {opened.code}: {opened.pseudonym}, at {opened.slug}. It"
                        " is closed until another protection officer says `homeward cases confirm"
                        f" {opened.slug}`."
                    )
                return f"Opened {what} {opened.code}: {opened.pseudonym}, at {opened.slug}."

    return await do(settings, act)


async def show(settings: Settings, case: str) -> list[str]:
    """All that staff know of a case, line by line. Raises NotDone."""

    async def act(house: House) -> list[str]:
        found = await case_acts.sheet(house, case)
        if isinstance(found, Unknown | NotAllowed):
            raise unknown(found)
        return list(_told(found))

    return await do(settings, act)


async def confirm(settings: Settings, case: str, by: str) -> str:
    """Confirm a case of somebody under 18; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await case_acts.confirm_case(house, case=case, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotConfirmed(why):
                raise NotDone(_NOT_CONFIRMED[why])
            case Confirmed():
                return "Confirmed. The case is open; a story or news is never told of it."

    return await do(settings, act)


async def say_facts(settings: Settings, *, case: str, said: Facts, by: str) -> str:
    """Say the coarse facts; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await case_acts.say_facts(house, case=case, facts=said, by=by)
        if isinstance(done, Unknown | NotAllowed):
            raise unknown(done)
        return f"The facts of {done.slug} are written down."

    return await do(settings, act)


async def say_risk(settings: Settings, *, case: str, risk: Risk, by: str) -> str:
    """Fill in the risk form; hand back the level that holds. Raises NotDone."""

    async def act(house: House) -> str:
        done = await case_acts.say_risk(house, case=case, risk=risk, by=by)
        if isinstance(done, Unknown | NotAllowed):
            raise unknown(done)
        blocks = " Nothing is published." if done.level is RiskLevel.HIGH else ""
        return f"The risk is {done.level}.{blocks}"

    return await do(settings, act)


async def give_consents(
    settings: Settings,
    *,
    case: str,
    purpose: str,
    channels: Sequence[str],
    locales: Sequence[str],
    until: dt.date,
    uses: int | None,
    by: str,
) -> list[str]:
    """Write consents down, each on a line of what is handed back. Raises NotDone."""

    async def act(house: House) -> list[str]:
        done = await case_acts.give_consents(
            house, case=case, purpose=purpose, channels=channels, locales=locales, until=until,
            uses=uses, by=by,
        )  # fmt: skip
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotAConsent(why):
                raise NotDone(_NO_CONSENT[why])
            case given:
                return [
                    f"Consent to {one.purpose} in {one.locale} on {one.channel} is kept."
                    for one in given
                ]

    return await do(settings, act)


async def withdraw_consent(
    settings: Settings,
    *,
    case: str,
    purpose: str,
    channel: str | None,
    locale: str | None,
    by: str,
) -> str:
    """Withdraw consents; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await case_acts.withdraw_consent(
            house, case=case, purpose=purpose, channel=channel, locale=locale, by=by
        )
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotAConsent(why):
                raise NotDone(_NO_CONSENT[why])
            case Withdrawn(number=0):
                raise NotDone("No such consent holds now.")
            case Withdrawn(number, recalled):
                what = "1 consent is" if number == 1 else f"{number} consents are"
                return f"{what} withdrawn." + (" The story is taken back." if recalled else "")

    return await do(settings, act)


async def keep_secrets(settings: Settings, *, case: str, said: bytes, by: str) -> str:
    """Put the words in *said*, one a line, on the secret list; say how many. Raises NotDone."""
    try:
        lines = said.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as problem:
        raise NotDone("Write the words as UTF-8 text. Nothing was kept.") from problem
    words = [line.strip() for line in lines if line.strip()]

    async def act(house: House) -> str:
        done = await case_acts.keep_secrets(house, case=case, words=words, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotKept(why, which_words):
                which = f" Word {', '.join(map(str, which_words))}." if which_words else ""
                raise NotDone(f"{_NOT_KEPT[why]}{which} Nothing was kept.")
            case Kept(new, in_all, places):
                told = [f"Kept: {new} new, {in_all} in all. A list only grows."]
                told += [f"One of them stands here already: {place}" for place in places]
                return "\n".join(told)

    return await do(settings, act)


def _line(written: str, currency: str) -> tuple[BudgetLine, Money]:
    name, _, amount = written.partition("=")
    try:
        line = BudgetLine(name)
    except ValueError:
        listed = ", ".join(BudgetLine)
        raise NotDone(f"{name!r} is not a budget line. They are: {listed}.") from None
    return line, money(amount, currency)


def _told(sheet: Sheet) -> Iterator[str]:
    case = sheet.case
    yield f"{sheet.pseudonym or case.slug} ({case.code}), at {case.slug}"
    if case.training:
        yield "TRAINING CASE: never public, takes no money"
    if sheet.minor is not None:
        state = "waits to be confirmed" if sheet.minor.confirmed_by is None else "confirmed"
        yield f"UNDER 18: {state}; {sheet.minor.guardian}, {sheet.minor.month}; no story, no news"
    yield f"{'open' if case.is_open else 'closed'}; outcome: {case.outcome or 'none yet'}"
    yield f"Need: {case.need}"
    yield from (f"  {line}: {amount}" for line, amount in case.lines)
    said = sheet.facts
    if said is None:
        yield "Facts: nobody has said any"
    else:
        yield (
            f"Facts: {said.region}, {said.age_band}, {said.exploitation}, {said.gender},"
            f" {said.period_band}"
        )
    yield _risk_told(sheet.risk)
    yield f"Secret list: {sheet.secrets or 'no'} words"
    for consent in sheet.consents:
        uses = "any number of uses" if consent.uses is None else f"{consent.uses} uses"
        withdrawn = "" if consent.withdrawn_at is None else ", withdrawn"
        yield (
            f"Consent: {consent.purpose}, {consent.channel}, {consent.locale}, before"
            f" {consent.valid_until:%Y-%m-%d}, {uses}{withdrawn}"
        )


def _risk_told(risk: Risk | None) -> str:
    if risk is None:
        return "Risk: nobody has filled in the form; nothing is published"
    answers = {
        "trafficker at large": risk.trafficker_at_large,
        "court case": risk.court_case,
        "minor": risk.minor,
        "returns to the same area": risk.returns_to_same_area,
    }
    yes = [answer for answer, is_so in answers.items() if is_so]
    limits = [limit.value for limit in Limit if limit in risk.limits]
    return f"Risk: {', '.join([risk.level.value, *yes])}. Her limits: {', '.join(limits) or 'none'}"
