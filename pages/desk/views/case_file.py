"""The file of a case: its coarse facts and its risk form, each said anew in place of before."""

from collections.abc import Mapping
from enum import StrEnum

from aiohttp import web

from pages.desk.visit import Desk
from pages.desk.words import chosen, word_of
from services import case_acts
from services.case_acts import Facts, NotAllowed, Risk, Sheet, Unknown
from values.bands import Gender, Limit, PeriodBand, RiskLevel
from values.facts import AgeBand, ExploitationForm, Region

BANDS: Mapping[str, tuple[str, type[StrEnum]]] = {
    "region": ("Going home to", Region),
    "age_band": ("How old", AgeBand),
    "exploitation": ("What was done", ExploitationForm),
    "gender": ("Gender, as the person says it", Gender),
    "period_band": ("How long it lasted", PeriodBand),
}
"""The facts of a case: field to question and closed list."""

ANSWERS: Mapping[str, str] = {
    "trafficker_at_large": "A trafficker is free",
    "court_case": "There is a court case",
    "minor": "The person is under 18",
    "returns_to_same_area": "The person goes back to the same area",
}


def facts_of(sent: Mapping[str, str]) -> Facts | None:
    """The facts that a form says; None if one of them is not of its list."""
    region = word_of(Region, sent.get("region", ""))
    age_band = word_of(AgeBand, sent.get("age_band", ""))
    exploitation = word_of(ExploitationForm, sent.get("exploitation", ""))
    gender = word_of(Gender, sent.get("gender", ""))
    period_band = word_of(PeriodBand, sent.get("period_band", ""))
    if not (region and age_band and exploitation and gender and period_band):
        return None
    return Facts(region, age_band, exploitation, gender, period_band)


async def read(desk: Desk, part: str) -> Sheet:
    """The sheet of this address's case; the look at it is in the log. Raises HTTPNotFound."""
    case = await desk.case()
    found = await case_acts.read_file(desk.house, case=case.code, part=part, by=desk.code)
    if isinstance(found, Unknown | NotAllowed):
        raise web.HTTPNotFound
    return found


async def show_facts(desk: Desk) -> web.Response:
    """The facts as they were last said, to be said anew."""
    return await _facts(desk)


async def say_facts(desk: Desk) -> web.Response:
    """Write the facts down."""
    case = await desk.case()
    facts = facts_of(desk.sent)
    if facts is None:
        return await _facts(desk, "Choose one answer for each fact.")
    done = await case_acts.say_facts(desk.house, case=case.code, facts=facts, by=desk.code)
    if isinstance(done, Unknown | NotAllowed):
        raise web.HTTPNotFound
    is_minor = facts.age_band is AgeBand.UNDER_18
    return desk.redirect(f"/cases/{case.code}", "facts_under_18" if is_minor else "facts_said")


async def show_risk(desk: Desk) -> web.Response:
    """The risk form as it was last filled in, to be filled in anew."""
    return await _risk(desk)


async def say_risk(desk: Desk) -> web.Response:
    """Write the risk form down; the level is never below what the answers ask for."""
    case = await desk.case()
    level = word_of(RiskLevel, desk.sent.get("level", ""))
    if level is None:
        return await _risk(desk, "Choose how high the risk is.")
    risk = Risk(
        trafficker_at_large="answer_trafficker_at_large" in desk.sent,
        court_case="answer_court_case" in desk.sent,
        minor="answer_minor" in desk.sent,
        returns_to_same_area="answer_returns_to_same_area" in desk.sent,
        limits=frozenset(Limit(limit) for limit in chosen(desk.sent, "limit_", Limit)),
        level=level,
    )
    done = await case_acts.say_risk(desk.house, case=case.code, risk=risk, by=desk.code)
    if isinstance(done, Unknown | NotAllowed):
        raise web.HTTPNotFound
    raised = done.level is not level
    return desk.redirect(f"/cases/{case.code}", "risk_raised" if raised else "risk_said")


async def _facts(desk: Desk, problem: str | None = None) -> web.Response:
    sheet = await read(desk, "facts")
    said = {} if sheet.facts is None else {name: getattr(sheet.facts, name) for name in BANDS}
    return desk.html(
        "facts.html",
        200 if problem is None else 422,
        sheet=sheet,
        bands=BANDS,
        values=desk.sent or said,
        problem=problem,
    )


async def _risk(desk: Desk, problem: str | None = None) -> web.Response:
    sheet = await read(desk, "risk")
    return desk.html(
        "risk.html",
        200 if problem is None else 422,
        sheet=sheet,
        answers=ANSWERS,
        limits=list(Limit),
        levels=list(RiskLevel),
        values=desk.sent or _as_sent(sheet.risk),
        problem=problem,
    )


def _as_sent(risk: Risk | None) -> dict[str, str]:
    """The fields with which a form would say this."""
    if risk is None:
        return {}
    answers = {f"answer_{name}": "yes" for name in ANSWERS if getattr(risk, name)}
    limits = {f"limit_{limit}": "yes" for limit in risk.limits}
    return {**answers, **limits, "level": risk.level}
