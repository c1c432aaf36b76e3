"""Settings as a process would find them: an environment and a folder of their own."""

import asyncio
import os

import pytest

from homeward.cli.main import main
from homeward.settings import Settings
from locales.catalog import Languages
from storage.sealing import new_data_key
from storage.staff import Role
from tests.payments.rig import a_till
from tests.staff import a_member

SET = {
    "DATA_KEY": "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk=",
    "ORGANISATION": "Safe Way Home",
    "PUBLIC_URL": "https://page.example",
    "TELEGRAM_BOT_TOKEN": "700123:AAsecret-token",
    "TELEGRAM_WEBHOOK_SECRET": "webhook-secret-of-telegram",
    "STRIPE_API_KEY": "sk_test_secretkey",
    "STRIPE_WEBHOOK_SECRET": "whsec_secret",
}
"""Everything that has no default, for a web process."""

SECRETS = tuple(
    SET[name]
    for name in (
        "DATA_KEY",
        "TELEGRAM_BOT_TOKEN",
        "TELEGRAM_WEBHOOK_SECRET",
        "STRIPE_API_KEY",
        "STRIPE_WEBHOOK_SECRET",
    )
)


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Call it with the settings that the environment shall have; no others are there."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        for spelling in (name, name.upper()):
            if spelling in os.environ:
                monkeypatch.delenv(spelling)

    def put(**names):
        for name, value in names.items():
            monkeypatch.setenv(name, value)

    return put


@pytest.fixture
async def till(database):
    async with a_till(database, Languages.load()) as till:
        async with till.house.write() as connection:
            for code in ("one", "two"):
                await a_member(connection, code, Role.CASE_OFFICER)
            await a_member(connection, "idle", Role.ADMIN)
        yield till


@pytest.fixture
def run(database_url, monkeypatch, capfd):
    """Call it with a command line to get its exit code and what it said."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("DATA_KEY", new_data_key())

    async def call(*arguments):
        def command():
            with pytest.raises(SystemExit) as end:
                main(list(arguments))
            return end.value.code

        code = await asyncio.to_thread(command)
        told = capfd.readouterr()
        return code, told.out + told.err

    return call
