"""What the bot says about itself, for each language, and what it can ask about others."""

import re
from typing import Any

from sandbox.telegram.outgoing import chat_of
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import World

Json = dict[str, Any]

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = frozenset({
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
    "chat_member",
})  # fmt: skip
_PRIVATE_SCOPES = ("all_private_chats", "default")
_MOST_COMMANDS = 100
_LONGEST = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Parameters) -> Json:
    """getMe."""
    return world.bot_user() | {
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(world: World, request: Parameters) -> bool:
    """setMyCommands: for a scope and a language."""
    commands = request.structure("commands", "Can't parse commands JSON object")
    if not isinstance(commands, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.about.commands[_commands_key(request)] = [_command(command) for command in commands]
    _tell(world)
    return True


def get_my_commands(world: World, request: Parameters) -> list[Json]:
    """getMyCommands: exactly of that scope and language."""
    return world.about.commands.get(_commands_key(request), [])


def delete_my_commands(world: World, request: Parameters) -> bool:
    """deleteMyCommands."""
    world.about.commands.pop(_commands_key(request), None)
    _tell(world)
    return True


def set_my_name(world: World, request: Parameters) -> bool:
    """setMyName."""
    return _set(world, request, "name", world.about.names)


def get_my_name(world: World, request: Parameters) -> Json:
    """getMyName: of that language, else the default."""
    names = {"": world.name} | world.about.names
    return {"name": names.get(_language(request)) or names[""]}


def set_my_description(world: World, request: Parameters) -> bool:
    """setMyDescription."""
    return _set(world, request, "description", world.about.descriptions)


def get_my_description(world: World, request: Parameters) -> Json:
    """getMyDescription."""
    return {"description": _of_language(world.about.descriptions, request)}


def set_my_short_description(world: World, request: Parameters) -> bool:
    """setMyShortDescription."""
    return _set(world, request, "short_description", world.about.short_descriptions)


def get_my_short_description(world: World, request: Parameters) -> Json:
    """getMyShortDescription."""
    return {"short_description": _of_language(world.about.short_descriptions, request)}


def set_chat_menu_button(world: World, request: Parameters) -> bool:
    """setChatMenuButton."""
    button = request.structure("menu_button", "Can't parse menu button JSON object")
    button = {"type": "default"} if button is None else button
    if not isinstance(button, dict):
        raise bad_request("Can't parse menu button: MenuButton must be an Object")
    if button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("Can't parse menu button: MenuButton has unsupported type")
    world.about.menu_buttons[_menu_key(world, request)] = button
    _tell(world)
    return True


def get_chat_menu_button(world: World, request: Parameters) -> Json:
    """getChatMenuButton."""
    buttons = world.about.menu_buttons
    key = _menu_key(world, request)
    return buttons.get(key) or buttons.get("") or {"type": "commands"}


def get_chat(world: World, request: Parameters) -> Json:
    """getChat: the fields of ChatFullInfo that every private chat has."""
    account = chat_of(world, request, must_reach=False)
    return world.chat(account) | {
        "accent_color_id": account.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def get_file(world: World, request: Parameters) -> Json:
    """getFile."""
    file_id = request.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    return world.pictures.file(file_id)


def shown_about(world: World, language_code: str | None) -> Json:
    """
    What a phone in this language shows of the bot.

    Telegram knows a bot's words by two letters only: an app in `zh-hans` gets those of `zh`, one in
    `fil` the default.
    """
    language = (language_code or "").partition("-")[0]
    about = world.about
    return {
        "username": world.username,
        "name": about.names.get(language) or about.names.get("") or world.name,
        "description": about.descriptions.get(language) or about.descriptions.get("", ""),
        "commands": _shown_commands(about.commands, language),
    }


def _shown_commands(commands: dict[str, list[Json]], language: str) -> list[Json]:
    """The narrower scope wins, and in it the language over the default."""
    for scope in _PRIVATE_SCOPES:
        for code in dict.fromkeys((language, "")):
            found = commands.get(f"{scope}/{code}")
            if found:
                return found
    return []


def _set(world: World, request: Parameters, what: str, texts: dict[str, str]) -> bool:
    language, text = _language(request), request.text(what).strip()
    if len(text) > _LONGEST[what]:
        raise bad_request(f"bot {what.replace('_', ' ')} is too long")
    if text:
        texts[language] = text
    else:
        texts.pop(language, None)
    _tell(world)
    return True


def _of_language(texts: dict[str, str], request: Parameters) -> str:
    return texts.get(_language(request)) or texts.get("", "")


def _language(request: Parameters) -> str:
    """Two small letters or nothing: `zh-hans` and `fil` are refused, as by the real server."""
    code = request.text("language_code")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad_request("Invalid language code specified")
    return code


def _commands_key(request: Parameters) -> str:
    scope = request.structure("scope", "Can't parse BotCommandScope JSON object")
    scope = {"type": "default"} if scope is None else scope
    if not isinstance(scope, dict):
        raise bad_request("Can't parse BotCommandScope: BotCommandScope must be an Object")
    if scope.get("type") not in _SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    return f"{scope['type']}/{_language(request)}"


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _menu_key(world: World, request: Parameters) -> str:
    return str(chat_of(world, request).id) if request.text("chat_id") else ""


def _tell(world: World) -> None:
    world.changes.tell_all("about")
    world.changed()
