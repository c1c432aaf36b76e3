"""
Outside of the private chat: groups the bot was put into, and what people ask it for in any chat.

Nothing of it is kept over a restart.
"""

from typing import Any

from sandbox.telegram.delivery import Delivery
from sandbox.telegram.formatted import text_of, written
from sandbox.telegram.keyboards import keyboard_of
from sandbox.telegram.links import BadLink, checked_link
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.people import Person
from sandbox.telegram.refusals import Refusal, bad_request
from sandbox.telegram.world import Account, World

Json = dict[str, Any]

MOST_RESULTS = 50
LONGEST_RESULT_ID_BYTES = 64
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class Group:
    """A group with the bot in it. A bot in privacy mode hears its commands only."""

    def __init__(self, account: Account, world: World, delivery: Delivery) -> None:
        self._account = account
        self._world = world
        self._delivery = delivery

    @property
    def id(self) -> int:
        """The chat's id, a negative number."""
        return self._account.id

    @property
    def answers(self) -> list[Json]:
        """What the bot wrote there, oldest first."""
        messages = self._world.messages[self.id].values()
        return [message for message in messages if message["from"]["is_bot"]]

    def write(self, person: Person, text: str) -> None:
        """Somebody writes into the group."""
        formatted = written(text)
        content: Json = {"text": formatted.text}
        if formatted.entities:
            content["entities"] = formatted.entities
        user = self._world.user(self._world.accounts[person.id])
        message = self._world.new_message(self._account, user, content)
        if text.startswith("/"):
            self._delivery.add("message", person.id, message)


def answer_inline_query(world: World, request: Parameters) -> bool:
    """answerInlineQuery: once, and articles only."""
    query_id = request.text("inline_query_id")
    if query_id not in world.asked:
        raise bad_request(_TOO_OLD)
    results = request.structure("results", "Can't parse inline query results JSON object")
    if not isinstance(results, list):
        raise bad_request("Can't parse inline query results: expected an Array")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(result.get("id", "")) for result in results]
    if len(set(ids)) < len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    world.invitations[world.asked.pop(query_id)] = [_article(result) for result in results]
    return True


def _article(result: Json) -> Json:
    """
    One result as a person would see it: title, description, and the message it would send.

    Raises:
        Refusal: 400 with Telegram's reason.
    """
    if result.get("type") != "article":
        raise bad_request("the stand-in knows articles only")
    if not 1 <= len(str(result.get("id", "")).encode()) <= LONGEST_RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    if not result.get("title"):
        raise bad_request("ARTICLE_TITLE_EMPTY")
    content = result.get("input_message_content")
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad_request('Can\'t parse inline query result: field "message_text" is missing')
    words = text_of(Parameters({**content, "text": content["message_text"]}))
    shown: Json = {
        "id": result["id"],
        "title": result["title"],
        "description": result.get("description", ""),
        "thumbnail_url": _address(result.get("thumbnail_url")),
        "text": words.text,
        "entities": words.entities,
    }
    keyboard = keyboard_of(Parameters({"reply_markup": result.get("reply_markup")}))
    return shown if keyboard is None else shown | {"reply_markup": keyboard}


def _address(given: Any) -> str | None:
    if given is None:
        return None
    try:
        return checked_link(str(given))
    except BadLink:
        raise _no_picture() from None


def _no_picture() -> Refusal:
    return bad_request("WEBDOCUMENT_URL_INVALID")
