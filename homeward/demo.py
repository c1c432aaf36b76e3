"""
The demo: everything in one process, with stand-ins for Telegram and Stripe, over real HTTP.

No money moves and nothing leaves the computer. What a newcomer did before is there the next time.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aiohttp import web
from pydantic import SecretStr

from homeward import running
from homeward.assembly import assembled
from homeward.errors import BadSettings, PortTaken
from homeward.sample_cases import load_samples
from homeward.settings import Settings, load, make_private_folder, reveal
from sandbox import authenticator
from sandbox.authenticator import Account, Authenticator
from sandbox.stripe.endpoints import Account as StripeAccount
from sandbox.stripe.standin import StripeStandIn
from sandbox.telegram.standin import TelegramStandIn
from services.house import House
from services.samples import INVENTED_STAFF, let_invented_in
from services.terms import read_fee_rates
from storage.migrate import upgrade_async
from storage.sealing import new_data_key

_HOST = "127.0.0.1"
_TOKEN = "123456789:demo-bot-of-the-stand-in"  # noqa: S105 - the stand-in's own
_STRIPE_KEY = "sk_test_stand_in"
_MARK = ".homeward-demo"
"""The file that marks a folder as the demo's own, so that --fresh never deletes another."""


@dataclass(frozen=True)
class Addresses:
    """
    Where the demo is seen.

    Attributes:
        page: The companion page.
        outside: The stand-ins: the phone at `/phone`, the payment page.
    """

    page: str
    outside: str

    @property
    def phone(self) -> str:
        """The phone in the browser."""
        return f"{self.outside}/phone"

    @property
    def staff(self) -> str:
        """The invented staff's phones, and what their apps for codes show."""
        return f"{self.outside}{authenticator.PATH}"


@dataclass(frozen=True)
class Outside:
    """What of the world outside the demo drives itself."""

    telegram: TelegramStandIn
    codes: Authenticator


def refuse_live_keys() -> None:
    """
    Refuse to run the demo beside a key that moves real money.

    Raises:
        BadSettings: STRIPE_API_KEY in the environment or in .env is a live key.
    """
    if load().has_live_key:
        raise BadSettings(
            "STRIPE_API_KEY is a live key. The demo moves no money and does not start beside one: "
            "take it out of the environment and of .env, or use `homeward poll`."
        )


def refuse_taken_ports(port: int) -> None:
    """
    See that the demo can listen at *port* and the next one, before anything is made.

    Raises:
        PortTaken: it cannot.
    """
    for each in (port, port + 1):
        with socket.socket() as trial:
            # As asyncio's servers do: a port that was just left is free.
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((_HOST, each))
            except OSError as error:
                raise PortTaken(
                    f"Port {each} is in use or not ours to listen at. The demo needs two, one "
                    "after the other: choose the first with --port."
                ) from error


def demo_settings(data_dir: Path, port: int) -> Settings:
    """
    The settings of the demo in *data_dir*: its own keys, and the stand-ins instead of the world.

    Nothing is taken from the environment or from .env, so that no real account can be touched.
    """
    outside = f"http://{_HOST}:{port + 1}"
    return Settings.model_construct(
        data_dir=data_dir,
        database_url=None,
        data_key=_kept(data_dir / "data.key", new_data_key),
        organisation="Homeward Demo Charity",
        public_url=f"http://{_HOST}:{port}",
        host=_HOST,
        port=port,
        telegram_bot_token=SecretStr(_TOKEN),
        telegram_api_base=outside,
        telegram_link_base=f"{outside}/t.me",
        telegram_webhook_secret=_kept(data_dir / "telegram.secret", secrets.token_urlsafe),
        stripe_api_key=SecretStr(_STRIPE_KEY),
        stripe_api_base=outside,
        stripe_webhook_secret=_kept(data_dir / "stripe.secret", lambda: secrets.token_hex(16)),
        fee_rates=read_fee_rates("USD 2.9% 0.30"),
        trusted_proxies=(),
        metrics_token=None,
    )


def prepare(data_dir: Path, *, fresh: bool) -> None:
    """
    Make the demo's folder; with *fresh*, delete what is in it first.

    Raises:
        BadSettings: *fresh*, and the folder is not one that the demo made.
    """
    if fresh and data_dir.exists():
        if not (data_dir / _MARK).exists():
            raise BadSettings(f"{data_dir} was not made by the demo; it is not deleted.")
        shutil.rmtree(data_dir)
    make_private_folder(data_dir)
    (data_dir / _MARK).touch()


async def run_demo(settings: Settings, ready: asyncio.Future[Addresses]) -> None:
    """Run everything until SIGTERM or SIGINT; *ready* gets the addresses when all is up."""
    stop = running.stop_on_signal()
    await upgrade_async(settings.database)
    await load_samples(settings)
    async with outside_world(settings) as outside, assembled(settings) as parts:
        await running.announce(parts)
        await _let_staff_in(parts.house, outside)
        async with asyncio.TaskGroup() as group:
            group.create_task(running.web(parts, stop))
            group.create_task(running.background(parts, stop))
            ready.set_result(Addresses(settings.public_url or "", settings.stripe_api_base or ""))


@asynccontextmanager
async def outside_world(settings: Settings) -> AsyncIterator[Outside]:
    """The stand-ins for Telegram and Stripe, served beside the program, for as long as needed."""
    outside = settings.stripe_api_base or ""
    telegram = TelegramStandIn(
        reveal(settings.telegram_bot_token),
        bot_name="Homeward",
        state_file=settings.data_dir / "telegram.json",
        public_url=outside,
    )
    stripe = StripeStandIn(
        reveal(settings.stripe_api_key),
        reveal(settings.stripe_webhook_secret),
        webhook_url=f"{settings.public_url}/stripe/webhook",
        public_url=outside,
        state_file=settings.data_dir / "stripe.json",
        bank_after_s=30,
        account=StripeAccount(name=settings.organisation or ""),
    )
    stripe.delivery.time_scale = 0.01
    app = web.Application(client_max_size=16 * 1024 * 1024)
    telegram.add_to(app)
    stripe.add_to(app)
    codes = Authenticator()
    codes.add_to(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, settings.port + 1).start()
        await telegram.start()
        await stripe.start()
        yield Outside(telegram, codes)
    finally:
        await telegram.close()
        await stripe.close()
        await runner.cleanup()


async def _let_staff_in(house: House, outside: Outside) -> None:
    """Give the invented staff phones and apps, so that a newcomer can be any of them."""
    for code, roles in INVENTED_STAFF.items():
        async with house.write() as connection:
            chat_id, secret = await let_invented_in(
                connection,
                house.seal,
                code,
                partial(_new_chat, outside, code),
                house.clock(),
            )
        about = ", ".join(role.replace("_", " ") for role in roles)
        outside.codes.accounts.append(Account(code, about, secret, chat_id))


def _new_chat(outside: Outside, name: str) -> int:
    return outside.telegram.person(name, "en").id


def _kept(path: Path, make: Callable[[], str]) -> SecretStr:
    """The secret in the file *path*, made now if there is none; only its owner may read it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(make())
    return SecretStr(path.read_text())
