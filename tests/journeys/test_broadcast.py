"""
Followers in twelve languages are told once, through any weather and kill -9: everybody has the
news, or is on the list of those of whom nobody knows; nobody has it twice; never too fast.

`make broadcast-storm` is the same with 10,000 followers at Telegram's real pace.
"""

import os

import pytest

from tests.journeys.broadcast_storm import FULL, SMALL, raging

ASKED = os.environ.get("BROADCAST_STORM", "")
"""`full` for the large one, `small` for this one and its figures."""
SIZE = FULL if ASKED == "full" else SMALL


@pytest.mark.timeout(7200 if ASKED == "full" else 240)
async def test_everybody_is_told_once_or_on_the_list(
    request, database_url, tmp_path, drawn_cards, capsys
):
    workers = 2 if database_url.startswith("postgresql") else 1
    async with raging(database_url, tmp_path, drawn_cards, SIZE, workers) as town:
        rows = {
            person_id: (state, error)
            for person_id, state, error in await town.rows(
                "SELECT person_id, state, last_error FROM delivery"
            )
        }
        told = {chat: town.told(chat) for chat in town.chats}
        became = {chat: rows[person_id] for chat, person_id in town.chats.items()}
        unsure = [error for state, error in became.values() if state == "sending"]
        if ASKED:
            with capsys.disabled():
                _report(database_url, town, became, unsure)

        assert town.kills == SIZE.kills
        assert max(told.values()) == 1
        gone = {chat for chat, (state, _) in became.items() if state == "gone"}
        assert gone <= town.refusing
        # Of one who refuses nobody knows it either, where the sender died before it heard so.
        assert all(became[chat] == ("sending", None) for chat in town.refusing - gone)
        assert all(told[chat] == 1 for chat, (state, _) in became.items() if state == "sent")
        assert {state for state, _ in became.values()} <= {"sent", "gone", "sending"}
        assert unsure.count(None) <= town.kills
        assert len(unsure) <= town.kills + town.weather.counts["unheard"]
        assert town.most_in_a_second() <= SIZE.rate
        assert all(town.told(chat) >= 1 for chat in town.given)


def _report(database_url, town, became, unsure):
    states = [state for state, _ in became.values()]
    took = town.news_at[-1] - town.news_at[0]
    print(  # noqa: T201 - who asks for it reads it
        f"\n{database_url.partition(':')[0]}: {len(became)} followers, {len(town.news_at)} calls"
        f" in {took:.0f} s, at most {town.most_in_a_second()} in a second;"
        f" weather {dict(town.weather.counts)}; {town.kills} kills;"
        f" sent {states.count('sent')}, gone {states.count('gone')},"
        f" uncertain {len(unsure)} ({unsure.count(None)} by a kill);"
        f" receipts {sum(town.told(chat) for chat in town.given)} for {len(town.given)}"
    )
