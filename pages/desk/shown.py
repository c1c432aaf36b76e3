"""The cards of a story that is not public, as readers would see them, for staff alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from locales import names
from locales.text import Text
from pages.desk.visit import Desk
from stories.cards import StepCard
from stories.editing import text_in
from stories.icons import VOCABULARY
from stories.pack import FALLBACK, GENTLE, Chapter

_MOST_ON_A_PATH = 18


@dataclass(frozen=True, slots=True)
class Shown:
    """
    A card with its words.

    Attributes:
        number: Its place in its chapter, from 1, of *of*.
        picture: Where its picture is.
        text: In the language that is shown; empty if it is not written.
        source: In English, beside a translation; None beside English.
    """

    step_id: str
    chapter: Chapter
    number: int
    of: int
    icon: str
    picture: str
    text: str
    source: str | None

    @property
    def heading(self) -> Text:
        """What its chapter is called."""
        return names.CHAPTERS[self.chapter]


def cards_of(content: Mapping[str, Any], locale: str, *, rtl: bool) -> Iterator[Shown]:
    """Every card of a story as it stands, in its order; the gentle one before the hard chapter."""
    for chapter in Chapter:
        if chapter is Chapter.EXPLOITATION:
            yield card_of(content, GENTLE, locale, rtl=rtl)
        for step in content["chapters"][chapter]:
            yield card_of(content, step["id"], locale, rtl=rtl)


def card_of(content: Mapping[str, Any], step_id: str, locale: str, *, rtl: bool) -> Shown:
    """
    One card. The address of its picture says what is on it, so that no draft is looked at again.

    Raises:
        KeyError, StopIteration: there is no such step.
    """
    if step_id == GENTLE:
        chapter, steps = Chapter.EXPLOITATION, [{"id": GENTLE, **content["gentle"]}]
    else:
        chapter = next(
            each
            for each in Chapter
            if any(step["id"] == step_id for step in content["chapters"][each])
        )
        steps = content["chapters"][chapter]
    index = next(at for at, step in enumerate(steps) if step["id"] == step_id)
    place = "gentle" if step_id == GENTLE else f"steps.{step_id}"
    return Shown(
        step_id,
        chapter,
        index + 1,
        len(steps),
        steps[index]["icon"],
        _address(chapter, steps, index, rtl=rtl),
        text_in(content, locale, place),
        None if locale == FALLBACK else text_in(content, FALLBACK, place),
    )


def _address(chapter: Chapter, steps: Sequence[Mapping[str, Any]], index: int, *, rtl: bool) -> str:
    drawn = {
        "chapter": chapter.value,
        "path": ".".join(step["icon"] for step in steps),
        "at": index,
        "helpers": ".".join(steps[index]["helpers"]),
        "way": "rtl" if rtl else "ltr",
    }
    return f"/desk/card.png?{urlencode(drawn)}"


async def picture(desk: Desk) -> web.Response:
    """The picture that the address describes: icons of the vocabulary, and nothing of a case."""
    asked = desk.request.query
    path = tuple(asked.get("path", "").split("."))
    helpers = tuple(asked.get("helpers", "").split("."))
    index, chapter = asked.get("at", ""), asked.get("chapter", "")
    is_drawn = (
        chapter in tuple(Chapter)
        and len(path) <= _MOST_ON_A_PATH
        and len(helpers) == 2
        and VOCABULARY.keys() >= {*path, *helpers}
        and index in [str(at) for at in range(len(path))]
    )
    if not is_drawn:
        raise web.HTTPNotFound
    card = StepCard(
        asked.get("way") == "rtl", Chapter(chapter), path, int(index), (helpers[0], helpers[1])
    )
    return web.Response(body=await desk.pages.site.draft_card(card), content_type="image/png")
