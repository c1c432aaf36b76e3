"""What a story goes through before it may be shown, step by step, each of which a test may skip."""

import dataclasses
import datetime as dt
import json
from typing import Any

import sqlalchemy as sa

from services import looking, publishing, signing
from services.catalogue import Shelf, public_case, public_cases
from services.story_texts import texts_of
from storage import case_sheets, caseloads, cases, looks, stories
from storage.case_sheets import Facts, Risk
from storage.database import Database
from storage.sealing import Seal, new_data_key
from storage.stories import Consent
from stories.pack import SHIPPED, Pack, load_pack
from values.bands import COLUMNS, Gender, PeriodBand, RiskLevel
from values.clock import utc_now
from values.facts import AgeBand, ExploitationForm, Region

EVERYWHERE = ("bot", "web")

FACTS = Facts(
    Region.MAINLAND_SOUTH_EAST_ASIA,
    AgeBand.FROM_18_TO_29,
    ExploitationForm.DOMESTIC_WORK,
    Gender.WOMAN,
    PeriodBand.FROM_6_TO_24_MONTHS,
)
"""The facts of `a_story`'s person."""


def counted(people, facts=FACTS, **changes):
    """A count of *people* with these facts, except for *changes*."""
    return {column: str(getattr(facts, column)) for column in COLUMNS} | changes, people


def a_story(*, invented=False, **changes: Any):
    """
    A real story in English alone.

    Args:
        changes: English texts by key; `steps` and `lines` change only what they name.
    """
    story = json.loads(load_pack(SHIPPED / "mala").to_json())
    story["invented"] = invented
    english = story["texts"] = {"en": story["texts"]["en"]}
    for key, value in changes.items():
        if isinstance(value, dict):
            english["en"][key].update(value)
        else:
            english["en"][key] = value
    if not invented:
        del english["en"]["invented_note"]
    return Pack.from_json(json.dumps(story))


def in_two_languages(pack):
    """The same story, told in French as well."""
    story = json.loads(pack.to_json())
    story["texts"]["fr"] = {**story["texts"]["en"], "title": "Le papier"}
    return Pack.from_json(json.dumps(story))


@dataclasses.dataclass
class Desk:
    """A case, its author and a reviewer."""

    database: Database
    seal: Seal
    now: dt.datetime
    case_id: int = 0
    author: int = 0
    reviewer: int = 0

    async def open(self):
        async with self.database.write() as connection:
            self.author = await cases.add_staff(connection, "officer", invented=False)
            self.reviewer = await cases.add_staff(connection, "reviewer", invented=False)
            self.case_id = await publishing.open_case(connection, a_story(), self.now)
        await self.risk(RiskLevel.LOW)
        await self.facts(FACTS)

    async def caseload(self, *counts):
        """Import a caseload of these counts."""
        async with self.database.write() as connection:
            return await caseloads.add(connection, counts, staff_id=self.author, now=self.now)

    async def risk(self, level, **answers):
        """Fill in the risk form."""
        asked = ("trafficker_at_large", "court_case", "minor", "returns_to_same_area")
        form = Risk(**{**dict.fromkeys(asked, False), **answers}, limits=frozenset(), level=level)
        async with self.database.write() as connection:
            await case_sheets.say_risk(
                connection, self.case_id, form, staff_id=self.author, now=self.now
            )

    async def facts(self, facts):
        """Say the case's coarse facts."""
        async with self.database.write() as connection:
            await case_sheets.say_facts(
                connection, self.case_id, facts, staff_id=self.author, now=self.now
            )

    async def draft(self, pack, *, author=None, last_editor=None, looked=True, signed=True):
        """
        Hand a story in; each of its languages is signed by somebody who has no other part.

        With *looked*, author and reviewer have looked at every warning.
        """
        async with self.database.write() as connection:
            version = await publishing.keep_draft(
                connection,
                self.seal,
                pack,
                case_id=self.case_id,
                author_id=author or self.author,
                last_editor_id=last_editor,
                now=self.now,
            )
            if signed:
                await self.sign(connection, version)
        if looked:
            await self.look(texts_of(pack), author or self.author, self.reviewer)
        return version

    async def look(self, texts, *staff):
        """These people looked at all that the gate warns of in *texts*."""
        async with self.database.write() as connection:
            seen = await looking.warned(connection, self.seal, self.case_id, texts)
            marks = [bytes.fromhex(one.mark) for one in seen]
            for staff_id in staff:
                await looks.add(connection, self.case_id, marks, staff_id=staff_id, now=self.now)

    async def sign(self, connection, version):
        signer = await cases.add_staff(connection, "signer", invented=False)
        for language in await signing.languages(connection, version):
            if language.approver_id is None:
                await signing.sign(connection, language, approver_id=signer, now=self.now)

    async def consent(self, channels=EVERYWHERE, locales=("en",), **changes):
        given = Consent("tell_story", "", "", self.now, self.now + dt.timedelta(days=30), None)
        async with self.database.write() as connection:
            for channel in channels:
                for locale in locales:
                    one = dataclasses.replace(given, channel=channel, locale=locale, **changes)
                    await stories.add_consent(connection, self.case_id, one, witness_id=self.author)

    async def approve(self, version, *, by=None):
        async with self.database.write() as connection:
            return await publishing.approve(
                connection,
                self.seal,
                version_id=version,
                approver_id=by or self.reviewer,
                now=self.now,
            )

    async def publish(self, version):
        async with self.database.write() as connection:
            await publishing.publish(connection, self.seal, version_id=version, now=self.now)

    async def published(self, pack):
        """Take *pack* the whole way; hand back its version."""
        version = await self.draft(pack)
        await self.approve(version)
        await self.publish(version)
        return version

    async def shown(self, channel="bot"):
        """The case as readers of *channel* see it now; None if they do not."""
        shelf = Shelf(self.seal)
        async with self.database.read() as connection:
            case = await cases.by_id(connection, self.case_id)
            one = await public_case(connection, shelf, channel, self.now, case)
            every = await public_cases(connection, shelf, channel, self.now)
        assert [shown.case.id for shown in every] == ([] if one is None else [self.case_id])
        return one

    async def run(self, sql, **values):
        """What somebody with a connection does by hand."""
        async with self.database.write() as connection:
            await connection.execute(sa.text(sql), values)


async def a_desk(database, *, counts=True):
    """A desk; with *counts*, eleven people have the facts of its case."""
    desk = Desk(database, Seal(new_data_key()), utc_now())
    await desk.open()
    if counts:
        await desk.caseload(counted(11))
    return desk
