"""
"I looked": what the gate only warns of needs a look of two people, the author and the approver.

A look is at one kind of warning in one exact text. Whoever changes the text takes it away.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from protection.gate.checking import Finding, warnings
from services.house import House
from storage import looks
from storage.database import Connection
from storage.sealing import Seal

FEWEST_SIGNS_OF_A_MARK = 8
"""A mark may be named by its first signs, so many at least."""


@dataclass(frozen=True, slots=True)
class Warned:
    """
    Warnings of one kind in one text, and who has looked at them.

    Attributes:
        where: Which text: "en: title".
        kind: What was found, a word of `protection.gate.kinds`.
        findings: One or more; each knows where in the text it stands.
        mark: 64 hexadecimal signs, by which a look names them.
        looked: Ids of the staff who looked.
    """

    where: str
    kind: str
    findings: tuple[Finding, ...]
    mark: str
    looked: frozenset[int]

    @property
    def told(self) -> str:
        """A line for staff."""
        values = ", ".join(repr(finding.value) for finding in self.findings)
        return f"{self.where}: {self.kind} {values}. {self.findings[0].remedy}"


@dataclass(frozen=True, slots=True)
class Looked:
    """
    Looks were written down.

    Attributes:
        new: How many were not there before.
        missing: Of the warnings, those that the same person has still to look at.
    """

    new: int
    missing: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class NoSuchMark:
    """No warning of these texts has a mark that begins so, or more than one has."""

    mark: str


async def warned(
    connection: Connection, seal: Seal, case_id: int, texts: Mapping[str, str]
) -> tuple[Warned, ...]:
    """What the gate warns of in *texts* (place to text), and who has looked."""
    found: dict[bytes, list[Finding]] = {}
    for finding in warnings(texts):
        mark = _mark(seal, case_id, finding, texts[finding.where])
        found.setdefault(mark, []).append(finding)
    looked = await looks.of_case(connection, case_id) if found else {}
    return tuple(
        Warned(of[0].where, str(of[0].kind), tuple(of), mark.hex(), looked.get(mark, frozenset()))
        for mark, of in found.items()
    )


async def look(
    house: House,
    connection: Connection,
    case_id: int,
    seen: Sequence[Warned],
    marks: Collection[str] | None,
    *,
    staff_id: int,
) -> Looked | NoSuchMark:
    """
    Write down that *staff_id* looked.

    Args:
        seen: The warnings of the texts, as `warned` tells them.
        marks: Of these, or their first signs; None: all.
    """
    chosen = []
    for named in [one.mark for one in seen] if marks is None else marks:
        fits = [one.mark for one in seen if one.mark.startswith(named.lower())]
        if len(fits) != 1 or len(named) < FEWEST_SIGNS_OF_A_MARK:
            return NoSuchMark(named)
        chosen += fits
    new = await looks.add(
        connection,
        case_id,
        {bytes.fromhex(mark) for mark in chosen},
        staff_id=staff_id,
        now=house.clock(),
    )
    missing = (one for one in unseen(seen, staff_id) if one.mark not in chosen)
    return Looked(new, tuple(missing))


def unseen(seen: Iterable[Warned], staff_id: int) -> tuple[Warned, ...]:
    """What *staff_id* has not looked at."""
    return tuple(one for one in seen if staff_id not in one.looked)


def unseen_by_two(seen: Iterable[Warned], approver_id: int) -> tuple[Warned, ...]:
    """What the approver, or everybody else, has not looked at."""
    return tuple(
        one for one in seen if approver_id not in one.looked or not one.looked - {approver_id}
    )


def reasons(missing: Iterable[Warned], staff_id: int) -> list[str]:
    """A line for each warning of *missing*: who has still to look at what."""
    return [
        f"{'You have' if staff_id not in one.looked else 'The author has'} not looked at this yet:"
        f" {one.told}"
        for one in missing
    ]


def _mark(seal: Seal, case_id: int, finding: Finding, text: str) -> bytes:
    digest = hashlib.sha256(text.encode()).hexdigest()
    said = f"{case_id}\n{_place(finding.where)}\n{finding.kind}\n{digest}"
    return seal.fingerprint("looked at a warning", said)


def _place(where: str) -> str:
    """The same for a draft ("en: steps.s01") and for the version that is made of it ("en: s01")."""
    return where.replace("steps.", "").replace("lines.", "").replace("_", " ")
