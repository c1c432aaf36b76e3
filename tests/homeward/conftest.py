"""Settings as a process would find them: an environment and a folder of their own."""

import os

import pytest

from homeward.settings import Settings

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
