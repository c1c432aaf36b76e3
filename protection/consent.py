"""
When a consent allows something to be shown.

Source of the rule: IOM Data Protection Manual (2010), principles 2 and 4: consent is specific to a
purpose, and can be withdrawn; WHO (2003), standard 6: the survivor's own limits hold.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Protocol


class GivenConsent(Protocol):
    """What the rule needs to know of a consent."""

    @property
    def purpose(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def given_at(self) -> dt.datetime: ...
    @property
    def valid_until(self) -> dt.datetime: ...
    @property
    def withdrawn_at(self) -> dt.datetime | None: ...
    @property
    def uses(self) -> int | None: ...


def allowed_locales(
    consents: Iterable[GivenConsent],
    *,
    purpose: str,
    channel: str,
    now: dt.datetime,
    used: int = 0,
) -> frozenset[str]:
    """
    The languages in which *purpose* is consented to on *channel* at *now*; may be empty.

    Args:
        used: How often it was published before. For showing what is public leave it at 0: a use is
            a publication, not a look.
    """
    return frozenset(
        consent.locale
        for consent in consents
        if consent.purpose == purpose
        and consent.channel == channel
        and consent.given_at <= now < consent.valid_until
        and consent.withdrawn_at is None
        and (consent.uses is None or used < consent.uses)
    )
