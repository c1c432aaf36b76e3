"""Every page in a language that nobody speaks: all of it is translated, and all of it fits."""

import re
from html.parser import HTMLParser

import pytest

from locales.known import KNOWN
from services import campaigns
from services.helplines import countries
from storage.holds import HoldState
from tests.pages.rig import NOW, usd
from tests.pages.test_browser import PATHS, TOO_SMALL, late
from tests.pseudo import FROM_THE_LEFT, FROM_THE_RIGHT, OPENS, pseudo_languages, unbracketed
from tests.two_stories import two_packs

SPOKEN = ("aria-label", "alt", "title", "placeholder")
ALONE = ("meta", "link", "input", "img", "br", "use", "path", "rect", "circle", "hr")
AMOUNT = re.compile(r"[\d.,\s]+USD")
IN_EVERY_LANGUAGE = {"Homeward", "CSV", "JSON"}


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.fixture
def languages(languages):
    return pseudo_languages(languages)


class Words(HTMLParser):
    """What a reader sees or hears of a page, but for what stands in another language."""

    def __init__(self, page):
        super().__init__()
        self.seen = ""
        self.heard = []
        self._open = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.heard += [given[name] for name in SPOKEN if given.get(name)]
        if tag not in ALONE:
            self._open.append(tag == "html" or "lang" not in given)

    def handle_endtag(self, tag):
        if tag not in ALONE:
            self._open.pop()

    def handle_data(self, data):
        if all(self._open):
            self.seen += f"{data}\n"


def from_no_catalog(page):
    """What stands on *page* without brackets, line by line."""
    words = Words(page)
    for text in (words.seen, *words.heard):
        for line in unbracketed(text).splitlines():
            rest = AMOUNT.sub("", line).strip()
            if re.search(r"[^\W\d]", rest):
                yield rest


def said_elsewhere(i18n):
    """Names of languages and countries; stories, which have texts of their own."""
    said = {language.autonym for language in KNOWN.values()} | IN_EVERY_LANGUAGE
    said |= {i18n.country(code) for code in countries()}
    for pack in two_packs():
        said |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', pack.to_json()))
    return said


async def paths_of(world):
    """Every page there is, those of a gift, and the answers that help when there is none."""
    taken = await world.hold(usd(50), HoldState.PAID)
    left = await late(world)
    country = next(iter(countries()))
    spread = await campaigns.create(
        world.house, name="Spring", case=None, locale=None, begins_at=None, ends_at=None
    )
    assert isinstance(spread, campaigns.Campaign)
    return [
        *PATHS,
        f"/r/{taken.reference}",
        f"/r/{left}?told=rest",
        f"/help?country={country}",
        "/nowhere",
        f"/c/{spread.code}",
    ], {taken.reference, left}


@pytest.mark.parametrize("locale", [FROM_THE_LEFT, FROM_THE_RIGHT])
async def test_every_page_is_translated(world, locale):
    i18n = world.i18n(locale)
    paths, references = await paths_of(world)
    elsewhere = said_elsewhere(i18n) | references | {world.house.organisation, i18n.date(NOW)}

    for path in paths:
        page = await world.get(f"/{locale}{path}")
        assert OPENS in page.text, path
        assert set(from_no_catalog(page.text)) <= elsewhere, path


def test_a_word_of_no_catalog_is_found():
    page = '<html lang="fr"><p>⟦a <b>b</b>⟧ 5 USD</p><p lang="en">c</p><p title="d">⟦e⟧</p></html>'

    assert list(from_no_catalog(page)) == ["d"]


@pytest.mark.browser
@pytest.mark.parametrize("locale", [FROM_THE_LEFT, FROM_THE_RIGHT])
async def test_every_page_fits_a_small_phone_when_it_is_longer(world, browser, locale):
    paths, _ = await paths_of(world)
    tab = await browser.new_page(viewport={"width": 320, "height": 568})

    for path in paths:
        await tab.goto(str(world.client.make_url(f"/{locale}{path}")))
        assert await tab.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert await tab.evaluate(TOO_SMALL) == [], path
