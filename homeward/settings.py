"""
Settings, from the environment or a `.env` file. The README's table "Settings" says the same; a test
compares them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from homeward.errors import BadSettings
from services.catalogue import ShowCases
from services.terms import FeeBearer, FeeRate, Terms, read_fee_rates
from storage import engines
from storage.sealing import BadDataKey, Seal


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


def _data_key(value: SecretStr) -> SecretStr:
    plain = value.get_secret_value()
    try:
        if plain.strip():  # blanks are as good as nothing, and `require` says so
            Seal(plain)
    except BadDataKey:
        raise ValueError("not 32 bytes in base64") from None
    return value


def _database_url(value: str) -> str:
    try:
        engines.parse(value)
    except engines.UnsupportedDatabase:
        raise ValueError("neither SQLite with a file nor PostgreSQL") from None
    return value


def _fee_rates(value: object) -> object:
    return read_fee_rates(value) if isinstance(value, str) else value


Network = IPv4Network | IPv6Network
Days = Annotated[int, Field(ge=0, le=365)]
Url = Annotated[str, BeforeValidator(_without_slash), Field(pattern=r"^https?://[^\s/]+\S*$")]


class Settings(BaseSettings):
    """
    All settings. One that has no default is None until it is set; the command that needs it stops
    the start with its name and remedy (`require`).
    """

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", env_ignore_empty=True)

    data_dir: Path = Path(".homeward")
    database_url: Annotated[str, AfterValidator(_database_url)] | None = Field(None, repr=False)
    data_key: Annotated[SecretStr, AfterValidator(_data_key)] | None = None
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
    fee_bearer: FeeBearer = FeeBearer.ORGANISATION
    fee_rates: Annotated[dict[str, FeeRate], NoDecode, BeforeValidator(_fee_rates)] = {}
    local_currency: bool = False
    safety_period_days: Days = 7
    answer_days: Annotated[int, Field(ge=1, le=365)] = 7
    publish_delay_minutes: Annotated[int, Field(ge=0, le=10_080)] = 60
    update_delay_days: Days = 14
    show_cases: ShowCases = ShowCases.STORY
    broadcast_delay_minutes: Annotated[int, Field(ge=0, le=10_080)] = 10
    broadcast_rate: Annotated[int, Field(ge=1, le=10_000)] = 25
    broadcast_at_once: Annotated[int, Field(ge=1, le=100)] = 4
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
    def terms(self) -> Terms:
        """What the operator lays down about fees, spending, answers and news."""
        return Terms(
            fee_bearer=self.fee_bearer,
            fee_rates=self.fee_rates,
            safety_period=dt.timedelta(days=self.safety_period_days),
            answer_within=dt.timedelta(days=self.answer_days),
            publish_after=dt.timedelta(minutes=self.publish_delay_minutes),
            update_after=dt.timedelta(days=self.update_delay_days),
            broadcast_after=dt.timedelta(minutes=self.broadcast_delay_minutes),
            broadcast_rate=self.broadcast_rate,
        )

    @property
    def has_live_key(self) -> bool:
        """The Stripe key moves real money."""
        return "_live_" in reveal(self.stripe_api_key)


REMEDIES = {
    "database_url": "Set sqlite:////path/to/file.db or postgresql://user:password@host/name.",
    "data_key": "Make one with `homeward keys`, and keep a copy apart from the database.",
    "organisation": "Set the charity's name: it is the payee of every gift.",
    "public_url": "Set the address at which the companion page is reached, with https.",
    "fee_bearer": "Write organisation or gift.",
    "fee_rates": "Write what your payment provider takes: USD 2.9% 0.30, EUR 1.5% 0.25.",
    "safety_period_days": "Write a number of days from 0 to 365.",
    "answer_days": "Write a number of days from 1 to 365.",
    "publish_delay_minutes": "Write a number of minutes from 0 to 10080.",
    "update_delay_days": "Write a number of days from 0 to 365.",
    "show_cases": "Write story or need.",
    "broadcast_delay_minutes": "Write a number of minutes from 0 to 10080.",
    "broadcast_rate": "Write a number from 1 to 10000. Telegram takes about 30.",
    "broadcast_at_once": "Write a number from 1 to 100.",
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
FOR_RECONCILING = ("data_key", "organisation", "stripe_api_key")


def load(needed: Iterable[str] = (), /, **given: object) -> Settings:
    """
    Read the settings; *given* win over the environment.

    Raises:
        BadSettings: a value cannot be used, or one of *needed* is missing; all are named.
    """
    try:
        settings = Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        bad = {str(fault["loc"][0]): _told(fault) for fault in error.errors()}
        spelled = _Spelled(**given)  # type: ignore[arg-type]
        missing = _missing(spelled, (name for name in needed if name not in bad))
        # From None: the values may be secret.
        raise BadSettings("\n".join([*bad.values(), *missing])) from None
    require(settings, needed)
    return settings


def require(settings: Settings, names: Iterable[str]) -> None:
    """
    Make sure that *names* are set.

    Raises:
        BadSettings: some are not.
    """
    missing = _missing(settings, names)
    if missing:
        raise BadSettings("\n".join(missing))


def make_private_folder(path: Path) -> None:
    """
    Make the folder *path* and those above it that are not there, for their owner alone.

    One that is there already stays as it is.

    Raises:
        BadSettings: it cannot be made.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        for folder in reversed(missing):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)  # mkdir's mode is what the umask leaves of it
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise BadSettings(
            f"DATA_DIR: the folder {path} cannot be made ({error.strerror}). Choose another."
        ) from None


def _told(fault: ErrorDetails) -> str:
    name = str(fault["loc"][0])
    message = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "string_pattern_mismatch":
        message = "not an address with http or https and a host"
    return " ".join([f"{name.upper()}: {message}.", REMEDIES.get(name, "")]).strip()


def _missing(settings: BaseSettings, names: Iterable[str]) -> list[str]:
    return [
        f"{name.upper()} is missing. {REMEDIES[name]} Set it in the environment or in .env; "
        'README, "Settings".'
        for name in names
        if not reveal(getattr(settings, name)).strip()
    ]


def reveal(secret: SecretStr | str | None) -> str:
    """The plain value; empty if it is not set."""
    if secret is None:
        return ""
    return secret if isinstance(secret, str) else secret.get_secret_value()


class _Spelled(BaseSettings):
    """The settings as they are written, good or bad: what is there when `Settings` cannot be."""

    model_config = Settings.model_config

    data_key: str | SecretStr | None = None
    organisation: str | None = None
    public_url: str | None = None
    telegram_bot_token: str | SecretStr | None = None
    telegram_webhook_secret: str | SecretStr | None = None
    stripe_api_key: str | SecretStr | None = None
    stripe_webhook_secret: str | SecretStr | None = None
