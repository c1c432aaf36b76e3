"""Help, privacy, and an answer to everything else."""

from conversations.routes import Cases, Gifts, Help, Languages, Lost, Privacy, Welcome
from conversations.screens import Button, Link, Row, Screen
from conversations.visit import Talk
from locales.text import Name, Text, say


def help_(talk: Talk) -> Screen:
    """Where a person in danger can turn, first; then how this works."""
    rows: list[Row] = []
    if "web" in talk.look.links:
        rows.append((Link(say("Help on the web"), "/help"),))
    rows.append((Button(say("See the stories"), Cases()), Button(say("Privacy"), Privacy())))
    rows.append((Button(say("Language"), Languages()), Button(say("Start"), Welcome())))
    return Screen(
        blocks=(
            (
                say("<b>If you are in danger now</b>"),
                say("Call the emergency number of the country you are in."),
                say("In the European Union and many other countries it is 112."),
                say("If someone may read this phone, delete this chat after reading."),
            ),
            (
                say("<b>How this works</b>"),
                say("Choose a story. Follow it with Next. At its end you find the plan."),
                say("If you give, you pay on a payment page, never here in the chat."),
                say("Never write card numbers or passwords here. Nobody here asks for them."),
            ),
        ),
        keyboard=tuple(rows),
    )


def privacy(talk: Talk) -> Screen:
    """What is kept of a person, all of it."""
    rows: list[Row] = []
    if "web" in talk.look.links:
        rows.append((Link(say("Privacy on the web"), "/privacy"),))
    rows.append((Button(say("Start"), Welcome()), Button(say("Help"), Help())))
    return Screen(
        blocks=(
            (
                say("<b>What we keep of you</b>"),
                say("Your chat's number, encrypted, so that we can write to you."),
                say("Your language, and where you stopped in a story."),
                say("Which gifts are yours, and what you chose for them."),
            ),
            (
                say("<b>What we do not keep</b>"),
                say("Your name, your telephone number, your picture, what you write."),
            ),
            (
                say(
                    "You pay on a page of Stripe. Stripe and {organisation} know the payment; "
                    "this bot does not see your card.",
                    organisation=Name(talk.look.organisation),
                ),
            ),
        ),
        keyboard=tuple(rows),
    )


def lost(route: Lost) -> Screen:
    """What was sent has no meaning here. It was not kept, and here are the ways on."""
    toast = _why(route.why)
    return Screen(
        blocks=(
            (
                toast or say("<b>I am a bot and cannot answer messages.</b>"),
                say("What you wrote was not kept. Nobody has read it."),
            )
            if not route.why
            else (toast or say("Please choose:"),),
            (say("If you need help, press Help."),),
        ),
        keyboard=(
            (Button(say("See the stories"), Cases()),),
            (Button(say("My gifts"), Gifts()), Button(say("Language"), Languages())),
            (Button(say("Help"), Help()), Button(say("Privacy"), Privacy())),
        ),
        toast=toast,
    )


def _why(why: str) -> Text | None:
    match why:
        case "old":
            return say("That button is old. Here is where you can go now.")
        case "gone":
            return say("This story is not shown at the moment.")
        case _:
            return None
