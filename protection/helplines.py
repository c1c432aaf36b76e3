"""
Help lines: which there are, and which may be shown.

A wrong number costs a person in danger her one call. So no entry counts as checked until somebody
of the operator has called it, a check holds for exactly what was written then, and it ages.
"""

import datetime as dt
import hashlib
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FILE = Path(__file__).with_name("helplines.toml")
GOOD_FOR = dt.timedelta(days=180)
"""So long a check holds."""
DUE_AFTER = dt.timedelta(days=150)
"""From then on a line is to be called again, a month before it is no longer shown."""

ALWAYS, UNKNOWN = "always", "unknown"

_Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
_Number = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{1,19}$")]


class Note(StrEnum):
    """What a caller should know before calling."""

    FREE = "free"
    ANONYMOUS = "anonymous"
    RECORDED = "recorded"
    POLICE = "police"
    WHATSAPP = "whatsapp"
    WOMEN = "women"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class HelpLine(_Frozen):
    """
    One help line.

    Attributes:
        country: Two letters of ISO 3166.
        numbers: As they are dialled in the country.
        from_abroad: As it is dialled from elsewhere; None if that is not known.
        hours: "always", "07:30-21:00" in local time, or "unknown".
        languages: Codes of CLDR that are known to be spoken.
        interpreters: More languages are reached through interpreters.
        source: Who says so.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{4,24}$")]
    country: _Country
    numbers: Annotated[tuple[_Number, ...], Field(min_length=1, max_length=3, strict=False)]
    from_abroad: _Number | None = None
    hours: Annotated[str, Field(pattern=r"^(always|unknown|[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d)$")] = (
        UNKNOWN
    )
    languages: Annotated[tuple[str, ...], Field(strict=False)] = ()
    interpreters: bool = False
    notes: Annotated[tuple[Annotated[Note, Field(strict=False)], ...], Field(strict=False)] = ()
    source: Annotated[str, Field(min_length=1)]

    @property
    def digest(self) -> bytes:
        """SHA-256 of all that is written of it: what a check holds for."""
        return hashlib.sha256(self.model_dump_json().encode()).digest()


class Emergency(_Frozen):
    """
    The number for whoever is in danger now.

    Attributes:
        police: The police's alone, and not of all who help.
    """

    number: _Number
    police: bool = False


class Directory(_Frozen):
    """All of them."""

    line: Annotated[tuple[HelpLine, ...], Field(strict=False)]
    emergency: dict[_Country, Emergency]

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        ids = [line.id for line in self.line]
        if len({*ids}) != len(ids):
            raise ValueError("two lines have the same id")
        stranded = {line.country for line in self.line} - self.emergency.keys()
        if stranded:
            raise ValueError(f"no emergency number for {', '.join(sorted(stranded))}")
        return self

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries for which there is something to say, by their letters."""
        return tuple(sorted(self.emergency))

    def lines_in(self, country: str) -> tuple[HelpLine, ...]:
        """The lines of a country, checked or not."""
        return tuple(line for line in self.line if line.country == country)

    def by_id(self, line_id: str) -> HelpLine | None:
        """The line with this id, or None."""
        return next((line for line in self.line if line.id == line_id), None)


@cache
def directory() -> Directory:
    """The directory that ships with the program, read once."""
    return Directory.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))


def may_be_shown(checked_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether a check made then, of exactly what is written now, still holds."""
    return checked_at is not None and now - checked_at <= GOOD_FOR


def is_due(checked_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether the line is to be called (again)."""
    return checked_at is None or now - checked_at > DUE_AFTER
