"""
Telegram's HTML, read as strictly as Telegram reads it, into text and entities.

`html.parser` forgives what Telegram refuses (an unclosed tag, a stray end tag), so the few rules
are written out here. Offsets of entities count UTF-16 units; offsets in errors count bytes of the
source. Source: core.telegram.org/bots/api#html-style and td `MessageEntity.cpp` (read 2026-11).
"""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.links import BadLink, checked_link
from sandbox.telegram.refusals import Refusal, bad_request

Entity = dict[str, Any]
"""A MessageEntity as the Bot API shows it."""

_SIMPLE = {
    "b": "bold", "strong": "bold",
    "i": "italic", "em": "italic",
    "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_TAGS = frozenset(_SIMPLE) | {"a", "pre", "code", "blockquote", "tg-emoji", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(lt|gt|amp|quot));?")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>/"']+)
        (?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<token>[A-Za-z0-9.-]+)(?=[\s>])))?
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")


def utf16_length(text: str) -> int:
    """How many UTF-16 units *text* has: what all of Telegram's offsets and limits count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """
    The text of *source* and its entities, outer before inner.

    Raises:
        Refusal: 400 "can't parse entities", with Telegram's own reason.
    """
    return _Scanner(source).run()


@dataclass(slots=True)
class _Open:
    """A start tag that waits for its end: its name, its one argument that matters, its place."""

    tag: str
    argument: str
    offset: int
    begins_at: int


class _Scanner:
    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._text: list[str] = []
        self._units = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            if self._source[self._at] != "<":
                self._character()
            elif self._source.startswith("</", self._at):
                self._end_tag()
            else:
                self._start_tag()
        if self._open:
            raise bad_request(
                "Can't parse entities: Can't find end tag corresponding to start tag "
                f'"{self._open[-1].tag}"'
            )
        self._entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self._text), self._entities

    def _character(self) -> None:
        found = _REFERENCE.match(self._source, self._at)
        if found is None:
            self._put(self._source[self._at])
            self._at += 1
        else:
            self._put(_decoded(found))
            self._at = found.end()

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._units += utf16_length(text)

    def _start_tag(self) -> None:
        begin = self._at
        tag = self._name(begin + 1)
        if self._at >= len(self._source):
            raise self._error("Unclosed start tag at byte offset", begin)
        if tag not in _TAGS:
            raise self._error(f'Unsupported start tag "{tag}" at byte offset', begin)
        argument = self._attributes(tag, begin)
        if tag == "span" and argument != "spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler" at byte offset', begin)
        self._open.append(_Open(tag, argument, self._units, len(self._text)))

    def _name(self, start: int) -> str:
        found = _TAG_NAME.match(self._source, start)
        name = found.group() if found else ""
        self._at = start + len(name)
        return name.lower()

    def _attributes(self, tag: str, begin: int) -> str:
        """Read up to and over the closing `>`; the value of the attribute that matters to *tag*."""
        argument = ""
        while True:
            self._skip_space()
            if self._source.startswith(">", self._at):
                self._at += 1
                return argument
            found = _ATTRIBUTE.match(self._source, self._at)
            if found is None and self._at < len(self._source):
                raise self._error(f'Empty attribute name in the tag "{tag}" at byte offset', begin)
            if found is None or found.end() >= len(self._source):
                raise self._error("Unclosed start tag at byte offset", begin)
            self._at = found.end()
            self._check_value(begin)
            argument = _argument(tag, found) or argument

    def _check_value(self, begin: int) -> None:
        """After an attribute no `=` may be left over: then what follows it is no value."""
        self._skip_space()
        if not self._source.startswith("=", self._at):
            return
        self._at += 1
        self._skip_space()
        if self._source[self._at : self._at + 1] in {"", '"', "'"}:
            raise self._error("Unclosed start tag at byte offset", begin)
        raise self._error("Unexpected end of name token at byte offset", self._at)

    def _end_tag(self) -> None:
        begin = self._at
        if not self._open:
            raise self._error("Unexpected end tag at byte offset", begin)
        name = self._name(begin + 2)
        self._skip_space()
        if not self._source.startswith(">", self._at):
            raise self._error("Unclosed end tag at byte offset", begin)
        self._at += 1
        opened = self._open[-1]
        if name and name != opened.tag:
            reason = f'byte offset {self._bytes(begin)}, expected "</{opened.tag}>", '
            raise bad_request(
                f'Can\'t parse entities: Unmatched end tag at {reason}found "</{name}>"'
            )
        self._open.pop()
        if self._units > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self._units - opened.offset
        entity: Entity = {"type": "", "offset": opened.offset, "length": length}
        if opened.tag in _SIMPLE:
            entity["type"] = _SIMPLE[opened.tag]
        elif opened.tag == "a":
            return self._link(opened, entity)
        elif opened.tag in {"pre", "code"}:
            return self._code(opened, entity)
        elif opened.tag == "blockquote":
            entity["type"] = "expandable_blockquote" if opened.argument else "blockquote"
        elif opened.tag == "tg-emoji":
            entity |= {"type": "custom_emoji", "custom_emoji_id": opened.argument}
        else:
            return None
        self._entities.append(entity)
        return None

    def _link(self, opened: _Open, entity: Entity) -> None:
        """A link that is none is dropped and its text kept, as Telegram does."""
        address = opened.argument or "".join(self._text[opened.begins_at :])
        try:
            self._entities.append(entity | {"type": "text_link", "url": checked_link(address)})
        except BadLink:
            return

    def _code(self, opened: _Open, entity: Entity) -> None:
        """`<pre><code class="language-x">` is one entity, a `pre` with its language."""
        inner = self._entities[-1] if self._entities else {}
        same = (inner.get("offset"), inner.get("length")) == (entity["offset"], entity["length"])
        if opened.tag == "pre" and same and inner.get("type") == "code":
            self._entities.pop()
            if "language" in inner:
                entity["language"] = inner["language"]
        elif opened.tag == "code" and opened.argument and self._inside_pre():
            entity["language"] = opened.argument
        self._entities.append(entity | {"type": opened.tag})

    def _inside_pre(self) -> bool:
        return bool(self._open) and self._open[-1].tag == "pre"

    def _skip_space(self) -> None:
        found = _SPACE.match(self._source, self._at)
        self._at = found.end() if found else self._at

    def _bytes(self, at: int) -> int:
        return len(self._source[:at].encode("utf-8", "surrogatepass"))

    def _error(self, reason: str, at: int) -> Refusal:
        return bad_request(f"Can't parse entities: {reason} {self._bytes(at)}")


def _decoded(found: re.Match[str]) -> str:
    decimal, hexadecimal, named = found.groups()
    if named:
        return _NAMED[named]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return found.group()
    return chr(code)


def _argument(tag: str, attribute: re.Match[str]) -> str:
    """What of this attribute matters to its tag; empty if nothing does."""
    name = attribute["name"]
    value = attribute["double"] or attribute["single"] or attribute["token"] or ""
    value = _REFERENCE.sub(_decoded, value)
    if tag == "blockquote" and name == "expandable":
        return "1"
    if (tag, name) == ("code", "class"):
        return value.removeprefix("language-") if value.startswith("language-") else ""
    if (tag, name) == ("span", "class"):
        return value.removeprefix("tg-") if value.startswith("tg-") else ""
    if (tag, name) in {("a", "href"), ("tg-emoji", "emoji-id")}:
        return value
    return ""
