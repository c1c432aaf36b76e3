"""What search engines, phones and careful readers are told of us."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

from tests.pages.rig import PAY_ORIGIN

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


async def test_robots_may_read_all_but_what_is_one_persons_own(world):
    answer = await world.get("/robots.txt")

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Disallow: /desk\n" in answer.text
    assert "Disallow: /*/r/\n" in answer.text
    assert "Sitemap: http://page.example/sitemap.xml\n" in answer.text
    assert "stories" not in answer.text


async def test_the_sitemap_leads_to_pages_in_every_language_and_to_no_story(world):
    answer = await world.get("/sitemap.xml")
    urls = ET.fromstring(answer.text).findall(f"{SITEMAP}url")  # noqa: S314 - our own
    places = [url.findtext(f"{SITEMAP}loc") or "" for url in urls]

    assert all(place.startswith("http://page.example/") for place in places)
    assert not [place for place in places if "/stories/" in place or "/r/" in place]
    for place in places:
        page = await world.get(place.removeprefix("http://page.example"))
        assert page.status == 200, place
        assert "noindex" not in page.headers.get("X-Robots-Tag", ""), place
    for url in urls:
        others = {link.get("hreflang") for link in url.findall(f"{XHTML}link")}
        assert {"en", "ar", "zh-Hans"} <= others


async def test_the_manifest_names_an_icon_that_is_there(world):
    page = await world.get("/en/")
    told = json.loads((await world.get("/manifest.webmanifest")).text)
    icon = await world.get(told["icons"][0]["src"])

    assert '<link rel="manifest" href="/manifest.webmanifest">' in page.text
    assert icon.headers["Content-Type"].startswith(told["icons"][0]["type"])
    assert told["display"] == "browser"


async def test_our_only_bot_page_and_place_to_pay_are_named(world):
    page = await world.get("/en/genuine")

    assert "Our only bot on Telegram is @homeward_example_bot." in page.words
    assert "Our only page on the web is http://page.example." in page.words
    assert f"You pay only on {PAY_ORIGIN.removeprefix('https://')}." in page.words
    assert 'lang="en" dir="ltr">Our only bot' in re.sub(
        "[\u2068\u2069]", "", (await world.get("/ar/genuine")).text
    )
