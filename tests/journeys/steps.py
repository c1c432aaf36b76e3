"""Steps that many journeys take, by the words on the buttons."""

import re

from locales.text import Name
from values.money import Money

NAMES = {"en": "Mala", "ar": "مالا"}
NEED = Money(150_000, "USD")
ORGANISATION = Name("Safe Way Home")


def text(message):
    """The words of a message."""
    return message.get("text", message.get("caption", ""))


def name_in(words):
    """What Mala is called in the language of *words*."""
    return Name(NAMES[words.locale])


async def arrive(town, person, words):
    """/start, and choose the language."""
    await town.send(person, "/start")
    await town.press(person, words.language.autonym)


async def open_story(town, person, words):
    """From the welcome to Mala's first card."""
    await town.press(person, words.t("See the stories"))
    await town.press(person, words.t("{name}'s story", name=name_in(words)))
    await town.press(person, words.t("Follow the story"))


async def read_to_the_end(town, person, words):
    """Next, Next, Next; hand back what stood on the cards."""
    seen = []
    while words.t("The plan →") not in person.buttons:
        if words.t("Read the whole chapter") in person.buttons:
            await town.press(person, words.t("Read the whole chapter"))
        else:
            seen.append(person.last_text)
            await town.press(person, words.t("Next →"))
    return [*seen, person.last_text]


async def open_need(town, person, words):
    """To Mala's plan, by the shortest way."""
    await town.send(person, "/stories")
    await town.press(person, words.t("{name}'s story", name=name_in(words)))
    await town.press(person, words.t("The plan and its costs"))


async def ask_to_give(town, person, words, amount):
    """Up to the button that opens the payment page; hand back the page's address."""
    await open_need(town, person, words)
    await town.press(person, words.t("Fund this plan"))
    await town.press(person, words.t("Another amount"))
    await town.send(person, str(amount.decimal))
    await town.press(person, words.t("Yes, give {amount}", amount=amount))
    pay = words.t("Pay {amount}", amount=amount)
    await town.until(lambda: pay in labels(person), "the payment page")
    return person.link(pay)


def plain(words, msgid, **values):
    """A sentence of the catalog as one reads it, without its tags."""
    return re.sub(r"</?[bi]>|</?code>", "", words.t(msgid, **values))


def thanks_for(words, amount):
    """What a receipt begins with."""
    return plain(words, "<b>Thank you. We received {amount} from you.</b>", amount=amount)


def receipts(person, words, amount):
    """The receipts for a gift of *amount* in the chat."""
    return [message for message in person.messages if thanks_for(words, amount) in text(message)]


def funded(words, amount):
    """The line that says how far Mala's plan is funded, without the percent."""
    line = plain(
        words,
        "<b>Funded: {funded} of {need}</b> ({percent})",
        funded=amount,
        need=NEED,
        percent="",
    )
    return line.partition("(")[0].strip()


def labels(person):
    """The labels of all buttons in the chat, in whichever message."""
    return [
        button["text"]
        for message in person.messages
        for row in message.get("reply_markup", {}).get("inline_keyboard", [])
        for button in row
    ]
