"""Updates of cases on the command line: what came of each act, in lines."""

from collections.abc import Collection, Iterable

from homeward.errors import NotDone
from homeward.reviews import looked_told, warning_told
from homeward.settings import Settings
from homeward.staff import do, unknown
from services import updating, words_acts
from services.house import House
from services.words_acts import NotAllowed, NotDecided, NotWritten, Unknown, Update

_NOT_WRITTEN = {
    "milestone": "There is no such milestone.",
    "month": "Write a month that has begun, such as 2026-11.",
    "locale": "The language of a note is not known: en=..., zh_Hans=...",
    "note": "A note cannot be used:",
    "gate": "The gate does not let a note through:",
    "under_18": "Nothing is told of somebody under 18.",
}
_NOT_DECIDED = {
    "unknown": "There is no such update.",
    "decided": "It was decided before.",
    "author": "Somebody other than the author must approve it.",
    "gate": "The gate does not let its note through any more. Turn it down.",
    "risk": "The risk is high, or nobody has filled in the risk form.",
    "limit": "She does not want updates.",
    "looked": "Warnings have still to be looked at: `homeward updates looked`.",
    "disclosure": "Too few people fit what is told together.",
    "consent": "No consent to updates in these languages is valid on bot and web now.",
    "under_18": "Nothing is told of somebody under 18.",
    "not_approved": "It was not approved; nobody sees it.",
    "stopped": "It was stopped before.",
}


async def write(
    settings: Settings, *, case: str, milestone: str, month: str, notes: Iterable[str], by: str
) -> str:
    """Write an update; hand back its number. Raises NotDone."""
    told = dict(_note(note) for note in notes)

    async def act(house: House) -> str:
        done = await words_acts.write_update(
            house, case=case, milestone=milestone, month=month, notes=told, by=by
        )
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotWritten(why, findings, faults):
                blocked = [f"{finding.where}: {finding.remedy}" for finding in findings]
                raise NotDone("\n".join([_NOT_WRITTEN[why], *blocked, *faults]))
            case update:
                seen = await words_acts.warnings_of_update(house, update.id)
                warned = [] if isinstance(seen, Unknown) else [warning_told(one) for one in seen]
                kept = f"Kept as {update.id}. Somebody else approves it."
                return "\n".join([kept, *warned])

    return await do(settings, act)


async def approve(settings: Settings, number: int, by: str) -> str:
    """Approve an update; hand back when it is shown. Raises NotDone."""

    async def act(house: House) -> str:
        done = await words_acts.approve_update(house, number, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotDecided(why, reasons):
                raise NotDone("\n".join([_NOT_DECIDED[why], *reasons]))
            case update:
                return f"Approved. Shown from {update.public_from:%Y-%m-%d %H:%M} UTC."

    return await do(settings, act)


async def looked(
    settings: Settings, number: int, *, marks: Collection[str] | None, by: str
) -> list[str]:
    """Write down that warnings were looked at; say what is left. Raises NotDone."""

    async def act(house: House) -> list[str]:
        done = await words_acts.look_at_update(house, number, marks=marks, by=by)
        if isinstance(done, Unknown | NotAllowed):
            raise unknown(done)
        return looked_told(done)

    return await do(settings, act)


async def turn_down(settings: Settings, number: int, by: str) -> str:
    """Turn an update down; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        _done(await words_acts.turn_down_update(house, number, by=by))
        return "Turned down."

    return await do(settings, act)


async def stop(settings: Settings, number: int, by: str) -> str:
    """Stop an approved update; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        _done(await words_acts.stop_update(house, number, by=by))
        return "Stopped. Nobody sees it."

    return await do(settings, act)


async def list_of(settings: Settings, case: str) -> list[str]:
    """A line for each update of a case. Raises NotDone."""

    async def act(house: House) -> list[str]:
        found = await words_acts.updates_of(house, case)
        if isinstance(found, Unknown | NotAllowed):
            raise unknown(found)
        return [_told(update) for update in found] or ["There are no updates."]

    return await do(settings, act)


def _note(written: str) -> tuple[str, str]:
    locale, separator, text = written.partition("=")
    if not separator:
        raise NotDone("Write a note with its language: --note 'en=She has her papers.'")
    return locale, text


def _done(outcome: updating.Done | NotDecided | Unknown | NotAllowed) -> None:
    if isinstance(outcome, Unknown | NotAllowed):
        raise unknown(outcome)
    if isinstance(outcome, NotDecided):
        raise NotDone(_NOT_DECIDED[outcome.why])


def _told(update: Update) -> str:
    words = {None: "waits for approval", False: "turned down"}
    state = words.get(update.approved, f"shown from {update.public_from}")
    languages = f", notes in {', '.join(update.notes)}" if update.notes else ""
    stopped = "stopped" if update.stopped else state
    return f"{update.id}: {update.milestone}, {update.month}{languages}, {stopped}"
