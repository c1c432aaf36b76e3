"""`homeward keys`."""

import click


@click.command()
def keys() -> None:
    """Make a new DATA_KEY and print it. Whoever loses it loses every chat id and every draft."""
    from storage.sealing import new_data_key

    click.echo(new_data_key())
