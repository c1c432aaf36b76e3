"""What the companion page is built of, and what it is told about the world around it."""

import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from locales.catalog import Languages
from services.house import House
from stories.cards import CardPicture

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Site:
    """
    The parts of one companion page.

    Attributes:
        open_checkout: Asks the payment provider for the payment page of this hold and keeps it;
            afterwards the hold's receipt has a `pay_url`, or none if it did not work.
        look_at_gift: Reads the gift with this reference at the payment provider, if it waits for
            news; never raises when the provider is away.
        cancel_gift: Closes the payment page of the gift with this reference, likewise.
        payment_origins: Where a browser may be sent to pay: `https://checkout.stripe.com`.
        bot_url: Address of the bot, or None.
        share_picture: The PNG that others show beside a link to us.
        draft_card: The PNG of a card that is not public; it is written nowhere.
        trusted_proxies: Networks whose `X-Forwarded-For` is believed; nobody's by default.
    """

    house: House
    languages: Languages
    open_checkout: Callable[[int], Awaitable[None]]
    look_at_gift: Callable[[str], Awaitable[None]]
    cancel_gift: Callable[[str], Awaitable[None]]
    payment_origins: tuple[str, ...]
    bot_url: str | None
    share_picture: Callable[[], Awaitable[bytes]]
    draft_card: Callable[[CardPicture], Awaitable[bytes]]
    trusted_proxies: tuple[Network, ...] = ()

    @property
    def is_https(self) -> bool:
        """Readers reach the page over TLS."""
        return self.house.public_url.startswith("https://")
