"""What stands in the place of a card whose story was taken back, and of news that was."""

from conversations.routes import Cases, Help
from conversations.screens import Button, CoverPicture, Screen
from locales.text import Text, say


def recalled(*, with_picture: bool) -> Screen:
    """
    A neutral line, and ways on.

    Args:
        with_picture: The card has one, which can be changed for another and not taken away.
    """
    return _neutral(say("This story is no longer shown."), with_picture=with_picture)


def taken_back(*, with_picture: bool) -> Screen:
    """The same in the place of news that staff took back."""
    return _neutral(say("This message was taken back."), with_picture=with_picture)


def _neutral(line: Text, *, with_picture: bool) -> Screen:
    return Screen(
        blocks=((line,),),
        picture=CoverPicture() if with_picture else None,
        keyboard=((Button(say("See the stories"), Cases()), Button(say("Help"), Help())),),
    )
