"""
Two of the stories that ship, in English and Arabic, for tests that say whose plan is first and
whose is second, and in which language a story is told.
"""

from stories.pack import SHIPPED, load_pack


def two_packs():
    """Arif's and Mala's."""
    packs = (load_pack(SHIPPED / slug) for slug in ("arif", "mala"))
    return tuple(
        pack.model_copy(update={"texts": {locale: pack.texts[locale] for locale in ("en", "ar")}})
        for pack in packs
    )
