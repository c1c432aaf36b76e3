"""
What exists at this Telegram: people, their chats with the bot, the bot's own words, open taps.

Messages are kept as the Bot API shows them, so that what a client gets, what the phone draws and
what is written to disk are the same object.
"""

import asyncio
import hashlib
import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.telegram.pictures import Pictures

Json = dict[str, Any]
Clock = Callable[[], float]

# Beyond 32 bits, as real ids are by now: a column that is too small shows at the first person.
FIRST_PERSON_ID = 7_000_000_001
FIRST_GROUP_ID = -1_002_000_000_001
ANSWERABLE_FOR_S = 15
"""How long a tap can be answered. Telegram does not document it; people report about this much."""


@dataclass(slots=True)
class Account:
    """
    One person.

    Attributes:
        id: Also the id of her chat with the bot.
        language_code: Of her app; None if the app does not tell.
        has_started: She wrote to the bot once; before that the bot cannot write to her.
        group: The title of a group; None: it is a person.
    """

    id: int
    name: str
    language_code: str | None
    has_started: bool = False
    is_blocking: bool = False
    is_deactivated: bool = False
    group: str | None = None


@dataclass(slots=True)
class Tap:
    """A callback query that can be answered once."""

    id: str
    person_id: int
    tapped_at: float
    is_answered: bool = False


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a tap: its text (may be empty), whether it is an alert, an address to open."""

    text: str
    is_alert: bool
    url: str


@dataclass(slots=True)
class About:
    """
    The bot's words about itself.

    Attributes:
        commands: `scope/language` to BotCommand objects.
        names, descriptions, short_descriptions: Language ("" is the default) to text.
        menu_buttons: Chat id as a string ("" is the default) to MenuButton.
    """

    commands: dict[str, list[Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[str, Json] = field(default_factory=dict)


class Changes:
    """What a phone must hear of, as it happens."""

    def __init__(self) -> None:
        self._listeners: dict[int, set[asyncio.Queue[Json | None]]] = {}

    def listen(self, chat_id: int) -> asyncio.Queue[Json | None]:
        """A queue of events of this chat; None says that there will be no more."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners.setdefault(chat_id, set()).add(queue)
        return queue

    def leave(self, chat_id: int, queue: asyncio.Queue[Json | None]) -> None:
        """Stop listening."""
        self._listeners.get(chat_id, set()).discard(queue)

    def tell(self, chat_id: int, kind: str, **data: Any) -> None:
        """Tell everyone who listens to this chat."""
        for queue in self._listeners.get(chat_id, ()):
            queue.put_nowait({"kind": kind, **data})

    def tell_all(self, kind: str, **data: Any) -> None:
        """Tell every phone."""
        for chat_id in list(self._listeners):
            self.tell(chat_id, kind, **data)

    def end(self) -> None:
        """Let every listener go."""
        for queue in itertools.chain.from_iterable(self._listeners.values()):
            queue.put_nowait(None)


