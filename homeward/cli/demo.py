"""`homeward demo`."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from homeward.demo import Addresses


@click.command()
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(1, 65534),
    help="The stand-ins take the next one.",
)
@click.option(
    "--data",
    "data_dir",
    default=".homeward/demo",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the demo keeps its data.",
)
@click.option("--fresh", is_flag=True, help="Start over: delete the demo's data first.")
def demo(port: int, data_dir: Path, fresh: bool) -> None:
    """Run everything here, with stand-ins for Telegram and Stripe. No money moves."""
    from homeward import logs
    from homeward.demo import demo_settings, prepare, refuse_live_keys, refuse_taken_ports, run_demo
    from homeward.explaining import explaining

    refuse_live_keys()
    refuse_taken_ports(port)
    prepare(data_dir, fresh=fresh)
    logs.configure(as_json=False)
    settings = demo_settings(data_dir, port)

    async def run() -> None:
        ready: asyncio.Future[Addresses] = asyncio.get_running_loop().create_future()
        ready.add_done_callback(_tell)
        await run_demo(settings, ready)

    with explaining(settings.database):
        asyncio.run(run())


def _tell(ready: "asyncio.Future[Addresses]") -> None:
    """Print the addresses."""
    if ready.cancelled():
        return
    addresses = ready.result()
    click.echo(
        f"""
Homeward is running. No money moves, and nothing leaves this computer.

  The phone:           {addresses.phone}
  The companion page:  {addresses.page}
  The staff's desk:    {addresses.staff}  (invented staff, with the codes of their apps)

Stop it with Ctrl-C. The next start finds what you did; --fresh starts over."""
    )
