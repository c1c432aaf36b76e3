"""Who comes, in which language, and what they did."""

from dataclasses import dataclass, replace

from locales.catalog import Languages
from services.house import Person
from services.look import Look


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button was pressed; *data* is what it held, untrusted."""

    data: str


@dataclass(frozen=True, slots=True)
class Commanded:
    """A command: `/start abc` has the name "start" and the argument "abc"."""

    name: str
    argument: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """A typed message. It is read and forgotten."""

    text: str


@dataclass(frozen=True, slots=True)
class SentSomething:
    """A picture, a voice, a sticker: anything that this bot does not take."""


Did = Tapped | Commanded | Wrote | SentSomething


@dataclass(frozen=True, slots=True)
class Visit:
    """
    One thing that a person did.

    Attributes:
        person: What is kept of them; None if nothing is.
        locale: The language they read: chosen, or guessed from their app.
    """

    person: Person | None
    locale: str
    did: Did


@dataclass(frozen=True, slots=True)
class Talk:
    """
    What a screen is made from: the visit, a look at what is there, the languages offered.

    It looks as the person reads: a need card is in no language that it is not consented to in.
    """

    visit: Visit
    look: Look
    languages: Languages

    def __post_init__(self) -> None:
        object.__setattr__(self, "look", replace(self.look, locale=self.visit.locale))

    @property
    def locale(self) -> str:
        """The language the person reads."""
        return self.visit.locale
