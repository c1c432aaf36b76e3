"""
Acts of staff on case files, by the codes they go by.

Each finds who acts and on what, does it in one short transaction, and hands back what came of it.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from services import audit, case_files, minors, recalling, secret_words
from services.case_files import (
    CannotOpen,
    Facts,
    NotAConsent,
    Opened,
    Risk,
    Sheet,
    Withdrawn,
)
from services.house import House
from services.minors import Record
from services.permits import Act, NotAllowed
from services.staff_acts import Unknown, any_case_named, case_named, permitted, wrote
from storage import cases as case_rows
from storage import minors as minor_rows
from storage.cases import Case
from storage.database import Connection
from storage.stories import Consent
from values.facts import AgeBand
from values.lines import BudgetLine
from values.money import Money

__all__ = [
    "CannotOpen",
    "Consent",
    "Facts",
    "NotAConsent",
    "NotAllowed",
    "Opened",
    "Risk",
    "Sheet",
    "Unknown",
    "Withdrawn",
]


async def open_case(
    house: House,
    *,
    facts: Facts,
    lines: Sequence[tuple[BudgetLine, Money]],
    training: bool,
    by: str,
    guardian: Record | None = None,
    request_key: str | None = None,
) -> Opened | CannotOpen | Unknown | NotAllowed:
    """
    Open a case under a pseudonym that no other has ever had.

    Args:
        guardian: Of somebody under 18: a protection officer asks, and another one confirms.
        request_key: The same opens one case; None: this is not a repetition of anything.
    """
    async with house.write() as connection:
        needed = Act.OPEN_CASE if guardian is None else Act.OPEN_MINOR_CASE
        staff_id = await permitted(connection, by, needed)
        if not isinstance(staff_id, int):
            return staff_id
        done = await case_files.open_case(
            house, connection, facts=facts, lines=lines, staff_id=staff_id, training=training,
            guardian=guardian, request_key=request_key,
        )  # fmt: skip
        if isinstance(done, Opened) and done.is_new:
            case = await any_case_named(connection, done.code)
            assert isinstance(case, Case)  # it was opened just now  # noqa: S101
            act = "case.asked_for" if done.waits else "case.opened"
            await wrote(house, connection, by, act, case, case.id, "case")
        return done


async def sheet(house: House, case: str) -> Sheet | Unknown:
    """All that staff know of a case."""
    async with house.read() as connection:
        found = await any_case_named(connection, case)
        return found if isinstance(found, Unknown) else await case_files.sheet_of(connection, found)


async def read_file(house: House, *, case: str, part: str, by: str) -> Sheet | Unknown | NotAllowed:
    """
    All that staff know of a case, for somebody who looks at a *part* of it; the look is in the log.

    Args:
        part: "facts", "risk", "consents" or "secrets".
    """
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.SEE_FILE)
        if not isinstance(found, tuple):
            return found
        return await _seen(house, connection, found[0], part, by)


async def read_request(house: House, *, case: str, by: str) -> Sheet | Unknown | NotAllowed:
    """
    All that staff know of a case, for who might confirm it, whether it waits for that or not; the
    look is in the log.
    """
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.OPEN_MINOR_CASE, any_case_named)
        if not isinstance(found, tuple):
            return found
        return await _seen(house, connection, found[0], "request", by)


async def waiting(house: House) -> list[Case]:
    """The cases of somebody under 18 that another protection officer has to confirm."""
    async with house.read() as connection:
        ids = await minor_rows.unconfirmed(connection)
        cases = await case_rows.by_ids(connection, ids)
        return [cases[case_id] for case_id in ids]


async def confirm_case(
    house: House, *, case: str, by: str
) -> minors.Confirmed | minors.NotConfirmed | Unknown | NotAllowed:
    """Agree that a case of somebody under 18 is opened, which another one asked for."""
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.OPEN_MINOR_CASE, any_case_named)
        if not isinstance(found, tuple):
            return found
        about, staff_id = found
        await case_rows.lock(connection, about.id)
        done = await minors.confirm(house, connection, about, staff_id=staff_id)
        if isinstance(done, minors.Confirmed):
            await wrote(house, connection, by, "case.confirmed", about, about.id, "case")
        return done


async def say_facts(
    house: House, *, case: str, facts: Facts, by: str
) -> Case | Unknown | NotAllowed:
    """
    Say the coarse facts, in place of those said before.

    A story that is public is taken back once it turns out that the person is under 18.
    """
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.OPEN_CASE)
        if not isinstance(found, tuple):
            return found
        about, staff_id = found
        await case_files.say_facts(house, connection, about.id, facts, staff_id=staff_id)
        await wrote(house, connection, by, "case.facts_said", about, about.id, "case")
        if facts.age_band is AgeBand.UNDER_18:
            await recalling.take_back(house, connection, about, by=by, staff_id=staff_id)
        return about


async def say_risk(house: House, *, case: str, risk: Risk, by: str) -> Risk | Unknown | NotAllowed:
    """Fill in the risk form, in place of the earlier one."""
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.OPEN_CASE)
        if not isinstance(found, tuple):
            return found
        about, staff_id = found
        done = await case_files.say_risk(house, connection, about.id, risk, staff_id=staff_id)
        if isinstance(done, Risk):
            await wrote(house, connection, by, "case.risk_said", about, about.id, "case")
        return done


async def give_consents(
    house: House,
    *,
    case: str,
    purpose: str,
    channels: Sequence[str],
    locales: Sequence[str],
    until: dt.date,
    uses: int | None,
    by: str,
) -> tuple[Consent, ...] | NotAConsent | Unknown | NotAllowed:
    """
    Write down what was consented to before the person with the code *by*, on each channel in each
    language; all of it or nothing.
    """
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.KEEP_CONSENT)
        if not isinstance(found, tuple):
            return found
        about, staff_id = found
        done = await case_files.give_consents(
            house, connection, about.id, purpose=purpose, channels=channels, locales=locales,
            until=until, uses=uses, witness_id=staff_id,
        )  # fmt: skip
        if isinstance(done, tuple):
            await wrote(house, connection, by, "consent.given", about, about.id, "case")
        return done


async def withdraw_consent(
    house: House,
    *,
    case: str,
    purpose: str,
    channel: str | None,
    locale: str | None,
    by: str,
) -> Withdrawn | NotAConsent | Unknown | NotAllowed:
    """
    What was consented to is not consented to any more, at once; no reason is asked.

    Args:
        channel, locale: None: on every channel, in every language.
    """
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.KEEP_CONSENT)
        if not isinstance(found, tuple):
            return found
        about, staff_id = found
        if purpose not in case_files.PURPOSES:
            return NotAConsent("purpose")
        # In one line with a publication of the case: after this none can count on the consent.
        await case_rows.lock(connection, about.id)
        done = await case_files.withdraw_consent(
            house, connection, about, purpose=purpose, channel=channel, locale=locale, by=by,
            staff_id=staff_id,
        )  # fmt: skip
        if done.number:
            await audit.record(
                connection, by=by, act="consent.withdrawn", about=audit.of_case(about),
                detail={"purpose": purpose, "channel": channel or "", "language": locale or ""},
                now=house.clock(),
            )  # fmt: skip
        return done


async def keep_secrets(
    house: House, *, case: str, words: Sequence[str], by: str
) -> secret_words.Kept | secret_words.NotKept | Unknown | NotAllowed:
    """Put words on the secret list of a case; only keyed hashes of them are kept."""
    async with house.write() as connection:
        found = await _both(connection, case, by, Act.KEEP_SECRETS)
        if not isinstance(found, tuple):
            return found
        about, staff_id = found
        await case_rows.lock(connection, about.id)
        done = await secret_words.keep(house, connection, about, words, staff_id=staff_id)
        if isinstance(done, secret_words.Kept):
            await audit.record(
                connection,
                by=by,
                act="case.secrets_kept",
                about=audit.of_case(about),
                detail={"new": done.new, "in_all": done.in_all},
                now=house.clock(),
            )
        return done


async def _seen(house: House, connection: Connection, about: Case, part: str, by: str) -> Sheet:
    await audit.record(
        connection, by=by, act="case.file_seen", about=audit.of_case(about),
        detail={"part": part}, now=house.clock(),
    )  # fmt: skip
    return await case_files.sheet_of(connection, about)


async def _both(
    connection: Connection,
    case: str,
    by: str,
    act: Act,
    find: Callable[[Connection, str], Awaitable[Case | Unknown]] = case_named,
) -> tuple[Case, int] | Unknown | NotAllowed:
    found, staff_id = await find(connection, case), await permitted(connection, by, act)
    if isinstance(found, Unknown):
        return found
    return (found, staff_id) if isinstance(staff_id, int) else staff_id
