"""
The secret list of a case: a true name, a village, a boat: words that are nowhere in what is told.

An officer says them once; what is kept finds them again and cannot be read. A list only grows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from protection.gate.checking import Finding, Kind
from protection.gate.secrets import normal_forms, prints, search
from services.house import House
from services.story_texts import texts_of
from storage import case_sheets, drafts, secret_words, updates
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from storage.sealing import Seal
from stories.editing import texts_in

MOST_WORDS = 200
"""So many words are taken at once."""

_SHORTEST, _LONGEST = 2, 200


@dataclass(frozen=True, slots=True)
class Kept:
    """
    The words are on the list.

    Attributes:
        new: How many were not there before.
        in_all: How many there are now.
        places: Where one of the list stands now, in what is public or written already.
    """

    new: int
    in_all: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotKept:
    """
    No word was kept.

    Attributes:
        why: A fixed word: `nothing`, `too_many`, `too_short` (fewer than two letters or digits: it
            would block nearly every text) or `too_long`.
        words: Which of them, from 1.
    """

    why: str
    words: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SecretList:
    """What is kept of a case's secret words, and the key to look for them."""

    kept: frozenset[bytes]
    key: bytes

    def findings(self, texts: Mapping[str, str]) -> list[Finding]:
        """Everything in *texts* (place to text) that is on the list, in order of place."""
        if not self.kept:
            return []
        return [
            Finding(where, Kind.SECRET, text[start:end], start, end, hard=True)
            for where, text in texts.items()
            for start, end in search(text, self.kept, self.key)
        ]


async def of_case(connection: Connection, seal: Seal, case_id: int) -> SecretList:
    """The list of a case; it may be empty."""
    return SecretList(await secret_words.of_case(connection, case_id), _key(seal, case_id))


async def keep(
    house: House, connection: Connection, case: Case, words: Sequence[str], *, staff_id: int
) -> Kept | NotKept:
    """Put *words* on the list of the case; those that are there already stay."""
    refusal = _wrong(words)
    if refusal is not None:
        return refusal
    key = _key(house.seal, case.id)
    made = frozenset[bytes]().union(*(prints(word, key) for word in words))
    new = await secret_words.add(connection, case.id, made, staff_id=staff_id, now=house.clock())
    kept = await of_case(connection, house.seal, case.id)
    return Kept(new, len(kept.kept), await _places(house, connection, case, kept))


async def count(connection: Connection, case_id: int) -> int:
    """How many words are on the list."""
    return len(await secret_words.of_case(connection, case_id))


async def names_of(connection: Connection, case: Case) -> dict[str, str]:
    """What the case goes by, by place: readers see it whatever is told."""
    pseudonym = await case_sheets.pseudonym_of(connection, case.id)
    return {"case: pseudonym": pseudonym or "", "case: address": case.slug}


async def found_in(
    connection: Connection, seal: Seal, case: Case, texts: Mapping[str, str]
) -> list[Finding]:
    """What of *texts* (place to text), or of the names the case goes by, is on its list."""
    listed = await of_case(connection, seal, case.id)
    return listed.findings({**texts, **await names_of(connection, case)})


async def _places(
    house: House, connection: Connection, case: Case, kept: SecretList
) -> tuple[str, ...]:
    texts = await names_of(connection, case)
    draft = await drafts.of_case(connection, house.seal, case.id)
    if draft is not None:
        texts |= _under("draft", texts_in(json.loads(draft.content)))
    public = (await story_rows.published(connection, [case.id])).get(case.id)
    if public is not None:
        texts |= _under("public story", texts_of(await house.shelf.story(connection, *public)))
    for update in await updates.of_case(connection, house.seal, case.id):
        texts |= _under(f"update {update.id}", update.notes)
    return tuple(finding.where for finding in kept.findings(texts))


def _under(what: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{what}: {where}": text for where, text in texts.items()}


def _wrong(words: Sequence[str]) -> NotKept | None:
    if not words:
        return NotKept("nothing")
    if len(words) > MOST_WORDS:
        return NotKept("too_many")
    long = tuple(at for at, word in enumerate(words, start=1) if len(word) > _LONGEST)
    if long:
        return NotKept("too_long", long)
    short = tuple(at for at, word in enumerate(words, start=1) if _is_short(word))
    return NotKept("too_short", short) if short else None


def _is_short(word: str) -> bool:
    forms = normal_forms(word)
    return not forms or min(map(len, forms)) < _SHORTEST


def _key(seal: Seal, case_id: int) -> bytes:
    # Each case has a key of its own: else equal hashes would tell that two come from one village.
    return seal.search_key(f"secret words of case {case_id}")
