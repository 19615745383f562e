"""The ways in which people write numbers: one reading with a decimal point, one with a decimal comma."""

from data.contracts import Column, Type
from data.intake.cells import MARKS, is_like, value

CODES = (
    "EUR USD GBP JPY CHF CNY RMB INR CAD AUD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN TRY RUB UAH ILS ZAR BRL MXN ARS "
    "CLP COP PEN KRW TWD HKD SGD MYR THB IDR PHP VND SAR AED EGP"
)
CURRENCY = rf"(?:(?:US|CA|AU|NZ|HK|[ACRS])?\$|[€£¥]|(?i:{CODES.replace(' ', '|')}))"
GROUPED = r"[1-9]\d{{0,2}}((\{separator}\d{{3}})+|( \d{{3}})+|([''’]\d{{3}})+)"
OF_A_SHEET = r"-?\d+\.(\d{1,2}|\d{4,})"
"""A number that a spreadsheet holds as such; the reader writes 1.234 as 1.2340, so that it is no group of thousands."""
SCALES = {"thousands": ("1000", 9), "millions": ("1000000", 12), "percent": ("0.01", 4)}
"""What a unit multiplies by, and how many decimals of the text then make no more than six."""

PARTS = r"""
SELECT *, '' AS separator,
    regexp_replace(regexp_replace({bare}, '^\( ?([^()]*?) ?\)$', '-\1'), '^([+-]) ', '\1') AS core
FROM (SELECT *, replace(meant, '−', '-') AS minus FROM ({texts}))
"""
READINGS = "SELECT text, cells, meant, separator, {plain} AS plain, {found} FROM ({parts})"


def readings(column: Column, texts: str, unit: str, typed: bool = False) -> str:
    """The query of the texts of a column with their value under each mark, and `plain`, which needs no mark.

    `texts` is a query of `text`, `cells` and `meant`. Currencies are left out of amounts, and "%" of percentages;
    parentheses are a minus. In a `typed` table a plain number that no mark could group is itself under each mark.
    """
    bare = "minus"
    if unit == "percent":
        bare = f"regexp_replace({bare}, ' ?%(\\)?)$', '\\1')"
    if "currency" in column.unit:
        bare = f"regexp_replace({bare}, '^([(+-]?) ?{CURRENCY} ?', '\\1')"
        bare = f"regexp_replace({bare}, ' ?{CURRENCY}(\\)?)$', '\\1')"
    found = (f"{_marked(column, mark, unit, typed)} AS {mark}" for mark in MARKS)
    plain = _scaled(column, "meant", unit)
    return READINGS.format(plain=plain, found=", ".join(found), parts=PARTS.format(texts=texts, bare=bare))


def _marked(column: Column, mark: str, unit: str, typed: bool) -> str:
    """The value of a number with this mark before its decimals, NULL where it is not written so."""
    decimal, separator = (".", ",") if mark == "point" else (",", ".")
    shape = rf"[+-]?({GROUPED.format(separator=separator)}|\d*)(\{decimal}\d*)?"
    # Separators go first, so that the comma may then become the point.
    plain = f"replace(translate(core, '{separator} ''’', ''), ',', '.')"
    itself = f" WHEN {is_like('core', OF_A_SHEET)} THEN {_scaled(column, 'core', unit)}" if typed else ""
    return f"CASE WHEN {is_like('core', shape)} THEN {_scaled(column, plain, unit)}{itself} END"


def _scaled(column: Column, text: str, unit: str) -> str:
    """The value of a plain number that counts thousands, millions or percent."""
    if unit not in SCALES:
        return value(column, text)
    factor, decimals = SCALES[unit]
    shape = rf"[+-]?(\d{{1,18}}(\.\d{{0,{decimals}}}0*)?|\.\d{{1,{decimals}}}0*)"
    scaled = f"CAST({text} AS DECIMAL(30,12)) * {factor}"
    whole = f" AND ({scaled}) % 1 = 0" if column.type is Type.WHOLE else ""
    return f"CASE WHEN {is_like(text, shape)}{whole} THEN TRY_CAST({scaled} AS {column.type.sql}) END"
