"""Story packs from folders: what is wrong with them, and how they become drafts."""

from pathlib import Path

from homeward.assembly import opened_house
from homeward.errors import NotDone
from homeward.settings import Settings
from protection.gate.checking import findings
from services.publishing import NotAnAuthor, UnderAge, bring_in
from stories.pack import Problem, check_pack, load_pack
from stories.reading import places, read_files


def problems_in(path: Path) -> list[str]:
    """A line for each problem of the pack at *path*: of its form, and of the publish gate."""
    return [str(problem) for problem in (*check_pack(path), *_gate_problems(path))]


def _gate_problems(path: Path) -> list[Problem]:
    """What the gate says of every text that can be read, whatever else is wrong with the pack."""
    _, texts, _ = read_files(path)
    return [
        Problem(f"{locale}.toml", place, finding.remedy)
        for locale, told in texts.items()
        for place, text, _ in places(told)
        for finding in findings({locale: text})
    ]


async def import_draft(settings: Settings, path: Path, author: str) -> str:
    """
    Keep the pack at *path* as a draft of the case with its slug; hand back what was done.

    Raises:
        NotDone: *author* may not write stories, or it is the case of somebody under 18.
    """
    pack = load_pack(path)
    async with opened_house(settings) as house, house.write() as connection:
        try:
            version_id = await bring_in(
                connection, house.seal, pack, author_code=author, now=house.clock()
            )
        except NotAnAuthor as problem:
            raise NotDone(
                f"--author: {author} may not write stories. `homeward staff list` has everybody."
            ) from problem
        except UnderAge as problem:
            raise NotDone(f"{UnderAge.__doc__}") from problem
    return f"Draft {version_id} of {pack.slug} is kept. Nobody sees it until it is approved."
