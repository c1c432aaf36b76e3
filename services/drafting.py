"""
Writing a story step by step: the one draft of each case, edited by small acts, saved at once.

Every save says what is still wrong with the draft, and what the publish gate finds in it. Two
editors do not overwrite each other: whoever saves names the revision they have read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from protection.gate.checking import Finding, findings
from services import looking, minors, publishing, reviewing, secret_words
from services.house import House
from services.landing import case_of
from services.looking import Warned
from services.story_texts import texts_of
from storage import case_sheets, drafts
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from stories.editing import Edit, NotEditable, blank, edited, language_of, texts_in, with_need
from stories.pack import Pack, check_texts, content_sha256
from stories.reading import problems_of
from values.lines import BudgetLine

__all__ = ["Edit", "NotEditable", "texts_in"]

_DECIDED = "These exact texts were decided on before. Change something, then hand them in."


@dataclass(frozen=True, slots=True)
class Draft:
    """
    A draft as it stands.

    Attributes:
        content: Of the shape of a pack, which need not be a whole one yet.
        editors: Language to the id of who wrote in it last.
        problems: What is wrong with its form, a line each; without any it can be handed in.
        findings: What the publish gate and the secret list of the case block.
        warnings: What the gate warns of; whoever hands it in must have looked.
    """

    case_id: int
    revision: int
    author_id: int
    last_editor_id: int
    content: dict[str, Any]
    editors: Mapping[str, int]
    problems: tuple[str, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Somebody saved in between: read the draft again."""


@dataclass(frozen=True, slots=True)
class NotBegun:
    """
    There is no draft, or none can be begun.

    Attributes:
        why: A fixed word: `none`, `there_already`, `under_18` (no story is told) or
            `no_facts`.
    """

    why: str


@dataclass(frozen=True, slots=True)
class NotReady:
    """It cannot be handed in; *reasons* are a line each."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submitted:
    """It waits for a review as this version."""

    version_id: int


async def begin(
    house: House, connection: Connection, case_id: int, *, author_id: int
) -> Draft | NotBegun:
    """Begin an empty draft with the facts and the need of its case."""
    if await drafts.of_case(connection, house.seal, case_id) is not None:
        return NotBegun("there_already")
    if await minors.is_untold(connection, case_id):
        return NotBegun("under_18")
    case = await case_of(connection, case_id)
    facts = await case_sheets.facts_of(connection, case_id)
    if facts is None:
        return NotBegun("no_facts")
    content = blank(
        slug=case.slug,
        pseudonym=await case_sheets.pseudonym_of(connection, case_id) or "",
        age_band=facts.age_band,
        region=facts.region,
        form=facts.exploitation,
        currency=case.currency,
        lines=_minor(case),
    )
    await drafts.begin(
        connection, house.seal, case_id, json.dumps(content),
        editors=dict.fromkeys(content["texts"], author_id), author_id=author_id, now=house.clock(),
    )  # fmt: skip
    return await read(house, connection, case_id)


async def read(house: House, connection: Connection, case_id: int) -> Draft | NotBegun:
    """The draft of the case as it stands."""
    kept = await drafts.of_case(connection, house.seal, case_id)
    if kept is None:
        return NotBegun("none")
    content = await _content(connection, kept)
    case = await case_of(connection, case_id)
    texts = texts_in(content)
    secret = await secret_words.found_in(connection, house.seal, case, texts)
    return Draft(
        kept.case_id,
        kept.revision,
        kept.author_id,
        kept.last_editor_id,
        content,
        {locale: _editor(kept, locale) for locale in content["texts"]},
        _problems(content),
        (*findings(texts), *secret),
        await looking.warned(connection, house.seal, case_id, texts),
    )


async def save(
    house: House,
    connection: Connection,
    case_id: int,
    edits: Sequence[Edit],
    *,
    revision: int,
    editor_id: int,
) -> Draft | Overtaken | NotBegun:
    """
    Make changes to the draft, all of them or none. What changes nothing is not kept.

    Args:
        edits: In their order.
        revision: Which one the editor has read.

    Raises:
        NotEditable: a change makes no sense in this draft; its text says why.
    """
    kept = await drafts.of_case(connection, house.seal, case_id)
    if kept is None:
        return NotBegun("none")
    if await minors.is_untold(connection, case_id):
        return NotBegun("under_18")
    if kept.revision != revision:
        return Overtaken()
    new, editors = await _content(connection, kept), dict(kept.editors)
    for edit in edits:
        before, new = new, edited(new, edit)
        locale = language_of(edit)
        if locale is not None and new != before:
            editors[locale] = editor_id
    if new == await _content(connection, kept):
        return await read(house, connection, case_id)
    if not await drafts.save(
        connection, house.seal, kept, json.dumps(new, ensure_ascii=False), editors=editors,
        editor_id=editor_id, now=house.clock(),
    ):  # fmt: skip
        return Overtaken()
    return await read(house, connection, case_id)


async def submit(
    house: House, connection: Connection, case_id: int, *, staff_id: int
) -> Submitted | NotReady | NotBegun:
    """
    Hand the draft in for a review, as it stands, with the need that its case has now.

    What is handed in is frozen; the draft can be written on, and handed in again.

    Args:
        staff_id: Who hands it in, and has looked at every warning.
    """
    kept = await drafts.of_case(connection, house.seal, case_id)
    if kept is None:
        return NotBegun("none")
    if await minors.is_untold(connection, case_id):
        return NotBegun("under_18")
    content = await _content(connection, kept)
    problems = _problems(content)
    if problems:
        return NotReady(problems)
    pack = Pack.from_json(json.dumps(content))
    case = await case_of(connection, case_id)
    blocked = await publishing.blocked(connection, house.seal, case, pack)
    if blocked:
        return NotReady(tuple(publishing.told(blocked)))
    seen = await looking.warned(connection, house.seal, case_id, texts_of(pack))
    missing = looking.unseen(seen, staff_id)
    if missing:
        return NotReady(tuple(looking.reasons(missing, staff_id)))
    twin = await story_rows.with_texts(connection, case_id, content_sha256(pack))
    if twin is not None and await reviewing.decided(house, connection, twin) is not None:
        return NotReady((_DECIDED,))
    version_id = await publishing.keep_draft(
        connection,
        house.seal,
        pack,
        case_id=case_id,
        author_id=kept.author_id,
        last_editor_id=kept.last_editor_id,
        editors={locale: _editor(kept, locale) for locale in pack.locales},
        now=house.clock(),
    )
    return Submitted(version_id)


def _editor(kept: drafts.Draft, locale: str) -> int:
    """Who wrote in a language last; of an older draft it is known only who wrote in it at all."""
    return kept.editors.get(locale, kept.last_editor_id)


async def _content(connection: Connection, kept: drafts.Draft) -> dict[str, Any]:
    """What was written, with the need that the case has now."""
    case = await case_of(connection, kept.case_id)
    return with_need(json.loads(kept.content), case.currency, _minor(case))


def _minor(case: Case) -> list[tuple[BudgetLine, int]]:
    return [(line, amount.amount_minor) for line, amount in case.lines]


def _problems(content: dict[str, Any]) -> tuple[str, ...]:
    try:
        pack = Pack.from_json(json.dumps(content))
    except ValidationError as error:
        return tuple(str(problem) for problem in problems_of(error, "story"))
    return tuple(str(problem) for problem in check_texts(pack))
