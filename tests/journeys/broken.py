"""
The program, broken on purpose in one place: what the journeys must notice.

Each function breaks the process that calls it, for good.
"""

import asyncio
import sqlite3
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from payments.events import Events
from services import booking, postings, settling, stripe_events

_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
_A_DISK_TAKES_S = 0.005


def acknowledge_before_commit():
    """An event is answered at once, and dealt with when there is time."""
    receive = Events.receive
    under_way = set()

    async def answer_at_once(self, body, signature):
        task = asyncio.create_task(receive(self, body, signature))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return HTTPStatus.OK

    broken: Any = Events
    broken.receive = answer_at_once


def no_deduplication():
    """Nobody asks whether an event was dealt with, a gift was booked or a posting is there."""
    remember = stripe_events.remember

    async def always_new(house, told, *, delivered=True):
        await remember(house, told, delivered=delivered)
        return True

    async def book_again(house, connection, hold, settlement):
        await booking.book(house, connection, hold, settlement)
        return hold

    async def post_behind(connection, source, name, kind, legs, facts, now, behind=0):
        while await is_posted(connection, source, name if not behind else f"{name}:{behind + 1}"):
            behind += 1
        return await post(connection, source, name, kind, legs, facts, now, behind)

    post, is_posted = postings._post, postings.is_posted
    stripe_events.remember = always_new
    settling._settle = book_again
    postings._post = post_behind


def no_transaction():
    """Each statement that writes is kept at once, where the database lets it be."""

    @event.listens_for(Engine, "after_cursor_execute")
    def keep(connection, _cursor, statement, *_rest):
        if not statement.lstrip().upper().startswith(_WRITES):
            return
        driver: Any = connection.connection.driver_connection
        say = driver.say if connection.dialect.name == "sqlite" else connection.exec_driver_sql
        # Half a posting is refused: the database waits for the other half.
        with suppress(IntegrityError, sqlite3.Error):
            say("COMMIT")
            time.sleep(_A_DISK_TAKES_S)
            say("BEGIN")
