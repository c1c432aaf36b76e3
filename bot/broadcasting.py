"""
Telling followers: each once, in the language they have then, at the pace of the whole bot.

A delivery is marked right before its message goes out and right after. What Telegram certainly
refused is tried again; where nobody answered, or this process died in between, the mark stays and
staff are shown the row: it is never sent again by itself.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from telegram.error import Forbidden, RetryAfter, TelegramError, TimedOut

from bot.lanes import wait_s
from bot.pace import LONGEST_LOOK_AWAY_S
from bot.rendering import Rendered, render
from bot.request import Unanswered
from bot.sending import Sender, says_gone
from bot.together import Together
from conversations.news_notice import worded
from conversations.visit import SentSomething, Talk, Visit
from locales.catalog import Languages
from services import delivering, news_notices, pacing
from services.catalogue import PublicCase
from services.delivering import (
    Arrived,
    Delivery,
    DeliveryState,
    Hearer,
    Kind,
    LostSight,
    NotNow,
    Outcome,
    Refused,
    ToldToWait,
)
from services.house import DatabaseUnavailable, House
from services.news_notices import Fact, NewsNotice, Unsaid

log = structlog.get_logger("bot")

_FRESH_S = 1.0
"""What was read is read again after that time: a recall or a change of mind reaches the next."""
_PATIENCE_S = 0.5
_MOST_IN_HAND = 200
_AFTER_NO_DATABASE_S = 0.5
_TURNS_IN_A_SECOND = 50
"""At a pace beyond this several messages go out together, so that asking for turns costs less."""


class Broadcaster:
    """
    Delivers what followers are to be told; any number of processes may have one.

    Args:
        at_once: So many messages may be on their way at the same time; no more than these are
            uncertain where the process dies.
    """

    def __init__(
        self, house: House, languages: Languages, sender: Sender, *, at_once: int = 4
    ) -> None:
        self._house = house
        self._sender = sender
        self._at_once = at_once
        self._words = _Words(house, languages)
        self._hearers = _Hearers(house)
        self._gate = _Gate(house)
        self._notes: Together[Outcome, None] = Together(self._note)
        self._is_stopping = False

    async def deliver_due(self) -> int:
        """
        Deliver some of what is due; hand back how many were taken in hand.

        Cancelled, it ends what is on its way, gives the rest back, and only then stops.
        """
        most = min(self._house.terms.broadcast_rate, _MOST_IN_HAND)
        mine = await delivering.claim(self._house, most)
        if not mine:
            return 0
        self._hearers.expect(mine)
        work = asyncio.create_task(self._deliver_all(deque(mine)))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            self._is_stopping = True
            await asyncio.wait([work])
            raise
        return len(mine)

    async def _deliver_all(self, waiting: deque[Delivery]) -> None:
        async def lane() -> None:
            while waiting and not self._is_stopping:
                await self._deliver(waiting.popleft())

        lanes = (lane() for _ in range(min(self._at_once, len(waiting))))
        ended = await asyncio.gather(*lanes, return_exceptions=True)
        await delivering.give_back(self._house, tuple(waiting))
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    async def _deliver(self, mine: Delivery) -> None:
        try:
            ready = await self._ready(mine)
        except DatabaseUnavailable:
            raise
        except Exception as error:
            # Our own fault. What cannot be worded must not keep those behind it.
            log.exception("delivery_broken", delivery_id=mine.id)
            ready = NotNow(mine, DeliveryState.DEAD, type(error).__name__)
        if isinstance(ready, NotNow):
            await self._notes.ask(ready)
        elif ready is not None:
            await self._notes.ask(await self._send(mine, *ready))

    async def _ready(self, mine: Delivery) -> tuple[int, Rendered] | NotNow | None:
        """
        The chat and the message of *mine*, which is on its way from now on; None: given back.
        """
        while not self._is_stopping:
            hearer = await self._hearers.of(mine)
            if hearer is None:
                return NotNow(mine, DeliveryState.UNSAID, "nobody_to_tell")
            unwanted = delivering.unwanted(hearer, mine, self._house.clock())
            if unwanted is not None:
                return unwanted
            message = await self._words.of(mine, hearer)
            if isinstance(message, Unsaid):
                return NotNow(mine, DeliveryState.UNSAID, message.reason)
            may_go = await self._gate.ask(mine)
            if may_go is not None:
                return (hearer.chat_id, message) if may_go else None
        await delivering.give_back(self._house, [mine])
        return None

    async def _send(self, mine: Delivery, chat_id: int, message: Rendered) -> Outcome:
        try:
            message_id = await self._sender.show(chat_id, message, None)
        except RetryAfter as refusal:
            return ToldToWait(mine, wait_s(refusal))
        except (TimedOut, Unanswered):
            log.warning("delivery_uncertain", delivery_id=mine.id)
            return LostSight(mine)
        except TelegramError as error:
            log.info("delivery_refused", delivery_id=mine.id, error=type(error).__name__)
            is_gone = isinstance(error, Forbidden) or says_gone(error)
            return Refused(mine, type(error).__name__, is_gone=is_gone)
        except Exception:
            log.exception("delivery_uncertain", delivery_id=mine.id)
            return LostSight(mine)
        return Arrived(mine, message_id, message.picture is not None)

    async def _note(self, outcomes: Sequence[Outcome]) -> list[None]:
        """Nobody else knows what became of them, so this does not give up while it lives."""
        while True:
            try:
                await delivering.note(self._house, outcomes)
            except DatabaseUnavailable:
                log.error("database_unavailable", task="broadcasts")
                await asyncio.sleep(_AFTER_NO_DATABASE_S)
            else:
                return [None] * len(outcomes)


class _Hearers:
    """Those whom the deliveries in hand are for, read all together and again after a moment."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._turn = asyncio.Lock()
        self._expected: list[Delivery] = []
        self._found: dict[int, Hearer | None] = {}
        self._read_at = 0.0

    def expect(self, mine: list[Delivery]) -> None:
        """These are in hand from now on, and no others."""
        self._expected, self._found = mine, {}

    async def of(self, mine: Delivery) -> Hearer | None:
        """Whom *mine* is for; None: nobody, or gone."""
        async with self._turn:
            if mine.id not in self._found or time.monotonic() - self._read_at > _FRESH_S:
                at = time.monotonic()
                # Those before it are over.
                left = [each for each in self._expected if each.id >= mine.id]
                found = await delivering.hearers(self._house, left)
                self._found.update(zip((each.id for each in left), found, strict=True))
                self._read_at = at
        return self._found[mine.id]


