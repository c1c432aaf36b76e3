"""Reads a pack's files, and says of everything that is wrong where it stands and what to do."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from locales.known import KNOWN
from stories import rules
from stories.schema import FALLBACK, StoryFile, Texts, differing_keys

_MOST_CHARACTERS = {
    "title": 60,
    "pseudonym": 30,
    "intro": 220,
    "invented_note": 220,
    "content_note": 300,
    "gentle": rules.TEXT_CHARACTERS,
}
_MOST_CHARACTERS_OF_A_LINE = 140

_REMEDIES = {
    "missing": "is missing; write it",
    "extra_forbidden": "is not known here; take it out",
    "string_too_short": "is empty; write it",
}
"""pydantic's type of error to what to do, where its own words do not say it."""

_Model = TypeVar("_Model", bound=BaseModel)


class Problem(NamedTuple):
    """
    One thing that is wrong with a pack.

    Attributes:
        file: Name of the file, or of the folder.
        place: Keys joined by dots, `steps.s04`; empty if it is the file as a whole.
        remedy: What is wrong and what to do.
    """

    file: str
    place: str
    remedy: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class BadPack(ValueError):
    """The pack cannot be used; `problems` says why, its text has a line for each."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_files(path: Path) -> tuple[StoryFile | None, dict[str, Texts], list[Problem]]:
    """
    Read the folder *path*: the story, the texts by language, and all that is wrong with them.

    What could not be read at all is left out, and then there is a problem that says so.
    """
    problems: list[Problem] = []
    story_path = path / "story.toml"
    problems += _strangers(path)
    if not story_path.is_file():
        missing = Problem("story.toml", "", f"there is none in {path.name}; write it")
        return None, {}, [missing, *problems]
    story = _model(StoryFile, story_path, problems)
    texts = {
        file.stem: found
        for file in sorted(path.glob("*.toml"))
        if file != story_path and (found := _model(Texts, file, problems)) is not None
    }
    if not (path / f"{FALLBACK}.toml").is_file():
        problems.append(Problem(f"{FALLBACK}.toml", "", "is missing; every pack is told in it"))
    for locale, found in texts.items():
        if locale not in KNOWN:
            languages = ", ".join(KNOWN)
            problems.append(Problem(f"{locale}.toml", "", f"name it after one of: {languages}"))
        problems += text_problems(locale, found)
    if story is not None:
        problems += _crossing(path.name, story, texts)
    return story, texts, problems


def _strangers(path: Path) -> Iterator[Problem]:
    """What lies in the folder and is no file of a pack: a photograph must not even lie there."""
    for entry in sorted(path.iterdir()):
        # A language that nobody knows is told of with the names of those that are known.
        if entry.suffix != ".toml" or not entry.is_file():
            yield Problem(entry.name, "", "is no file of a story pack; take it out of the folder")


def problems_of(error: ValidationError, file: str) -> Iterator[Problem]:
    """What pydantic found in *file*, a problem each."""
    for detail in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in detail["loc"] if part != "[key]")
        message = detail["msg"].removeprefix("Value error, ")
        yield Problem(file, place, _REMEDIES.get(detail["type"], message[0].lower() + message[1:]))


def text_problems(locale: str, texts: Texts) -> Iterator[Problem]:
    """What the rules of text say about every word of one language."""
    file = f"{locale}.toml"
    for place, text, most in places(texts):
        for fault in rules.faults(text, locale, most):
            yield Problem(file, place, fault)
    heading = rules.utf16_units(texts.title) + rules.HEADING_UNITS
    for step_id, text in texts.steps.items():
        units = rules.utf16_units(text) + heading
        if units > rules.CAPTION_UNITS:
            remedy = f"has {units} UTF-16 units with its heading; shorten to {rules.CAPTION_UNITS}"
            yield Problem(file, f"steps.{step_id}", remedy)


def _crossing(folder: str, story: StoryFile, texts: dict[str, Texts]) -> Iterator[Problem]:
    """What no file shows by itself."""
    if story.slug != folder:
        yield Problem("story.toml", "slug", f"is {story.slug!r}; make it the folder's: {folder!r}")
    for locale, found in texts.items():
        for place, remedy in differing_keys(story, found):
            yield Problem(f"{locale}.toml", place, remedy)


def _model(kind: type[_Model], file: Path, problems: list[Problem]) -> _Model | None:
    """Read *file* as *kind*; what is wrong is added to *problems*, and then None is returned."""
    try:
        return kind.model_validate(_toml(file))
    except ValidationError as error:
        problems.extend(problems_of(error, file.name))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(Problem(file.name, "", f"is not TOML in UTF-8: {error}"))
    return None


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def most_characters(place: str) -> int:
    """The most characters of a text: of `title`, of `steps.s01`, of `lines.shelter`."""
    group, is_part, _ = place.partition(".")
    if not is_part:
        return _MOST_CHARACTERS[place]
    return rules.TEXT_CHARACTERS if group == "steps" else _MOST_CHARACTERS_OF_A_LINE


def places(texts: Texts) -> Iterator[tuple[str, str, int]]:
    """Every text with its place and the most characters it may have."""
    for field, most in _MOST_CHARACTERS.items():
        text: str | None = getattr(texts, field)
        if text is not None:
            yield field, text, most
    for step_id, text in texts.steps.items():
        yield f"steps.{step_id}", text, rules.TEXT_CHARACTERS
    for line, text in texts.lines.items():
        yield f"lines.{line.value}", text, _MOST_CHARACTERS_OF_A_LINE
