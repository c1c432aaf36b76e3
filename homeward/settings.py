"""
Settings, from the environment or a `.env` file. The README's table "Settings" says the same; a test
compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class BadSettings(Exception):
    """
    A setting is missing or cannot be used. The message names each with its remedy, a line each.
    """


def _without_slash(value: object) -> object:
    return value.rstrip("/") if isinstance(value, str) else value


def _listed(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


def _telegram_secret(value: SecretStr) -> SecretStr:
    """Source: core.telegram.org/bots/api#setwebhook; 16 is ours, one letter would be no secret."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
        raise ValueError("16 to 256 letters, digits, - or _")
    return value


Network = IPv4Network | IPv6Network
Url = Annotated[str, BeforeValidator(_without_slash), Field(pattern=r"^https?://[^\s/]+\S*$")]


class Settings(BaseSettings):
    """
    All settings. One that has no default is None until it is set; the command that needs it stops
    the start with its name and remedy (`require`).
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    data_dir: Path = Path(".homeward")
    database_url: Annotated[str | None, Field(repr=False)] = None
    data_key: SecretStr | None = None
    organisation: str | None = None
    public_url: Url | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    telegram_bot_token: SecretStr | None = None
    telegram_api_base: Url = "https://api.telegram.org"
    telegram_link_base: Url = "https://t.me"
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_telegram_secret)] | None = None
    stripe_api_key: SecretStr | None = None
    stripe_api_base: Url | None = None
    stripe_webhook_secret: SecretStr | None = None
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_listed)] = ()
    metrics_token: SecretStr | None = None

    @property
    def database(self) -> str:
        """The database's URL: as set, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'homeward.db'}"

    @property
    def cards_dir(self) -> Path:
        """Where drawn cards are kept; may be deleted at any time."""
        return self.data_dir / "cards"

    @property
    def stripe_webhook_secrets(self) -> tuple[str, ...]:
        """The secrets an event may be signed with: several, comma separated, during a rotation."""
        # A stray comma must not make an empty secret: with it anybody could sign.
        parts = (part.strip() for part in reveal(self.stripe_webhook_secret).split(","))
        return tuple(part for part in parts if part)

    @property
    def has_live_key(self) -> bool:
        """The Stripe key moves real money."""
        return "_live_" in reveal(self.stripe_api_key)


REMEDIES = {
    "data_key": "Make one with `homeward keys`, and keep a copy apart from the database.",
    "organisation": "Set the charity's name: it is the payee of every gift.",
    "public_url": "Set the address at which the companion page is reached, with https.",
    "telegram_bot_token": "BotFather gives it: https://t.me/BotFather, /newbot.",
    "telegram_webhook_secret": "Choose 16 to 256 letters, digits, - or _, at random.",
    "stripe_api_key": "Stripe shows it under Developers, API keys. A restricted key is enough.",
    "stripe_webhook_secret": "Stripe shows it with the webhook endpoint, under Developers.",
}

FOR_WEB = (
    "data_key",
    "organisation",
    "public_url",
    "telegram_bot_token",
    "telegram_webhook_secret",
    "stripe_api_key",
    "stripe_webhook_secret",
)
FOR_WORKER = ("data_key", "organisation", "public_url", "telegram_bot_token", "stripe_api_key")
FOR_POLLING = FOR_WORKER


def load(**given: object) -> Settings:
    """
    Read the settings; *given* win over the environment.

    Raises:
        BadSettings: a value cannot be used.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"{str(fault['loc'][0]).upper()}: {fault['msg']}." for fault in error.errors()]
        raise BadSettings("\n".join(lines)) from None  # the values may be secret


def require(settings: Settings, names: Iterable[str]) -> None:
    """
    Make sure that *names* are set.

    Raises:
        BadSettings: some are not.
    """
    missing = [
        f"{name.upper()} is missing. {REMEDIES[name]} Set it in the environment or in .env; "
        'README, "Settings".'
        for name in names
        if not reveal(getattr(settings, name)).strip()
    ]
    if missing:
        raise BadSettings("\n".join(missing))


def reveal(secret: SecretStr | str | None) -> str:
    """The plain value; empty if it is not set."""
    if secret is None:
        return ""
    return secret if isinstance(secret, str) else secret.get_secret_value()
