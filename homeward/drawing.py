"""Drawing the cards of stories before anybody reads them, for the command line."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress

from homeward.settings import Settings, make_private_folder
from stories.cards import all_cards, common_cards
from stories.news_cards import news_cards
from stories.pack import Pack
from stories.rendering import CardRenderer


async def draw(settings: Settings, packs: Sequence[Pack]) -> int:
    """Draw every card of *packs* and those that all share; hand back how many were new."""
    make_private_folder(settings.data_dir)
    pictures = [
        *common_cards(),
        *news_cards(),
        *(card for pack in packs for card in all_cards(pack)),
    ]
    renderer = CardRenderer(settings.cards_dir)
    try:
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Drawing cards", total=len(pictures))
            return await renderer.draw_all(
                pictures,
                lambda left: progress.update(task, completed=len(pictures) - left),
            )
    finally:
        await renderer.close()
