"""
Common invented names, by where the person is going home to; a case gets one that no other has.

Written for this project: short, in Latin letters, and common enough to point at nobody.
"""

from collections.abc import Callable, Collection, Sequence

from values.facts import Region

NAMES: dict[Region, tuple[str, ...]] = {
    Region.MAINLAND_SOUTH_EAST_ASIA: (
        "Anong", "Boupha", "Chanthy", "Dao", "Hoa", "Htet", "Kanya", "Keo", "Khin", "Lan",
        "Mali", "Minh", "Noi", "Phal", "Phong", "Sokha", "Somsak", "Thida", "Tuan", "Vanna",
        "Win", "Yen",
    ),
    Region.ISLAND_SOUTH_EAST_ASIA: (
        "Agus", "Ayu", "Benjie", "Budi", "Dewi", "Dodong", "Eka", "Indah", "Jun", "Ligaya",
        "Marites", "Nena", "Putri", "Rudi", "Sari", "Tala", "Wati", "Yanti",
    ),
    Region.SOUTH_ASIA: (
        "Anil", "Asha", "Bina", "Dilip", "Farida", "Gita", "Hari", "Kamala", "Karim", "Laxmi",
        "Maya", "Nasrin", "Rafiq", "Rekha", "Sunil", "Sumitra", "Usha",
    ),
    Region.EAST_ASIA: (
        "Bao", "Chun", "Fang", "Hui", "Jia", "Lian", "Mei", "Ning", "Ping", "Qiang",
        "Rong", "Xia", "Yun",
    ),
    Region.EAST_AFRICA: (
        "Abeba", "Akinyi", "Almaz", "Baraka", "Desta", "Halima", "Hanna", "Juma", "Kebede",
        "Neema", "Otieno", "Rehema", "Selam", "Tesfa", "Zawadi",
    ),
    Region.WEST_AFRICA: (
        "Abena", "Ada", "Ama", "Bisi", "Chidi", "Efua", "Emeka", "Fatou", "Kofi", "Kwame",
        "Mariama", "Moussa", "Ngozi", "Sade", "Yaw",
    ),
    Region.MIDDLE_EAST_AND_NORTH_AFRICA: (
        "Amal", "Amina", "Farah", "Hadi", "Huda", "Jamil", "Khalil", "Layla", "Nadia", "Noor",
        "Rania", "Sami", "Tarek", "Yasmin",
    ),
    Region.EASTERN_EUROPE: (
        "Alina", "Bogdan", "Daria", "Doina", "Ilinca", "Irina", "Ivan", "Katya", "Lena",
        "Mihai", "Oksana", "Petru", "Sveta", "Vera",
    ),
    Region.LATIN_AMERICA: (
        "Alma", "Beto", "Camila", "Chela", "Diego", "Elena", "Flor", "Iris", "Lucho", "Marisol",
        "Nelly", "Paloma", "Rocio", "Ximena",
    ),
}  # fmt: skip


def slug_of(pseudonym: str) -> str:
    """Its address on the companion page: small letters, digits and hyphens."""
    return pseudonym.lower().replace(" ", "-")


def candidates(region: Region) -> tuple[str, ...]:
    """Every pseudonym for *region*: the names, then each with a number from 2 to 99."""
    names = NAMES[region]
    return names + tuple(f"{name} {number}" for number in range(2, 100) for name in names)


def free_pseudonym(
    region: Region, taken: Collection[str], choose: Callable[[Sequence[str]], str]
) -> str | None:
    """
    A pseudonym whose address is not in *taken*; None if all are.

    Names without a number come first, so that a number is rare.

    Args:
        taken: Addresses of cases, as `slug_of` writes them.
        choose: Picks one at random; `secrets.choice` does.
    """
    free = [name for name in candidates(region) if slug_of(name) not in taken]
    plain = [name for name in free if name in NAMES[region]]
    return choose(plain or free) if free else None
