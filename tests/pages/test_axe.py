"""
No page breaks a rule of accessibility that a machine can check, in four scripts, light and dark.

The rules are axe-core's. It is not part of the project: `.ci/run` installs it, and so may you, by
`npm install --ignore-scripts --prefix build/axe axe-core`.
"""

import os
from pathlib import Path

import pytest

from storage.holds import HoldState
from tests.conversations.rig import tell_news
from tests.pages.rig import usd
from tests.pages.test_browser import PATHS, PHONE, late
from tests.provider import spend

AXE = Path(__file__).parents[2] / "build/axe/node_modules/axe-core/axe.min.js"
VIOLATIONS = """
async () => (await axe.run()).violations.map(
  found => `${found.id}: ${found.nodes.map(node => node.html).join(" | ")}`
)
"""

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(sqlite_url):
    """One engine: nothing here depends on it."""
    return sqlite_url


@pytest.fixture(scope="module")
def axe():
    """The program that knows the rules."""
    if AXE.exists():
        return AXE.read_text(encoding="utf-8")
    message = "no axe-core: npm install --ignore-scripts --prefix build/axe axe-core"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


async def violations(world, tab, axe, locale, paths):
    found = []
    for path in paths:
        # Away first: another place on the same page would not be loaded anew.
        await tab.goto("about:blank")
        await tab.goto(str(world.client.make_url(f"/{locale}{path}")))
        await tab.evaluate(axe)
        found += [f"{path} {told}" for told in await tab.evaluate(VIOLATIONS)]
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "ar", "th", "my"])
async def test_no_page_breaks_a_rule_of_accessibility(world, browser, axe, locale, scheme):
    await world.gift(usd(300))
    await tell_news(world.house, notes={"en": "She can sew shirts and skirts now."})
    await spend(world.house, await world.case(), usd(50))
    taken = await world.hold(usd(50), HoldState.PAID)
    left = await late(world)
    # The page's own policy keeps every other program out of it; this one comes to look.
    context = await browser.new_context(
        viewport=PHONE, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    gifts = [f"/r/{taken.reference}", f"/r/{left}?told=rest"]
    places = ["/stories/mala#exploitation", "/stories/mala#s12", "/nowhere"]

    found = await violations(
        world, await context.new_page(), axe, locale, [*PATHS, *gifts, *places]
    )

    assert found == []


async def test_a_page_that_breaks_a_rule_is_found(browser, axe):
    tab = await browser.new_page()
    await tab.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=x></main>")
    await tab.evaluate(axe)

    assert [told.partition(":")[0] for told in await tab.evaluate(VIOLATIONS)] == ["image-alt"]
