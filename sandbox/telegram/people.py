"""The people at the other end of the chat, as tests drive them."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from sandbox.telegram.delivery import CALLBACK_LIFE_S, Delivery
from sandbox.telegram.formatted import written
from sandbox.telegram.markup import utf16_length
from sandbox.telegram.world import Account, Toast, World

Json = dict[str, Any]

_LONGEST_TEXT = 4096


class NotPossible(Exception):
    """What a person tried cannot be done on a phone now; the text says why."""


class Person:
    """One person with the bot's chat open. Two objects of one account are the same person."""

    def __init__(self, account: Account, world: World, delivery: Delivery) -> None:
        self._account = account
        self._world = world
        self._delivery = delivery

    @property
    def id(self) -> int:
        """Also the id of her chat with the bot."""
        return self._account.id

    @property
    def name(self) -> str:
        """Her first name."""
        return self._account.name

    @property
    def language_code(self) -> str | None:
        """Of her app."""
        return self._account.language_code

    @language_code.setter
    def language_code(self, code: str | None) -> None:
        self._account.language_code = code
        self._tell()

    @property
    def is_blocking(self) -> bool:
        """Whether she blocks the bot."""
        return self._account.is_blocking

    @property
    def toasts(self) -> list[Toast]:
        """What the bot answered to her taps, oldest first, without answers that show nothing."""
        answers = self._world.toasts.get(self.id, [])
        return [toast for toast in answers if toast.text or toast.url]

    @property
    def messages(self) -> list[Json]:
        """What stands in the chat now, oldest first, her own included."""
        return list(self._world.messages[self.id].values())

    @property
    def last(self) -> Json:
        """
        The bot's newest message.

        Raises:
            NotPossible: there is none.
        """
        for message in reversed(self.messages):
            if message["from"]["is_bot"]:
                return message
        raise NotPossible(f"the bot has sent {self.name} nothing")

    @property
    def last_text(self) -> str:
        """Text or caption of the bot's newest message."""
        return str(self.last.get("text", self.last.get("caption", "")))

    @property
    def buttons(self) -> list[str]:
        """The labels under the bot's newest message, in reading order."""
        return [button["text"] for button in _buttons(self.last)]

    async def send(self, text: str) -> Json:
        """
        Write to the bot. `/start` unblocks it, as the Restart button does.

        Raises:
            NotPossible: empty, too long, or she blocks the bot.
        """
        if self._account.is_deactivated:
            raise NotPossible("the account is deleted")
        if self.is_blocking and text.startswith("/start"):
            await self.unblock()
        if self.is_blocking:
            raise NotPossible(f"{self.name} blocks the bot")
        formatted = written(text)
        if not formatted.text or utf16_length(formatted.text) > _LONGEST_TEXT:
            raise NotPossible(f"a message has 1 to {_LONGEST_TEXT} characters")
        content: Json = {"text": formatted.text}
        if formatted.entities:
            content["entities"] = formatted.entities
        self._account.has_started = True
        message = self._world.new_message(self._account, self._user(), content)
        self._delivery.add("message", self.id, message)
        return message

    async def start(self, payload: str = "") -> Json:
        """Open the bot, by a link with *payload* if there is one."""
        return await self.send(f"/start {payload}".strip())

    async def press(self, button: str) -> str:
        """
        Press the newest button with this label, or else with this callback data.

        Returns:
            The id of the callback query.

        Raises:
            NotPossible: no such button, or it is a link (see `link`).
        """
        message, found = self._find(button)
        if "callback_data" not in found:
            raise NotPossible(f"{button!r} is not a button that asks the bot")
        return await self.press_data(message["message_id"], found["callback_data"])

    async def press_data(self, message_id: int, data: str) -> str:
        """
        Send a callback query with any *data*, as a strange client could.

        Raises:
            NotPossible: there is no such message of the bot, or she blocks it.
        """
        message = self._world.messages[self.id].get(message_id)
        if message is None or not message["from"]["is_bot"]:
            raise NotPossible(f"message {message_id} is not there")
        if self.is_blocking:
            raise NotPossible(f"{self.name} blocks the bot")
        tap = self._world.new_tap(self._account)
        query = {
            "id": tap.id,
            "from": self._user(),
            "message": message,
            "chat_instance": self._world.chat_instance(self._account),
            "data": data,
        }
        self._delivery.add("callback_query", self.id, query, CALLBACK_LIFE_S)
        return tap.id

    async def ask(self, query: str = "") -> None:
        """Type `@bot` and *query* in some chat, which the bot is not told."""
        question = {
            "id": self._world.new_question(self._account),
            "from": self._user(),
            "query": query,
            "offset": "",
        }
        self._delivery.add("inline_query", self.id, question, CALLBACK_LIFE_S)

    @property
    def invitations(self) -> list[Json]:
        """What the bot offered her to send on, the last time she asked."""
        return self._world.invitations.get(self.id, [])

    def link(self, button: str) -> str:
        """
        The address behind a button.

        Raises:
            NotPossible: no such button, or it is no link.
        """
        found = self._find(button)[1]
        if "url" not in found:
            raise NotPossible(f"{button!r} is no link")
        return str(found["url"])

    async def block(self) -> None:
        """Stop the bot. It is told."""
        self._set_blocking(True)

    async def unblock(self) -> None:
        """Let it write again. It is told."""
        self._set_blocking(False)

    def deactivate(self) -> None:
        """Delete her account."""
        self._account.is_deactivated = True
        self._tell()

    def clear_chat(self) -> None:
        """Empty her chat on both sides, as a person can in a private chat. The bot is not told."""
        for message_id in list(self._world.messages[self.id]):
            self._world.remove_message(self.id, message_id)

    def shown(self) -> Json:
        """The account as JSON."""
        return asdict(self._account)

    def _set_blocking(self, is_blocking: bool) -> None:
        if self.is_blocking == is_blocking:
            return
        self._account.is_blocking = is_blocking
        before, after = ("member", "kicked") if is_blocking else ("kicked", "member")
        change = {
            "chat": self._world.chat(self._account),
            "from": self._user(),
            "date": self._world.now(),
            "old_chat_member": self._member(before),
            "new_chat_member": self._member(after),
        }
        self._delivery.add("my_chat_member", self.id, change)
        self._tell()

    def _member(self, status: str) -> Json:
        member: Json = {"user": self._world.bot_user(), "status": status}
        return member | {"until_date": 0} if status == "kicked" else member

    def _find(self, wanted: str) -> tuple[Json, Json]:
        for matches in (_has_label(wanted), _has_data(wanted)):
            for message in reversed(self.messages):
                for button in _buttons(message):
                    if matches(button):
                        return message, button
        labels = [button["text"] for message in self.messages for button in _buttons(message)]
        raise NotPossible(f"no button {wanted!r}; there are {labels}")

    def _user(self) -> Json:
        return self._world.user(self._account)

    def _tell(self) -> None:
        self._world.changes.tell(self.id, "person", person=self.shown())
        self._world.changed()


def _buttons(message: Json) -> Iterator[Json]:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        yield from row


def _has_label(label: str) -> Callable[[Json], bool]:
    return lambda button: button["text"] == label


def _has_data(data: str) -> Callable[[Json], bool]:
    return lambda button: button.get("callback_data") == data
