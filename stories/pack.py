"""
A story as one value: what every room that shows, approves or keeps a story works with.

It is read from a folder (`load_pack`) or from the canonical JSON that the database keeps
(`Pack.from_json`); an approval is bound to `content_sha256` of exactly that form.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self

from pydantic import ValidationError, model_validator

from stories.reading import BadPack, Problem, problems_of, read_files, text_problems
from stories.schema import FALLBACK, GENTLE, Chapter, Locale, StoryFile, Texts, differing_keys
from values.lines import BudgetLine
from values.money import Money

__all__ = [
    "FALLBACK",
    "GENTLE",
    "BadPack",
    "Chapter",
    "Pack",
    "PricedLine",
    "Problem",
    "Step",
    "Words",
    "check_pack",
    "check_texts",
    "content_sha256",
    "language_sha256",
    "load_pack",
    "shipped_packs",
]

SHIPPED = Path(__file__).with_name("packs")
"""The invented stories that come with the project, a folder each."""


@dataclass(frozen=True, slots=True)
class Step:
    """
    One card of the story.

    Attributes:
        id: Its key in the texts.
        chapter: Where it belongs.
        index: Its place in its chapter, from 0.
        position: Its place in the whole story, from 0.
        icon: What the card shows; a word of the icon vocabulary.
        helpers: The two smaller icons beside it.
    """

    id: str
    chapter: Chapter
    index: int
    position: int
    icon: str
    helpers: tuple[str, str]


class Words(NamedTuple):
    """A text, and the language it is really in (the one asked for, or the fallback)."""

    text: str
    locale: str


class PricedLine(NamedTuple):
    """One budget line of the need and what it costs."""

    line: BudgetLine
    amount: Money


class Pack(StoryFile):
    """A whole story: what `story.toml` says, and the texts by language."""

    texts: dict[Locale, Texts]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """A pack whose languages differ in keys cannot exist: nothing that reads it need ask."""
        if FALLBACK not in self.texts:
            raise ValueError(f"{FALLBACK}.toml is missing; every pack is told in it")
        for locale, texts in self.texts.items():
            for place, remedy in differing_keys(self, texts):
                raise ValueError(f"{locale}.toml: {place}: {remedy}")
        return self

    @property
    def locales(self) -> tuple[str, ...]:
        """The languages it is told in, English first, the others by name."""
        return (FALLBACK, *sorted(self.texts.keys() - {FALLBACK}))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The whole story in order."""
        found: list[Step] = []
        for chapter, drawn in self.chapters.steps():
            index = sum(step.chapter is chapter for step in found)
            found.append(Step(drawn.id, chapter, index, len(found), drawn.icon, drawn.helpers))
        return tuple(found)

    def chapter_steps(self, chapter: Chapter) -> tuple[Step, ...]:
        """The steps of one chapter, in order."""
        return tuple(step for step in self.steps if step.chapter is chapter)

    @property
    def gentle_step(self) -> Step:
        """The calm card in place of the exploitation chapter, which then has this one step."""
        position = len(self.chapters.before)
        chapter = Chapter.EXPLOITATION
        return Step(GENTLE, chapter, 0, position, self.gentle.icon, self.gentle.helpers)

    def text(self, locale: str, step_id: str) -> Words:
        """
        The words of a step, or of the gentle card (`GENTLE`).

        Raises:
            KeyError: there is no such step.
        """
        texts, found = self._texts(locale)
        return Words(texts.gentle if step_id == GENTLE else texts.steps[step_id], found)

    def title(self, locale: str) -> Words:
        """The story's title."""
        texts, found = self._texts(locale)
        return Words(texts.title, found)

    def intro(self, locale: str) -> Words:
        """One or two sentences for the list of cases."""
        texts, found = self._texts(locale)
        return Words(texts.intro, found)

    def content_note(self, locale: str) -> Words:
        """What the hard chapter tells."""
        texts, found = self._texts(locale)
        return Words(texts.content_note, found)

    def invented_note(self, locale: str) -> Words | None:
        """The sentence that marks an invented story as one; None if the story is not invented."""
        texts, found = self._texts(locale)
        return None if texts.invented_note is None else Words(texts.invented_note, found)

    def line_text(self, locale: str, line: BudgetLine) -> Words:
        """
        What a budget line pays for.

        Raises:
            KeyError: the need has no such line.
        """
        texts, found = self._texts(locale)
        return Words(texts.lines[line], found)

    def pseudonym(self, locale: str) -> str:
        """What the person is called here; never their name."""
        return self._texts(locale)[0].pseudonym

    @property
    def lines(self) -> tuple[PricedLine, ...]:
        """The budget lines with their amounts, in the order of the pack."""
        currency = self.budget.currency
        return tuple(
            PricedLine(entry.line, Money(entry.amount_minor, currency))
            for entry in self.budget.lines
        )

    @property
    def need(self) -> Money:
        """The sum of the budget lines."""
        total = sum(entry.amount_minor for entry in self.budget.lines)
        return Money(total, self.budget.currency)

    def to_json(self) -> str:
        """
        The canonical form: sorted keys, no spaces, UTF-8 characters as they are.

        Two packs have the same form if and only if they have the same content.
        """
        return json.dumps(
            self.model_dump(mode="json"),
            sort_keys=True,
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Pack:
        """
        Read what `to_json` wrote.

        Raises:
            pydantic.ValidationError: it is not a pack. (The rules of text are not looked at again:
                a story that was approved stays readable when a rule becomes stricter.)
        """
        return cls.model_validate_json(text)

    def _texts(self, locale: str) -> tuple[Texts, str]:
        found = locale if locale in self.texts else FALLBACK
        return self.texts[found], found


def content_sha256(pack: Pack) -> bytes:
    """What an approval is bound to: 32 bytes over exactly the canonical form."""
    return hashlib.sha256(pack.to_json().encode()).digest()


def language_sha256(pack: Pack, locale: str) -> bytes:
    """
    What the approval of one language is bound to: 32 bytes over every word of it.

    Raises:
        KeyError: the story is not told in it.
    """
    told = {"locale": locale, "texts": pack.texts[locale].model_dump(mode="json")}
    written = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).digest()


def load_pack(path: Path) -> Pack:
    """
    Read the pack in folder *path*.

    Raises:
        BadPack: `check_pack` has something to say about it.
    """
    pack, problems = _assembled(path)
    if pack is None:
        raise BadPack(problems)
    return pack


def check_pack(path: Path) -> list[Problem]:
    """Everything that is wrong with the pack in folder *path*; empty if it can be used."""
    return _assembled(path)[1]


def check_texts(pack: Pack) -> list[Problem]:
    """What the rules of text say about every word of *pack*, wherever it was written."""
    return [
        problem for locale in pack.locales for problem in text_problems(locale, pack.texts[locale])
    ]


def shipped_packs() -> tuple[Pack, ...]:
    """The invented stories that come with the project, by slug."""
    return tuple(load_pack(folder) for folder in sorted(SHIPPED.iterdir()) if folder.is_dir())


def _assembled(path: Path) -> tuple[Pack | None, list[Problem]]:
    """A pack without a problem, or None with at least one."""
    story, texts, problems = read_files(path)
    if problems or story is None:
        return None, problems
    try:
        return Pack.model_validate({**dict(story), "texts": texts}), []
    except ValidationError as error:
        return None, list(problems_of(error, path.name))
