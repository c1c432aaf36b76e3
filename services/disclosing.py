"""
What all that is told of a case says of her together, and for how many people that stands.

The rule is `protection.disclosure`; here it is put to what is published now and what is to be.
Invented cases and those for courses are outside of it: they are nobody's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from protection.disclosure import Counts, K, facts_told, is_enough
from services.house import House
from storage import alarms, case_sheets, caseloads, overrides, updates
from storage import cases as case_rows
from storage import need_cards as card_rows
from storage import stories as story_rows
from storage.caseloads import Caseload, CountsDoNotAddUp
from storage.cases import Case
from storage.database import Connection
from storage.overrides import Override
from storage.sealing import Seal
from storage.updates import Update
from values.lines import BudgetLine

__all__ = ["Caseload", "K", "Override"]

MOST_OF_A_REASON = 1000
"""Characters of a reason for an override."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """
    What is told together, and for how many people it stands.

    Attributes:
        facts: By column, what is told; empty if nobody has said the facts of the case.
        people: So many people of the caseload have all of *facts*; None if that cannot be told.
        caseload: By which import; None if none counts.
        is_bound: The rule holds for this case: it is neither invented nor for a course.
        is_overridden: Two protection officers allowed exactly these facts by this caseload.
        sound: False if the counts in the database are not those that were imported.
    """

    facts: Mapping[str, str]
    people: int | None
    caseload: Caseload | None
    is_bound: bool
    is_overridden: bool
    sound: bool = True

    @property
    def is_enough(self) -> bool:
        """The facts stand for enough people."""
        return self.people is not None and is_enough(self.people)

    @property
    def obstacle(self) -> str | None:
        """What stands against telling it, and what to do; None if nothing does."""
        if not self.is_bound or self.is_enough or self.is_overridden:
            return None
        if not self.sound:
            return f"{CountsDoNotAddUp.__doc__}".strip()
        if self.caseload is None:
            return (
                "No caseload was imported yet, so nobody knows how many people its facts fit:"
                " `homeward caseload import`."
            )
        if self.people is None:
            return "Nobody has said the facts of the case: `homeward cases facts`."
        return (
            f"All that is told of the case says {_listed(self.facts)}. That fits {self.people} of"
            f" the caseload; it must fit {K}. Tell less, or let two protection officers allow it:"
            " `homeward caseload override`."
        )


@dataclass(frozen=True, slots=True)
class NotAsked:
    """
    No override was asked for.

    Attributes:
        why: A fixed word: `not_needed`, `no_count` (no caseload, or no facts) or `reason`.
    """

    why: str


@dataclass(frozen=True, slots=True)
class NotGranted:
    """
    No override was granted.

    Attributes:
        why: A fixed word: `unknown`, `granted`, `same_person` or `void` (a newer caseload
            counts).
    """

    why: str


async def of_story(
    connection: Connection, seal: Seal, case: Case, lines: Iterable[BudgetLine] = ()
) -> Disclosure:
    """
    What is told together once the story of the case is public.

    Args:
        lines: The budget lines that it shows, beside those that the case has now.
    """
    news = _told(await updates.of_case(connection, seal, case.id))
    return await _together(connection, case, story=True, lines=lines, news=news)


async def of_need_card(connection: Connection, seal: Seal, case: Case) -> Disclosure:
    """What is told together once the need card of the case is shown, beside its story if any."""
    news = _told(await updates.of_case(connection, seal, case.id))
    public = await story_rows.published(connection, [case.id])
    return await _together(connection, case, story=bool(public), lines=(), news=news)


async def of_update(connection: Connection, seal: Seal, case: Case, update: Update) -> Disclosure:
    """What is told together once *update* is shown."""
    news = _told(await updates.of_case(connection, seal, case.id))
    public = await story_rows.published(connection, [case.id])
    return await _together(connection, case, story=bool(public), lines=(), news=(*news, update))


async def ask_override(
    house: House,
    connection: Connection,
    case: Case,
    told: Disclosure,
    *,
    reason: str,
    staff_id: int,
) -> Override | NotAsked:
    """Ask that exactly what *told* says be allowed; another protection officer grants it."""
    reason = reason.strip()
    if told.obstacle is None:
        return NotAsked("not_needed")
    if told.caseload is None or told.people is None:
        return NotAsked("no_count")
    if not 0 < len(reason) <= MOST_OF_A_REASON:
        return NotAsked("reason")
    override_id = await overrides.ask(
        connection,
        house.seal,
        case.id,
        caseload_id=told.caseload.id,
        facts=told.facts,
        people=told.people,
        reason=reason,
        asked_by=staff_id,
        now=house.clock(),
    )
    asked = await overrides.by_id(connection, house.seal, override_id)
    assert asked is not None  # it was written just now  # noqa: S101
    return asked


async def grant_override(
    house: House, connection: Connection, override_id: int, *, staff_id: int
) -> Override | NotGranted:
    """Allow what another protection officer asked for."""
    asked = await overrides.by_id(connection, house.seal, override_id)
    if asked is None:
        return NotGranted("unknown")
    if asked.granted_by is not None:
        return NotGranted("granted")
    if asked.asked_by == staff_id:
        return NotGranted("same_person")
    counting, _ = await _newest(connection)
    if counting is None or counting.id != asked.caseload_id:
        return NotGranted("void")
    await overrides.grant(connection, asked, granted_by=staff_id, now=house.clock())
    return await overrides.by_id(connection, house.seal, override_id) or asked


async def watch(house: House) -> int:
    """
    Ring an alarm for each public case that tells more now than it may; hand back how many rang.

    A new caseload may count fewer people, and a plan or the facts may have changed since the story
    became public. Nothing is taken back by that: somebody has to judge it.
    """
    async with house.read() as connection:
        cases = {case.id: case for case in await case_rows.all_cases(connection)}
        stories = await story_rows.published(connection, list(cases))
        told = [
            (cases[case_id], await of_story(connection, house.seal, cases[case_id]))
            for case_id in sorted(stories)
        ]
        told += [
            (cases[case_id], await of_need_card(connection, house.seal, cases[case_id]))
            for case_id in sorted(await card_rows.shown(connection, list(cases)))
            if case_id not in stories
        ]
    rung = 0
    for case, together in told:
        if together.obstacle is not None:
            counted = "none" if together.caseload is None else f"{together.caseload.id}"
            columns = "+".join(together.facts) or "none"
            subject = f"{case.code} caseload {counted} {columns}"
            async with house.write() as connection:
                rung += await alarms.ring(connection, "tells_too_much", subject, house.clock())
    return rung


def _told(news: Sequence[Update]) -> tuple[Update, ...]:
    """What was approved, shown already or not yet."""
    return tuple(one for one in news if one.approved and not one.stopped)


async def _together(
    connection: Connection,
    case: Case,
    *,
    story: bool,
    lines: Iterable[BudgetLine],
    news: Sequence[Update],
) -> Disclosure:
    said = await case_sheets.facts_of(connection, case.id)
    columns = facts_told(
        story=story,
        lines={*lines, *(line for line, _ in case.lines)},
        milestones=[one.milestone for one in news],
        notes=any(one.notes for one in news),
    )
    facts = {} if said is None else {column: f"{getattr(said, column)}" for column in columns}
    counting, sound = await _newest(connection)
    people = None if counting is None or said is None else Counts(counting.counts).people(facts)
    return Disclosure(
        facts=facts,
        people=people,
        caseload=counting,
        is_bound=not (case.invented or case.training),
        is_overridden=people is not None
        and counting is not None
        and await overrides.granted(connection, case.id, caseload_id=counting.id, facts=facts),
        sound=sound,
    )


async def _newest(connection: Connection) -> tuple[Caseload | None, bool]:
    try:
        return await caseloads.newest(connection), True
    except CountsDoNotAddUp:
        return None, False


def _listed(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {value}" for column, value in facts.items())
