"""The words that all families share: people, places, businesses, and how money, dates and lists are written.

Nothing here carries law. Surnames are single words, so that a second mention can drop the first name, and no
business name ends in a full stop, so that it can end a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("-", " ") for word in text.split())


FIRST_NAMES = _words(
    "Abigail Ahmed Aisha Alan Alma Amara Andre Angela Anita Arjun Beatriz Bella Boris Brenda Caleb Camila Carl "
    "Carmen Cedric Chloe Clara Colin Cora Curtis Dalia Damon Daniel Delia Derek Diego Donna Dylan Edith Elena Elias "
    "Emeka Emma Enid Erik Esther Ethan Farah Felix Fiona Frank Gita Gloria Grace Gus Hana Harold Hazel Hector Helen "
    "Hugo Ida Imani Ingrid Irene Isaac Ivan Jada Jamal Jean Jin Joel Jorge Judith Kai Karen Karim Keiko Kenji Lars "
    "Laura Leah Leon Lina Lionel Louis Lucia Luke Mabel Malik Marco Marta Mei Mila Miriam Nadia Neil Nina Noah Nora "
    "Olga Omar Oscar Owen Pablo Paula Pedro Petra Priya Quinn Rafael Ravi Rita Rosa Ruth Samir Sara Sean Silas Simone "
    "Sofia Stella Tariq Tess Theo Tomas Ursula Vera Victor Wanda Wei Wendell Xavier Yara Yusuf Zoe"
)
SURNAMES = _words(
    "Abara Acosta Adler Alvarez Andrade Archer Baker Banerjee Barnes Becker Bell Bianchi Blake Booker Bowman Brandt "
    "Burke Calloway Carver Castillo Chan Chavez Cho Clarke Coleman Conti Cooper Cruz Dalton Davila Dawson Delgado "
    "Diaz Dixon Dorsey Duarte Dunn Eaton Ellis Endo Erickson Espinoza Farrell Fischer Fleming Flores Foster Fox "
    "Fraser Fujita Garner Gibbs Goldberg Gordon Graham Grant Griffin Gupta Haddad Hale Hansen Harper Hayes Hoffman "
    "Holt Hughes Ibarra Ingram Iyer Jacobs Jensen Joshi Kaplan Keller Khan Kim Kowalski Kumar Lambert Larsen Lee "
    "Lindgren Lopez Lowe Mahmoud Maldonado Marsh Mason Mbeki Medina Mendez Meyer Molina Moreau Moss Murphy Nakamura "
    "Nash Navarro Nguyen Nolan Novak Nwosu Ochoa Okafor Olsen Ortega Osei Owens Padilla Park Patel Pearce Perez "
    "Petrov Pham Pike Quintero Ramsey Rao Reyes Rhodes Rivera Romano Rossi Rowe Salazar Sato Schmidt Shah Sharma "
    "Silva Singh Soto Stone Suzuki Tanaka Torres Tran Turner Underwood Vance Vargas Vogel Wagner Walsh Warren Watts "
    "Weber West Wong Yamada Yates Young Zamora Ziegler"
)
STATES = _words(
    "Alabama Alaska Arizona Arkansas California Colorado Connecticut Delaware Florida Georgia Hawaii Idaho "
    "Illinois Indiana Iowa Kansas Kentucky Louisiana Maine Maryland Massachusetts Michigan Minnesota Mississippi "
    "Missouri Montana Nebraska Nevada New-Hampshire New-Jersey New-Mexico New-York North-Carolina North-Dakota "
    "Ohio Oklahoma Oregon Pennsylvania Rhode-Island South-Carolina South-Dakota Tennessee Texas Utah Vermont "
    "Virginia Washington West-Virginia Wisconsin Wyoming"
)
HERE = "United States"
# No country shares its name with a State, and none is the United States.
COUNTRIES = _words("Australia Brazil Canada France Germany India Ireland Italy Japan Kenya Mexico Norway Spain")

_HOUSES = _words(
    "Alder Anchor Birchwood Bluestone Brightwater Cardinal Cedarline Clearfield Copperhill Crestview Eastgate "
    "Elmhurst Fairbrook Falconer Glenrock Graniteway Greenhaven Harborlight Highmark Ironbridge Juniper Kestrel "
    "Lakemont Larkspur Longacre Maplecrest Meridian Millstone Northfield Oakhurst Pinnacle Quarry Redwood Ridgeline "
    "Riverbend Sandpiper Silverleaf Stonegate Summit Tidewater Trailhead Valleyview Westbrook Willowdale"
)
_TRADES = _words(
    "Analytics Bakeries Bearings Builders Castings Controls Dairy Electric Equipment Foods Freight Furniture Glass "
    "Hardware Holdings Instruments Labs Logistics Lumber Machining Materials Media Optics Packaging Paper Pharma "
    "Plastics Robotics Software Steel Supply Systems Textiles Tools Transport Ventures"
)


# (what is sold, who deals in it)
STOCK = (
    ("forty pallets of cedar decking", "lumber wholesaler"),
    ("a reconditioned forklift", "dealer in warehouse equipment"),
    ("two hundred office chairs", "furniture dealer"),
    ("a delivery van", "commercial vehicle dealer"),
    ("ninety drums of olive oil", "importer of oils"),
    ("a concert piano", "piano dealer"),
    ("three espresso machines", "restaurant supplier"),
    ("sixty touring bicycles", "bicycle distributor"),
    ("ten truckloads of gravel", "dealer in building materials"),
    ("a laser engraver", "machine-tool dealer"),
    ("eighty mattresses", "bedding wholesaler"),
    ("a diesel generator", "engine dealer"),
    ("thirty laptop computers", "computer reseller"),
    ("twelve rolls of carpet", "carpet wholesaler"),
    ("a commercial dishwasher", "kitchen equipment dealer"),
    ("five hundred solar panels", "solar equipment distributor"),
)
BELONGINGS = _words(
    "a-used-piano a-small-sailboat an-old-motorcycle a-stamp-collection a-brass-telescope a-sea-kayak a-camper-van "
    "an-antique-desk a-violin a-racing-bicycle a-grandfather-clock a-drum-set"
)
JOBS = ("nurse", "schoolteacher", "retired pilot", "librarian", "usher", "firefighter", "electrician", "art teacher")
# (what is done, who does it)
SERVICES = (
    ("repaint a warehouse", "painting contractor"),
    ("wash the windows of an office tower", "window cleaner"),
    ("translate a technical manual", "translator"),
    ("prune a large orchard", "tree surgeon"),
    ("survey a tract of land", "land surveyor"),
    ("guard a construction site at night", "security contractor"),
    ("train a sales staff for a week", "management trainer"),
    ("plow a parking lot all winter", "snow-removal contractor"),
)


def distinct(rng: Random, items: Sequence[str]) -> Iterator[str]:
    """Random items, none twice, one at a time: most stories use few, and a full shuffle costs more than they do."""
    taken: set[str] = set()
    count, draw = len(items), rng.random
    while len(taken) < count:
        item = items[int(draw() * count)]
        if item not in taken:
            taken.add(item)
            yield item


def people(rng: Random) -> Iterator[str]:
    """Full names; no two share a first name or a surname."""
    for first, last in zip(distinct(rng, FIRST_NAMES), distinct(rng, SURNAMES), strict=False):
        yield f"{first} {last}"


def businesses(rng: Random) -> Iterator[str]:
    """Business names without their legal form, such as "Redwood Tools"; no two share a word."""
    for house, trade in zip(distinct(rng, _HOUSES), distinct(rng, _TRADES), strict=False):
        yield f"{house} {trade}"


def surname(name: str) -> str:
    """How a person is called after the first mention."""
    return name.rsplit(" ", 1)[-1]


def first_word(business: str) -> str:
    """How a business is called after the first mention: "Redwood"."""
    return business.split(" ", 1)[0]


def plural(number: int, noun: str) -> str:
    """The number with its noun: "1 week", "12 weeks"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def a(phrase: str) -> str:
    """The phrase with its indefinite article: "an Ohio citizen", "a Utah citizen", "a U.S. citizen"."""
    vowel = phrase[0] in "AEIOaeio" or (phrase[0] in "Uu" and not phrase.startswith(("Utah", "U.S.", "uni", "use")))
    return f"{'an' if vowel else 'a'} {phrase}"


def both(items: Sequence[str], word: str = "and") -> str:
    """The items as a list in prose: "A", "A and B", "A, B and C"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def dollars(cents: int) -> str:
    """An amount as prose writes it: "$75,000", "$75,000.01"."""
    whole, rest = divmod(cents, 100)
    return f"${whole:,}.{rest:02d}" if rest else f"${whole:,}"


@lru_cache(maxsize=4096)
def long_date(day: date) -> str:
    """The date as U.S. lawyers write it: "March 3, 2026"."""
    return f"{day:%B} {day.day}, {day.year}"


def sentence(clause: str) -> str:
    """The clause with its first letter capital."""
    return clause[0].upper() + clause[1:]


def tidy(text: str) -> str:
    """Single spaces: templates leave gaps where an optional sentence is absent."""
    return " ".join(text.split())
