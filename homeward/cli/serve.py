"""`homeward serve`."""

import click


@click.command()
def serve() -> None:
    """Serve the web: Telegram's webhook, Stripe's events, the companion page."""
    from homeward import logs, running
    from homeward.settings import FOR_WEB, load

    settings = load(FOR_WEB)
    logs.configure(as_json=True)
    running.run(settings, running.web)
