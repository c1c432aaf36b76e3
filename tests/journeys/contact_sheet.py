"""
What one person sees from the start to the plan, on a phone, in one picture for each language.

    make screens                 all languages, into build/screens
    make screens LOCALES="km ar"

To look at, and not to compare: what a screen says is tested elsewhere.
"""

import asyncio
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import async_playwright

from locales.catalog import Languages
from locales.compile_catalogs import compile_all
from locales.known import LOCALES
from locales.text import Name
from storage.migrate import upgrade_async
from storage.sealing import new_data_key
from stories.pack import shipped_packs
from tests.conftest import CHROMIUM_ARGS
from tests.journeys.outside import environment, free_port, outside_world
from tests.journeys.program import program_inside

PHONE = {"width": 360, "height": 740}
COLUMNS = 6
CUT_SHORT = """
[...document.querySelectorAll(".key > span")]
  .filter(label => label.scrollWidth > label.clientWidth).map(label => label.innerText)
"""
OUT = Path("build/screens")


class Walker:
    """Presses the buttons of the newest message, and takes a picture after each."""

    def __init__(self, page, telegram, words):
        self.shots = []
        self.cut_short = set()
        self._page = page
        self._telegram = telegram
        self._words = words

    async def seen(self):
        """Take a picture of the phone."""
        await self._telegram.settled()
        await self._page.wait_for_timeout(250)
        self.cut_short.update(await self._page.evaluate(CUT_SHORT))
        self.shots.append(Image.open(io.BytesIO(await self._page.screenshot())))

    async def press(self, label):
        """Press the newest button with this label."""
        await self._page.get_by_role("button", name=label, exact=True).last.click()
        await self.seen()

    async def tap(self, msgid, **values):
        """Press the newest button that says this sentence."""
        await self.press(self._words.t(msgid, **values))

    async def has(self, msgid, **values):
        """Whether there is such a button."""
        label = self._words.t(msgid, **values)
        return await self._page.get_by_role("button", name=label, exact=True).count() > 0


async def walk(walker, words):
    """Start, the language, the stories, one story to its end, the map, help, the plan."""
    await walker.press(words.language.autonym)
    await walker.tap("See the stories")
    # The one that fewest have read comes first, so each language gets another.
    for pack in shipped_packs():
        name = Name(pack.pseudonym(words.locale))
        if await walker.has("{name}'s story", name=name):
            break
    await walker.tap("{name}'s story", name=name)
    await walker.tap("Follow the story")
    for _ in range(20):
        if await walker.has("Read the whole chapter"):
            await walker.tap("Read the whole chapter")
        if await walker.has("The plan →"):
            break
        await walker.tap("Next →")
    await walker.tap("Where am I?")
    await walker.tap("The plan and its costs")
    await walker.tap("Fund this plan")
    await walker.tap("← The plan")
    await walker.tap("Help")


def sheet(shots):
    """All pictures in rows, as one reads."""
    rows = -(-len(shots) // COLUMNS)
    width, height = shots[0].size
    whole = Image.new("RGB", (COLUMNS * width, rows * height), "white")
    for number, shot in enumerate(shots):
        whole.paste(shot, (number % COLUMNS * width, number // COLUMNS * height))
    return whole


async def draw(locale, browser, town, dark):
    """The sheet of one language, and the labels of buttons that do not fit."""
    words = Languages.load().i18n(locale)
    scheme = "dark" if dark else "light"
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(f"{town.telegram.phone_url}?a={words.html_lang.lower()}")
    walker = Walker(page, town.telegram, words)
    await page.locator(".instead button").click()
    await walker.seen()
    await walk(walker, words)
    await context.close()
    return sheet(walker.shots), walker.cut_short


async def main(locales):
    """Draw the sheets of *locales*; every other one is dark."""
    compile_all()
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    folder = Path(tempfile.mkdtemp(prefix="homeward-screens-"))
    database = f"sqlite:///{folder}/homeward.db"
    await upgrade_async(database)
    url = f"http://127.0.0.1:{free_port()}"
    async with outside_world(url, deliver_twice=False) as outside, async_playwright() as player:
        names = environment(database, folder, url, outside.url, new_data_key())
        given = {name.lower(): value for name, value in names.items()}
        browser = await player.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        async with program_inside(given, outside) as town:
            for number, locale in enumerate(locales):
                drawn, cut_short = await draw(locale, browser, town, dark=bool(number % 2))
                drawn.save(OUT / f"{locale}.png", optimize=True)
                sys.stdout.write(f"{OUT / locale}.png\n")
                sys.stdout.writelines(f"  cut short: {label}\n" for label in sorted(cut_short))
        await browser.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(sys.argv[1:] or LOCALES))
