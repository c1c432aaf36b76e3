"""
The two kinds of file a story pack is made of, as they are written by hand.

`story.toml` has what is the same in every language: the coarse facts, the chapters with their
steps and icons, the budget. A language's `<locale>.toml` has every word.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stories import icons
from values.currencies import CURRENCIES
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine

FALLBACK = "en"
"""Every pack is told in this language; another that it lacks falls back to it."""

GENTLE = "gentle"
"""The id of the one calm card that may stand instead of the hard chapter. No step has it."""


class Chapter(StrEnum):
    """The four chapters, in the order in which every story is told."""

    BEFORE = "before"
    EXPLOITATION = "exploitation"
    FREEDOM = "freedom"
    DREAMS = "dreams"


class Frozen(BaseModel):
    """A value: it cannot change, and has no field that is not written down here."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
_StepId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=16)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z][a-z]{3})?$")]
_Sentence = Annotated[str, Field(min_length=1)]


class Drawn(Frozen):
    """What a card shows: its icon and the two helpers, all of the vocabulary."""

    icon: str
    helpers: Annotated[tuple[str, str], Field(strict=False)]

    @model_validator(mode="after")
    def _known(self) -> Self:
        for name in (self.icon, *self.helpers):
            icons.icon(name)
        return self


class DrawnStep(Drawn):
    """A step as `story.toml` has it; its words are in the languages' files."""

    id: _StepId


_Steps = Annotated[tuple[DrawnStep, ...], Field(min_length=3, max_length=7, strict=False)]


class Chapters(Frozen):
    """The steps of each chapter: three to seven, so that the path on the card can be read."""

    before: _Steps
    exploitation: _Steps
    freedom: _Steps
    dreams: _Steps

    @model_validator(mode="after")
    def _in_all(self) -> Self:
        ids = [step.id for _, step in self.steps()]
        if not 12 <= len(ids) <= 18:
            raise ValueError(f"a story has 12 to 18 steps, this has {len(ids)}")
        if len({*ids, GENTLE}) != len(ids) + 1:
            raise ValueError(f"each step needs its own id, and none is called {GENTLE!r}")
        return self

    def steps(self) -> Iterator[tuple[Chapter, DrawnStep]]:
        """Every step with its chapter, in the order of the story."""
        for chapter in Chapter:
            for step in getattr(self, chapter.value):
                yield chapter, step


class Facts(Frozen):
    """All that is told of the person beside the story itself: three bands."""

    age_band: Annotated[AgeBand, Field(strict=False)]
    region: Annotated[Region, Field(strict=False)]
    form: Annotated[ExploitationForm, Field(strict=False)]


class BudgetEntry(Frozen):
    """One budget line; the amount is in minor units of the budget's currency."""

    line: Annotated[BudgetLine, Field(strict=False)]
    amount_minor: Annotated[int, Field(gt=0)]


class Budget(Frozen):
    """What the plan costs, line by line. Only a case officer sets it."""

    currency: str
    lines: Annotated[tuple[BudgetEntry, ...], Field(min_length=4, max_length=6, strict=False)]

    @model_validator(mode="after")
    def _payable(self) -> Self:
        currency = CURRENCIES.get(self.currency)
        if currency is None:
            raise ValueError(f"currency {self.currency!r} is not one of {', '.join(CURRENCIES)}")
        for entry in self.lines:
            if entry.amount_minor % currency.step_minor:
                raise ValueError(
                    f"{entry.line.value}: {self.currency} amounts are multiples of"
                    f" {currency.step_minor}, got {entry.amount_minor}"
                )
        if len({entry.line for entry in self.lines}) != len(self.lines):
            raise ValueError("each budget line may stand only once")
        return self


class StoryFile(Frozen):
    """`story.toml`."""

    slug: _Slug
    invented: bool
    facts: Facts
    chapters: Chapters
    gentle: Drawn
    budget: Budget


class Texts(Frozen):
    """
    `<locale>.toml`: every word of the story in one language.

    Attributes:
        intro: One or two sentences for the list of cases.
        invented_note: Says that this story is an invented composite; there if and only if it is.
        content_note: What the hard chapter tells, for who may want to pass it by.
        gentle: One calm card that may stand instead of that chapter.
        steps: Step id to text.
        lines: Budget line to what it pays for.
    """

    title: _Sentence
    pseudonym: _Sentence
    intro: _Sentence
    invented_note: _Sentence | None = None
    content_note: _Sentence
    gentle: _Sentence
    steps: dict[_StepId, _Sentence]
    lines: dict[Annotated[BudgetLine, Field(strict=False)], _Sentence]


def differing_keys(story: StoryFile, texts: Texts) -> list[tuple[str, str]]:
    """Where a language's keys are not the story's, as (place, what to do)."""
    step_ids = {step.id for _, step in story.chapters.steps()}
    lines = {entry.line.value for entry in story.budget.lines}
    texts_lines = {line.value for line in texts.lines}
    found = [(f"steps.{key}", "is missing; write it") for key in sorted(step_ids - {*texts.steps})]
    found += [
        (f"steps.{key}", "is no step of story.toml; take it out")
        for key in sorted({*texts.steps} - step_ids)
    ]
    found += [(f"lines.{key}", "is missing; write it") for key in sorted(lines - texts_lines)]
    found += [
        (f"lines.{key}", "is no budget line of story.toml; take it out")
        for key in sorted(texts_lines - lines)
    ]
    if story.invented and texts.invented_note is None:
        found.append(("invented_note", "is missing; say that this story is an invented composite"))
    if not story.invented and texts.invented_note is not None:
        found.append(("invented_note", "stands in a story that is not invented; take it out"))
    return found
