"""What the desk shows of stories and news: drafts, reviews, updates, and what waits for whom."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from locales.known import KNOWN
from protection.consent import allowed_locales
from services import drafting, permits, reviewing, signing
from services.drafting import Draft
from services.house import House
from services.permits import Act, Member
from services.reviewing import NoSuchVersion, Plan, PlanState, Review
from services.signing import Language
from services.staff_acts import Case, Unknown, case_named
from services.updating import Update
from storage import cases as case_rows
from storage import need_cards as card_rows
from storage import reviews, staff
from storage import stories as story_rows
from storage import updates as update_rows
from storage.database import Connection

__all__ = ["KNOWN"]


@dataclass(frozen=True, slots=True)
class VersionAtDesk:
    """
    A version in a list.

    Attributes:
        is_own: Who looks began it or edited it last, and somebody else must approve it.
        state: A fixed word: `waits`, `returned`, `approved` (it becomes public at *due_at*),
            `stopped`, `refused` (it did not pass the rules any more), or `published` once.
    """

    version_id: int
    case: Case
    is_own: bool
    state: str
    due_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class UpdateAtDesk:
    """
    News in a list.

    Attributes:
        author: The code of who wrote it.
        is_own: Who looks wrote it, and somebody else must approve it.
    """

    update: Update
    case: Case
    author: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    What waits for somebody; what they may not do is empty for them.

    Attributes:
        cards: Cases whose need card somebody else asked to be shown.
    """

    reviews: tuple[VersionAtDesk, ...] = ()
    returned: tuple[VersionAtDesk, ...] = ()
    planned: tuple[VersionAtDesk, ...] = ()
    news: tuple[UpdateAtDesk, ...] = ()
    cards: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftPage:
    """
    The draft of a case.

    Attributes:
        draft: None: there is none; then *why* is a fixed word, as `drafting.NotBegun` has it.
        codes: Codes of staff by id.
        versions: What was handed in, newest first.
    """

    case: Case
    draft: Draft | None
    why: str
    codes: Mapping[int, str]
    versions: tuple[VersionAtDesk, ...]


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """
    A version, and who may do what with it.

    Attributes:
        languages: By name.
        codes: Codes of staff by id.
        barred: Language to why who looks may not sign it: `author`, `editor`; none of the others.
    """

    review: Review
    languages: tuple[Language, ...]
    codes: Mapping[int, str]
    barred: Mapping[str, str]

    @property
    def is_decided(self) -> bool:
        """Somebody returned it, or it is approved and not stopped."""
        held = (PlanState.WAITING, PlanState.PUBLISHED)
        return self.review.returned is not None or any(
            plan.state in held for plan in self.review.plans
        )


@dataclass(frozen=True, slots=True)
class NewsPage:
    """
    The news of a case.

    Attributes:
        tellable: The languages in which news may be told on bot and web now.
    """

    case: Case
    news: tuple[UpdateAtDesk, ...]
    tellable: tuple[str, ...]


async def waiting(house: House, member: Member) -> Waiting:
    """What waits for *member*."""
    if not permits.may(member.roles, Act.SEE_DRAFT):
        return Waiting()
    async with house.read() as connection:
        back = await reviews.returned_to(connection, member.id)
        plans = await reviews.planned(connection)
        return Waiting(
            await _versions(connection, member, await reviews.waiting(connection), "waits"),
            await _versions(connection, member, back, "returned"),
            await _planned(connection, member, plans),
            await _news(connection, member, await update_rows.waiting(connection, house.seal)),
            await _cards(connection, member),
        )


async def _cards(connection: Connection, member: Member) -> tuple[Case, ...]:
    asked = await card_rows.waiting(connection)
    cases = await case_rows.by_ids(connection, asked)
    return tuple(cases[case_id] for case_id, asker in asked.items() if asker != member.id)


async def draft_page(house: House, member: Member, named: str) -> DraftPage | None:
    """The draft of the case with this code, as far as there is one; None: there is no case."""
    async with house.read() as connection:
        case = await case_named(connection, named)
        if isinstance(case, Unknown):
            return None
        draft = await drafting.read(house, connection, case.id)
        begun = draft if isinstance(draft, Draft) else None
        return DraftPage(
            case,
            begun,
            "" if isinstance(draft, Draft) else draft.why,
            await _codes(connection),
            await _history(house, connection, member, case),
        )


