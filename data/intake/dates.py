"""The ways in which people write days, times and months: one reading for each order of the parts."""

from data.contracts import Column, Type
from data.intake.cells import ORDERS, SHORT_DAY, value
from data.intake.headings import MONTHS

CLOCK = (
    r"(?:[t ,]{1,2}(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)? ?(?:([ap])\.?m\.?)?"
    r" ?(z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?)?"
)
CLOCK_PARTS = ("hour", "minute", "second", "half", "zone")
DAY_FIRST = r"(\d{4}|\d{1,2})(?:st|nd|rd|th|er)?[ ./-]{0,2}(?:de )?([a-z]{3,10})\.?(?: de)?[ ./,-]{0,2}(\d{4}|\d{1,2})"
MONTH_FIRST = r"([a-z]{3,10})\.?[ -]?(\d{1,2})(?:st|nd|rd|th)?[ ,-]{1,2}(\d{4}|\d{2})"
NAMED_MONTH = r"([a-z]{3,10})\.?(?: de)?[ ./,-]{0,2}(\d{4}|\d{2})"
YEAR_AND_NAME = r"(\d{4})[ ./,-]{0,2}([a-z]{3,10})\.?"
MONTH_AND_YEAR = r"(\d{1,2}) ?[./ -] ?(\d{4})"
YEAR_AND_MONTH = r"(\d{4}) ?[./ -] ?(\d{1,2})"
MIDNIGHT = "(hour = '' OR hour24 = 0 AND minute = '00' AND second IN ('', '00'))"

PARTS = """
SELECT *, TRY_CAST(hour AS INTEGER) % if(half = '', 100, 12) + if(half = 'p', 12, 0) AS hour24,
    concat_ws(':', lpad(CAST(hour24 AS VARCHAR), 2, '0'), minute, if(second = '', '00', second)) AS clock
FROM (
    SELECT *, trim(n.s) AS separator, n.hour || d.hour || m.hour AS hour,
        n.minute || d.minute || m.minute AS minute, n.second || d.second || m.second AS second,
        n.half || d.half || m.half AS half, n.zone || d.zone || m.zone AS zone
    FROM (
        SELECT *, {numeric} AS n, {day_first} AS d, {month_first} AS m
        FROM (SELECT *, lower(strip_accents(meant)) AS low FROM ({texts}))
    )
)
"""
DAYS = """
SELECT *, {fixed} AS fixed, {dmy} AS dmy_day, {mdy} AS mdy_day, {ymd} AS ymd_day,
    {first_year} AS first_year, {last_year} AS last_year
FROM ({parts})
"""
# Two digits at both ends: what looks like a year is the year. Points stand for day.month.year where that is a day.
LIKELY = """
SELECT * REPLACE (
    CASE WHEN year_last THEN dmy_day END AS dmy_day,
    CASE WHEN year_last AND NOT (separator = '.' AND dmy_day IS NOT NULL) THEN mdy_day END AS mdy_day,
    CASE WHEN first_year THEN ymd_day END AS ymd_day
)
FROM (SELECT *, last_year OR NOT first_year AS year_last FROM ({days}))
"""
READINGS = "SELECT text, cells, meant, separator, {plain} AS plain, {found} FROM ({days})"


