"""What `homeward gate` answers: a text, or a batch of lines of JSON; no settings, no database."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from locales.known import KNOWN
from locales.negotiation import match
from protection.gate.checking import Finding, examine
from protection.gate.secrets import prints, search

Answer = dict[str, Any]


class BadLine(Exception):
    """A line, or a text, that cannot be answered; its text says why."""


def answered(text: bytes, locale: str | None) -> Answer:
    """What is found in *text*, in UTF-8. Raises BadLine."""
    return _findings(_decoded(text), _locale(locale))


def answers(
    lines: Iterable[bytes], locale: str | None, *, secrets: bool = False
) -> Iterator[Answer]:
    """
    An answer for each line of JSON that is not empty, in order; `error` in it if it is a bad one.

    Args:
        locale: Of the lines that name none.
        secrets: A line is {"id", "secret", "text"}, and not {"id", "locale", "text"}.
    """
    answer = _secret_answer if secrets else _line_answer(locale)
    for line in lines:
        if line.strip():
            yield _answer(line, answer)


def _answer(line: bytes, answer: Callable[[Answer], Answer]) -> Answer:
    told: Any = None
    try:
        told = _parsed(line)
        return {"id": told.get("id"), **answer(told)}
    except BadLine as problem:
        name = told.get("id") if isinstance(told, dict) else None
        return {"id": name, "error": str(problem)}


def _parsed(line: bytes) -> Answer:
    try:
        told = json.loads(_decoded(line))
    except (ValueError, RecursionError) as error:
        raise BadLine("This line is no JSON.") from error
    if not isinstance(told, dict):
        raise BadLine("This line is no JSON object.")
    return told


def _line_answer(locale: str | None) -> Callable[[Answer], Answer]:
    def answer(told: Answer) -> Answer:
        return _findings(_text(told, "text"), _locale(told.get("locale", locale)))

    return answer


def _secret_answer(told: Answer) -> Answer:
    key = os.urandom(32)
    return {"hit": bool(search(_text(told, "text"), prints(_text(told, "secret"), key), key))}


def _findings(text: str, locale: str) -> Answer:
    found = examine(text, locale)
    return {
        "hard": [_told(finding) for finding in found if finding.hard],
        "warn": [_told(finding) for finding in found if not finding.hard],
    }


def _told(finding: Finding) -> Answer:
    return {
        "kind": finding.kind.value,
        "value": finding.value,
        "start": finding.start,
        "end": finding.end,
    }


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadLine("This is not UTF-8.") from error


def _text(told: Answer, name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise BadLine(f"`{name}` is missing, or no string.")
    return value


def _locale(locale: object) -> str:
    if locale is None:
        raise BadLine("No locale: give `locale` in the line, or --locale.")
    known = match(str(locale), tuple(KNOWN))
    if known is None:
        raise BadLine(f"There is no language {locale}; there are {', '.join(KNOWN)}.")
    return known
