"""`homeward migrate`."""

import click


@click.command()
def migrate() -> None:
    """Bring the database to the current schema."""
    from homeward.explaining import explaining
    from homeward.settings import load, make_private_folder
    from storage.migrate import upgrade

    settings = load()
    make_private_folder(settings.data_dir)
    with explaining(settings.database):
        upgrade(settings.database)
    click.echo("The database is at the current schema.")
