"""
Invitations: what is said where others read along, in a group or sent on into any chat.

They are alike for everybody and hold no word of a story: what was sent there cannot be taken back,
and whoever reads it did not ask for it.
"""

from dataclasses import dataclass

from locales.text import Text, say


@dataclass(frozen=True, slots=True)
class Invitation:
    """
    One of them.

    Attributes:
        key: Tells it from the others; a word.
        title: What whoever sends it chooses by.
        words: What is sent.
        path: Where it leads, on the companion page, without its language.
    """

    key: str
    title: Text
    words: Text
    path: str


STORIES = Invitation(
    "stories",
    say("One person's way home"),
    say("Follow one person's way home, icon by icon."),
    "/",
)
LEDGER = Invitation(
    "ledger",
    say("Where does a gift go?"),
    say(
        "To the one plan that you choose, and nowhere else. The public ledger shows every transfer."
    ),
    "/ledger",
)
HELP = Invitation(
    "help",
    say("Where to find help"),
    say("Do you need help, or somebody you know? Here are numbers to call, by country."),
    "/help",
)
INVITATIONS = (STORIES, LEDGER, HELP)

OPEN_IN_PRIVATE = say("Open in a private chat")
READ = say("Open")
