"""Keeping the help lines true, for the command line."""

from homeward.assembly import opened_house
from homeward.errors import NotDone
from homeward.explaining import explaining
from homeward.settings import Settings
from services import helplines
from services.helplines import HelpLine, State


async def listed(settings: Settings, *, only_due: bool) -> list[str]:
    """A line for each help line: its name, country, numbers, and when it was called."""
    with explaining(settings.database):
        async with opened_house(settings) as house, house.read() as connection:
            states = await helplines.states(connection, house.clock())
    return [_told(state) for state in states if state.is_due or not only_due]


def described(line_id: str) -> str:
    """
    All that people will see of a line, for whoever is to confirm it.

    Raises:
        NotDone: there is no such line.
    """
    line = _named(line_id)
    parts = {
        "country": line.country,
        "numbers": ", ".join(line.numbers),
        "from abroad": line.from_abroad or "not known",
        "hours": line.hours,
        "languages": ", ".join(line.languages) or "not known",
        "interpreters": "yes" if line.interpreters else "no",
        "notes": ", ".join(line.notes) or "none",
        "source": line.source,
    }
    return "\n".join(f"{name}: {value}" for name, value in parts.items())


async def checked(settings: Settings, line_id: str, by: str) -> str:
    """
    Write down that *by* called the line; hand back what was done.

    Raises:
        NotDone: there is no such line, or *by* is nobody.
    """
    line = _named(line_id)
    with explaining(settings.database):
        async with opened_house(settings) as house, house.write() as connection:
            try:
                await helplines.check(connection, line_id, by, house.clock())
            except ValueError as problem:
                raise NotDone(f"--by: {problem}.") from problem
    return f"{line.id} is shown for 180 days from now."


def _named(line_id: str) -> HelpLine:
    line = helplines.line_named(line_id)
    if line is None:
        raise NotDone(f"There is no help line {line_id!r}. `homeward helplines list` has them all.")
    return line


def _told(state: State) -> str:
    line = state.line
    when = "never called as it is written now"
    if state.checked_at is not None:
        when = f"called {state.checked_at:%Y-%m-%d} by {state.checked_by}"
        when += "" if state.is_shown else ", too long ago to be shown"
    return f"{line.id}: {line.country} {', '.join(line.numbers)}: {when}"
