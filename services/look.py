"""What a conversation may look up: everything it shows, bound to one connection and one moment."""

import datetime as dt
from dataclasses import dataclass, field

from services import arrivals, catalogue, following, helplines, overdue, receipts
from services import news as newsroom
from services.arrivals import Landing
from services.catalogue import PublicCase, Shelf
from services.following import Follows
from services.growths import Growths, growths_of
from services.news import News
from services.receipts import Receipt
from services.terms import Terms
from storage import cases as case_rows
from storage import followers, people, recalls
from storage.database import Connection


@dataclass(frozen=True, slots=True)
class Look:
    """
    A look at what is there now.

    Attributes:
        organisation: The charity's name, the payee of every gift.
        channel: Where it will be shown, "bot" or "web".
        links: What may be linked to: "web" if the companion page has a public address.
        terms: What the operator has laid down about fees and answers.
        locale: The language that is read there, or None if nobody reads: a need card is shown in
            no language that it is not consented to in.
    """

    connection: Connection
    shelf: Shelf
    organisation: str
    now: dt.datetime
    channel: str = "bot"
    links: frozenset[str] = frozenset()
    terms: Terms = field(default_factory=Terms)
    locale: str | None = None

    async def cases(self) -> tuple[PublicCase, ...]:
        """Every case that may be shown, oldest first."""
        return await catalogue.public_cases(
            self.connection, self.shelf, self.channel, self.now, self.locale
        )

    async def cases_to_read(self, person_id: int | None = None) -> tuple[PublicCase, ...]:
        """
        The same in a fair order, which is never by popularity.

        What fewest people have opened comes first; what *person_id* has opened comes last.
        """
        readers = await people.readers(self.connection)
        opened = set() if person_id is None else await people.opened_by(self.connection, person_id)

        def place(case: PublicCase) -> tuple[bool, int]:
            return case.case.id in opened, readers.get(case.case.id, 0)

        return tuple(sorted(await self.cases(), key=place))

    async def case(self, code: str) -> PublicCase | None:
        """The case with this code if it may be shown, else None."""
        found = await case_rows.by_code(self.connection, code)
        return await catalogue.public_case(
            self.connection, self.shelf, self.channel, self.now, found, self.locale
        )

    async def case_at(self, slug: str) -> PublicCase | None:
        """The case at this address if it may be shown, else None."""
        found = await case_rows.by_slug(self.connection, slug)
        return await catalogue.public_case(
            self.connection, self.shelf, self.channel, self.now, found, self.locale
        )

    async def others(self, case_id: int, currency: str) -> tuple[PublicCase, ...]:
        """
        The other plans to which money in *currency* may move now, in a fair order.

        That is never by popularity: whose plan is funded least comes first, then who waits longest.
        """
        fitting = [
            case
            for case in await self.cases()
            if case.has_room and case.case.id != case_id and case.case.currency == currency
        ]
        return tuple(sorted(fitting, key=lambda case: case.progress.percent))

    async def growths(self, case: PublicCase, locale: str) -> Growths:
        """How the lines of *case* grew after the first gift, as a reader of *locale* sees it."""
        return await growths_of(self.connection, self.shelf.seal, case, locale)

    async def place(self, person_id: int, case_id: int) -> int | None:
        """Where the person stopped in the story, or None."""
        return await people.place_in(self.connection, person_id, case_id)

    async def news(self, case: PublicCase) -> list[News]:
        """The news that may be shown of the case, the newest month first."""
        found = await newsroom.news_of(
            self.connection, self.shelf.seal, self.channel, self.now, [case.case.id]
        )
        return found[case.case.id]

    async def news_is_due(self, case: PublicCase) -> bool:
        """Whether the case holds money and nothing was told of it for too long."""
        return await overdue.is_shown(self.connection, self.shelf.seal, self.now, case.case)

    async def gets_news(self, person_id: int, case_id: int) -> bool:
        """Whether the person follows the case."""
        return await followers.follows(self.connection, person_id, case_id)

    async def follows(self, person_id: int) -> Follows | None:
        """All that the person follows; None if nobody."""
        return await following.follows_of(
            self.connection, self.shelf, self.channel, self.now, person_id
        )

    async def shows(self, chat_id: int, message_id: int, case_id: int) -> bool:
        """Whether this message is remembered as showing the story of the case."""
        return await recalls.is_remembered(
            self.connection, self.shelf.seal, chat_id, message_id, case_id
        )

    async def was_recalled(self, slug: str) -> bool:
        """Whether the story at this address was taken back, and has not come back."""
        return await recalls.is_taken_back(self.connection, slug)

    async def landing(self, campaign_code: str) -> Landing | None:
        """Where the link of a campaign leads; None if there is no such campaign."""
        return await arrivals.landing(self.connection, campaign_code)

    async def came_by_link(self, person_id: int) -> bool:
        """Whether the person came by the link of a campaign."""
        return await arrivals.came_by_link(self.connection, person_id)

    async def help_in(self, country: str) -> helplines.Country | None:
        """What can be told to somebody in this country; None if nothing is known of it."""
        return await helplines.help_in(self.connection, country, self.now)

    async def help_everywhere(self) -> tuple[helplines.Country, ...]:
        """What can be told for each country."""
        return await helplines.everywhere(self.connection, self.now)

    async def receipt(self, reference: str) -> Receipt | None:
        """The receipt with this reference, or None."""
        return await receipts.receipt(
            self.connection, self.shelf, self.channel, self.now, reference
        )

    async def gifts(self, person_id: int) -> list[Receipt]:
        """The person's newest gifts, newest first."""
        return await receipts.gifts_of(self.connection, self.shelf, self.now, person_id)
