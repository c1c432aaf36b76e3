"""The text of a message as Telegram keeps it: parsed, trimmed, measured, with links found."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram.markup import Entity, parse_html, utf16_length
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
MOST_ENTITIES = 100
_LONGEST_SOURCE_BYTES = 32_768

_FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,:;!?)\]]|\bt\.me/[\w/?=-]*[\w=-]")),
    ("email", re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,32}(?:@\w{5,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@])@[A-Za-z]\w{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
_KEEPS_OUT = frozenset({"text_link", "code", "pre", "url", "email"})


@dataclass(slots=True)
class Formatted:
    """A text and its entities, offsets in UTF-16 units."""

    text: str
    entities: list[Entity] = field(default_factory=list)


def text_of(request: Parameters) -> Formatted:
    """
    The text of a sendMessage or editMessageText.

    Raises:
        Refusal: empty, too long, or its markup is broken.
    """
    source = request.text("text")
    if not source:
        raise bad_request("Message text is empty")
    formatted = _formatted(source, request.text("parse_mode"), request.value("entities"))
    if not formatted.text:
        raise bad_request("Text must be non-empty")
    if utf16_length(formatted.text) > LONGEST_TEXT:
        raise bad_request("Message is too long")
    return formatted


def caption_of(request: Parameters) -> Formatted:
    """
    The caption of a picture; empty if there is none.

    Raises:
        Refusal: too long, or its markup is broken.
    """
    source = request.text("caption")
    formatted = _formatted(source, request.text("parse_mode"), request.value("caption_entities"))
    if utf16_length(formatted.text) > LONGEST_CAPTION:
        raise bad_request("Message caption is too long")
    return formatted


def written(text: str) -> Formatted:
    """What a person typed: no markup, but commands and links are found."""
    return _with_found(_trimmed(Formatted(_cleaned(text))))


def _formatted(source: str, parse_mode: str, given: Any) -> Formatted:
    if len(source.encode("utf-8", "surrogatepass")) > _LONGEST_SOURCE_BYTES:
        raise bad_request("Text is too long")
    mode = parse_mode.lower()
    if mode == "html":
        formatted = Formatted(*parse_html(_cleaned(source)))
    elif mode in {"", "none"}:
        formatted = Formatted(_cleaned(source), _given_entities(given, utf16_length(source)))
    elif mode in {"markdown", "markdownv2"}:
        raise bad_request("the stand-in parses HTML only")
    else:
        raise bad_request("Unsupported parse_mode")
    return _with_found(_trimmed(formatted))


def _cleaned(text: str) -> str:
    """Without what Telegram drops: carriage returns; other control characters become spaces."""
    kept = text.replace("\r", "")
    return "".join(" " if ord(sign) < 32 and sign != "\n" else sign for sign in kept)


def _given_entities(given: Any, units: int) -> list[Entity]:
    if given is None or given == "":
        return []
    listed = json.loads(given) if isinstance(given, str) else given
    entities: list[Entity] = []
    for entity in listed:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad_request("Can't parse MessageEntity: expected an Object")
        if entity["offset"] < 0 or entity["offset"] + entity["length"] > units:
            raise bad_request(
                f"Entity beginning at UTF-16 offset {entity['offset']} ends after the end of the "
                f"text at UTF-16 offset {units}"
            )
        entities.append(dict(entity))
    return entities


def _trimmed(formatted: Formatted) -> Formatted:
    text = formatted.text.strip()
    cut = utf16_length(formatted.text) - utf16_length(formatted.text.lstrip())
    units = utf16_length(text)
    entities = []
    for entity in formatted.entities:
        begin = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, units)
        if end > begin:
            entities.append(entity | {"offset": begin, "length": end - begin})
    return Formatted(text, entities)


def _with_found(formatted: Formatted) -> Formatted:
    """Add the links, commands and names that Telegram finds in a text by itself."""
    entities = list(formatted.entities)
    taken = [_span(entity) for entity in entities if entity["type"] in _KEEPS_OUT]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(formatted.text):
            offset = utf16_length(formatted.text[: match.start()])
            span = (offset, offset + utf16_length(match.group()))
            if any(begin < span[1] and span[0] < end for begin, end in taken):
                continue
            taken.append(span)
            entities.append({"type": kind, "offset": offset, "length": span[1] - offset})
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(formatted.text, entities[:MOST_ENTITIES])


def _span(entity: Entity) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]
