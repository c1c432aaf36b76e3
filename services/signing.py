"""
The approval of each language of a version: its words are read by somebody who can read them.

Whoever signs a language neither began the story nor wrote that language last. Without all of its
languages signed a version can be neither approved nor published.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from services.house import House
from storage import reviews, staff, story_languages
from storage.database import Connection
from storage.stories import Version
from storage.story_languages import Language
from stories.pack import Pack, language_sha256

__all__ = ["Language"]


@dataclass(frozen=True, slots=True)
class NotSigned:
    """
    The language was not signed.

    Attributes:
        why: A fixed word: `no_language`, `author`, `editor`, `signed`, `other_words` or
            `returned`.
    """

    why: str


async def keep_languages(
    connection: Connection, version: Version, pack: Pack, editors: Mapping[str, int]
) -> None:
    """Freeze who wrote which language of a new version last."""
    await story_languages.add(
        connection,
        version,
        [
            (locale, language_sha256(pack, locale), editors.get(locale, version.last_editor_id))
            for locale in pack.locales
        ],
    )


async def languages(connection: Connection, version_id: int) -> list[Language]:
    """The languages of a version and who signed them, by name."""
    return await story_languages.of_version(connection, version_id)


@dataclass(frozen=True, slots=True)
class Signed:
    """
    How a language stands, by the codes of staff.

    Attributes:
        editor: Who wrote in it last.
        approver: Who approved it; None if nobody did.
    """

    locale: str
    editor: str
    approver: str | None


async def by_codes(connection: Connection, version_id: int) -> list[Signed]:
    """How the languages of a version stand, by name."""
    codes = {member.id: member.code for member in await staff.everybody(connection)}
    return [
        Signed(
            each.locale,
            codes[each.editor_id],
            None if each.approver_id is None else codes[each.approver_id],
        )
        for each in await languages(connection, version_id)
    ]


async def unsigned(connection: Connection, version: Version) -> list[str]:
    """A line for each language of which nobody has approved exactly the words that it has."""
    pack = Pack.from_json(version.pack)
    kept = {each.locale: each for each in await languages(connection, version.id)}
    signed = {
        locale
        for locale in pack.locales
        if locale in kept
        and kept[locale].texts_sha256 == language_sha256(pack, locale)
        and kept[locale].approver_id not in (None, version.author_id, kept[locale].editor_id)
    }
    return [
        f"Nobody has approved its words in {locale}."
        for locale in pack.locales
        if locale not in signed
    ]


async def approve(
    house: House, connection: Connection, version: Version, locale: str, *, approver_id: int
) -> NotSigned | None:
    """Sign exactly the words that *version* has in *locale*; None: it was done."""
    kept = {each.locale: each for each in await languages(connection, version.id)}
    language = kept.get(locale)
    if language is None:
        return NotSigned("no_language")
    if language.approver_id is not None:
        return NotSigned("signed")
    if language.texts_sha256 != language_sha256(Pack.from_json(version.pack), locale):
        return NotSigned("other_words")
    why = barred(language, approver_id)
    if why is not None:
        return NotSigned(why)
    if await reviews.returned(connection, house.seal, version.id) is not None:
        return NotSigned("returned")
    await sign(connection, language, approver_id=approver_id, now=house.clock())
    return None


def barred(language: Language, staff_id: int) -> str | None:
    """Why somebody may not sign a language, as `NotSigned` says it; None if they may."""
    if staff_id == language.author_id:
        return "author"
    return "editor" if staff_id == language.editor_id else None


async def sign(
    connection: Connection, language: Language, *, approver_id: int, now: dt.datetime
) -> None:
    """Write down that somebody signed a language; the database refuses author and writer."""
    await story_languages.approve(connection, language, approver_id=approver_id, now=now)
