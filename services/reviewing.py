"""
The review of a version: what the approver sees, what she decides, and the time until it is public.

An approved version becomes public only after a while, in which anybody on the staff can stop it;
and when that while is over it must pass every rule once more.
"""

import datetime as dt
from dataclasses import dataclass

from protection.gate.checking import Finding
from services import broadcasting, disclosing, looking, publishing
from services.broadcasting import Kind
from services.disclosing import Disclosure
from services.house import House
from services.looking import Warned
from services.publishing import NotPublishable
from services.story_texts import texts_of
from storage import alarms, case_sheets, reviews
from storage import cases as case_rows
from storage import stories as story_rows
from storage.case_sheets import Facts, Risk
from storage.cases import Case
from storage.database import Connection
from storage.reviews import Plan, PlanState, Return
from storage.stories import Consent, Version
from stories.pack import Pack

__all__ = ["Plan", "PlanState", "Return"]

MOST_OF_A_NOTE = 1000
"""Characters of a note to the author."""


@dataclass(frozen=True, slots=True)
class Review:
    """
    All that an approver must have seen.

    Attributes:
        pack: The whole story: every text in every language, icons and need.
        findings: What the publish gate and the secret list of the case block.
        warnings: What the gate warns of; author and approver must have looked.
        obstacles: Everything that stands against showing it now, a line each; the gate's too.
        consents: Of every purpose, valid or not.
        changed: What is not as in the public version, as "en: steps.s04"; everything if none is.
        disclosure: What all that is told of the case says together once this version is public.
        returned: Who gave it back, and why.
        plans: What became of its approvals.
    """

    version: Version
    case: Case
    pack: Pack
    findings: tuple[Finding, ...]
    warnings: tuple[Warned, ...]
    obstacles: tuple[str, ...]
    facts: Facts | None
    risk: Risk | None
    consents: tuple[Consent, ...]
    changed: tuple[str, ...]
    disclosure: Disclosure
    returned: Return | None
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class NoSuchVersion:
    """There is no story version with this number."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """
    It is decided already, or there is nothing to stop.

    Attributes:
        state: A fixed word: `returned`, `approved`, `not_waiting` or `empty_note`.
    """

    state: str


@dataclass(frozen=True, slots=True)
class NotApproved:
    """It cannot be approved; *reasons* are a line each."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """It becomes public at *due_at*, unless somebody stops it."""

    approval_id: int
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""


async def queue(connection: Connection) -> list[tuple[int, Case]]:
    """(version id, case) of what waits for a review, oldest first."""
    waiting = await reviews.waiting(connection)
    cases = await case_rows.by_ids(connection, {case_id for _, case_id in waiting})
    return [(version_id, cases[case_id]) for version_id, case_id in waiting]


async def review(house: House, connection: Connection, version_id: int) -> Review | NoSuchVersion:
    """All that there is to see of a version."""
    version = await story_rows.version(connection, house.seal, version_id)
    if version is None:
        return NoSuchVersion()
    case = (await case_rows.by_ids(connection, [version.case_id]))[version.case_id]
    pack = Pack.from_json(version.pack)
    public = (await story_rows.published(connection, [case.id])).get(case.id)
    before = None if public is None else await house.shelf.story(connection, *public)
    return Review(
        version=version,
        case=case,
        pack=pack,
        findings=tuple(await publishing.blocked(connection, house.seal, case, pack)),
        warnings=await looking.warned(connection, house.seal, case.id, texts_of(pack)),
        obstacles=tuple(await publishing.obstacles(connection, house.seal, version, house.clock())),
        facts=await case_sheets.facts_of(connection, case.id),
        risk=await case_sheets.risk_of(connection, case.id),
        consents=tuple((await story_rows.consents(connection, [case.id]))[case.id]),
        changed=changes(before, pack),
        disclosure=await disclosing.of_story(
            connection, house.seal, case, [line for line, _ in pack.lines]
        ),
        returned=await reviews.returned(connection, house.seal, version_id),
        plans=tuple(await reviews.plans(connection, version_id)),
    )


async def approve(
    house: House, connection: Connection, version_id: int, *, approver_id: int
) -> Approved | NotApproved | NotNow | NoSuchVersion:
    """Approve exactly this version; it becomes public after the operator's delay."""
    now = house.clock()
    version = await story_rows.version(connection, house.seal, version_id)
    if version is None:
        return NoSuchVersion()
    await case_rows.lock(connection, version.case_id)
    state = await decided(house, connection, version_id)
    if state is not None:
        return NotNow(state)
    reasons = await publishing.obstacles(connection, house.seal, version, now)
    if reasons:
        return NotApproved(tuple(reasons))
    try:
        approval_id = await publishing.approve(
            connection, house.seal, version_id=version_id, approver_id=approver_id, now=now
        )
    except NotPublishable as problem:
        return NotApproved(tuple(problem.reasons))
    due_at = now + house.terms.publish_after
    await reviews.plan(
        connection, approval_id, version_id=version_id, case_id=version.case_id, due_at=due_at
    )
    return Approved(approval_id, due_at)


