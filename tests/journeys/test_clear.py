"""
A thief with the whole disk: what staff wrote, whom they must not name, and what people typed stands
nowhere in the clear, neither in the database nor in what is printed, drawn or kept beside it.
"""

import pytest

from homeward.assembly import opened_house
from locales.catalog import Languages
from services import case_acts, drafting, words_acts
from services.one_time_codes import written
from services.staff import Role
from stories.editing import SetText
from tests.clear import everything, files_under, found
from tests.journeys.steps import arrive
from tests.services.desk import a_story
from tests.staff import a_member
from values.bands import Gender, PeriodBand, RiskLevel

DRAFT = "Canary sentence of a draft that nobody has approved"
NOTE = "Canary note of an update that nobody has approved"
SECRET_WORDS = ("Quillonbarrow", "Zephyrinehaven")
TYPED = "Canary words that a reader typed"
PLEA = "help"
APP_SECRET = b"canary of an app 20b"


@pytest.mark.timeout(240)
async def test_nothing_that_is_not_public_stands_in_the_clear(killable, database):
    town, processes = killable
    reader = town.telegram.person("Layla", "en")
    officer = town.telegram.person("Anong", "en")
    async with opened_house(town.settings) as house:
        case = await a_written_case(house, officer.id)
    await arrive(town, reader, Languages.load().i18n("en"))
    await town.send(reader, TYPED)
    await town.send(reader, PLEA)
    await town.send(officer, "/desk")
    link = officer.link("Open the desk").rpartition("/")[2]
    await town.send(officer, "/staff")
    await processes.stop()

    kept = await everything(database) + files_under(town.settings.data_dir)

    assert case.encode() in kept  # so it looks in the right place
    hidden = (DRAFT, NOTE, *SECRET_WORDS, TYPED, written(APP_SECRET), APP_SECRET.decode(), link)
    assert found([*hidden, *(word.casefold() for word in SECRET_WORDS)], kept) == []


async def a_written_case(house, chat_id):
    """A case with a draft, an update's note and secret words; its code."""
    told = a_story().facts
    async with house.write() as connection:
        await a_member(
            connection, "k7mnp2", Role.CASE_OFFICER, chat=chat_id, seal=house.seal,
            secret=APP_SECRET,
        )  # fmt: skip
    opened = await case_acts.open_case(
        house,
        facts=case_acts.Facts(
            told.region, told.age_band, told.form, Gender.NOT_SAID, PeriodBand.NOT_SAID
        ),
        lines=list(a_story().lines),
        training=False,
        by="k7mnp2",
    )
    assert isinstance(opened, case_acts.Opened), opened
    form = case_acts.Risk(False, False, False, False, frozenset(), RiskLevel.LOW)
    await case_acts.say_risk(house, case=opened.code, risk=form, by="k7mnp2")
    begun = await words_acts.begin_draft(house, case=opened.code, by="k7mnp2")
    assert isinstance(begun, drafting.Draft), begun
    saved = await words_acts.save_draft(
        house, case=opened.code, edits=(SetText("en", "intro", DRAFT),),
        revision=begun.revision, by="k7mnp2",
    )  # fmt: skip
    assert isinstance(saved, drafting.Draft), saved
    await case_acts.keep_secrets(house, case=opened.code, words=SECRET_WORDS, by="k7mnp2")
    told_of = await words_acts.write_update(
        house, case=opened.code, milestone="safe_home", month="2026-11", notes={"en": NOTE},
        by="k7mnp2",
    )  # fmt: skip
    assert isinstance(told_of, words_acts.Update), told_of
    return opened.code
