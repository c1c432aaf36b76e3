"""The demo moves no money: it does not start beside a key that could."""

import asyncio
import os
import re
import signal

import pytest
from aiohttp.test_utils import unused_port

from homeward.cli.main import main
from homeward.demo import Addresses, demo_settings, prepare, refuse_live_keys, run_demo
from homeward.errors import BadSettings
from homeward.settings import FOR_WEB, require, reveal
from tests.homeward.conftest import SECRETS, SET


@pytest.mark.parametrize("key", ["sk_live_51Hx", "rk_live_51Hx"])
@pytest.mark.parametrize("place", ["environment", ".env"])
def test_a_live_key_refuses_the_demo(environment, tmp_path, key, place, capsys):
    if place == ".env":
        environment()
        (tmp_path / ".env").write_text(f"STRIPE_API_KEY={key}\n")
    else:
        environment(STRIPE_API_KEY=key)

    with pytest.raises(SystemExit) as end:
        main(["demo", "--data", str(tmp_path / "demo")])

    told = capsys.readouterr().err
    assert end.value.code == 2
    assert told.startswith("STRIPE_API_KEY is a live key.")
    assert key not in told
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("key", ["sk_test_51Hx", "rk_test_51Hx", ""])
def test_a_test_key_or_none_does_not_refuse_it(environment, key):
    environment(STRIPE_API_KEY=key)

    refuse_live_keys()


def test_the_demo_takes_nothing_from_the_environment(environment, tmp_path):
    environment(**SET)

    settings = demo_settings(tmp_path / "demo", 8080)

    require(settings, FOR_WEB)
    assert settings.stripe_api_base == settings.telegram_api_base == "http://127.0.0.1:8081"
    assert not settings.has_live_key
    for name in FOR_WEB:
        assert reveal(getattr(settings, name)) not in SECRETS


def test_the_demo_keeps_its_keys_and_only_its_owner_reads_them(environment, tmp_path):
    environment()

    first, second = (demo_settings(tmp_path / "demo", 8080) for _ in range(2))

    assert reveal(first.data_key) == reveal(second.data_key)
    assert (tmp_path / "demo" / "data.key").stat().st_mode & 0o077 == 0


def test_fresh_deletes_only_what_the_demo_made(tmp_path):
    mine, hers = tmp_path / "demo", tmp_path / "letters"
    hers.mkdir()
    (hers / "letter").write_text("Dear Layla")

    prepare(mine, fresh=False)
    (mine / "homeward.db").write_text("old")
    prepare(mine, fresh=True)
    with pytest.raises(BadSettings, match="was not made by the demo"):
        prepare(hers, fresh=True)

    assert not (mine / "homeward.db").exists()
    assert (hers / "letter").exists()


@pytest.mark.browser
async def test_invented_staff_comes_to_the_desk_by_phone_and_app(environment, tmp_path, browser):
    environment()
    port = unused_port()
    settings = demo_settings(tmp_path / "demo", port)
    prepare(settings.data_dir, fresh=False)
    ready: asyncio.Future[Addresses] = asyncio.get_running_loop().create_future()
    demo = asyncio.create_task(run_demo(settings, ready))
    addresses = await asyncio.wait_for(ready, 60)
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    app, phone, desk = [await context.new_page() for _ in range(3)]

    await app.goto(addresses.staff)
    row = app.get_by_role("listitem").filter(has_text="invented-reviewer")
    await phone.goto(addresses.outside + (await row.get_by_role("link").get_attribute("href")))
    await phone.get_by_role("button", name="Start").click()
    await phone.locator("textarea").fill("/desk")
    await phone.get_by_role("button", name="Send").click()
    await phone.get_by_text("Open the desk").wait_for()
    link = re.search(rf"{addresses.page}/desk/enter/[\w-]{{43}}", await phone.content())
    assert link
    await desk.goto(link[0])
    await app.reload()
    await desk.get_by_label("The six digits").fill(await row.locator("code").inner_text())
    await desk.get_by_role("button", name="Come in").click()
    await desk.wait_for_url("**/desk/")

    assert await desk.get_by_text("What waits for you").is_visible()
    assert await app.get_by_text("Only in the demo.").is_visible()
    os.kill(os.getpid(), signal.SIGTERM)
    await demo


def test_a_command_that_lacks_a_setting_says_so_in_a_line_and_ends_with_two(environment, capsys):
    environment(**{name: value for name, value in SET.items() if name != "DATA_KEY"})

    with pytest.raises(SystemExit) as end:
        main(["serve"])

    told = capsys.readouterr().err
    assert end.value.code == 2
    assert told.startswith("DATA_KEY is missing. Make one with `homeward keys`")
    assert told.count("\n") == 1
