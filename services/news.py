"""News as readers may see it: approved, its time has come, consented to, and stopped by nobody."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locales.text import Text
from protection.consent import allowed_locales
from storage import stories as story_rows
from storage import updates
from storage.database import Connection
from storage.sealing import Seal
from stories.milestones import KIND_ICONS, KIND_LABELS, VOCABULARY
from stories.pack import Words


@dataclass(frozen=True, slots=True)
class News:
    """
    An update as readers may see it.

    Attributes:
        id: The update's.
        milestone: A name of `stories.milestones`, whose label speaks every language.
        month: "2026-11".
        notes: Language to text, of the languages that may be told; may be empty.
        locales: The languages in which there may be news of this case; at least one.
        public_from: Since when it is shown.
    """

    id: int
    milestone: str
    month: str
    notes: Mapping[str, str]
    locales: frozenset[str]
    public_from: dt.datetime

    @property
    def year_and_month(self) -> tuple[int, int]:
        """The month."""
        return int(self.month[:4]), int(self.month[5:7])

    @property
    def label(self) -> Text:
        """What happened."""
        return VOCABULARY[self.milestone].label

    @property
    def icon(self) -> str:
        """What happened, in a picture."""
        return VOCABULARY[self.milestone].icon

    @property
    def about(self) -> Text:
        """What it is about, no closer."""
        return KIND_LABELS[VOCABULARY[self.milestone].kind]

    @property
    def about_icon(self) -> str:
        """The same in a picture."""
        return KIND_ICONS[VOCABULARY[self.milestone].kind]

    def note_in(self, locale: str) -> Words | None:
        """
        The note as a reader of *locale* gets it, and in which language that is; None: no note.

        Their own if it is written in it; else English; else the first that was written.
        """
        if not self.notes:
            return None
        told_in = next((one for one in (locale, "en") if one in self.notes), next(iter(self.notes)))
        return Words(self.notes[told_in], told_in)


async def news_of(
    connection: Connection, seal: Seal, channel: str, now: dt.datetime, case_ids: Sequence[int]
) -> dict[int, list[News]]:
    """
    The news that may be shown of these cases on *channel* at *now*, the newest month first.

    Only of cases that may be shown there themselves: ask `services.catalogue` first.
    """
    consents = await story_rows.consents(connection, list(case_ids))
    found: dict[int, list[News]] = {case_id: [] for case_id in case_ids}
    for update in await updates.shown(connection, seal, case_ids, now):
        allowed = allowed_locales(
            consents[update.case_id], purpose="publish_updates", channel=channel, now=now
        )
        if allowed and update.public_from is not None:
            notes = {locale: text for locale, text in update.notes.items() if locale in allowed}
            found[update.case_id].append(
                News(update.id, update.milestone, update.month, notes, allowed, update.public_from)
            )
    for news in found.values():
        news.sort(key=lambda one: (one.month, one.id), reverse=True)
    return found
