"""`homeward poll`: everything in one process, without a public address, a webhook or an event."""

import pytest

from homeward.sample_cases import load_samples
from homeward.settings import load
from locales.catalog import Languages
from storage.sealing import new_data_key
from tests.journeys.outside import environment, free_port, outside_world
from tests.journeys.program import Processes, Town
from tests.journeys.steps import arrive, ask_to_give, labels, receipts
from values.money import Money

GIFT = Money(2500, "USD")


@pytest.fixture
def database_url(sqlite_url):
    """One engine: what differs here is how news comes in."""
    return sqlite_url


async def test_a_gift_arrives_without_any_webhook(database_url, tmp_path, drawn_cards, database):
    words = Languages.load().i18n("en")
    (tmp_path / "cards").symlink_to(drawn_cards)
    program_url = f"http://127.0.0.1:{free_port()}"
    async with outside_world(program_url) as outside:
        names = environment(database_url, tmp_path, program_url, outside.url, new_data_key())
        for secret in ("TELEGRAM_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET"):
            del names[secret]
        settings = load(_env_file=None, **{name.lower(): value for name, value in names.items()})
        await load_samples(settings)
        town = Town(settings, outside)
        person = town.telegram.person("Layla", "en")
        async with Processes(names) as processes:
            await processes.start("poll")
            await person.send("/start")
            await town.until(lambda: labels(person), "the first answer", 30)
            await arrive(town, person, words)
            await ask_to_give(town, person, words, GIFT)
            await town.stripe.pay(town.stripe.sessions[-1]["id"])
            await town.until(lambda: receipts(person, words, GIFT), "the receipt", 60)
            await town.until(lambda: _is_in_the_ledger(town, words), "the transfer", 30)

    assert len(receipts(person, words, GIFT)) == 1
    assert await town.differences(database) == []


async def _is_in_the_ledger(town, words):
    return words.money(GIFT) in await town.page("/en/ledger/mala")