async def review_page(house: House, member: Member, version_id: int) -> ReviewPage | NoSuchVersion:
    """A version as its approver sees it."""
    async with house.read() as connection:
        review = await reviewing.review(house, connection, version_id)
        if isinstance(review, NoSuchVersion):
            return review
        languages = tuple(await signing.languages(connection, version_id))
        barred = {each.locale: signing.barred(each, member.id) for each in languages}
        return ReviewPage(
            review,
            languages,
            await _codes(connection),
            {locale: why for locale, why in barred.items() if why is not None},
        )


async def news_page(house: House, member: Member, named: str) -> NewsPage | None:
    """The news of the case with this code, newest first; None: there is no case."""
    async with house.read() as connection:
        case = await case_named(connection, named)
        if isinstance(case, Unknown):
            return None
        found = await update_rows.of_case(connection, house.seal, case.id)
        return NewsPage(
            case,
            await _news(connection, member, found[::-1]),
            await _tellable(house, connection, case.id),
        )


async def one_update(house: House, member: Member, update_id: int) -> UpdateAtDesk | None:
    """One piece of news; None: there is none with this number."""
    async with house.read() as connection:
        update = await update_rows.by_id(connection, house.seal, update_id)
        return None if update is None else (await _news(connection, member, [update]))[0]


async def _versions(
    connection: Connection, member: Member, found: Sequence[tuple[int, int]], state: str
) -> tuple[VersionAtDesk, ...]:
    cases = await case_rows.by_ids(connection, {case_id for _, case_id in found})
    writers = await reviews.writers(connection, [version_id for version_id, _ in found])
    return tuple(
        VersionAtDesk(version_id, cases[case_id], member.id in writers[version_id], state)
        for version_id, case_id in found
    )


async def _planned(
    connection: Connection, member: Member, plans: Sequence[Plan]
) -> tuple[VersionAtDesk, ...]:
    cases = await case_rows.by_ids(connection, {plan.case_id for plan in plans})
    writers = await reviews.writers(connection, [plan.version_id for plan in plans])
    return tuple(
        VersionAtDesk(
            plan.version_id,
            cases[plan.case_id],
            member.id in writers[plan.version_id],
            "approved",
            plan.due_at,
        )
        for plan in plans
    )


async def _history(
    house: House, connection: Connection, member: Member, case: Case
) -> tuple[VersionAtDesk, ...]:
    found = await reviews.of_case(connection, case.id)
    writers = await reviews.writers(connection, found)
    versions = []
    for version_id in found:
        state, due_at = await _state(house, connection, version_id)
        own = member.id in writers[version_id]
        versions.append(VersionAtDesk(version_id, case, own, state, due_at))
    return tuple(versions)


async def _state(
    house: House, connection: Connection, version_id: int
) -> tuple[str, dt.datetime | None]:
    plans = await reviews.plans(connection, version_id)
    if plans:
        newest = plans[-1]
        if newest.state is PlanState.WAITING:
            return "approved", newest.due_at
        return newest.state.value, None
    if await reviews.returned(connection, house.seal, version_id) is not None:
        return "returned", None
    # The invented samples are published without a plan.
    approved = await story_rows.approvals(connection, version_id)
    return ("published" if approved else "waits"), None


async def _news(
    connection: Connection, member: Member, found: Sequence[Update]
) -> tuple[UpdateAtDesk, ...]:
    cases = await case_rows.by_ids(connection, {update.case_id for update in found})
    codes = await _codes(connection)
    return tuple(
        UpdateAtDesk(
            update,
            cases[update.case_id],
            codes[update.author_id],
            update.author_id == member.id,
        )
        for update in found
    )


async def _tellable(house: House, connection: Connection, case_id: int) -> tuple[str, ...]:
    consents = (await story_rows.consents(connection, [case_id]))[case_id]
    allowed = [
        allowed_locales(consents, purpose="publish_updates", channel=channel, now=house.clock())
        for channel in ("bot", "web")
    ]
    return tuple(locale for locale in KNOWN if all(locale in each for each in allowed))


async def _codes(connection: Connection) -> dict[int, str]:
    return {member.id: member.code for member in await staff.everybody(connection)}
