"""What is told to machines that read the page: where they may look, and what there is to find."""

import json
from xml.sax.saxutils import quoteattr

from aiohttp import hdrs, web

from locales.catalog import KNOWN
from pages.page import Page

_TO_FIND = ("/", "/ledger", "/help", "/privacy", "/genuine", "/credits")
"""Pages that a search engine may know. No story: what it keeps cannot be taken back."""


async def robots(page: Page) -> web.Response:
    """
    What machines may read.

    Stories may be read and say themselves that they must not be kept; an address that may not be
    read could still be listed.
    """
    lines = ["User-agent: *", "Disallow: /desk", "Disallow: /*/r/", "Disallow: /*/report"]
    if page.site.house.public_url:
        lines.append(f"Sitemap: {page.site.house.public_url}/sitemap.xml")
    return _kept("\n".join(lines) + "\n", "text/plain")


async def sitemap(page: Page) -> web.Response:
    """Every page that may be found, in every language. Source: sitemaps.org (read 2026-11)."""
    offered = page.site.languages.offered
    public_url = page.site.house.public_url

    def address(locale: str, path: str) -> str:
        return f"{public_url}/{locale}{path}"

    urls = [
        f"<url><loc>{address(locale, path)}</loc>"
        + "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(KNOWN[other].html_lang)}'
            f" href={quoteattr(address(other, path))}/>"
            for other in offered
        )
        + "</url>\n"
        for path in _TO_FIND
        for locale in offered
    ]
    opening = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    return _kept(f"{opening}{''.join(urls)}</urlset>\n", "application/xml")


async def manifest(page: Page) -> web.Response:
    """A name and an icon for who puts the page on a phone's screen; it opens as any page does."""
    icon = {"src": page.pages.assets.path("mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    told = {"name": "Homeward", "start_url": "/", "display": "browser", "icons": [icon]}
    return _kept(json.dumps(told), "application/manifest+json")


def _kept(text: str, content_type: str) -> web.Response:
    response = web.Response(text=text, content_type=content_type, charset="utf-8")
    response.headers[hdrs.CACHE_CONTROL] = "public, max-age=86400"
    response.enable_compression()
    return response
