"""Asking a donor what shall become of money that a plan does not need."""

from services.house import House
from storage import holds, outbox, surplus
from storage.database import Connection
from storage.holds import Hold
from storage.surplus import Question, Why


async def ask(house: House, connection: Connection, hold: Hold, case_id: int, why: Why) -> Question:
    """
    Ask the giver of *hold* about what stands over the goal of the case; once while it is open.

    In the chat a message asks; who gave on the page finds the question with the receipt. Without
    an answer the money goes back when the time is over.
    """
    now = house.clock()
    question = await surplus.ask(
        connection,
        hold_id=hold.id,
        case_id=case_id,
        why=why,
        now=now,
        answer_by=now + house.terms.answer_within,
    )
    person_id = await holds.giver_of(connection, hold.id)
    if person_id is not None:
        await outbox.enqueue(connection, "question", question.id, person_id, now)
    return question
