"""What is told of help lines and of translations, alike in the chat and on the page."""

from locales.text import Name, Text, Tongues, say
from services.helplines import ALWAYS, UNKNOWN, Checked, Country, HelpLine, Note

DRAFT = say("<i>No native reader has checked this translation yet.</i>")
"""A short line for readers of a language that nobody has signed."""

REPORTED = say("We know now that something here is wrong. Somebody will read it again.")

NONE_CHECKED = say("We have called no help line of this country lately, so we show none.")

NOTES: dict[Note, Text] = {
    Note.FREE: say("The call is free."),
    Note.ANONYMOUS: say("You need not say who you are."),
    Note.RECORDED: say("Calls are recorded."),
    Note.POLICE: say("The police answer, or may be called."),
    Note.WHATSAPP: say("You can also write by WhatsApp."),
    Note.WOMEN: say("Made for women and the children with them."),
}
"""What a caller should know first."""


def told_of(checked: Checked) -> tuple[Text, ...]:
    """What is told of a help line, line by line."""
    line = checked.line
    told = [say("<b>{number}</b>", number=Name(number)) for number in line.numbers]
    if line.from_abroad is not None:
        told.append(say("From abroad: {number}", number=Name(line.from_abroad)))
    told.append(hours(line))
    if line.languages:
        told.append(say("Languages: {languages}", languages=Tongues(line.languages)))
    if line.interpreters:
        told.append(say("Other languages through interpreters."))
    told += [NOTES[note] for note in line.notes]
    told.append(
        say(
            "We called this number on {date}. Source: {source}",
            date=checked.on,
            source=Name(line.source),
        )
    )
    return tuple(told)


def hours(line: HelpLine) -> Text:
    """When somebody answers."""
    if line.hours == ALWAYS:
        return say("Day and night, every day.")
    if line.hours == UNKNOWN:
        return say("We do not know the hours.")
    start, _, end = line.hours.partition("-")
    return say("Every day from {start} to {end}.", start=Name(start), end=Name(end))


def emergency(of: Country) -> Text:
    """The number for whoever is in danger now."""
    number = Name(of.emergency.number)
    if of.emergency.police:
        return say("<b>Emergency number of the police: {number}</b>", number=number)
    return say("<b>Emergency number: {number}</b>", number=number)
