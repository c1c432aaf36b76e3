"""One request to the page: who reads, in which language, and the answer as HTML."""

import re
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from locales import names
from locales.catalog import KNOWN, I18n
from locales.text import Month, Name, Text
from pages import pictures
from pages.assets import Assets
from pages.funding import bar
from pages.keeping import Keeping
from pages.site import Site
from services import help_words
from services.arrivals import PAYLOAD
from services.look import Look
from services.wording import ending, grew, way_to
from stories import icons
from values.money import Money

_CAMPAIGN = re.compile(r"[a-z0-9]{1,16}")
_TEMPLATES = Path(__file__).with_name("templates")
_ICONS = "\x00"
"""Stands for the address of a page's icons while it is made; no text has this character."""


def environment() -> Environment:
    """The templates: everything is escaped, and a value that was forgotten is an error."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["name"] = Name
    made.filters["capfirst"] = lambda text: text[:1].upper() + text[1:]
    made.globals["alt"] = lambda icon: icons.icon(icon).alt
    made.globals["Month"] = Month
    made.globals["help_words"] = help_words
    made.globals["names"] = names
    made.filters["bar"] = bar
    made.filters["streams"] = pictures.streams
    made.filters["growth"] = pictures.growth
    made.filters["grew"] = grew
    made.filters["way_to"] = way_to
    made.filters["ending"] = lambda case: ending(case.case)
    return made


@dataclass(frozen=True)
class Pages:
    """What is made once for all requests."""

    site: Site
    assets: Assets
    environment: Environment
    keeping: Keeping

    def render(self, template: str, **values: Any) -> str:
        """Fill in *template*; the page loads just the icons that are on it."""
        drawn: set[str] = set()

        def symbol(name: str) -> str:
            drawn.add(name)
            return f"{_ICONS}#{name}"

        words = self.environment.get_template(template).render(symbol=symbol, **values)
        # Only now is known which icons they are.
        return words.replace(_ICONS, self.assets.icons_path(drawn))


@dataclass(frozen=True)
class Page:
    """
    One request.

    Attributes:
        i18n: The language it is answered in.
    """

    pages: Pages
    request: web.Request
    i18n: I18n

    @property
    def site(self) -> Site:
        """The site this page is of."""
        return self.pages.site

    def looking(self) -> AbstractAsyncContextManager[Look]:
        """A look at what may be shown on the web to who reads this page."""
        return self.site.house.looking("web", self.locale)

    @property
    def campaign(self) -> str:
        """The code of the campaign by whose link the reader came; empty if by none."""
        asked = self.request.query.get("c", "")
        return asked if _CAMPAIGN.fullmatch(asked) else ""

    @property
    def bot_url(self) -> str | None:
        """The address of the bot, or None; it too keeps the campaign the reader came by."""
        if self.site.bot_url is None or not self.campaign:
            return self.site.bot_url
        return f"{self.site.bot_url}?start={PAYLOAD}{self.campaign}"

    @property
    def locale(self) -> str:
        """The language's code, as it stands in addresses."""
        return self.i18n.locale

    def url(self, path: str) -> str:
        """The address of *path* in this language."""
        return f"/{self.locale}{path}"

    def rich(self, text: Text) -> Markup:
        """Say *text* with its marks (`<b>`); its values are escaped, and so are its quotes."""
        # Safe: the catalog refuses every tag but <b> and <i>, without attributes.
        return Markup(self.i18n.html(text))  # noqa: S704

    def binding(self, text: Text) -> Markup:
        """
        Say what binds or protects the reader; in English too where the language is a draft.
        """
        said = self.rich(text)
        if not self.i18n.is_draft:
            return said
        english = Markup(self.i18n.source.html(text))  # noqa: S704 - as in `rich`
        beside = Markup('{} <span class="english" lang="en" dir="ltr">{}</span>')
        return beside.format(said, english)

    def money(self, amount: Money) -> Markup:
        """An amount that stands alone; set apart, so that `250 USD` is not turned in Arabic."""
        return Markup("<bdi>{}</bdi>").format(self.i18n.money(amount))

    def html(
        self, template: str, status: int = 200, *, path: str | None = None, **values: Any
    ) -> web.Response:
        """
        Answer with *template*.

        Args:
            path: What the language switch leads to; None: this page's own address.
        """
        shared = self._shared(self._own_path() if path is None else path)
        words = self.pages.render(
            template, page_name=template.removesuffix(".html"), **shared, **values
        )
        response = web.Response(text=words, content_type="text/html", status=status)
        response.headers[hdrs.CONTENT_LANGUAGE] = self.i18n.html_lang
        # An answer holds nothing secret that its reader did not send or may not see, so that its
        # compressed length gives nothing away.
        response.enable_compression()
        return response

    def redirect(self, location: str, status: int = 303) -> web.Response:
        """Send the browser on."""
        return web.Response(status=status, headers={hdrs.LOCATION: location})

    def _own_path(self) -> str:
        """This page's address without its language; for an address of no page, the first page."""
        if "locale" not in self.request.match_info:
            return "/"
        return "/" + self.request.path.lstrip("/").partition("/")[2]

    def _shared(self, path: str) -> dict[str, Any]:
        offered = self.site.languages.offered
        return {
            "t": self.i18n.t,
            "tn": self.i18n.tn,
            "say_text": self.i18n.text,
            "rich": self.rich,
            "binding": self.binding,
            "tb": lambda msgid, **values: self.binding(Text(msgid, values)),
            "money": self.money,
            "i18n": self.i18n,
            "locale": self.locale,
            "url": self.url,
            "asset": self.pages.assets.path,
            "organisation": Name(self.site.house.organisation),
            "bot_url": self.bot_url,
            "campaign": self.campaign,
            "from_campaign": f"?c={self.campaign}" if self.campaign else "",
            "public_url": self.site.house.public_url,
            "draft_note": help_words.DRAFT,
            "languages": [(KNOWN[code], f"/{code}{path}") for code in offered],
            "language_of": lambda code: self.site.languages.i18n(code).language,
        }