async def give_back(
    house: House, connection: Connection, version_id: int, *, staff_id: int, note: str
) -> Done | NotNow | NoSuchVersion:
    """Return a version that waits to its author, with a note that only staff can read."""
    note = note.strip()
    version = await story_rows.version(connection, house.seal, version_id)
    if version is None:
        return NoSuchVersion()
    if not 0 < len(note) <= MOST_OF_A_NOTE:
        return NotNow("empty_note")
    await case_rows.lock(connection, version.case_id)
    state = await decided(house, connection, version_id)
    if state is not None:
        return NotNow(state)
    await reviews.give_back(
        connection, house.seal, version_id, staff_id=staff_id, note=note, now=house.clock()
    )
    return Done()


async def stop(
    house: House, connection: Connection, version_id: int, *, staff_id: int
) -> Done | NotNow:
    """Stop an approved version before it is public. No reason is asked."""
    for plan in await reviews.plans(connection, version_id):
        if await reviews.end(
            connection,
            plan.approval_id,
            PlanState.STOPPED,
            now=house.clock(),
            stopped_by=staff_id,
        ):
            return Done()
    return NotNow("not_waiting")


async def publish_due(house: House) -> int:
    """
    Publish what was approved long enough ago; hand back how many became public.

    Each in a transaction of its own. What does not pass the rules now is not tried again: it needs
    a new version and a new approval.
    """
    async with house.read() as connection:
        due = await reviews.due(connection, house.clock())
    return sum([await _publish(house, plan) for plan in due])


async def _publish(house: House, plan: Plan) -> bool:
    async with house.write() as connection:
        await case_rows.lock(connection, plan.case_id)
        now = house.clock()
        version = await publishing.version_of(connection, house.seal, plan.version_id)
        obstacles = await publishing.obstacles(connection, house.seal, version, now)
        state = PlanState.REFUSED if obstacles else PlanState.PUBLISHED
        # Whoever stopped it since it was read wins; so does another process that was quicker.
        if not await reviews.end(connection, plan.approval_id, state, now=now):
            return False
        if obstacles:
            await alarms.ring(connection, "story_not_published", f"{version.id}", now)
            return False
        await story_rows.publish(connection, plan.case_id, plan.version_id, plan.approval_id, now)
        await broadcasting.want(house, connection, Kind.NEW_CASE, plan.case_id)
    return True


async def decided(house: House, connection: Connection, version_id: int) -> str | None:
    """What was decided on a version, `returned` or `approved`; None while nothing is."""
    if await reviews.returned(connection, house.seal, version_id) is not None:
        return "returned"
    open_or_done = (PlanState.WAITING, PlanState.PUBLISHED)
    plans = await reviews.plans(connection, version_id)
    return "approved" if any(plan.state in open_or_done for plan in plans) else None


def changes(before: Pack | None, after: Pack) -> tuple[str, ...]:
    """Where *after* says or shows something else than *before*, as "en: steps.s04"."""
    old, new = _flat(before), _flat(after)
    return tuple(
        place for place in sorted(old.keys() | new.keys()) if old.get(place) != new.get(place)
    )


def _flat(pack: Pack | None) -> dict[str, object]:
    if pack is None:
        return {}
    told = pack.model_dump(mode="json")
    found: dict[str, object] = {
        f"story: {key}": value for key, value in told.items() if key != "texts"
    }
    for locale, texts in told["texts"].items():
        for key, value in texts.items():
            parts = value.items() if isinstance(value, dict) else [("", value)]
            for part, text in parts:
                found[f"{locale}: {key}.{part}" if part else f"{locale}: {key}"] = text
    return found
