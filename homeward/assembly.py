"""Where the parts are put together, once, and handed on. There is no other registry."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.app import TelegramBot
from bot.broadcasting import Broadcaster
from bot.outbox import Postman
from bot.recalling import Recaller
from bot.retracting import Retractor
from bot.updates import Effects
from homeward.errors import SchemaIsOld
from homeward.settings import Settings, reveal
from locales.catalog import Languages
from payments.gateway import Gateway, Pages
from payments.gifts import Gifts
from payments.refunds import Refunds
from services.catalogue import Shelf
from services.checkouts import hold_id_of
from services.house import House
from storage.database import Database
from storage.migrate import schema_is_current
from storage.sealing import Seal
from stories.rendering import CardRenderer

STRIPE_CHECKOUT = "https://checkout.stripe.com"
STRIPE_DONATE = "https://donate.stripe.com"


@dataclass(frozen=True)
class Parts:
    """Everything that runs."""

    settings: Settings
    house: House
    languages: Languages
    gifts: Gifts
    refunds: Refunds
    gateway: Gateway
    bot: TelegramBot
    postman: Postman
    recaller: Recaller
    broadcaster: Broadcaster
    retractor: Retractor
    cards: CardRenderer


@asynccontextmanager
async def opened_house(settings: Settings) -> AsyncIterator[House]:
    """
    The database and what belongs to it, for as long as the block lasts.

    Raises:
        SchemaIsOld: it needs `homeward migrate` first.
    """
    seal = Seal(reveal(settings.data_key))
    database = Database.open(settings.database)
    try:
        if not await schema_is_current(database):
            raise SchemaIsOld(SchemaIsOld.__doc__)
        public_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        yield House(
            database=database,
            seal=seal,
            shelf=Shelf(seal, shows=settings.show_cases),
            organisation=settings.organisation or "Homeward",
            public_url=public_url,
            hears_events=bool(settings.stripe_webhook_secrets),
            links=frozenset({"web"}) if settings.public_url else frozenset(),
            terms=settings.terms,
            moves_real_money=settings.has_live_key,
        )
    finally:
        await database.close()


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Parts]:
    """All parts, connected, for as long as the block lasts."""
    async with opened_house(settings) as house:
        languages = Languages.load()
        cards = CardRenderer(settings.cards_dir)
        gateway = gateway_of(settings, house)
        gifts = Gifts(house, gateway, languages)
        bot = TelegramBot(
            token=reveal(settings.telegram_bot_token),
            api_base=settings.telegram_api_base,
            house=house,
            languages=languages,
            cards=cards,
            effects=Effects(
                open_page=by_reference(house, gifts.open_page),
                close_page=by_reference(house, gifts.cancel),
                look_at=by_reference(house, gifts.look_at),
            ),
            link_base=settings.telegram_link_base,
        )
        try:
            await bot.start()
            postman = Postman(house, languages, bot.sender)
            refunds = Refunds(house, gateway, gifts)
            recaller = Recaller(house, languages, bot.sender)
            broadcaster = Broadcaster(
                house, languages, bot.sender, at_once=settings.broadcast_at_once
            )
            yield Parts(
                settings=settings,
                house=house,
                languages=languages,
                gifts=gifts,
                refunds=refunds,
                gateway=gateway,
                bot=bot,
                postman=postman,
                recaller=recaller,
                broadcaster=broadcaster,
                retractor=Retractor(house, languages, bot.sender),
                cards=cards,
            )
        finally:
            await bot.stop()
            await gateway.close()
            await cards.close()


def gateway_of(settings: Settings, house: House) -> Gateway:
    """The way to Stripe. Close it in the end."""
    return Gateway(
        reveal(settings.stripe_api_key),
        api_base=settings.stripe_api_base,
        pages=Pages(house.public_url, house.organisation, settings.local_currency),
    )


def payment_origins(settings: Settings) -> tuple[str, ...]:
    """Where a form of ours may lead: the payment pages, and nothing else outside."""
    if settings.stripe_api_base is None:
        return STRIPE_CHECKOUT, STRIPE_DONATE
    parts = urlsplit(settings.stripe_api_base)
    return (f"{parts.scheme}://{parts.netloc}",)


def by_reference(
    house: House, act: Callable[[int], Awaitable[None]]
) -> Callable[[str], Awaitable[None]]:
    """*act* on a gift, asked for by its reference; nothing for a reference that is unknown."""

    async def act_on(reference: str) -> None:
        hold_id = await hold_id_of(house, reference)
        if hold_id is not None:
            await act(hold_id)

    return act_on
