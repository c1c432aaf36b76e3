"""What the bot sends, edits and deletes."""

from dataclasses import asdict
from typing import Any

from sandbox.telegram.formatted import Formatted, caption_of, text_of
from sandbox.telegram.keyboards import keyboard_of
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request, forbidden
from sandbox.telegram.world import ANSWERABLE_FOR_S, Account, Toast, World

Json = dict[str, Any]

DELETABLE_FOR_S = 48 * 3600
_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
_LONGEST_ANSWER = 200
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_CONTENT = (
    "text", "entities", "photo", "caption", "caption_entities", "reply_markup",
    "link_preview_options", "show_caption_above_media", "has_media_spoiler",
)  # fmt: skip


def send_message(world: World, request: Parameters) -> Json:
    """sendMessage."""
    content = _text_content(request)
    return _send(world, request, content)


def send_photo(world: World, request: Parameters) -> Json:
    """sendPhoto."""
    photo = _photo(world, request, request.text("photo"), "photo")
    if photo is None:
        raise bad_request("There is no photo in the request")
    return _send(world, request, _photo_content(photo, request))


def edit_message_text(world: World, request: Parameters) -> Json:
    """editMessageText: text stays text. A picture cannot become text."""
    content = _text_content(request)
    message = _message_to_edit(world, request)
    if "text" not in message:
        raise bad_request("There is no text in the message to edit")
    return _edit(world, message, content, request)


def edit_message_caption(world: World, request: Parameters) -> Json:
    """editMessageCaption."""
    caption = caption_of(request)
    message = _message_to_edit(world, request)
    if "photo" not in message:
        raise bad_request("There is no caption in the message to edit")
    content = {"photo": message["photo"]} | _caption(caption, request)
    return _edit(world, message, content, request)


def edit_message_media(world: World, request: Parameters) -> Json:
    """editMessageMedia: another picture, or a picture onto what was text."""
    media = request.structure("media", "Can't parse input media JSON object")
    if not isinstance(media, dict):
        raise bad_request("Can't parse InputMedia: expected an Object")
    if media.get("type") != "photo":
        raise bad_request(f'Can\'t parse InputMedia: type "{media.get("type", "")}" is unsupported')
    described = Parameters(media, request.files)
    caption_of(described)
    message = _message_to_edit(world, request)
    photo = _photo(world, described, described.text("media"), None)
    if photo is None:
        raise bad_request("Can't parse InputMedia: media not found")
    return _edit(world, message, _photo_content(photo, described), request)


def edit_message_reply_markup(world: World, request: Parameters) -> Json:
    """editMessageReplyMarkup: only the keyboard; without one it is taken away."""
    message = _message_to_edit(world, request)
    content = {name: message[name] for name in _CONTENT if name in message}
    content.pop("reply_markup", None)
    return _edit(world, message, content, request)


def delete_message(world: World, request: Parameters) -> bool:
    """deleteMessage: of the last 48 hours, the person's own included (the chat is private)."""
    if not request.text("chat_id"):
        raise bad_request("Chat identifier is not specified")
    message_id = request.integer("message_id")
    if message_id == 0:
        raise bad_request("Message identifier is not specified")
    account = chat_of(world, request)
    message = world.messages[account.id].get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    if world.now() - message["date"] > DELETABLE_FOR_S:
        raise bad_request("Message can't be deleted for everyone")
    world.remove_message(account.id, message_id)
    return True


def delete_messages(world: World, request: Parameters) -> bool:
    """deleteMessages: up to 100; what is not there is passed over."""
    ids = request.structure("message_ids", "Can't parse message_ids JSON object")
    if not isinstance(ids, list) or not ids:
        raise bad_request("Message identifiers are not specified")
    if len(ids) > 100:
        raise bad_request("Too many message identifiers specified")
    account = chat_of(world, request)
    there = [int(each) for each in ids if int(each) in world.messages[account.id]]
    dates = [world.messages[account.id][each]["date"] for each in there]
    if any(world.now() - date > DELETABLE_FOR_S for date in dates):
        raise bad_request("Message can't be deleted for everyone")
    for each in there:
        world.remove_message(account.id, each)
    return True


