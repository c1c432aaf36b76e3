"""`homeward worker`."""

import click


@click.command()
def worker() -> None:
    """Work in the background: deliver receipts, look at payments. Any number may run."""
    from homeward import logs, running
    from homeward.settings import FOR_WORKER, load

    settings = load(FOR_WORKER)
    logs.configure(as_json=True)
    running.run(settings, running.background)
