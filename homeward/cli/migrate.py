"""`homeward migrate`."""

import click


@click.command()
def migrate() -> None:
    """Bring the database to the current schema."""
    from homeward.settings import load
    from storage.migrate import upgrade

    settings = load()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    click.echo("The database is at the current schema.")