def answer_callback_query(world: World, request: Parameters) -> bool:
    """answerCallbackQuery: once, and soon."""
    tap = world.taps.get(request.text("callback_query_id"))
    if tap is None or tap.is_answered or world.clock() - tap.tapped_at > ANSWERABLE_FOR_S:
        raise bad_request(_TOO_OLD)
    text = request.text("text")
    if len(text) > _LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.is_answered = True
    toast = Toast(text, request.flag("show_alert"), request.text("url"))
    world.toasts.setdefault(tap.person_id, []).append(toast)
    world.changes.tell(tap.person_id, "answer", callback_query_id=tap.id, **asdict(toast))
    world.changed()
    return True


def send_chat_action(world: World, request: Parameters) -> bool:
    """sendChatAction."""
    action = request.text("action")
    if action not in _ACTIONS:
        raise bad_request("Wrong parameter action in request")
    account = chat_of(world, request)
    world.changes.tell(account.id, "action", action=action)
    return True


def chat_of(world: World, request: Parameters, *, must_reach: bool = True) -> Account:
    """
    The person whose chat is meant.

    Args:
        must_reach: Refuse as well if she blocks the bot or her account is gone.

    Raises:
        Refusal: nobody the bot may write to.
    """
    chat_id = request.text("chat_id")
    if not chat_id:
        raise bad_request("chat_id is empty")
    account = world.accounts.get(request.integer("chat_id"))
    if account is None or not account.has_started:
        raise bad_request("chat not found")
    if must_reach and account.is_deactivated:
        raise forbidden("user is deactivated")
    if must_reach and account.is_blocking:
        raise forbidden("bot was blocked by the user")
    return account


def _text_content(request: Parameters) -> Json:
    formatted = text_of(request)
    content: Json = {"text": formatted.text}
    if formatted.entities:
        content["entities"] = formatted.entities
    preview = request.structure(
        "link_preview_options", "Can't parse link preview options JSON object"
    )
    if preview:
        content["link_preview_options"] = preview
    return content


def _photo_content(photo: list[Json], request: Parameters) -> Json:
    content: Json = {"photo": photo} | _caption(caption_of(request), request)
    if request.flag("has_spoiler"):
        content["has_media_spoiler"] = True
    return content


def _caption(caption: Formatted, request: Parameters) -> Json:
    content: Json = {}
    if caption.text:
        content["caption"] = caption.text
        if caption.entities:
            content["caption_entities"] = caption.entities
    if request.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def _photo(world: World, request: Parameters, named: str, part: str | None) -> list[Json] | None:
    """
    The photo that a request names or brings; None if it does neither.

    Args:
        named: A file id, an address, or `attach://part`.
        part: The multipart part that may hold it without being named.
    """
    if part is not None and part in request.files:
        return world.pictures.add(request.files[part])
    if not named:
        return None
    if named.startswith("attach://"):
        content = request.files.get(named.removeprefix("attach://"))
        return None if content is None else world.pictures.add(content)
    if named.startswith(("http://", "https://")):
        # The stand-in goes nowhere: Telegram's words for an address it could not read.
        raise bad_request("failed to get HTTP URL content")
    return world.pictures.find(named)


def _send(world: World, request: Parameters, content: Json) -> Json:
    keyboard = keyboard_of(request)
    account = chat_of(world, request)
    if keyboard is not None:
        content["reply_markup"] = keyboard
    replied = _replied_to(world, account, request)
    if replied is not None:
        content["reply_to_message"] = replied
    if request.flag("protect_content"):
        content["has_protected_content"] = True
    return world.new_message(account, world.bot_user(), content)


def _replied_to(world: World, account: Account, request: Parameters) -> Json | None:
    reply = request.structure("reply_parameters", "Can't parse reply parameters JSON object")
    if not isinstance(reply, dict):
        return None
    message = world.messages[account.id].get(reply.get("message_id", 0))
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    if message is None:
        return None
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def _message_to_edit(world: World, request: Parameters) -> Json:
    keyboard_of(request)
    account = chat_of(world, request)
    message = world.messages[account.id].get(request.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot_id:
        raise bad_request("Message can't be edited")
    return message


def _edit(world: World, message: Json, content: Json, request: Parameters) -> Json:
    """Give *message* its new content; a keyboard that is not sent again is gone."""
    keyboard = keyboard_of(request)
    if keyboard is not None:
        content["reply_markup"] = keyboard
    if all(message.get(name) == content.get(name) for name in _CONTENT):
        raise bad_request(_NOT_MODIFIED)
    kept = {name: value for name, value in message.items() if name not in _CONTENT}
    edited = kept | {"edit_date": world.now()} | content
    world.replace_message(edited)
    return edited