class _Gate:
    """Lets messages out at the common pace; each is marked in the transaction of its turn."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._every_s = pacing.every_s(house)
        self._next_at = 0.0
        most = max(1, house.terms.broadcast_rate // _TURNS_IN_A_SECOND)
        self._together: Together[Delivery, bool | None] = Together(self._let_out, most)

    async def ask(self, mine: Delivery) -> bool | None:
        """Whether *mine* is to be sent, now; None: it took long, and all is to be read again."""
        return await self._together.ask(mine)

    async def _let_out(self, mine: Sequence[Delivery]) -> list[bool | None]:
        patience_ends = time.monotonic() + _PATIENCE_S
        await asyncio.sleep(min(self._next_at - time.monotonic(), _PATIENCE_S))
        while True:
            allowed = await delivering.let_out(self._house, mine)
            if isinstance(allowed, set):
                self._next_at = time.monotonic() + self._every_s * len(mine)
                return [each.id in allowed for each in mine]
            if time.monotonic() > patience_ends:
                return [None] * len(mine)
            await asyncio.sleep(min(allowed, LONGEST_LOOK_AWAY_S))


@dataclass(frozen=True, slots=True)
class _Told:
    at: float
    of: tuple[PublicCase | None, Fact] | Unsaid
    messages: dict[tuple[str, bool], Rendered]


class _Words:
    """
    The messages of broadcasts, made once for all who read the same language, for a moment.
    """

    def __init__(self, house: House, languages: Languages) -> None:
        self._house = house
        self._languages = languages
        self._told: dict[int, _Told] = {}

    async def of(self, mine: Delivery, hearer: Hearer) -> Rendered | Unsaid:
        """What *hearer* is told, as it is now."""
        if mine.kind is Kind.DIGEST:
            notice = await news_notices.prepare(
                self._house, Kind.DIGEST, None, mine.subject_id, mine.person_id
            )
            return notice if isinstance(notice, Unsaid) else await self._render(notice)
        told = await self._of_the_moment(mine)
        if isinstance(told.of, Unsaid):
            return told.of
        key = self._locale(hearer.person.locale), hearer.person.text_only
        if key not in told.messages:
            notice = NewsNotice(hearer.person, hearer.chat_id, *told.of)
            told.messages[key] = await self._render(notice)
        return told.messages[key]

    async def _of_the_moment(self, mine: Delivery) -> _Told:
        now = time.monotonic()
        known = self._told.get(mine.broadcast_id)
        if known is None or now - known.at > _FRESH_S:
            async with self._house.read() as connection:
                of = await news_notices.told_of(
                    self._house, connection, mine.kind, mine.case_id, mine.subject_id
                )
            known = _Told(now, of, {})
            # Nothing here is good for longer, so of what is over nothing stays.
            fresh = {key: one for key, one in self._told.items() if now - one.at <= _FRESH_S}
            self._told = {**fresh, mine.broadcast_id: known}
        return known

    async def _render(self, notice: NewsNotice) -> Rendered:
        locale = self._locale(notice.person.locale)
        async with self._house.looking() as look:
            visit = Visit(notice.person, locale, SentSomething())
            screen = worded(Talk(visit, look, self._languages), notice)
        if notice.person.text_only:
            screen = replace(screen, picture=None)
        return render(screen, self._languages.i18n(locale), self._house.public_url)

    def _locale(self, chosen: str | None) -> str:
        return chosen if chosen in self._languages.offered else self._languages.negotiate()
