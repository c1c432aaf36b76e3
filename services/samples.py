"""
Invented cases for a first look: invented people, invented staff, invented consents.

They go the same way as any story, rule for rule, but without the delay; only the people who
consent, judge the risk and approve are invented, and every text says so. A database that holds a
real case refuses them.
"""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import replace

from services import signing, updating
from services.broadcasting import Kind
from services.house import House
from services.looking import warned
from services.publishing import CHANNELS, approve, keep_draft, open_case, publish
from services.story_texts import texts_of
from services.updating import Update
from storage import broadcasts, case_sheets, looks
from storage import cases as case_rows
from storage import desk as desk_rows
from storage import staff as staff_rows
from storage import stories as story_rows
from storage.case_sheets import Risk
from storage.database import Connection
from storage.sealing import Seal
from storage.staff import Role
from storage.stories import Consent
from stories.pack import Pack
from values.bands import RiskLevel

INVENTED_STAFF = {
    "invented-officer": (Role.CASE_OFFICER,),
    "invented-reviewer": (Role.PROTECTION_OFFICER, Role.FINANCE),
    "invented-admin": (Role.ADMIN,),
    "invented-second-admin": (Role.ADMIN,),
}
"""Who answers for the invented cases: codes and roles. Nobody."""

_NEWS = ((5, "safe_home"), (4, "papers_received"))
_A_MONTH = dt.timedelta(days=31)
_CONSENT_LASTS = dt.timedelta(days=365)
_NOBODY_IS_AT_RISK = Risk(
    trafficker_at_large=False,
    court_case=False,
    minor=False,
    returns_to_same_area=False,
    limits=frozenset(),
    level=RiskLevel.LOW,
)


class RealCaseThere(Exception):
    """The database holds a real case; invented ones must not stand among real ones."""


class NotInvented(Exception):
    """The story is not marked as invented; only `stories import` may bring it in, as a draft."""


async def put_samples(
    connection: Connection, seal: Seal, packs: Sequence[Pack], now: dt.datetime
) -> list[str]:
    """
    Open and publish a case for each of *packs*; hand back the slugs that were not there before.

    Raises:
        RealCaseThere: the database holds a case that is not an invented one.
        NotInvented: one of *packs* is not marked as invented.
        NotPublishable: one of *packs* does not pass the rules.
    """
    if await case_rows.real_case_exists(connection):
        raise RealCaseThere(RealCaseThere.__doc__)
    ids = await _invented_staff(connection, now)
    author, approver = ids["invented-officer"], ids["invented-reviewer"]
    new = []
    for pack in packs:
        if not pack.invented:
            raise NotInvented(NotInvented.__doc__)
        if await case_rows.by_slug(connection, pack.slug) is None:
            await _put(connection, seal, pack, author, approver, now)
            new.append(pack.slug)
    return new


async def put_sample_news(house: House, connection: Connection, slugs: Sequence[str]) -> None:
    """Tell some news of each of these invented cases, as of months that lie far enough behind."""
    ids = await _invented_staff(connection, house.clock())
    author, approver = ids["invented-officer"], ids["invented-reviewer"]
    for slug in slugs:
        case = await case_rows.by_slug(connection, slug)
        if case is None:
            raise LookupError(f"there is no sample case {slug}")
        told = (await story_rows.consents(connection, [case.id]))[case.id]
        for given in told:
            about_news = replace(given, purpose="publish_updates")
            await story_rows.add_consent(connection, case.id, about_news, witness_id=author)
        for months_ago, milestone in _NEWS:
            month = (house.clock() - months_ago * _A_MONTH).strftime("%Y-%m")
            written = await updating.write(
                house,
                connection,
                case_id=case.id,
                milestone=milestone,
                month=month,
                notes={},
                author_id=author,
            )
            if isinstance(written, Update):
                await updating.approve(
                    house, connection, written.id, approver_id=approver, wait=dt.timedelta
                )
                # It is of months ago: it can be read, and nobody is told of it now.
                await broadcasts.cancel(connection, Kind.UPDATE, case.id, written.id)


async def let_invented_in(
    connection: Connection, seal: Seal, code: str, new_chat: Callable[[], int], now: dt.datetime
) -> tuple[int, bytes]:
    """
    Give one of `INVENTED_STAFF` a way in, for the demo; the same again if they have one.

    Args:
        new_chat: Makes a chat for them; asked only if they have none.

    Returns their chat, and the secret of their codes.
    """
    staff_id = await case_rows.staff_id(connection, code)
    if staff_id is None or code not in INVENTED_STAFF:
        raise NotInvented(NotInvented.__doc__)
    chat_id = await staff_rows.chat_of(connection, seal, staff_id)
    if chat_id is None:
        chat_id = new_chat()
        await staff_rows.give_access(
            connection, seal, staff_id, chat_id=chat_id, secret=os.urandom(20), now=now
        )
        await desk_rows.took_code(connection, staff_id, 1)  # their app knows the secret already
    codes = await desk_rows.codes_of(connection, seal, staff_id)
    assert codes is not None  # they have access  # noqa: S101
    return chat_id, codes.secret


async def _invented_staff(connection: Connection, now: dt.datetime) -> dict[str, int]:
    """The invented staff with their roles, made now as far as they are not there; ids by code."""
    ids = {
        code: await case_rows.add_staff(connection, code, invented=True) for code in INVENTED_STAFF
    }
    asking, granting = (ids[code] for code in INVENTED_STAFF if "admin" in code)
    for code, roles in INVENTED_STAFF.items():
        member = await staff_rows.by_code(connection, code)
        others = [other for other in (asking, granting, *ids.values()) if other != ids[code]]
        held = frozenset() if member is None else member.roles
        for role in [role for role in roles if role not in held]:
            await staff_rows.give_role(
                connection, ids[code], role, requester_id=others[0], decider_id=others[1], now=now
            )
    return ids


async def _put(
    connection: Connection, seal: Seal, pack: Pack, author: int, approver: int, now: dt.datetime
) -> None:
    case_id = await open_case(connection, pack, now)
    for channel in CHANNELS:
        for locale in pack.locales:
            given = Consent("tell_story", channel, locale, now, now + _CONSENT_LASTS, None)
            await story_rows.add_consent(connection, case_id, given, witness_id=author)
    await case_sheets.say_risk(connection, case_id, _NOBODY_IS_AT_RISK, staff_id=author, now=now)
    version_id = await keep_draft(
        connection, seal, pack, case_id=case_id, author_id=author, now=now
    )
    await _look(connection, seal, case_id, pack, (author, approver), now)
    for language in await signing.languages(connection, version_id):
        await signing.sign(connection, language, approver_id=approver, now=now)
    await approve(connection, seal, version_id=version_id, approver_id=approver, now=now)
    await publish(connection, seal, version_id=version_id, now=now)


async def _look(
    connection: Connection,
    seal: Seal,
    case_id: int,
    pack: Pack,
    by: Sequence[int],
    now: dt.datetime,
) -> None:
    """The invented staff have looked at every warning; the stories are read by real people."""
    seen = await warned(connection, seal, case_id, texts_of(pack))
    marks = [bytes.fromhex(one.mark) for one in seen]
    for staff_id in by:
        await looks.add(connection, case_id, marks, staff_id=staff_id, now=now)
