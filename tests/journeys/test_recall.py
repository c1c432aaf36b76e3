"""
A story is taken back while many people have a card of it: hidden everywhere within a minute, then
card by card at Telegram's pace, although the worker is killed; and the report is right.

The usual run has few cards. `RECALL_CARDS=10000` has the number that is asked for, in seven
minutes an engine.
"""

import asyncio
import os
import re
import time
from collections import deque

import pytest
import sqlalchemy as sa

from homeward.assembly import opened_house
from locales.catalog import Languages
from services.staff import Role
from storage import people, recalls
from tests.conversations.rig import case_of
from tests.journeys.steps import arrive, ask_to_give, text
from tests.staff import a_member
from values.money import Money

CARDS = int(os.environ.get("RECALL_CARDS", "100"))
HIDDEN_WITHIN_S = 60
EDITS_A_SECOND = 25
NOBODY_LEFT_S = CARDS / EDITS_A_SECOND * 2 + 120
STORY = "/en/stories/mala"


@pytest.mark.timeout(NOBODY_LEFT_S + 120)
async def test_a_story_is_taken_back_from_everybody(killable, database):
    town, processes = killable
    words = Languages.load().i18n("en")
    layla = town.telegram.person("Layla", "en")
    await arrive(town, layla, words)
    pay = await ask_to_give(town, layla, words, Money(2500, "USD"))
    assert pay
    shown = await cards_in_chats(town, CARDS)
    refusing = [shown[0], shown[CARDS // 2]]
    for person, _ in refusing:
        person.deactivate()
    edits = Edits(town)

    begun = time.monotonic()
    printed = await processes.run("recall", "mala", "--by", "k7mnp2")
    assert re.search(rf"\b{CARDS}\b", printed), printed
    await town.until(lambda: hidden_on_the_page(town), "the page", HIDDEN_WITHIN_S)
    await town.send(layla, "/start mala")
    assert words.t("Follow the story") not in layla.buttons
    await town.until(lambda: is_closed(town), "the payment page", HIDDEN_WITHIN_S)
    assert time.monotonic() - begun < HIDDEN_WITHIN_S

    some = min(CARDS // 3, 1000)
    await town.until(lambda: len(edits.of(shown)) > some, f"{some} cards", 120)
    await processes.kill("worker")
    await processes.start("worker")
    await town.until(lambda: nobody_is_left(database), "the last card", NOBODY_LEFT_S)

    assert [number for person, number in shown if is_story(town, person, number)] == [
        number for _, number in refusing
    ]
    assert edits.most_in_a_second() <= EDITS_A_SECOND + 1
    printed = await processes.run("recall", "mala", "--report")
    assert {str(CARDS - len(refusing)), str(len(refusing))} <= set(re.findall(r"\d+", printed))


async def cards_in_chats(town, count):
    """People who each have a card of Mala's story: (person, number of the message)."""
    found = []
    async with opened_house(town.settings) as house:
        case = await case_of(house)
        async with house.write() as connection:
            await a_member(connection, "k7mnp2", Role.FINANCE)
            for number in range(count):
                person = town.telegram.person(f"Reader {number}", "en")
                message = town.telegram.say(person, "Mala's story, step 3", protected=True)
                kept = await people.ensure(connection, house.seal, person.id)
                await recalls.remember(
                    connection,
                    house.seal,
                    person_id=kept.id,
                    chat_id=person.id,
                    message_id=message["message_id"],
                    case_id=case.id,
                    has_picture=False,
                )
                found.append((person, message["message_id"]))
    return found


class Edits:
    """Which messages were edited, and when, as Telegram saw it."""

    def __init__(self, town):
        self._chats = set()
        self._times = []
        town.telegram.on_request = self._saw

    async def _saw(self, method, params):
        if method.startswith("editMessage"):
            self._chats.add(int(params["chat_id"]))
            self._times.append(time.monotonic())

    def of(self, shown):
        """The people of *shown* whose card was asked for."""
        return [person for person, _ in shown if person.id in self._chats]

    def most_in_a_second(self):
        window: deque[float] = deque()
        most = 0
        for moment in self._times:
            window.append(moment)
            while moment - window[0] >= 1:
                window.popleft()
            most = max(most, len(window))
        return most


def is_story(town, person, number):
    (message,) = [each for each in person.messages if each["message_id"] == number]
    return text(message).startswith("Mala's story")


async def hidden_on_the_page(town):
    return await town.status(STORY) == 410


async def is_closed(town):
    await asyncio.sleep(0)
    return [session["status"] for session in town.stripe.sessions] == ["expired"]


async def nobody_is_left(database):
    async with database.read() as connection:
        left = await connection.scalar(
            sa.text("SELECT COUNT(*) FROM story_card WHERE state = 'shown' AND recall_id > 0")
        )
    return not left
