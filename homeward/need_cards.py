"""Need cards on the command line: what one says, and what came of each act, in lines."""

from collections.abc import Iterator

from homeward.errors import NotDone
from homeward.settings import Settings
from homeward.staff import do, unknown
from services import need_card_acts
from services.house import House
from services.need_card_acts import (
    NOT_DECIDED,
    STATES,
    CardPage,
    NotAllowed,
    NotDecided,
    NotReady,
    Unknown,
)


async def act(settings: Settings, *, case: str, wanted: str | None, by: str) -> list[str]:
    """
    Ask for a card, decide on it, or only look; hand back what is so now. Raises NotDone.

    Args:
        wanted: "ask", "approve", "turn_down"; None: only look.
    """

    async def act_on(house: House) -> list[str]:
        match wanted:
            case "ask":
                _check(await need_card_acts.ask(house, case, by=by))
            case "approve":
                _check(await need_card_acts.approve(house, case, by=by))
            case "turn_down":
                _check(await need_card_acts.turn_down(house, case, by=by))
        seen = await need_card_acts.page(house, case)
        if isinstance(seen, Unknown):
            raise unknown(seen)
        return list(_told(seen))

    return await do(settings, act_on)


def _check(done: object) -> None:
    match done:
        case Unknown() | NotAllowed():
            raise unknown(done)
        case NotReady(reasons):
            raise NotDone("\n".join(("It cannot be shown.", *reasons)))
        case NotDecided(why):
            raise NotDone(NOT_DECIDED[why])


def _told(seen: CardPage) -> Iterator[str]:
    yield f"Need card of {seen.case.slug} ({seen.case.code})"
    if seen.card is not None:
        facts = seen.card.facts
        yield f"{seen.card.pseudonym}: {facts.age_band}, {facts.form}, going home to {facts.region}"
    yield from (f"  {line}: {amount}" for line, amount in seen.case.lines)
    for channel, locales in seen.locales.items():
        yield f"Consent on {channel}: {', '.join(sorted(locales)) or 'none'}"
    if seen.asker:
        yield f"Asked for by {seen.asker}"
    if seen.decider:
        yield f"Decided by {seen.decider}"
    yield STATES[seen.state]
    yield from seen.against
    if seen.told.obstacle is not None:
        yield seen.told.obstacle
