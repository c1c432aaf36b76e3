"""How the lines of a plan grew after the first gift, as readers see it."""

from dataclasses import dataclass

from services.catalogue import PublicCase
from storage import needs
from storage.database import Connection
from storage.needs import NeedNote
from storage.sealing import Seal
from stories.pack import Words
from values.lines import BudgetLine
from values.money import Money


@dataclass(frozen=True, slots=True)
class Growth:
    """
    How a line grew, for a reader of one language.

    Attributes:
        before: Zero if the plan did not have the line.
        month: (year, month).
        words: Why, in the language it is told in; None if it may be told in none.
    """

    before: Money
    after: Money
    month: tuple[int, int]
    words: Words | None


Growths = dict[BudgetLine, tuple[Growth, ...]]


async def growths_of(connection: Connection, seal: Seal, shown: PublicCase, locale: str) -> Growths:
    """
    How the lines of a case that is shown grew, by line, the oldest first.

    Why is told in the languages in which the story may be told, and in no other; beside a need card
    it is not told, for those are words that somebody wrote.
    """
    may_tell = frozenset[str]() if shown.story is None else shown.locales
    languages = dict.fromkeys((shown.told_in(locale), "en", *sorted(may_tell)))
    found: Growths = {}
    for note in await needs.notes_of(connection, seal, shown.case.id, shown.case.currency):
        words = [
            Words(note.notes[language], language)
            for language in languages
            if language in note.notes and language in may_tell
        ]
        growth = Growth(note.before, note.after, _month(note), words[0] if words else None)
        found[note.line] = (*found.get(note.line, ()), growth)
    return found


def _month(note: NeedNote) -> tuple[int, int]:
    return int(note.month[:4]), int(note.month[5:])
