"""Putting the invented sample cases into the database."""

from homeward.assembly import opened_house
from homeward.settings import Settings
from services.samples import put_sample_news, put_samples
from stories.pack import shipped_packs


async def load_samples(settings: Settings) -> list[str]:
    """
    Publish the stories that ship with the program; hand back the slugs that are new.

    Raises:
        RealCaseThere: the database holds a real case.
    """
    async with opened_house(settings) as house, house.write() as connection:
        new = await put_samples(connection, house.seal, shipped_packs(), house.clock())
        await put_sample_news(house, connection, new)
        return new
