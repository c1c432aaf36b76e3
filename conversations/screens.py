"""What a conversation shows: values, without a word translated or a pixel drawn."""

from dataclasses import dataclass

from conversations.routes import Route
from locales.text import Text
from services.catalogue import Pack, Step


@dataclass(frozen=True, slots=True)
class Told:
    """Words of an approved story, in the language they were approved in; shown as they are."""

    words: str


@dataclass(frozen=True, slots=True)
class Binding:
    """
    Words that bind or protect the reader: what she agrees to, what is kept of her.

    Where no native reader has checked the language they stand in English too.
    """

    text: Text


@dataclass(frozen=True, slots=True)
class StepPicture:
    """The card of one step of a story, or of its gentle card."""

    story: Pack
    step: Step


@dataclass(frozen=True, slots=True)
class FundingPicture:
    """How far a plan is funded, in whole percent."""

    percent: int


@dataclass(frozen=True, slots=True)
class CoverPicture:
    """The calm picture of the way in."""


@dataclass(frozen=True, slots=True)
class NewsPicture:
    """The card of a piece of news, by its icon."""

    icon: str


Picture = StepPicture | FundingPicture | CoverPicture | NewsPicture


@dataclass(frozen=True, slots=True)
class Button:
    """A button that leads on in the chat."""

    label: Text
    route: Route


@dataclass(frozen=True, slots=True)
class Link:
    """
    A button that opens a page.

    Attributes:
        url: Absolute, or a path of the companion page without its language (`/r/abc`).
    """

    label: Text
    url: str


@dataclass(frozen=True, slots=True)
class Share:
    """
    A button that lets one send an invitation to a friend.

    Attributes:
        invitation: What stands beside the link: ours, alike for everybody, and of no story; what
            was sent on cannot be taken back.
        path: A path of the companion page without its language.
    """

    label: Text
    invitation: Text
    path: str


Piece = Text | Told | Binding
Row = tuple[Button | Link | Share, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person is in a story, to be remembered."""

    case_id: int
    position: int


@dataclass(frozen=True, slots=True)
class Screen:
    """
    One message.

    Attributes:
        blocks: Paragraphs, each of one or more lines.
        picture: Above the words, or None.
        keyboard: Rows of buttons in reading order; the bot mirrors them where one reads from the
            right.
        toast: Said briefly when a button was pressed; also what a screen reader announces.
        is_story: It shows a person's story and is not to be forwarded.
        place: To be remembered as the place where the person stopped, or None.
        case_id: Of the case whose story it shows, or None. It is remembered which message that is,
            so that it can be changed when the story is taken back.
        is_plan: It shows what a plan needs; a campaign counts who gets so far.
    """

    blocks: tuple[tuple[Piece, ...], ...]
    picture: Picture | None = None
    keyboard: tuple[Row, ...] = ()
    toast: Text | None = None
    is_story: bool = False
    place: Place | None = None
    is_plan: bool = False
    case_id: int | None = None
