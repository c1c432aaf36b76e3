"""Who is remembered, who is gone, and of whom nothing is kept."""

import sqlite3

import pytest
import sqlalchemy as sa

from bot.app import ALLOWED_UPDATES
from storage.schema import metadata
from tests.bot.rig import message_update, tap_update, until
from tests.conversations.rig import both_engines

GONE = "SELECT gone FROM person"
PLEA = "please help me, they keep my passport"


@both_engines
async def test_who_blocks_the_bot_is_remembered_as_gone_until_she_comes_back(office, layla):
    await office.arrive(layla)
    assert await is_gone(office) is False

    await layla.block()
    await office.telegram.settled()
    assert await is_gone(office) is True

    await office.send(layla, "/start")
    assert await is_gone(office) is False
    assert layla.last_text.startswith("Homeward")


async def is_gone(office):
    ((gone,),) = await office.rows(GONE)
    return bool(gone)


@both_engines
async def test_a_refused_message_marks_the_person_as_gone_and_is_no_failure(office, layla):
    await office.arrive(layla)
    layla.deactivate()

    await office.press(layla, "Language")

    assert await is_gone(office) is True
    assert all(attempt.is_accepted for attempt in office.telegram.attempts)
    assert await office.alarms() == []


async def test_whoever_writes_can_be_reached(office, layla):
    """Telegram's word that she is back may be lost; that she writes says the same."""
    await office.arrive(layla)
    await office.change("UPDATE person SET gone = 1")

    await office.send(layla, "/help")

    assert await is_gone(office) is False


async def test_of_an_unknown_chat_that_blocks_the_bot_nothing_is_kept(office, layla):
    await layla.send("/help")
    await office.telegram.settled()

    await layla.block()
    await office.telegram.settled()

    assert await office.rows("SELECT count(*) FROM person") == [(0,)]


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_groups_are_not_answered(office, layla, kind):
    await office.arrive(layla)
    office.forget_calls()
    chat = {"id": -100123, "type": kind, "title": "A group"}
    said = message_update(1, layla, "/start" if kind == "channel" else "Hello")
    said["message"]["chat"] = chat
    tapped = tap_update(2, layla, layla.last | {"chat": chat}, "1:w")
    member = {
        "update_id": 3,
        "my_chat_member": {
            "chat": chat,
            "from": said["message"]["from"],
            "date": 1,
            "old_chat_member": {"user": BOT, "status": "left"},
            "new_chat_member": {"user": BOT, "status": "member"},
        },
    }

    for update in (said, tapped, member):
        assert (await office.bot.take(update)).status == 200

    assert office.calls() == []


BOT = {"id": 700123, "is_bot": True, "first_name": "Homeward"}


async def test_only_what_is_answered_is_asked_for(office):
    (call,) = [call for call in office.telegram.calls if call.method == "setWebhook"]

    assert call.params["allowed_updates"] == list(ALLOWED_UPDATES)


@both_engines
async def test_of_somebody_who_asks_for_help_nothing_is_kept_at_all(office, layla, tmp_path):
    before = await everything(office)

    await office.send(layla, "/help")
    await office.press(layla, "Start")
    await layla.press_data(layla.last["message_id"], "1:he")
    await office.telegram.settled()
    await layla.press_data(layla.last["message_id"], "1:he")
    await office.telegram.settled()

    assert layla.last_text.startswith("If someone may read this phone")
    after = await everything(office)
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"telegram_file"}  # the cover went up to Telegram for the first time
    search(after, layla, tmp_path)


@both_engines
async def test_what_somebody_writes_is_nowhere_afterwards(office, layla, tmp_path):
    await office.arrive(layla)

    await office.send(layla, PLEA)
    assert layla.last_text.startswith("If someone may read this phone")
    await office.send(layla, "Tell her that I think of her")

    assert "cannot answer messages" in layla.last_text
    search(await everything(office), layla, tmp_path, PLEA, "passport", "think of her")


async def everything(office):
    """Every row of every table."""
    async with office.house.read() as connection:
        return {
            name: [tuple(row) for row in await connection.execute(sa.select(table))]
            for name, table in metadata.tables.items()
        }


def search(tables, person, tmp_path, *words):
    """Neither the rows nor the SQLite file hold the chat's id, the name or *words*."""
    wanted = [str(person.id), person.name, *words]
    found = [
        (name, value)
        for name, rows in tables.items()
        for row in rows
        for value in row
        if person.id == value or any(word in as_text(value) for word in wanted)
    ]
    assert found == []
    for path in tmp_path.glob("homeward.db*"):
        content = path.read_bytes()
        for word in (*wanted, person.id.to_bytes(6, "big"), person.id.to_bytes(6, "little")):
            assert (word.encode() if isinstance(word, str) else word) not in content, path


def as_text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def test_the_search_would_find_a_chat_id_in_a_file(tmp_path):
    """SQLite keeps a whole number in the fewest bytes, first the highest."""

    class Somebody:
        id = 7_000_000_001
        name = "Nobody"

    with sqlite3.connect(tmp_path / "homeward.db") as connection:
        connection.execute("CREATE TABLE t (x INTEGER)")
        connection.execute("INSERT INTO t VALUES (?)", (Somebody.id,))
    connection.close()

    with pytest.raises(AssertionError):
        search({}, Somebody, tmp_path)


async def test_a_press_in_a_message_too_old_to_be_named_is_answered_anew(office, layla):
    await office.arrive(layla)
    message = {"chat": {"id": layla.id, "type": "private"}, "message_id": 2, "date": 0}

    for number, shown in enumerate((message, None), 1):
        update = tap_update(number, layla, shown, "1:cs")
        assert (await office.bot.take(update)).status == 200
        await until(lambda: layla.last_text.startswith("Whose story"), "the list is there")

    assert len([m for m in layla.messages if m["from"]["is_bot"]]) == 3
