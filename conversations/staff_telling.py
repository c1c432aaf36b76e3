"""The staff's menu: a milestone told in the chat, without a note."""

from conversations.routes import Staff
from conversations.screens import Button, Screen
from conversations.staff_parts import Turn, listed, months, paged, told, why_not
from locales.text import Text
from services import chat_acts, updating
from services.chat_acts import Update


async def milestones(turn: Turn) -> Screen:
    """What has happened? Of the closed vocabulary."""
    case = turn.route.one
    buttons = [Button(each.label, Staff("when", case, each.name)) for each in updating.milestones()]
    rows = paged(buttons, turn.page, lambda at: Staff("news", case, str(at)))
    lines = (Text("<b>What has happened?</b>"), Text("A note is written at the desk: /desk"))
    return listed(lines, rows)


async def month(turn: Turn) -> Screen:
    """Which month?"""
    return months(turn.house, "Which month was it?", Staff("tell", turn.route.one, turn.route.two))


async def tell(turn: Turn) -> Screen:
    """It is written, for somebody else to approve."""
    done = await chat_acts.write_milestone(
        turn.house,
        member=turn.member,
        case=turn.route.one,
        milestone=turn.route.two,
        month=turn.route.three,
    )
    if isinstance(done, Update):
        return told("It is written. Somebody else approves it before anybody sees it.")
    return told(why_not(done))
