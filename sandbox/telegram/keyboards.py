"""Inline keyboards: what Telegram takes, and what it says of the rest."""

from typing import Any

from sandbox.telegram.links import BadLink, checked_link
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import Refusal, bad_request

Json = dict[str, Any]

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
LONGEST_DATA_BYTES = 64
LONGEST_COPY_TEXT = 256
_STYLES = frozenset({"", "primary", "success", "danger"})


def keyboard_of(request: Parameters) -> Json | None:
    """
    The inline keyboard of a request as it will be shown in the message; None if there is none.

    Keyboards under the input line are not simulated and refused, so that nobody takes silence for
    success.

    Raises:
        Refusal: 400 with Telegram's reason.
    """
    markup = request.structure("reply_markup", "Can't parse reply keyboard markup JSON object")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("Object expected as reply markup")
    if any(name in markup for name in ("keyboard", "remove_keyboard", "force_reply")):
        raise bad_request("the stand-in knows inline keyboards only")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in checked):
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _unparsed('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _unparsed('Field "text" must be of type String')
    if button.get("style", "") not in _STYLES:
        raise _unparsed("invalid button style specified")
    kind = _kind(button)
    text = button["text"].strip()
    if not text:
        raise bad_request("Inline keyboard button text must be non-empty")
    shown = {"text": text} | kind
    return shown | {"style": button["style"]} if button.get("style") else shown


def _kind(button: Json) -> Json:
    """The one field that says what the button does."""
    if button.get("url"):
        return {"url": _address(button["url"], "Inline keyboard button")}
    if button.get("callback_data"):
        return {"callback_data": _data(button["callback_data"])}
    if "web_app" in button:
        address = _address(button["web_app"].get("url", ""), "Inline keyboard button Web App")
        if not address.startswith("https://"):
            raise bad_request(
                f"Inline keyboard button Web App URL '{address}' is invalid: "
                "Only HTTPS links are allowed"
            )
        return {"web_app": {"url": address}}
    if "copy_text" in button:
        return {"copy_text": {"text": _copied(button["copy_text"])}}
    for name in ("switch_inline_query", "switch_inline_query_current_chat"):
        if name in button:
            return {name: str(button[name])}
    raise _unparsed("Text buttons are unallowed in the inline keyboard")


def _address(url: str, what: str) -> str:
    try:
        return checked_link(url)
    except BadLink as error:
        raise bad_request(f"{what} URL '{url}' is invalid: {error}") from None


def _data(data: Any) -> str:
    if not isinstance(data, str):
        raise _unparsed('Field "callback_data" must be of type String')
    if len(data.encode("utf-8")) > LONGEST_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _copied(copy_text: Any) -> str:
    text = copy_text.get("text", "") if isinstance(copy_text, dict) else ""
    if not 1 <= len(text) <= LONGEST_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return str(text)


def _unparsed(reason: str) -> Refusal:
    return bad_request(f"Can't parse inline keyboard button: {reason}")
