"""Two of the stories that ship, for tests that say whose plan is first and whose is second."""

from stories.pack import SHIPPED, load_pack


def two_packs():
    """Arif's and Mala's."""
    return tuple(load_pack(SHIPPED / slug) for slug in ("arif", "mala"))
