"""`homeward poll`."""

import click


@click.command()
def poll() -> None:
    """Everything in one process, fetching updates ourselves: no public address is needed."""
    from homeward import logs, running
    from homeward.settings import FOR_POLLING, load, require

    settings = load()
    if settings.public_url is None:
        settings = settings.model_copy(
            update={"public_url": f"http://{settings.host}:{settings.port}"}
        )
    require(settings, FOR_POLLING)
    logs.configure(as_json=True)
    running.run(settings, running.web, running.background, running.polling)
