"""The methods this Telegram knows, by the small-letter names that its addresses are matched by."""

from collections.abc import Callable
from typing import Any

from sandbox.telegram import about, elsewhere, outgoing
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.world import World

Method = Callable[[World, Parameters], Any]

_APPLIED: dict[str, Method] = {
    "getMe": about.get_me,
    "setMyCommands": about.set_my_commands,
    "getMyCommands": about.get_my_commands,
    "deleteMyCommands": about.delete_my_commands,
    "setMyName": about.set_my_name,
    "getMyName": about.get_my_name,
    "setMyDescription": about.set_my_description,
    "getMyDescription": about.get_my_description,
    "setMyShortDescription": about.set_my_short_description,
    "getMyShortDescription": about.get_my_short_description,
    "setChatMenuButton": about.set_chat_menu_button,
    "getChatMenuButton": about.get_chat_menu_button,
    "getChat": about.get_chat,
    "getFile": about.get_file,
    "sendMessage": outgoing.send_message,
    "sendPhoto": outgoing.send_photo,
    "editMessageText": outgoing.edit_message_text,
    "editMessageCaption": outgoing.edit_message_caption,
    "editMessageMedia": outgoing.edit_message_media,
    "editMessageReplyMarkup": outgoing.edit_message_reply_markup,
    "deleteMessage": outgoing.delete_message,
    "deleteMessages": outgoing.delete_messages,
    "answerCallbackQuery": outgoing.answer_callback_query,
    "sendChatAction": outgoing.send_chat_action,
    "answerInlineQuery": elsewhere.answer_inline_query,
}
_OF_DELIVERY = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")

APPLIED: dict[str, Method] = {name.lower(): method for name, method in _APPLIED.items()}
NAMES: dict[str, str] = {name.lower(): name for name in (*_APPLIED, *_OF_DELIVERY)}
"""Small-letter name to the name as documented."""

LIMITED = frozenset(
    name for name in APPLIED if name.startswith(("send", "edit")) and name != "sendchataction"
)
"""What counts for the limit on one chat: edits count as sends, answers to taps do not."""
