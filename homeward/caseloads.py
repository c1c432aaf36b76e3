"""The caseload on the command line: imported, shown, counted; and overrides of what it allows."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from homeward.errors import NotDone
from homeward.settings import Settings
from homeward.staff import do, unknown
from protection.disclosure import Counts, K, is_enough
from services import caseload_acts
from services.caseload_acts import (
    Caseload,
    CountsDoNotAddUp,
    NoSuchVersion,
    NotAllowed,
    NotAsked,
    NotGranted,
    Override,
    Unknown,
)
from services.caseload_files import BadCaseload, Rows, read_for_counting, read_for_import
from services.house import House
from values.bands import COLUMNS

_NOT_ASKED = {
    "not_needed": "Nothing needs to be allowed: enough people fit it.",
    "no_count": "Nobody can say how many people it fits: import a caseload, and say the facts.",
    "reason": "Write a reason of 1 to 1000 characters.",
}
_NOT_GRANTED = {
    "unknown": "There is no such override.",
    "granted": "It was granted before.",
    "same_person": "Somebody other than who asked must grant it.",
    "void": "A newer caseload was imported since. Ask again.",
}


async def bring_in(settings: Settings, path: Path, by: str) -> str:
    """Import the caseload in the file *path*; hand back what was done. Raises NotDone."""
    rows = _rows(read_for_import(_text(path)))

    async def act(house: House) -> str:
        done = await caseload_acts.bring_in(house, rows, by=by)
        if isinstance(done, Unknown | NotAllowed):
            raise unknown(done)
        return (
            f"Kept as caseload {done.id}: {done.people} people. What was overridden by an earlier"
            " caseload is void."
        )

    return await do(settings, act)


async def show(settings: Settings) -> list[str]:
    """The caseload that counts now, line by line. Raises NotDone."""

    async def act(house: House) -> list[str]:
        try:
            found = await caseload_acts.newest(house)
        except CountsDoNotAddUp as problem:
            raise NotDone(f"{CountsDoNotAddUp.__doc__}".strip()) from problem
        if found is None:
            raise NotDone("No caseload was imported yet: `homeward caseload import FILE.csv`.")
        return list(_told(found))

    return await do(settings, act)


def answers(path: Path, lines: Iterable[bytes]) -> Iterator[tuple[dict[str, Any], bool]]:
    """
    Count for each line of JSON how many people of the CSV file *path* have its attributes.

    Yields the answer to each line and whether it is one, in order; a line without any letter has
    none.

    Raises:
        NotDone: the file is no table.
    """
    rows = _rows(read_for_counting(_text(path)))
    counts = Counts(rows.counts)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answer(rows, counts, number, line)


async def ask(
    settings: Settings,
    *,
    story: int | None = None,
    update: int | None = None,
    need_card: str | None = None,
    reason: str,
    by: str,
) -> str:
    """Ask for an override; hand back its number. Raises NotDone."""
    if (story is None) + (update is None) + (need_card is None) != 2:
        raise NotDone("Say for what: --story NUMBER, --update NUMBER or --need-card CASE.")

    async def asked_for(
        house: House,
    ) -> caseload_acts.Override | NotAsked | NoSuchVersion | Unknown | NotAllowed:
        if story is not None:
            return await caseload_acts.ask_override_of_story(house, story, reason=reason, by=by)
        if update is not None:
            return await caseload_acts.ask_override_of_update(house, update, reason=reason, by=by)
        return await caseload_acts.ask_override_of_need_card(
            house, need_card or "", reason=reason, by=by
        )

    async def act(house: House) -> str:
        done = await asked_for(house)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NoSuchVersion():
                raise NotDone("There is no such version.")
            case NotAsked(why):
                raise NotDone(_NOT_ASKED[why])
            case asked:
                return f"Asked as {asked.id}. Another protection officer grants it."

    return await do(settings, act)


async def grant(settings: Settings, number: int, by: str) -> str:
    """Grant an override; hand back what was done. Raises NotDone."""

    async def act(house: House) -> str:
        done = await caseload_acts.grant_override(house, number, by=by)
        match done:
            case Unknown() | NotAllowed():
                raise unknown(done)
            case NotGranted(why):
                raise NotDone(_NOT_GRANTED[why])
            case _:
                return "Granted, for exactly these facts and this caseload."

    return await do(settings, act)


async def overrides(settings: Settings, case: str) -> list[str]:
    """A line for each override of a case. Raises NotDone."""

    async def act(house: House) -> list[str]:
        found = await caseload_acts.overrides_of(house, case)
        if isinstance(found, Unknown):
            raise unknown(found)
        return [_override_told(one) for one in found] or ["There are no overrides."]

    return await do(settings, act)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise NotDone(f"{path}: it cannot be read ({problem.strerror}).") from problem
    except UnicodeDecodeError as problem:
        raise NotDone(f"{path}: it is not UTF-8 text.") from problem


def _rows(read: Rows | BadCaseload) -> Rows:
    if isinstance(read, BadCaseload):
        raise NotDone("\n".join((*read.problems, "Nothing was done with this file.")))
    return read


def _answer(rows: Rows, counts: Counts, number: int, line: bytes) -> tuple[dict[str, Any], bool]:
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return {"id": None, "line": number, "error": "this is no JSON"}, False
    if not isinstance(asked, dict):
        return {"id": None, "line": number, "error": "this is no object"}, False
    wrong = _wrong(rows, asked)
    if wrong is not None:
        return {"id": asked.get("id"), "line": number, "error": wrong}, False
    people = counts.people(asked["attributes"])
    return {"id": asked["id"], "count": people, "enough": is_enough(people)}, True


def _wrong(rows: Rows, asked: dict[str, Any]) -> str | None:
    wanted = asked.get("attributes")
    if "id" not in asked:
        return "there is no id"
    if not isinstance(wanted, dict):
        return "attributes must be an object"
    if not wanted.keys() <= set(rows.columns):
        return f"attributes must be of {', '.join(rows.columns)}"
    if not all(isinstance(value, str) for value in wanted.values()):
        return "each attribute must be a text"
    return None


def _told(caseload: Caseload) -> Iterator[str]:
    yield f"Caseload {caseload.id} of {caseload.imported_at:%Y-%m-%d}: {caseload.people} people"
    counts = Counts(caseload.counts)
    for column, words in COLUMNS.items():
        each = ((word.value, counts.people({column: word.value})) for word in words)
        yield f"{column}: " + ", ".join(f"{word} {people}" for word, people in each if people)
    enough = [people for _, people in caseload.counts if is_enough(people)]
    yield (
        f"All five together: {len(enough)} of {len(caseload.counts)} combinations stand for {K} or"
        f" more, {sum(enough)} people"
    )


def _override_told(one: Override) -> str:
    facts = ", ".join(f"{column} {value}" for column, value in one.facts.items())
    state = "not granted" if one.granted_by is None else "granted"
    return (
        f"{one.id}: {facts}: {one.people} people, caseload {one.caseload_id}, {state}: {one.reason}"
    )
