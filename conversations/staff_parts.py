"""What the screens of the staff's menu are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from conversations.routes import Staff
from conversations.screens import Button, Piece, Row, Screen
from locales.text import Text
from services import spending
from services.chat_acts import Member, NotAllowed, NotDecided
from services.desk import Locked, WrongCode
from services.house import House

_A_PAGE = 8
_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """
    What a member of staff wants now.

    Attributes:
        typed: What they wrote, where the screen asked for it; empty if they pressed a button.
        key: Names the incoming update, so that a repeat does nothing twice.
    """

    house: House
    member: Member
    route: Staff
    typed: str
    key: str

    @property
    def page(self) -> int:
        """The page of a list, the last word of the route that is a number; 0 if there is none."""
        return int(self.route.two) if self.route.two.isdecimal() else 0


def listed(lines: tuple[Piece, ...], rows: Sequence[Row] = ()) -> Screen:
    """Some lines, ways on, and the way back; it cannot be sent on."""
    return Screen((lines,), None, (*rows, back()), is_story=True)


def asking(*lines: Text) -> Screen:
    """A screen after which something is typed."""
    return listed(lines)


def told(line: str) -> Screen:
    """One sentence, and the way back."""
    return listed((Text("{line}", {"line": line}),))


def back() -> Row:
    """The way back to the menu."""
    return (Button(Text("The menu"), Staff("menu")),)


def paged(buttons: Sequence[Button], page: int, route: Callable[[int], Staff]) -> list[Row]:
    """A page of a list, a row a button, and the ways to the pages beside it."""
    rows: list[Row] = [(button,) for button in buttons[page * _A_PAGE : (page + 1) * _A_PAGE]]
    turns = []
    if page:
        turns.append(Button(Text("←"), route(page - 1)))
    if len(buttons) > (page + 1) * _A_PAGE:
        turns.append(Button(Text("→"), route(page + 1)))
    return [*rows, tuple(turns)] if turns else rows


def months(house: House, question: str, then: Staff) -> Screen:
    """The newest months to choose from; *then* is opened with the chosen one as its last word."""
    now = house.clock()
    at = now.year * 12 + now.month - 1
    newest = [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(at, at - _MONTHS, -1)]
    rows = tuple(
        (Button(Text("{month}", {"month": month}), Staff(then.screen, then.one, then.two, month)),)
        for month in newest
    )
    return listed((Text(question),), rows)


_NEWS = {
    "note": "It has a note, which is read at the desk alone: /desk",
    "consent": "No consent for news of her is valid now.",
    "disclosure": "All that is told of the case would fit too few people. See the desk: /desk",
    "under_18": "Nothing is told of somebody under 18.",
    "risk": "Her risk form rules it out.",
    "limit": "Her risk form rules it out.",
}
"""Why news was not approved, and what to do instead."""


def why_not(refusal: object) -> str:
    """Why it was not done, and what to do instead."""
    match refusal:
        case WrongCode():
            return "That code is not right. Write the one that your app shows now."
        case Locked(until):
            return f"Too many wrong codes. None of yours is taken before {until:%H:%M} UTC."
        case spending.NotInThePlan():
            return "So much is not left on this line. Change the plan at the desk first."
        case spending.TooMuch():
            return "So much may not be spent now: gifts rest for a while. See the desk."
        case spending.NotAMonth():
            return "That month has not begun."
        case spending.SamePerson() | NotDecided("author"):
            return "It is yours. Somebody else approves it."
        case spending.AlreadyDecided() | NotDecided("decided"):
            return "Somebody has decided on it already."
        case NotDecided(why) if why in _NEWS:
            return _NEWS[why]
        case NotAllowed():
            return "You may not do this. Ask an admin for the role."
        case _:
            return "It was not done. See the desk: /desk"