class World:
    """
    All of it.

    Args:
        token: `<number>:<secret>`; the number is the bot's id.
        username, name: The bot's.
        clock: Seconds since 1970.
        pictures: The photos.
        on_change: Called after anything here changed that must survive a restart.
    """

    def __init__(
        self,
        token: str,
        username: str,
        name: str,
        clock: Clock,
        pictures: Pictures,
        on_change: Callable[[], None],
    ) -> None:
        self.bot_id = int(token.partition(":")[0])
        self.username = username
        self.name = name
        self.clock = clock
        self.pictures = pictures
        self.changes = Changes()
        self.accounts: dict[int, Account] = {}
        self.messages: dict[int, dict[int, Json]] = {}
        self.taps: dict[str, Tap] = {}
        self.toasts: dict[int, list[Toast]] = {}
        self.asked: dict[str, int] = {}
        self.invitations: dict[int, list[Json]] = {}
        self.about = About()
        self.changed = on_change
        self._last_message_id = 0
        self._last_tap = 0

    def now(self) -> int:
        """Unix seconds."""
        return int(self.clock())

    def bot_user(self) -> Json:
        """The bot as a User object."""
        name = self.about.names.get("", self.name)
        return {"id": self.bot_id, "is_bot": True, "first_name": name, "username": self.username}

    def add_account(self, name: str, language_code: str | None) -> Account:
        """A new person."""
        people = sum(account.group is None for account in self.accounts.values())
        account = Account(FIRST_PERSON_ID + people, name, language_code)
        self.accounts[account.id] = account
        self.messages[account.id] = {}
        self.changed()
        return account

    def add_group(self, title: str) -> Account:
        """A new group, with the bot in it."""
        groups = sum(account.group is not None for account in self.accounts.values())
        group = Account(FIRST_GROUP_ID - groups, title, None, has_started=True, group=title)
        self.accounts[group.id] = group
        self.messages[group.id] = {}
        return group

    def user(self, account: Account) -> Json:
        """A person as a User object."""
        user: Json = {"id": account.id, "is_bot": False, "first_name": account.name}
        if account.language_code:
            user["language_code"] = account.language_code
        return user

    def chat(self, account: Account) -> Json:
        """Her private chat with the bot, or the group, as a Chat object."""
        if account.group is not None:
            return {"id": account.id, "title": account.group, "type": "supergroup"}
        return {"id": account.id, "first_name": account.name, "type": "private"}

    def new_message(self, account: Account, sender: Json, content: Json) -> Json:
        """Put a message into the chat and show it."""
        self._last_message_id += 1
        message = {
            "message_id": self._last_message_id,
            "from": sender,
            "chat": self.chat(account),
            "date": self.now(),
            **content,
        }
        self.messages[account.id][self._last_message_id] = message
        self.changes.tell(account.id, "message", message=message)
        self.changed()
        return message

    def replace_message(self, message: Json) -> None:
        """Show *message* in the place of the one with its id."""
        chat_id = message["chat"]["id"]
        self.messages[chat_id][message["message_id"]] = message
        self.changes.tell(chat_id, "edited", message=message)
        self.changed()

    def remove_message(self, chat_id: int, message_id: int) -> None:
        """Take it away."""
        del self.messages[chat_id][message_id]
        self.changes.tell(chat_id, "deleted", message_id=message_id)
        self.changed()

    def new_tap(self, account: Account) -> Tap:
        """A callback query id that can be answered for a while."""
        self._last_tap += 1
        # The real ids are decimal numbers too long for 53 bits.
        tap = Tap(str(account.id << 24 | self._last_tap), account.id, self.clock())
        self.taps[tap.id] = tap
        self.changed()
        return tap

    def new_question(self, account: Account) -> str:
        """The id of an inline query, which can be answered once."""
        self._last_tap += 1
        query_id = str(account.id << 24 | self._last_tap)
        self.asked[query_id] = account.id
        return query_id

    def chat_instance(self, account: Account) -> str:
        """The number that names this chat in callback queries."""
        digest = hashlib.sha256(f"{self.bot_id}/{account.id}".encode()).digest()
        return str(int.from_bytes(digest[:8], "big", signed=True))

    def state(self) -> Json:
        """What `restore` needs."""
        people = [each for each, account in self.accounts.items() if account.group is None]
        return {
            "accounts": [asdict(self.accounts[each]) for each in people],
            "messages": [list(self.messages[each].values()) for each in people],
            "taps": [asdict(tap) for tap in self._open_taps()],
            "about": asdict(self.about),
            "last_message_id": self._last_message_id,
            "last_tap": self._last_tap,
            "pictures": self.pictures.state(),
        }

    def restore(self, state: Json) -> None:
        """Take up what `state` gave."""
        accounts = [Account(**account) for account in state["accounts"]]
        self.accounts = {account.id: account for account in accounts}
        self.messages = {
            account.id: {message["message_id"]: message for message in chat}
            for account, chat in zip(accounts, state["messages"], strict=True)
        }
        self.taps = {tap["id"]: Tap(**tap) for tap in state["taps"]}
        self.about = About(**state["about"])
        self._last_message_id = state["last_message_id"]
        self._last_tap = state["last_tap"]
        self.pictures.restore(state["pictures"])

    def _open_taps(self) -> list[Tap]:
        """Those that can still be answered; the others are forgotten, which answers them too."""
        oldest = self.clock() - ANSWERABLE_FOR_S
        self.taps = {
            tap.id: tap
            for tap in self.taps.values()
            if tap.tapped_at >= oldest and not tap.is_answered
        }
        return list(self.taps.values())
