"""Broadcasts on the command line: what is told to followers, what came of it, in lines."""

from collections.abc import Awaitable, Callable, Sequence

from bot import rehearsing
from bot.rendering import Rendered
from homeward.assembly import assembled
from homeward.errors import NotDone
from homeward.explaining import explaining
from homeward.settings import Settings
from homeward.staff import do, unknown
from locales.catalog import Languages
from services import broadcast_acts
from services.broadcast_acts import (
    Broadcast,
    BroadcastState,
    DeliveryState,
    Kind,
    NotAllowed,
    NotNow,
    Seen,
    Unknown,
)
from services.house import House
from services.news_notices import Unsaid

Act = Callable[..., Awaitable[Broadcast | NotNow | Unknown | NotAllowed]]

_UNSAID = {
    "each_their_own": "A digest is each follower's own; there is nothing to show of it.",
    "not_shown": "Nothing would be sent now: it may not be shown (yet, or any more).",
    "nothing_to_tell": "Nothing would be sent now: it is no longer so.",
}
_NOW = {
    BroadcastState.WANTED: "rests",
    BroadcastState.PAUSED: "paused",
    BroadcastState.RUNNING: "is being sent",
    BroadcastState.CANCELLED: "cancelled",
    BroadcastState.DONE: "done",
}


async def listed(settings: Settings) -> list[str]:
    """A line for each of the last broadcasts, newest first."""
    found = await do(settings, broadcast_acts.listed)
    return [_line(seen) for seen in found] or ["Nothing was to be told to followers yet."]


async def show(settings: Settings, number: int) -> list[str]:
    """All there is to see of a broadcast. Raises NotDone."""
    seen = await do(settings, lambda house: broadcast_acts.show(house, number))
    if isinstance(seen, Unknown):
        raise unknown(seen)
    return [_line(seen), *_before(seen), *_after(seen)]


async def uncertain(settings: Settings, number: int) -> list[str]:
    """A line for each delivery that may have arrived or not. Raises NotDone."""
    found = await do(settings, lambda house: broadcast_acts.uncertain(house, number))
    if isinstance(found, Unknown):
        raise unknown(found)
    lines = [
        f"{each.id}: since {each.since:%Y-%m-%d %H:%M} UTC, "
        + ("Telegram did not answer" if each.why else "the sender died on the way")
        for each in found
    ]
    return lines or ["Nothing is uncertain."]


async def move(settings: Settings, act: Act, number: int, by: str) -> list[str]:
    """Pause, let go on, cancel or retract; hand back what it is now. Raises NotDone."""
    done = await do(settings, lambda house: act(house, number, by=by))
    if isinstance(done, Unknown | NotAllowed):
        raise unknown(done)
    if isinstance(done, NotNow):
        raise NotDone(f"Not now: the broadcast {_NOW[done.state]}.")
    return await show(settings, number)


async def resend(settings: Settings, number: int, ids: Sequence[int], by: str) -> str:
    """Send again what is uncertain, or these deliveries; hand back what was done."""
    again = await do(
        settings,
        lambda house: broadcast_acts.resend(house, number, by=by, ids=ids or None),
    )
    match again:
        case Unknown() | NotAllowed():
            raise unknown(again)
        case NotNow(state):
            raise NotDone(f"Not now: the broadcast {_NOW[state]}.")
        case count:
            return f"{count} will be sent again. Who had it already gets it twice."


async def preview(settings: Settings, number: int, by: str) -> list[str]:
    """The words in each language that is read, as they would be sent now. Raises NotDone."""
    languages = Languages.load()

    async def act(house: House) -> list[str]:
        refused = await broadcast_acts.refused(house, by)
        if refused is not None:
            raise unknown(refused)
        seen = await broadcast_acts.show(house, number)
        if isinstance(seen, Unknown):
            raise unknown(seen)
        read = [locale for locale in languages.offered if locale in seen.languages]
        found = await _messages(house, languages, seen.broadcast, read or languages.offered)
        lines = []
        for locale, message in found.items():
            lines += [f"-- {locale}", *rehearsing.in_plain_words(message)]
        return lines

    return await do(settings, act)


async def rehearse(settings: Settings, number: int, by: str, locale: str | None) -> str:
    """Send the message to the chat of who asks; hand back what was done. Raises NotDone."""
    with explaining(settings.database):
        async with assembled(settings) as parts:
            member = await broadcast_acts.chat_of_member(parts.house, by)
            if isinstance(member, Unknown | NotAllowed):
                raise unknown(member)
            seen = await broadcast_acts.show(parts.house, number)
            if isinstance(seen, Unknown):
                raise unknown(seen)
            chat_id, own = member
            wanted = locale or own or "en"
            if wanted not in parts.languages.offered:
                raise NotDone(f"There is no language {wanted!r}.")
            found = await _messages(parts.house, parts.languages, seen.broadcast, [wanted])
            await rehearsing.rehearse(parts.bot.sender, chat_id, found[wanted])
    return f"Sent to you in {wanted}, and to nobody else."


async def _messages(
    house: House, languages: Languages, broadcast: Broadcast, locales: Sequence[str]
) -> dict[str, Rendered]:
    found = await rehearsing.messages(house, languages, broadcast, locales)
    if isinstance(found, Unsaid):
        raise NotDone(_UNSAID[found.reason])
    return found


def _line(seen: Seen) -> str:
    one = seen.broadcast
    about = "all" if seen.case_code is None else seen.case_code
    subject = f" {one.subject_id}" if one.kind in (Kind.UPDATE, Kind.FUNDED, Kind.SPENT) else ""
    return (
        f"{one.id}: {one.kind}{subject} of {about}, wanted {one.wanted_at:%Y-%m-%d %H:%M},"
        f" {_NOW[one.state]}"
    )


def _before(seen: Seen) -> list[str]:
    if seen.broadcast.made_at is not None:
        return []
    many = sum(seen.languages.values())
    read = ", ".join(
        f"{locale or 'none chosen'} {count}"
        for locale, count in sorted(seen.languages.items(), key=lambda each: -each[1])
    )
    lines = [
        f"Starts {seen.broadcast.starts_at:%Y-%m-%d %H:%M} UTC, or within a minute after.",
        f"Followers now: {many}" + (f" ({read})" if read else ""),
        f"At this pace it takes {seen.takes}.",
    ]
    if seen.untranslated:
        lines.append(
            "The note is not written in " + ", ".join(seen.untranslated) + ". Its readers get it in"
            " another language, and are told which."
        )
    return lines


def _after(seen: Seen) -> list[str]:
    if seen.broadcast.made_at is None:
        return []
    found = seen.states
    on_the_way = found.get(DeliveryState.SENDING, 0) - seen.uncertain
    lines = [
        f"Delivered {found.get(DeliveryState.SENT, 0)}, of whom {seen.opened} opened it.",
        f"Waiting {found.get(DeliveryState.PENDING, 0)}, on the way {on_the_way},"
        f" held for the digest {found.get(DeliveryState.HELD, 0)}. Takes {seen.takes} more.",
        f"Gone {found.get(DeliveryState.GONE, 0)}, failed {found.get(DeliveryState.DEAD, 0)},"
        f" nothing to tell {found.get(DeliveryState.UNSAID, 0)},"
        f" taken back {found.get(DeliveryState.RETRACTED, 0)}.",
    ]
    if seen.uncertain:
        lines.append(
            f"Uncertain {seen.uncertain}: see `homeward broadcasts uncertain {seen.broadcast.id}`."
        )
    return lines
