"""
What a parameter may be. A `Record` of readers describes an endpoint's parameters; reading turns
the strings of the form into values, or raises what Stripe would answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from sandbox.stripe.errors import Invalid, Unplayed, missing, unknown


class Reader(Protocol):
    """Something that reads one parameter."""

    def read(self, name: str, raw: Any) -> Any:
        """Give the value of *raw*, or raise Invalid naming *name*."""


def _string(name: str, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Invalid(f"Invalid string: {name} must not be a hash or a list", param=name)
    if raw == "":
        raise Invalid(
            f"You passed an empty string for '{name}', which cannot be unset.",
            code="parameter_invalid_empty",
            param=name,
        )
    return raw


@dataclass(frozen=True)
class Text:
    """A string that is not empty."""

    most: int = 5000

    def read(self, name: str, raw: Any) -> str:
        value = _string(name, raw)
        if len(value) > self.most:
            raise Invalid(f"{name} must be at most {self.most} characters", param=name)
        return value


@dataclass(frozen=True)
class Url:
    """An http or https address; https only with a live key."""

    def read(self, name: str, raw: Any) -> str:
        value = Text().read(name, raw)
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or " " in value:
            raise Invalid(f"Not a valid URL: {name}", code="url_invalid", param=name)
        return value


@dataclass(frozen=True)
class Integer:
    """A whole number in its bounds."""

    least: int | None = None
    most: int | None = None

    def read(self, name: str, raw: Any) -> int:
        value = _string(name, raw)
        if re.fullmatch(r"-?[0-9]{1,18}", value) is None:
            raise Invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
        number = int(value)
        if self.least is not None and number < self.least:
            raise Invalid(
                f"This value must be greater than or equal to {self.least}.",
                code="parameter_invalid_integer",
                param=name,
            )
        if self.most is not None and number > self.most:
            raise Invalid(
                f"This value must be less than or equal to {self.most}.",
                code="parameter_invalid_integer",
                param=name,
            )
        return number


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def read(self, name: str, raw: Any) -> bool:
        value = _string(name, raw)
        if value not in {"true", "false"}:
            raise Invalid(f"Invalid boolean: {value}", param=name)
        return value == "true"


@dataclass(frozen=True)
class OneOf:
    """One word of a list. *unplayed* are words of Stripe that the stand-in does not act out."""

    words: tuple[str, ...]
    unplayed: tuple[str, ...] = ()

    def read(self, name: str, raw: Any) -> str:
        value = _string(name, raw)
        if value in self.unplayed:
            raise Unplayed(f"{name}={value}")
        if value not in self.words:
            raise Invalid(f"Invalid {name}: must be one of {', '.join(self.words)}", param=name)
        return value


@dataclass(frozen=True)
class Metadata:
    """
    Up to 50 keys of 40 characters with values of 500; an empty value leaves the key out.

    Source: docs.stripe.com/api/metadata (read 2026-11).
    """

    def read(self, name: str, raw: Any) -> dict[str, str]:
        if raw == "":
            return {}
        if not isinstance(raw, Mapping):
            raise Invalid("Metadata must be a hash", param=name)
        if len(raw) > 50:
            raise Invalid("Metadata can only have up to 50 keys", param=name)
        for key, value in raw.items():
            if len(key) > 40:
                raise Invalid("Metadata keys can be up to 40 characters", param=f"{name}[{key}]")
            if not isinstance(value, str) or len(value) > 500:
                raise Invalid("Metadata values can be up to 500 characters", param=f"{name}[{key}]")
        return {key: value for key, value in raw.items() if value}


@dataclass(frozen=True)
class Many:
    """A list."""

    each: Reader
    least: int = 0
    most: int = 100

    def read(self, name: str, raw: Any) -> list[Any]:
        if not isinstance(raw, Mapping) or not all(key.isdecimal() for key in raw):
            raise Invalid("Invalid array", param=name)
        if not self.least <= len(raw) <= self.most:
            raise Invalid(f"{name} takes {self.least} to {self.most} items", param=name)
        ordered = sorted(raw, key=int)
        return [self.each.read(f"{name}[{key}]", raw[key]) for key in ordered]


@dataclass(frozen=True)
class Record:
    """
    Named parameters.

    Attributes:
        fields: Those that are played.
        required: Those that must be there.
        unplayed: Those that Stripe takes and the stand-in refuses, saying so.
    """

    fields: Mapping[str, Reader]
    required: tuple[str, ...] = ()
    unplayed: tuple[str, ...] = ()

    def read(self, name: str, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            raise Invalid("Invalid object", param=name)
        for key in raw:
            if key in self.unplayed:
                raise Unplayed(_inside(name, key))
            if key not in self.fields:
                raise unknown(_inside(name, key))
        for key in self.required:
            if key not in raw:
                raise missing(_inside(name, key))
        return {key: self.fields[key].read(_inside(name, key), value) for key, value in raw.items()}


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key


@dataclass(frozen=True)
class Range:
    """A moment, or a record of gt, gte, lt, lte. Reading gives a record in both cases."""

    def read(self, name: str, raw: Any) -> dict[str, int]:
        if isinstance(raw, str):
            moment = Integer(least=0).read(name, raw)
            return {"gte": moment, "lte": moment}
        bound = Integer(least=0)
        return Record({"gt": bound, "gte": bound, "lt": bound, "lte": bound}).read(name, raw)


EXPAND = Many(Text())
PAGING: Mapping[str, Reader] = {
    "limit": Integer(1, 100),
    "starting_after": Text(),
    "ending_before": Text(),
    "expand": EXPAND,
}
