"""The world outside, for journeys: stand-ins for Telegram and Stripe on one port of their own."""

import socket
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.stripe.standin import StripeStandIn
from sandbox.telegram.standin import TelegramStandIn

TOKEN = "700123:AAjourney_token-0"
STRIPE_KEY = "sk_test_journey"
STRIPE_SECRET = "whsec_journey"
TELEGRAM_SECRET = "journey-telegram-secret"


def free_port():
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Outside:
    """Both stand-ins, and where they are."""

    def __init__(self, telegram, stripe, url):
        self.telegram = telegram
        self.stripe = stripe
        self.url = url

    async def settled(self):
        """Wait until neither has anything on its way to the program."""
        await self.telegram.settled()
        await self.stripe.settled()


@asynccontextmanager
async def outside_world(program_url, *, deliver_twice=True, time_scale=20):
    """Run the stand-ins; every incoming event is delivered twice unless a test says otherwise."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    telegram = TelegramStandIn(TOKEN, public_url=url, time_scale=time_scale)
    stripe = StripeStandIn(
        STRIPE_KEY,
        STRIPE_SECRET,
        webhook_url=f"{program_url}/stripe/webhook",
        public_url=url,
        settle_after_s=0.2,
    )
    telegram.faults.duplicates = "after" if deliver_twice else "none"
    stripe.delivery.time_scale = 1 / time_scale
    stripe.deliver_twice = deliver_twice
    app = web.Application(client_max_size=16 * 1024 * 1024)
    telegram.add_to(app)
    stripe.add_to(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await telegram.start()
    await stripe.start()
    try:
        yield Outside(telegram, stripe, url)
    finally:
        await telegram.close()
        await stripe.close()
        await runner.cleanup()


def environment(database_url, data_dir, program_url, outside_url, data_key):
    """What the program's processes are told."""
    return {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data_dir),
        "DATA_KEY": data_key,
        "ORGANISATION": "Safe Way Home",
        "PUBLIC_URL": program_url,
        "HOST": "127.0.0.1",
        "PORT": program_url.rpartition(":")[2],
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE": outside_url,
        "TELEGRAM_LINK_BASE": f"{outside_url}/t.me",
        "TELEGRAM_WEBHOOK_SECRET": TELEGRAM_SECRET,
        "STRIPE_API_KEY": STRIPE_KEY,
        "STRIPE_API_BASE": outside_url,
        "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
    }