def readings(column: Column, texts: str, decided: bool) -> str:
    """The query of the texts of a column with their value in each order, and `plain`, which needs no order.

    `texts` is a query of `text`, `cells` and `meant`. Where the order is decided, nothing is held against it.
    """
    parts = PARTS.format(
        texts=texts,
        numeric=_extracted(SHORT_DAY, "a", "s", "b", "t", "c"),
        day_first=_extracted(DAY_FIRST, "a", "name", "c"),
        month_first=_extracted(MONTH_FIRST, "name", "b", "c"),
    )
    days = DAYS.format(
        parts=parts,
        fixed=f"CASE WHEN length(d.a) = 4 THEN {_day('d.a', _number('d.name'), 'd.c')}"
        f" WHEN length(n.a) = 4 THEN {_day('n.a', 'n.b', 'n.c')}"
        f" ELSE coalesce({_day('d.c', _number('d.name'), 'd.a')}, {_day('m.c', _number('m.name'), 'm.b')}) END",
        dmy=_day("n.c", "n.b", "n.a"),
        mdy=_day("n.c", "n.a", "n.b"),
        ymd=_day("n.a", "n.b", "n.c"),
        first_year=_year("n.a"),
        last_year=_year("n.c"),
    )
    plain = value(column, "meant")
    found = (f"coalesce({plain}, {_typed(column, f'coalesce(fixed, {order}_day)')}) AS {order}" for order in ORDERS)
    return READINGS.format(plain=plain, found=", ".join(found), days=days if decided else LIKELY.format(days=days))


def _extracted(pattern: str, *names: str) -> str:
    """The parts of a text with a day and perhaps a time; all are empty where it is none."""
    told = ", ".join(f"'{name}'" for name in (*names, *CLOCK_PARTS))
    return f"regexp_extract(low, '^{pattern}{CLOCK}$', [{told}])"


def _number(name: str) -> str:
    """The number of the month with this name, empty where there is none."""
    months = ", ".join(f"'{month}': '{number}'" for month, number in MONTHS.items())
    return f"coalesce(MAP {{{months}}}[{name}], '')"


def _year(part: str) -> str:
    """Whether a part can only be a year, or is likely one of two digits."""
    return f"(length({part}) = 4 OR length({part}) = 2 AND {part} BETWEEN '15' AND '45')"


def _day(year: str, month: str, day: str) -> str:
    """The day with these parts, NULL where the calendar has none. Years of two digits are 1990 to 2089."""
    century = f"CASE WHEN length({year}) = 4 THEN '' WHEN {year} >= '90' THEN '19' ELSE '20' END"
    return (
        f"CASE WHEN length({year}) IN (2, 4) AND length({month}) IN (1, 2) AND length({day}) IN (1, 2)"
        f" AND trim(n.s) = trim(n.t)"
        f" THEN TRY_CAST({century} || concat_ws('-', {year}, {month}, {day}) AS DATE) END"
    )


def _typed(column: Column, day: str) -> str:
    """What a day with the time beside it is in a column of this type."""
    match column.type:
        case Type.MONTH:
            at_an_end = f"{MIDNIGHT} AND {day} IN (date_trunc('month', {day}), last_day({day}))"
            return f"coalesce({_month()}, CASE WHEN {at_an_end} THEN strftime({day}, '%Y-%m') END)"
        case Type.MOMENT:
            zoned = value(column, f"(CAST({day} AS VARCHAR) || ' ' || clock || zone)")
            return (
                f"CASE WHEN hour = '' THEN CAST({day} AS VARCHAR)"
                f" WHEN zone NOT IN ('', 'z', 'utc', 'gmt') THEN {zoned}"
                f" WHEN hour24 < 24 AND minute < '60' AND second < '60'"
                f" THEN CAST({day} AS VARCHAR) || 'T' || clock || 'Z' END"
            )
        case _:
            return f"CASE WHEN {MIDNIGHT} THEN {day} END"


def _month() -> str:
    """The month of a text that names no day."""
    written = (
        (NAMED_MONTH, 2, 1, True),
        (YEAR_AND_NAME, 1, 2, True),
        (MONTH_AND_YEAR, 2, 1, False),
        (YEAR_AND_MONTH, 1, 2, False),
    )
    days = []
    for pattern, year, month, named in written:
        parts = [f"regexp_extract(low, '^{pattern}$', {group})" for group in (year, month)]
        days.append(_day(parts[0], _number(parts[1]) if named else parts[1], "'1'"))
    return f"strftime(coalesce({', '.join(days)}), '%Y-%m')"
