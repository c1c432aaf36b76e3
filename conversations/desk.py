"""
The way to the staff's desk, from the chat.

These words are for staff and stand in English alone, as the desk itself does; so they are `Told`,
and not looked up in any catalog. The command is in no list: readers need not know of it.
"""

from conversations.screens import Link, Piece, Screen, Told
from locales.text import Text
from services import desk
from services.house import House

COMMAND = "desk"


async def is_staff(house: House, chat_id: int) -> bool:
    """Whether somebody of the staff may come to the desk from this chat."""
    return await desk.is_staff(house, chat_id)


async def way_in(house: House, chat_id: int) -> Screen | None:
    """
    A link to the desk for a member of staff; None if nobody of the staff may come in from this
    chat.

    The link is a button, so that nobody fetches a preview of it; and it cannot be forwarded.
    """
    asked = await desk.ask_link(house, chat_id)
    if asked is None:
        return None
    if isinstance(asked, desk.Locked):
        return _screen(
            Told("Too many wrong codes."),
            Told(f"Send /desk again after {asked.until:%H:%M} UTC."),
        )
    minutes = int(desk.LINK_LASTS.total_seconds() // 60)
    url = f"{house.public_url}/desk/enter/{asked.token}"
    told = (
        Told(f"Your way to the desk. It is good once, for {minutes} minutes, in one browser."),
        Told("Have the app with your codes at hand."),
    )
    if "web" not in house.links:
        # Telegram takes no button to a page that is not on the internet.
        return _screen(*told, Told(url))
    return _screen(*told, link=Link(Text("Open the desk"), url))


def _screen(*lines: Piece, link: Link | None = None) -> Screen:
    keyboard = () if link is None else ((link,),)
    return Screen(blocks=(lines,), keyboard=keyboard, is_story=True)
