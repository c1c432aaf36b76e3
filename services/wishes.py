"""
What a donor can want done with money that a plan does not need, in the very words she sees.

The chat and the page show the same words, and of a consent the digest of just these is kept. What a
button or a form brings back carries a mark of them: if the words have changed since, she is asked
anew and has agreed to nothing.
"""

from dataclasses import dataclass

from locales.catalog import I18n
from locales.text import Name, Text, say
from services.catalogue import PublicCase
from services.refunds import Disputed, NothingToRefund
from services.surplus import Answer, GoesBack, Moved, NoRoom, NotAsked, Wish, digest_of_words

ASK = ""
BACK = "back"
"""Words that stand where else the code of a plan does; no code is one of them."""
_MARK = 4
"""Hexadecimal digits: enough to notice a change, and short enough for a button."""


@dataclass(frozen=True, slots=True)
class Option:
    """
    One thing that a donor can want.

    Attributes:
        key: The code of the plan to which the money shall move, or `ASK` or `BACK`.
        question: What it answers.
        choice: What stands on its button.
    """

    key: str
    question: Text
    choice: Text

    def words(self, i18n: I18n) -> str:
        """All that is agreed to, as the donor reads it."""
        return f"{i18n.text(self.question)}\n{i18n.text(self.choice)}"

    def wish(self, i18n: I18n) -> Wish | None:
        """The wish, with the digest of its words; None to be asked."""
        if self.key == ASK:
            return None
        to_case_code = None if self.key == BACK else self.key
        return Wish(to_case_code, i18n.locale, digest_of_words(self.words(i18n)))

    def mark(self, i18n: I18n) -> str:
        """What a button or a form brings back, to show that these words were seen."""
        return mark_of(self.words(i18n))


def mark_of(words: str) -> str:
    """A short mark of *words*; none of no words."""
    return digest_of_words(words).hex()[:_MARK] if words else ""


def if_filled(name: Name) -> Text:
    """The question before paying."""
    return say("If the plan of {name} is filled before the gift arrives:", name=name)


def what_is_left() -> Text:
    """The question when something is left."""
    return say("What shall become of the money that is left?")


def ask_me(question: Text) -> Option:
    """To be asked when it has come to that."""
    return Option(ASK, question, say("Ask me then"))


def give_back(question: Text) -> Option:
    """Back to the donor."""
    return Option(BACK, question, say("Give it back to me"))


def move_to(question: Text, case: PublicCase, locale: str) -> Option:
    """To the plan of another person."""
    name = case.name_in(locale)
    return Option(case.case.code, question, say("Move it to the plan of {name}", name=name))


def key_of(answer: Answer) -> str:
    """What came of an answer, as a word that a button or an address can carry."""
    match answer:
        case Moved(amount, left):
            if not amount:
                return "full"
            return "rest" if left else "moved"
        case GoesBack():
            return "back"
        case NoRoom():
            return "full"
        case NotAsked():
            return "over"
        case Disputed():
            return "bank"
        case NothingToRefund():
            return "little"


def told(key: str) -> Text | None:
    """What the donor is told of her answer; None for a word that means nothing."""
    match key:
        case "moved":
            return say("Thank you. It is in the plan that you chose.")
        case "rest":
            return say("Thank you. That plan had room for a part. The rest is still yours.")
        case "back":
            return say("It goes back to you, the way you paid. That can take some days.")
        case "full":
            return say("That plan takes nothing at the moment. Please choose again.")
        case "over":
            return say("There is nothing to decide any more.")
        case "bank":
            return say("Your bank is asking about this payment, so we cannot send it back now.")
        case "little":
            return say("This is too little to be sent back. You can move it to another plan.")
        case "again":
            return say("Something has changed since. Please look, and choose once more.")
        case _:
            return None
