"""`homeward poll`."""

import click


@click.command()
def poll() -> None:
    """Everything in one process, fetching updates ourselves: no public address is needed."""
    from homeward import logs, running
    from homeward.settings import FOR_POLLING, load

    settings = load(name for name in FOR_POLLING if name != "public_url")
    if settings.public_url is None:
        settings = settings.model_copy(
            update={"public_url": f"http://{settings.host}:{settings.port}"}
        )
    logs.configure(as_json=True)
    running.run(settings, running.web, running.background, running.polling)
