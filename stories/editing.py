"""
A story that is being written: JSON of the shape of a pack, changed by one small act at a time.

A draft is rarely a whole pack; only the acts here change it, so that whatever one begins with, it
comes nearer to one: steps and their texts come and go together, in every language.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from locales.known import KNOWN
from stories import icons
from stories.schema import FALLBACK, GENTLE, Chapter
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine

TEXTS = ("title", "pseudonym", "intro", "content_note", "gentle")
"""The places of a language that are no step and no budget line."""

_MOST_CHARACTERS = 2000
"""Of any text that is kept; how long each may be when it is handed in, the rules say."""

_ICON = "home_village"


class NotEditable(ValueError):
    """The change makes no sense in this draft; the text says why."""


@dataclass(frozen=True, slots=True)
class AddStep:
    """A step at the end of a chapter, without words yet."""

    chapter: Chapter
    icon: str
    helpers: tuple[str, str]


@dataclass(frozen=True, slots=True)
class DrawStep:
    """Other icons for a step, or for the gentle card (`gentle`)."""

    step_id: str
    icon: str
    helpers: tuple[str, str]


@dataclass(frozen=True, slots=True)
class MoveStep:
    """A step to another place: a chapter, and its index there, from 0."""

    step_id: str
    chapter: Chapter
    index: int


@dataclass(frozen=True, slots=True)
class DeleteStep:
    """Take a step out, with its words in every language."""

    step_id: str


@dataclass(frozen=True, slots=True)
class SetText:
    """
    The words of a place in one language.

    Attributes:
        place: One of `TEXTS`, `steps.s01` or `lines.shelter`.
    """

    locale: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class AddTranslation:
    """Another language, without words yet but for the pseudonym."""

    locale: str


@dataclass(frozen=True, slots=True)
class DropTranslation:
    """Take a language out."""

    locale: str


Edit = AddStep | DrawStep | MoveStep | DeleteStep | SetText | AddTranslation | DropTranslation

Content = dict[str, Any]


def blank(
    *,
    slug: str,
    pseudonym: str,
    age_band: AgeBand,
    region: Region,
    form: ExploitationForm,
    currency: str,
    lines: Sequence[tuple[BudgetLine, int]],
) -> Content:
    """A draft with nothing told yet, in English alone; amounts are in minor units."""
    content: Content = {
        "slug": slug,
        "invented": False,
        "facts": {"age_band": age_band.value, "region": region.value, "form": form.value},
        "chapters": {chapter.value: [] for chapter in Chapter},
        "gentle": {"icon": _ICON, "helpers": [_ICON, _ICON]},
        "budget": {
            "currency": currency,
            "lines": [{"line": line.value, "amount_minor": amount} for line, amount in lines],
        },
        "texts": {},
    }
    content["texts"][FALLBACK] = _no_words(content, pseudonym)
    return content


def edited(content: Content, edit: Edit) -> Content:
    """
    *content* with one change; what was handed in is left as it is.

    Raises:
        NotEditable: there is no such step, icon, chapter, language or place.
    """
    new = copy.deepcopy(content)
    match edit:
        case AddStep(chapter, icon, helpers):
            step_id = _new_id(new)
            new["chapters"][chapter].append({"id": step_id, **_drawn(icon, helpers)})
            for texts in new["texts"].values():
                texts["steps"][step_id] = ""
        case DrawStep(step_id, icon, helpers):
            step_in(new, step_id)[1].update(_drawn(icon, helpers))
        case MoveStep(step_id, chapter, index):
            _move(new, step_id, chapter, index)
        case DeleteStep(step_id):
            _remove(new, step_id)
            for texts in new["texts"].values():
                del texts["steps"][step_id]
        case SetText(locale, place, text):
            _set(_of_language(new, locale), place, text)
        case AddTranslation(locale):
            if locale not in KNOWN or locale in new["texts"]:
                raise NotEditable(f"{locale!r} is not known, or is there already")
            new["texts"][locale] = _no_words(new, new["texts"][FALLBACK]["pseudonym"])
        case DropTranslation(locale):
            _drop(new, locale)
    return new


def language_of(edit: Edit) -> str | None:
    """The language in which an edit writes; None: it writes in none."""
    return edit.locale if isinstance(edit, SetText | AddTranslation) else None


def with_need(content: Content, currency: str, lines: Sequence[tuple[BudgetLine, int]]) -> Content:
    """*content* with the need as it is now: a new line has no words yet, one that went has none."""
    new = copy.deepcopy(content)
    entries = [{"line": line.value, "amount_minor": amount} for line, amount in lines]
    new["budget"] = {"currency": currency, "lines": entries}
    for texts in new["texts"].values():
        texts["lines"] = {line.value: texts["lines"].get(line.value, "") for line, _ in lines}
    return new


def step_in(content: Mapping[str, Any], step_id: str) -> tuple[Chapter, Content]:
    """
    The chapter of a step and the step; of the gentle card (`gentle`), that in whose place it is.

    Raises:
        NotEditable: there is no such step.
    """
    if step_id == GENTLE:
        return Chapter.EXPLOITATION, content["gentle"]
    for chapter in Chapter:
        for step in content["chapters"][chapter]:
            if step["id"] == step_id:
                return chapter, step
    raise NotEditable(f"there is no step {step_id!r}")


def text_in(content: Mapping[str, Any], locale: str, place: str) -> str:
    """
    The words of a place, as `SetText` names it; "" where none are written.

    Raises:
        NotEditable: there is no such language or place.
    """
    texts = _of_language(content, locale)
    group, _, key = place.partition(".")
    found = texts[place] if place in TEXTS else None
    if group in ("steps", "lines"):
        found = texts[group].get(key)
    if found is None:
        raise NotEditable(f"there is no place {place!r}")
    return str(found)


def texts_in(content: Content) -> dict[str, str]:
    """Every text by place, as "en: steps.s01"; those without words are left out."""
    found = {}
    for locale, texts in content["texts"].items():
        for key, value in texts.items():
            parts = value.items() if isinstance(value, dict) else [(None, value)]
            for part, text in parts:
                if text:
                    found[f"{locale}: {key}" if part is None else f"{locale}: {key}.{part}"] = text
    return found


def _move(content: Content, step_id: str, chapter: Chapter, index: int) -> None:
    step = _remove(content, step_id)
    if not 0 <= index <= len(content["chapters"][chapter]):
        raise NotEditable(f"chapter {chapter.value} has no place {index}")
    content["chapters"][chapter].insert(index, step)


def _drop(content: Content, locale: str) -> None:
    if locale == FALLBACK:
        raise NotEditable(f"every story is told in {FALLBACK}")
    _of_language(content, locale)
    del content["texts"][locale]


def _no_words(content: Content, pseudonym: str) -> Content:
    steps = [step["id"] for chapter in Chapter for step in content["chapters"][chapter]]
    lines = [entry["line"] for entry in content["budget"]["lines"]]
    return {
        **dict.fromkeys(TEXTS, ""),
        "pseudonym": pseudonym,
        "steps": dict.fromkeys(steps, ""),
        "lines": dict.fromkeys(lines, ""),
    }


def _drawn(icon: str, helpers: tuple[str, str]) -> Content:
    for name in (icon, *helpers):
        if name not in icons.VOCABULARY:
            raise NotEditable(f"{name!r} is no icon of the vocabulary")
    return {"icon": icon, "helpers": list(helpers)}


def _remove(content: Content, step_id: str) -> Content:
    """Take a step out of its chapter, and hand it back. The gentle card is in none."""
    if step_id == GENTLE:
        raise NotEditable("the gentle card has its own place")
    chapter, step = step_in(content, step_id)
    content["chapters"][chapter].remove(step)
    return step


def _new_id(content: Content) -> str:
    there = {step["id"] for chapter in Chapter for step in content["chapters"][chapter]}
    return next(name for number in range(1, 1000) if (name := f"s{number:02}") not in there)


def _of_language(content: Mapping[str, Any], locale: str) -> Content:
    texts: Content | None = content["texts"].get(locale)
    if texts is None:
        raise NotEditable(f"the story has no texts in {locale!r}")
    return texts


def _set(texts: Content, place: str, text: str) -> None:
    if len(text) > _MOST_CHARACTERS:
        raise NotEditable(f"{place} has {len(text)} characters; {_MOST_CHARACTERS} are kept")
    group, _, key = place.partition(".")
    if place in TEXTS:
        texts[place] = text
    elif group in ("steps", "lines") and key in texts[group]:
        texts[group][key] = text
    else:
        raise NotEditable(f"there is no place {place!r}")
