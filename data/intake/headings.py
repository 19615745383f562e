"""What a heading says: names, a month, and in passing a unit, a currency, or that amounts are totals to date."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from data.intake.reading import MONTH, Unit

SAME = {"nr": "no", "num": "no", "number": "no", "numero": "no", "nummer": "no", "nbr": "no", "dt": "date"}
"""Words that say the same in a heading."""

SIGNS = {"#": "no", "%": "percent", "€": "eur", "$": "usd", "£": "gbp", "¥": "jpy"}
"""Signs that are words, so that two headings that differ in them alone are two."""

MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar janner janvier janv enero ene",
            "feb february februar febrero fevrier fevr fev",
            "mar march marz maerz mrz mars marzo",
            "apr april avril avr abril abr",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet juil julio",
            "aug august aout agosto ago",
            "sep sept september septembre septiembre setiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember decembre diciembre dic",
        ),
        1,
    )
    for word in words.split()
}
"""Names of months in English, German, French and Spanish, without accents."""

NAMELESS = re.compile(r"\(column [A-Z]{1,3}\)")
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_NAME = rf"(?P<name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_WRITTEN = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}{_YEAR}(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign)(?P<day>\d\d?)(?:[t ]00:00(?::00)?)?{_END}",
        rf"{_START}(?P<first>\d\d?)(?P<sign>[-/.])(?P<second>\d\d?)(?P=sign){_YEAR}{_END}",
        rf"{_START}(?:(?P<day>\d\d?)\.?[-/ ])?{_NAME}\.?[-/ _'’.]*(?P<year>\d{{4}}|\d\d)(?![-/., _]*\d){_END}",
        rf"{_START}{_YEAR}[-/ _.]*{_NAME}{_END}",
        rf"{_START}{_YEAR}[-/._]?(?P<month>0[1-9]|1[0-2])(?![-/._]\d){_END}",
        rf"{_START}(?<!\d[-/._])(?P<month>0[1-9]|1[0-2]|[1-9](?=[-/.]))[-/._]{_YEAR}{_END}",
    )
)
"""How a heading writes a month; a full date is one where it is the first or last day of the month."""

_CURRENCY = r"(?:eur|usd|gbp|chf|jpy|cny|cad|aud|sek|dkk|nok|pln|czk|huf|inr|krw|euros?|[€$£¥])"
_IN_PASSING = {
    "thousands": (
        rf"[kt] ?{_CURRENCY}|{_CURRENCY} ?k|(?<=[(\[])k(?=[)\]])|(?<=in )k|thousands?(?: of)?|tsd\.?|tausend"
        r"|milliers?|(?<=en )miles|['’‘`]000s?|000s|(?<=[(\[])000(?=[)\]])|x ?1[,.']?000"
    ),
    "millions": (
        rf"(?:m|mn|mln|mio\.?) ?{_CURRENCY}|{_CURRENCY} ?(?:m|mn|mln|mio)|millions?(?: of)?|mio\.?|mln"
        r"|millionen|millones"
    ),
    "percent": r"%|percent(?:age)?|pct\.?|prozent|pour ?cent|por ciento",
    "since_january": r"ytd|year to date|since january",
    "to_date": (
        r"to date|cumulative|cumulated|cumule|cumul|cum\.?|itd|inception to date|life to date|kumuliert|kum\.?"
        r"|acumulad[oa]|running total|a date"
    ),
    "currency": _CURRENCY,
    "time": (
        r"(?<=[(\[])(?:days?|d|hours?|hrs?|h|weeks?|months?|minutes?|tage|stunden|jours|heures|dias|horas)(?=[)\]])"
    ),
    "noise": r"(?<=[(\[])(?:date|utc|gmt|(?:yyyy|yy|jjjj|aaaa|dd?|mm?m?|tt)[-/. ][^)\]]*)(?=[)\]])",
}
_HINTS = {name: re.compile(rf"(?<!\w)(?:(?:in|en) )?(?:{pattern})(?!\w)") for name, pattern in _IN_PASSING.items()}
_TIMES = {"d": "day", "h": "hour", "hr": "hour", "tage": "day", "stunden": "hour", "jour": "day", "heure": "hour",
          "dia": "day", "hora": "hour"}  # fmt: skip
_UNITS: tuple[Unit, ...] = ("thousands", "millions", "percent")


def plain(text: str) -> str:
    """Small letters without accents and without signs that nobody sees."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    seen = (sign for sign in folded if not "\u0300" <= sign <= "\u036f" and unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFC", "".join(seen)).split())


def _joined(text: str) -> str:
    for sign, word in SIGNS.items():
        text = text.replace(sign, f" {word} ")
    return re.sub(r"[\W_]+", "_", text).strip("_")


