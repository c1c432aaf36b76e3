"""`homeward telegram setup`."""

import asyncio

import click


@click.group()
def telegram() -> None:
    """What Telegram is told about the bot."""


@telegram.command()
def setup() -> None:
    """Set the webhook, and commands and descriptions in each language: once, at deployment."""
    from homeward.deployment import tell_telegram
    from homeward.explaining import explaining
    from homeward.settings import load

    settings = load(("telegram_bot_token", "telegram_webhook_secret", "public_url"))
    with explaining(settings.database):
        username = asyncio.run(tell_telegram(settings))
    click.echo(f"@{username} delivers to {settings.public_url}.")
