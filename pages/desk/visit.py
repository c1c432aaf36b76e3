"""One request to the desk: who is there, what they sent, and the answer as HTML."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from aiohttp import hdrs, web

from pages.desk.words import called
from pages.page import Pages
from services import desk as desk_services
from services import permits, staff_acts
from services.desk import AtDesk
from services.house import House
from services.permits import Act
from services.staff_acts import Case, Unknown
from values.money import Money

SESSION = "__Host-desk"
"""The cookie of a session. The prefix binds it to this host, over TLS (or on this computer)."""

BROWSER = "__Host-desk-way"
"""The cookie by which the browser is known that opened a link."""


@dataclass(frozen=True)
class Desk:
    """
    One request of somebody who is signed in.

    Attributes:
        here: Who, and since when.
        sent: The fields of the form that was sent; empty for GET.
    """

    pages: Pages
    request: web.Request
    here: AtDesk
    sent: dict[str, str] = field(default_factory=dict)

    @property
    def house(self) -> House:
        """What the services work with."""
        return self.pages.site.house

    @property
    def code(self) -> str:
        """The staff code of who is here."""
        return self.here.member.code

    def may(self, act: Act) -> bool:
        """Whether who is here may do *act*; a page shows only what they may."""
        return permits.may(self.here.member.roles, act)

    async def saw_draft(self, case: Case, number: int, what: str = "version") -> None:
        """
        Write down that a draft was looked at. Call it before the draft is shown.

        Args:
            what: What has the *number*: "version", "revision" of what is being written, "update".
        """
        await desk_services.saw_draft(self.house, self.here, case, number, what)

    async def case(self) -> Case:
        """The case of this address. Raises HTTPNotFound."""
        found = await staff_acts.find_case(self.house, self.request.match_info["case"])
        if isinstance(found, Unknown):
            raise web.HTTPNotFound
        return found

    def html(self, template: str, status: int = 200, **values: Any) -> web.Response:
        """Answer with the template *template* of `templates/desk`."""
        told = TOLD.get(self.request.query.get("told", ""), "")
        shared = {"desk": self, "Act": Act, "told": told}
        return answer(self.pages, template, status, **{**shared, **values})

    def redirect(self, path: str, told: str = "") -> web.Response:
        """
        Send the browser to another page of the desk.

        Args:
            told: What was done: a key of `TOLD`.
        """
        query = f"?told={told}" if told else ""
        return web.Response(status=303, headers={hdrs.LOCATION: f"/desk{path}{query}"})


TOLD = {
    "opened": "Opened. This name and this code are invented; use no other.",
    "asked_for": "Asked for. It is closed until another protection officer confirms it.",
    "confirmed": "Confirmed. The case is open; a story or news is never told of it.",
    "facts_said": "The facts are written down.",
    "facts_under_18": "Written down. Of somebody under 18 no story and no news is told.",
    "risk_said": "The risk form is written down.",
    "risk_raised": "Written down. The answers ask for a higher risk than you chose.",
    "secrets_kept": "The words are on the list.",
    "consent_given": "The consent is written down.",
    "consent_withdrawn": "Withdrawn. Nothing shows it any more.",
    "withdrawn_and_recalled": "Withdrawn, and the story is taken back.",
    "card_asked": "Asked for. Somebody else approves it.",
    "card_approved": "Approved. It is shown.",
    "card_turned_down": "Turned down. It is not shown.",
    "line_set": "The plan is written down.",
    "line_grown": "The line grew. Its donors can read why.",
    "line_finished": "The line is finished.",
    "ended": "The plan has ended. Its donors are asked about what was not spent.",
    "campaign": "The link is made.",
    "recorded": "Recorded. Somebody else approves it.",
    "recalled": "The story is taken back.",
    "news_changed": "Done.",
    "approved": "Approved and booked.",
    "turned_down": "Turned down.",
    "let_in": "The bot knows them now. Ask for a role for them.",
    "requested": "Asked for. Another admin confirms it.",
    "granted": "The role is given.",
    "declined": "The role is not given.",
    "role_revoked": "The role is taken back.",
    "revoked": "They cannot come in any more.",
    "begun": "The draft is begun.",
    "saved": "Saved.",
    "step_added": "A step is added. Choose its picture and write its words.",
    "step_moved": "The step is moved.",
    "step_deleted": "The step is deleted.",
    "language_added": "A language is added. Write its words beside the English ones.",
    "submitted": "Handed in. Somebody else approves it.",
    "looked": "You looked at it.",
    "signed": "The words of this language are approved.",
    "story_approved": "Approved. It becomes public when its time has come.",
    "returned": "Returned to its author.",
    "stopped": "Stopped. Nobody sees it.",
    "news_written": "Kept. Somebody else approves it.",
    "news_approved": "Approved. It is shown when its time has come.",
    "renewed": "They set up their app anew at their next /desk. Their roles are to be given again.",
}
"""What a page says on top after something was done, by the word in its address."""


def answer(pages: Pages, template: str, status: int = 200, **values: Any) -> web.Response:
    """
    Answer with a page of the desk, in English.

    It is not compressed: a page that holds a secret and shows what was sent would give the secret
    away by its length.
    """
    i18n = pages.site.languages.i18n("en")

    def money(amount: Money) -> str:
        return i18n.money(amount)

    words = pages.render(
        f"desk/{template}",
        asset=pages.assets.path,
        organisation=pages.site.house.organisation,
        money=money,
        moment=_moment,
        called=called,
        day=i18n.date,
        last_day=_last_day,
        **values,
    )
    response = web.Response(text=words, content_type="text/html", status=status)
    response.headers[hdrs.CONTENT_LANGUAGE] = "en"
    return response


def set_cookie(response: web.Response, name: str, value: str, **options: Any) -> None:
    """Give the browser a cookie that no script and no other host sees."""
    response.set_cookie(name, value, path="/", secure=True, httponly=True, **options)


def drop_cookie(response: web.Response, name: str) -> None:
    """Take a cookie back."""
    response.del_cookie(name, path="/", secure=True, httponly=True, samesite="Strict")


def _last_day(ends_at: dt.datetime) -> str:
    """The last whole day before *ends_at*, in UTC."""
    return f"{ends_at - dt.timedelta(seconds=1):%Y-%m-%d}"


def _moment(moment: dt.datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M} UTC"