def normalised(heading: str) -> str:
    """A heading as a column name: `Engagement ID ` and `engagement-id` are engagement_id.

    A heading that is nothing but signs stays as it is.
    """
    text = plain(heading)
    return _joined(text) or text


@lru_cache(maxsize=4096)
def key(heading: str) -> str:
    """The name under which a reading knows a heading: normalised, with `{month}` for the month that it names."""
    if MONTH in heading:
        before, _, after = heading.partition(MONTH)
        return _around(plain(before), plain(after))
    found = _month(plain(heading))
    return _around(*found[1:]) if found else normalised(heading)


def _around(before: str, after: str) -> str:
    return "_".join(part for part in (_joined(before), MONTH, _joined(after)) if part)


def nameless(place: int) -> str:
    """What a column is called that has no heading: by its letter in a spreadsheet, such as `(column D)`."""
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return f"(column {letters})"


def is_nameless(heading: str) -> bool:
    return NAMELESS.fullmatch(heading) is not None


def words(name: str) -> str:
    """The words of a name, apart by spaces, each in the way that stands for all that say the same."""
    return " ".join(SAME.get(word, word) for word in normalised(name).split("_"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it was read.

    `names` are the words to look it up by: all of them, then without unit and the like. Where it names a month,
    `rest` is the same without the month, and may hold an empty name. `unit`, `since_start`, `since_january`,
    `currency` and `time` (day, hour, week, month) are what it says in passing.
    """

    text: str
    key: str
    names: tuple[str, ...]
    month: str = ""
    rest: tuple[str, ...] = ()
    unit: Unit | None = None
    since_start: bool = False
    since_january: bool = False
    currency: bool = False
    time: str = ""

    @property
    def is_day(self) -> bool:
        """Whether it is nothing but a whole date."""
        return bool(self.month) and not any(self.rest) and len(re.findall(r"\d+|[^\W\d_]+", self.text)) > 2


@lru_cache(maxsize=4096)
def read(heading: str) -> Heading:
    """Read a heading of a file."""
    text = plain(heading)
    found = _month(text)
    without = f"{found[1]} {found[2]}".strip() if found else text
    hints, bare = _hints(without.replace("_", " "))
    names = dict.fromkeys((words(text), _words(bare)) if not found else (words(text),))
    return Heading(
        text=heading,
        key=key(heading),
        names=tuple(name for name in names if name),
        month=found[0] if found else "",
        rest=tuple(dict.fromkeys((_words(without), _words(bare)))) if found else (),
        unit=next((unit for unit in _UNITS if unit in hints), None),
        since_start="to_date" in hints,
        since_january="since_january" in hints,
        currency="currency" in hints,
        time=hints.get("time", ""),
    )


def _words(text: str) -> str:
    return " ".join(SAME.get(word, word) for word in _joined(text).split("_"))


def _hints(text: str) -> tuple[dict[str, str], str]:
    """What a text says in passing, and the text without it."""
    hints: dict[str, str] = {}
    text = re.sub(r" ?([%€$£¥]) ?", r" \1 ", text)
    for name, pattern in _HINTS.items():
        if found := pattern.search(text):
            hints[name] = found[0]
            text = f"{text[: found.start()]} {text[found.end() :]}"
    if "time" in hints:
        time = hints["time"].removesuffix("s")
        hints["time"] = _TIMES.get(time, time)
    return hints, text


def _month(text: str) -> tuple[str, str, str] | None:
    """The one month that a plain text names, and the text before and after it; None where it names a span."""
    found = _first_month(text)
    if found is None or _first_month(f"{found[1]} | {found[2]}"):
        return None
    return found


def _first_month(text: str) -> tuple[str, str, str] | None:
    for pattern in _WRITTEN:
        if found := pattern.search(text):
            month = _month_of(found.groupdict())
            return (month, text[: found.start()], text[found.end() :]) if month else None
    return None


def _month_of(parts: dict[str, str | None]) -> str:
    """The month as 2026-09; empty where the parts are a day within a month, or no date."""
    year = int(parts["year"] or 0)
    if year < 100:
        year += 1900 if year >= 90 else 2000
    first, second = parts.get("first"), parts.get("second")
    if first and second:
        months = {_of_day(year, int(month), int(day)) for month, day in ((second, first), (first, second))} - {""}
        return months.pop() if len(months) == 1 else ""
    month = MONTHS[name] if (name := parts.get("name")) else int(parts["month"] or 0)
    day = parts.get("day")
    return _of_day(year, month, int(day)) if day else f"{year}-{month:02}"


def _of_day(year: int, month: int, day: int) -> str:
    if not 1 <= month <= 12 or day not in (1, calendar.monthrange(year, month)[1]):
        return ""
    return f"{year}-{month:02}"


def names_month_without_year(heading: str) -> bool:
    """Whether one of the words is a month, and no year stands with it."""
    return not read(heading).month and any(word in MONTHS for word in words(heading).split())
