"""What stands in the place of a card whose story was taken back."""

from conversations.routes import Cases, Help
from conversations.screens import Button, CoverPicture, Screen
from locales.text import say


def recalled(*, with_picture: bool) -> Screen:
    """
    A neutral line, and ways on.

    Args:
        with_picture: The card has one, which can be changed for another and not taken away.
    """
    return Screen(
        blocks=((say("This story is no longer shown."),),),
        picture=CoverPicture() if with_picture else None,
        keyboard=((Button(say("See the stories"), Cases()), Button(say("Help"), Help())),),
    )
