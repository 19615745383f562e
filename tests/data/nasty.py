"""Files as people and programs send them, made for our kinds: each with what must become of it.

`rows` is how many data rows the reader finds, in all tables together; `refused` are words of the refusal where there is
none. What the values come to is the business of the intake as a whole.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import xlsxwriter

Cells = Sequence[Sequence[str]]
HEAD = ["engagement_id", "milestone", "baseline_original", "forecast", "actual", "contractual", "comment"]
CODES = ["draft_sent", "contract_executed", "fpi", "lpi", "lplv", "dbl", "topline", "csr", "tmf_transfer", "siv"]
BUDGET = ["engagement_id", "month", "cost_type", "planned_original", "earned_value", "invoiced"]
REQUESTS = ["request_id", "engagement_id", "topic", "opened_at", "first_response_at", "paused_hours"]
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"


@dataclass(frozen=True, slots=True)
class Nasty:
    """A file, and what must become of it."""

    name: str
    data: bytes
    must: str
    rows: int = 20
    refused: str = ""


def milestones() -> list[list[str]]:
    """Twenty good rows: ten milestones of two engagements. Every fifth comment has letters outside ASCII."""
    rows = []
    for number in range(20):
        planned = date(2026, 1, 5) + timedelta(days=17 * number)
        late = planned + timedelta(days=number)
        comment = "Société Médicale" if number % 5 == 4 else f"note {number}"
        engagement = "E-014" if number < 10 else "E-015"
        rows.append([engagement, CODES[number % 10], str(planned), str(late), "", "yes", comment])
    return rows


def budget() -> list[list[str]]:
    """Twelve good rows: the months of a year."""
    return [
        ["E-014", f"2026-{month:02}", "fee", f"{1234.5 * month:.2f}", "1000.00", "950.25"] for month in range(1, 13)
    ]


def text(rows: Cells, head: Sequence[str] = HEAD, separator: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def with_cells(rows: Cells, place: int, values: Sequence[str]) -> list[list[str]]:
    """The rows with other values in a column, from the first row on."""
    changed = [list(row) for row in rows]
    for row, value in zip(changed, values):
        row[place] = value
    return changed


def workbook(build: Callable[[xlsxwriter.Workbook], None], **options: bool) -> bytes:
    """What `build` makes of an empty workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 (a fixed day, so that the bytes are too)
        build(book)
    return out.getvalue()


def filled(book: xlsxwriter.Workbook, name: str, rows: Cells, head: Sequence[str] = HEAD, top: int = 0) -> Any:
    """A sheet with a header and rows, dates as dates of Excel."""
    sheet = book.add_worksheet(name)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(top, 0, head)
    for number, row in enumerate(rows, top + 1):
        for place, cell in enumerate(row):
            if place in (2, 3) and head is HEAD:
                sheet.write_datetime(number, place, datetime.fromisoformat(cell), day)
            else:
                sheet.write_string(number, place, cell)
    return sheet


def clean_workbook() -> bytes:
    return workbook(lambda book: filled(book, "Data", milestones()))


def operated(
    data: bytes, changes: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes] | None = None
) -> bytes:
    """A zip with parts changed and parts added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(zipfile.ZipInfo(name), changes.get(name, bytes)(content), zipfile.ZIP_DEFLATED)
        for name, content in (more or {}).items():
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def raw_sheet(rows: str, rest: str = "") -> bytes:
    """A workbook whose one sheet has this XML for its rows, and more behind them."""
    xml = f'<?xml version="1.0"?><worksheet {NAMESPACE}><sheetData>{rows}</sheetData>{rest}</worksheet>'
    return operated(clean_workbook(), {SHEET: lambda _: xml.encode()})


def with_sheets(sheets: Sequence[tuple[str, str]]) -> bytes:
    """The clean workbook that tells of these sheets: their names, and the ids of their parts."""
    told = "".join(f'<sheet name="{name}" sheetId="1" r:id="{part}"/>' for name, part in sheets)
    related = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    book = f"<workbook {NAMESPACE} {related}><sheets>{told}</sheets></workbook>".encode()
    return operated(clean_workbook(), {"xl/workbook.xml": lambda _: book})


def inline(*texts: str) -> str:
    """A row of cells without names, their text inside."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{one}</t></is></c>' for one in texts) + "</row>"


def archive(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def all_files() -> list[Nasty]:
    return [*_encodings(), *_layouts(), *_values(), *_no_tables(), *_workbooks(), *_hostile_workbooks(), *_archives()]


def million_rows() -> bytes:
    """A million requests without a fault; large, so it is made only where it is needed."""
    lines = (
        f"R-{number:07},E-014,topic {number},2026-09-{1 + number % 28:02}T09:10:00Z,,{number % 9}.5\n"
        for number in range(1_000_000)
    )
    return (",".join(REQUESTS) + "\n" + "".join(lines)).encode()


def _encodings() -> Iterator[Nasty]:
    plain = text(milestones())
    yield Nasty("clean.csv", plain.encode(), "loads")
    yield Nasty("utf8_mark.csv", plain.encode("utf-8-sig"), "loads; the mark is no part of the first heading")
    yield Nasty("utf8_mark_twice.csv", b"\xef\xbb\xbf" + plain.encode("utf-8-sig"), "loads; both marks are dropped")
    tabs = text(milestones(), separator="\t")
    yield Nasty("utf16_le_tab.csv", tabs.encode("utf-16"), "loads, as Excel's “Unicode text”")
    yield Nasty("utf16_be_no_mark.csv", plain.encode("utf-16-be"), "loads; found by where the NULs stand")
    yield Nasty("utf16_le_no_mark.csv", plain.encode("utf-16-le"), "loads; found by where the NULs stand")
    yield Nasty("utf32.csv", plain.encode("utf-32"), "loads")
    yield Nasty("cp1252.csv", plain.encode("cp1252"), "loads, with a warning that says which encoding was read")
    undefined = plain.encode("cp1252").replace(b"note 6", b"note \x81")
    yield Nasty("cp1252_undefined.csv", undefined, "row 8 is reported: a byte that stands for nothing; 20 rows")
    lines = plain.encode().splitlines(keepends=True)
    mixed = b"".join([*lines[:6], lines[6].replace("é".encode(), b"\xe9"), *lines[7:-1], lines[-1]])
    other = mixed.replace(b"note 8", b"caf\xe9 8")
    yield Nasty("mixed_encoding.csv", other, "row 10, the one line that is not UTF-8, is reported; none is lost")
    nuls = plain.encode()[:300] + b"\0\0" + plain.encode()[300:700] + b"\0" + plain.encode()[700:]
    yield Nasty("nuls.csv", nuls, "loads, with a warning that three NULs were removed")


def _layouts() -> Iterator[Nasty]:
    rows = milestones()
    plain = text(rows)
    yield Nasty("bars.csv", text(rows, separator="|").encode(), "loads")
    yield Nasty("sep_line.csv", b"sep=;\r\n" + text(rows, separator=";").encode(), "loads; the first line is no row")
    yield Nasty("tabs_and_quotes.csv", text(with_cells(rows, 6, ['a\t"b"']), separator="\t").encode(), "loads")
    yield Nasty("cr_only.csv", text(rows, end="\r").encode(), "loads")
    ends = text(rows[:7]) + text(rows[7:14], end="\n").split("\n", 1)[1] + text(rows[14:], end="\r").split("\r", 1)[1]
    yield Nasty("mixed_ends.csv", ends.encode(), "loads")
    lines = with_cells(rows, 6, ['line one\nline two, with "quotes"\nand ; too', "ends with a line end\n"])
    yield Nasty("quoted_newlines.csv", text(lines).encode(), "loads; rows are counted as a spreadsheet does")
    odd = plain.split("\r\n")
    odd[5], odd[9] = ",".join(odd[5].split(",")[:5]), odd[9] + ",extra,extra"
    odd[12] = odd[12].replace("note", "note, unquoted,")
    yield Nasty("ragged.csv", "\r\n".join(odd).encode(), "rows 6, 10 and 13 are reported; 17 are left")
    trailing = plain.replace("\r\n", ",,\r\n")
    yield Nasty("trailing_separators.csv", trailing.encode(), "loads; empty columns at the end are none")
    yield Nasty("trailing_in_rows.csv", trailing.replace("comment,,", "comment").encode(), "loads")
    yield Nasty(
        "titled.csv", ("Tracker,,,,,,\r\nGenerated 15-Nov-2026,,,,,,\r\n\r\n" + plain).encode(), "header in row 4"
    )
    total = text([*rows, [""] * 7, ["Total", "", "", "", "", "", "20"]])
    yield Nasty("total.csv", total.encode(), "the empty row 22 is left out and said; Total is found later", 21)
    far = "".join(f"Line {number} of the cover note\r\n" for number in range(1, 12)) + plain
    yield Nasty("header_in_row_12.csv", far.encode(), "header in row 12")
    again = text([*rows[:10], HEAD, *rows[10:]])
    yield Nasty("header_again.csv", again.encode(), "row 12 is left out and said")
    notes = plain + "\r\nSource: CTMS, 15 Nov 2026\r\nConfidential\r\n"
    yield Nasty("notes_below.csv", notes.encode(), "rows 23 and 24 are left out and said")
    two = text([HEAD, *rows], ["", "", "Plan", "", "Reality", "", ""])
    yield Nasty("two_header_rows.csv", two.encode(), "header in row 2, the groups above it are left out")
    yield Nasty("header_only.csv", text([]).encode(), "no rows, and that is said", 0)
    foreign = ["Vertrag", "Ereignis", "Geplant", "Erwartet", "Erreicht", "Vertraglich", "Bemerkung"]
    yield Nasty("foreign_headings.csv", text(rows, foreign).encode(), "the columns are mapped, then it loads")
    yield Nasty("no_header.csv", plain.split("\r\n", 1)[1].encode(), "refused: no header", refused="no header row")
    yield Nasty(
        "same_heading_twice.csv", text([[*row, "x"] for row in rows], [*HEAD, "comment"]).encode(), "refused later"
    )
    nameless = text([[*row, "x"] for row in rows], [*HEAD, ""])
    yield Nasty("nameless_column.csv", nameless.encode(), "loads, with a warning of a column that is not used")
    opened = plain.replace("note 6", '"note 6')
    yield Nasty("open_quote.csv", opened.encode(), "refused, naming row 8", refused="Row 8")
    both = opened.replace("note 12", '"note 12')
    yield Nasty("two_open_quotes.csv", both.encode(), "refused, naming row 8", refused="Row 8")
    yield Nasty(
        "inch_mark.csv", plain.replace("note 6", 'needle of 5" length').encode(), "loads; a mark within is text"
    )
    months = [f"2026-{month:02}" for month in range(1, 13)]
    wide = text([["E-014", "fee", *[str(100 * month) for month in range(12)]]], ["engagement_id", "cost_type", *months])
    yield Nasty("wide.csv", wide.encode(), "one row of twelve months", 1)
    many = text([["x"] * 10_000], [f"column {number}" for number in range(10_000)])
    yield Nasty("ten_thousand_columns.csv", many.encode(), "refused, naming the limit", refused="at most 500")
    yield Nasty("one_line.csv", b"x" * 3_000_000, "refused: no header", refused="no header row")


def _values() -> Iterator[Nasty]:
    rows, amounts = milestones(), budget()
    german = [[*row[:3], *(cell.replace(".", ",") for cell in row[3:])] for row in amounts]
    yield Nasty("decimal_comma.csv", text(german, BUDGET, ";").encode(), "loads with decimal comma", 12)
    money = ["(1,234.50)", "$12,345.00", "€ 9.876,54", "1 234,56", "USD 5000", "1.2e5", "12,5%", "-", "n/a", "#REF!",
             "1,234", "1.234"]  # fmt: skip
    yield Nasty("money.csv", text(with_cells(amounts, 3, money), BUDGET).encode(), "each is read or reported", 12)
    days = ["03/04/2026", "13/04/2026", "04/13/2026", "2026/4/3", "3-Apr-26", "46115", "31/02/2026", "Q2 2026", "TBD"]
    yield Nasty("dates.csv", text(with_cells(rows, 3, days)).encode(), "the order is asked, the rest reported")
    unclear = [f"05/{number:02}/2026" for number in range(1, 13)]
    yield Nasty("unclear_dates.csv", text(with_cells(rows[:12], 3, unclear)).encode(), "a question: which order", 12)
    bad = with_cells(with_cells(rows, 0, ["", "E-999", " E-014 "]), 2, ["2026-02-30", "soon", ""])
    yield Nasty("bad_values.csv", text(bad).encode(), "rows 2, 3 and 4 are reported")
    runs = ['=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "=cmd|' /C calc'!A0",
            "＝1+1", "<script>alert(1)</script>"]  # fmt: skip
    yield Nasty("formulas.csv", text(with_cells(rows, 6, runs)).encode(), "loads as text, with warnings")
    yield Nasty(
        "long_cell.csv", text(with_cells(rows, 6, ["", "x" * 1_000_000])).encode(), "row 3: the comment is too long"
    )
    spaces = with_cells(rows, 0, ["\u00a0E-014\u2009", "E-014\u00a0", "\u3000E-014"])
    yield Nasty("odd_spaces.csv", text(spaces).encode(), "loads; spaces of every kind around a code are dropped")
    unseen = text(with_cells(rows, 0, ["E-\u200b014"]), ["\u200bengagement_id", *HEAD[1:]])
    yield Nasty("zero_width.csv", unseen.encode(), "loads; characters that nobody sees are no part of a code")
    digits = with_cells(amounts, 4, ["１２３４"])
    yield Nasty("full_width_digits.csv", text(digits, BUDGET).encode(), "row 2 is read or reported, never dropped", 12)
    huge = with_cells(amounts, 4, ["9" * 400, "1e400", "-0", "-0.00", "NaN", "Infinity"])
    yield Nasty("huge_numbers.csv", text(huge, BUDGET).encode(), "rows 2, 3, 6 and 7 are reported; minus zero is 0", 12)
    smart = with_cells(rows, 6, ["“quoted, with a comma”", "it’s", "– dash"])
    yield Nasty("smart_quotes.csv", text(smart).encode(), "loads; typographic marks are text")
    yield Nasty(
        "other_scripts.csv",
        text(with_cells(rows, 6, ["مرحبا بالعالم", "שלום עולם", "日本語", "👩🏽‍🔬🧪"])).encode(),
        "loads",
    )
    turned = with_cells(rows, 6, ["שלום עולם", "\u202eabc", "مرحبا بالعالم", "\u2066abc"])
    yield Nasty("turned_direction.csv", text(turned).encode(), "rows 3 and 5: a sign turns the direction of reading")
    serials = with_cells(rows, 3, [str(46_000 + number) for number in range(20)])
    yield Nasty("serial_dates.csv", text(serials).encode(), "reported: day numbers of Excel are no dates in a text")


def _no_tables() -> Iterator[Nasty]:
    yield Nasty("empty.csv", b"", "refused", refused="empty")
    yield Nasty("blank.csv", b"\r\n \r\n\t\r\n", "refused", refused="empty")
    yield Nasty("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "refused", refused="picture")
    yield Nasty(
        "page.csv", b"<html><table><tr><td>engagement_id</td></tr></table></html>", "refused", refused="web page"
    )
    yield Nasty("data.csv", b'[{"engagement_id": "E-014"}]', "refused", refused="JSON")
    yield Nasty("report.csv", b"%PDF-1.7\n1 0 obj", "refused", refused="PDF")
    yield Nasty("packed.csv", gzip.compress(text(milestones()).encode(), mtime=0), "refused", refused="Unpack")
    yield Nasty("frame.csv", b"PAR1" + bytes(100) + b"PAR1", "refused", refused="Parquet")
    yield Nasty("noise.csv", bytes(range(256)) * 40, "refused", refused="no text")
    yield Nasty("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "refused", refused=r"\.xlsx")
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    yield Nasty("locked.xlsx", locked, "refused", refused="password")
    sheets = archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"})
    yield Nasty("table.ods", sheets, "refused", refused="OpenDocument")
    yield Nasty("letter.docx", archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "refused",
                refused="Word")  # fmt: skip
    yield Nasty("binary.xlsb", archive({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"\0"}), "refused",
                refused="binary workbook")  # fmt: skip


def _workbooks() -> Iterator[Nasty]:
    clean = clean_workbook()
    yield Nasty("clean.xlsx", clean, "loads")
    yield Nasty("text_named.xlsx", text(milestones()).encode(), "loads: the bytes count, not the name")
    yield Nasty("workbook_named.csv", clean, "loads: the bytes count, not the name")
    yield Nasty(
        "macros.xlsm", operated(clean, {}, {"xl/vbaProject.bin": bytes(500)}), "loads; macros are not looked at"
    )
    yield Nasty("messy.xlsx", workbook(_messy), "header in row 3, merged cells filled down, hidden sheet not read", 21)
    yield Nasty("two_tables.xlsx", workbook(_two_tables), "two tables, each named with its sheet", 32)
    yield Nasty("since_1904.xlsx", workbook(lambda book: filled(book, "Data", milestones()), date_1904=True), "loads")
    yield Nasty("empty_sheets.xlsx", workbook(_empty_sheets), "refused",
                refused="holds anything")  # fmt: skip
    yield Nasty("chart_only.xlsx", workbook(_chart_only), "refused", refused="holds anything")
    yield Nasty("numbers.xlsx", workbook(_numbers), "numbers, dates and times arrive as they are meant", 6)
    yield Nasty("footnotes.xlsx", workbook(_with_gaps), "rows between and the header that comes again are left out", 20)
    yield Nasty("no_references.xlsx", raw_sheet("".join(inline(*row) for row in [HEAD, *milestones()])),
                "loads; cells without a name stand side by side")  # fmt: skip
    yield Nasty("lower_case.xlsx", raw_sheet(_lower_case()), "loads; a1 is A1")
    prefixed = operated(clean, {SHEET: _with_prefix})
    yield Nasty("prefixed.xlsx", prefixed, "loads; names in the XML may have a prefix")


def _lower_case() -> str:
    rows = []
    for number, row in enumerate([HEAD, *milestones()], 1):
        cells = (
            f'<c r="{chr(97 + place)}{number}" t="inlineStr"><is><t>{one}</t></is></c>' for place, one in enumerate(row)
        )
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    return "".join(rows)


def _with_prefix(xml: bytes) -> bytes:
    """The same XML, each name behind a prefix."""
    named = xml.replace(b"</", b"</x:").replace(b"<", b"<x:").replace(b"<x:/x:", b"</x:").replace(b"<x:?", b"<?")
    return named.replace(b' xmlns="', b' xmlns:x="')


def _empty_sheets(book: xlsxwriter.Workbook) -> None:
    for _ in range(3):
        book.add_worksheet()


def _chart_only(book: xlsxwriter.Workbook) -> None:
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Sheet1!$A$1:$A$2"})
    book.add_worksheet().insert_chart("B2", chart)


def _messy(book: xlsxwriter.Workbook) -> None:
    """A title in merged cells, engagements merged over ten rows, a formula that failed, a total, other sheets."""
    book.add_worksheet("Notes").write(0, 0, "See the next sheet")
    sheet = filled(book, "Tracker Q3", [["", *row[1:]] for row in milestones()], top=2)
    sheet.merge_range("A1:G1", "Quarterly tracker")
    sheet.merge_range("A4:A13", "E-014")
    sheet.merge_range("A14:A23", "E-015")
    sheet.write_formula("E5", "=1/0", None, "#DIV/0!")
    sheet.write(23, 0, "Total")
    sheet.write_formula("G24", "=COUNTA(G4:G23)", None, 20)
    sheet.set_row(6, None, None, {"hidden": True})
    filled(book, "Old", milestones()).hide()
    filled(book, "Older", milestones()).very_hidden()


def _two_tables(book: xlsxwriter.Workbook) -> None:
    filled(book, "Milestones", milestones())
    filled(book, "Budget", budget(), BUDGET)


def _numbers(book: xlsxwriter.Workbook) -> None:
    """Pairs of what stands in the cell and what it should come to, as text."""
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, ["engagement_id", "comment"])
    styles = {code: book.add_format({"num_format": code}) for code in ("0.0%", "h:mm", "yyyy-mm-dd hh:mm", "mmm yy")}
    cells = [(0.125, "0.0%", "0.125"), (0.5868055555555556, "h:mm", "14:05:00"),
             (46268.38194444445, "yyyy-mm-dd hh:mm", "2026-09-03T09:10:00"),
             (46296, "mmm yy", "2026-10-01")]  # fmt: skip
    for number, (value, code, meant) in enumerate(cells, 1):
        sheet.write_number(number, 0, value, styles[code])
        sheet.write_string(number, 1, meant)
    sheet.write_boolean(5, 0, True)
    sheet.write_string(5, 1, "yes")
    sheet.write_number(6, 0, 0.1 + 0.2)
    sheet.write_string(6, 1, "0.3")


def _with_gaps(book: xlsxwriter.Workbook) -> None:
    rows = milestones()
    sheet = filled(book, "Data", rows[:10])
    for number, row in enumerate([HEAD, *rows[10:]], 13):
        sheet.write_row(number, 0, row)


def _hostile_workbooks() -> Iterator[Nasty]:
    clean = clean_workbook()
    far = workbook(
        lambda book: book.add_worksheet().write_row(0, 0, HEAD) or book.worksheets()[0].write("XFD1048576", 1)
    )
    yield Nasty("far_cell.xlsx", far, "refused, naming the cell", refused="XFD1048576")
    yield Nasty("far_style.xlsx", workbook(_far_style), "loads: a colour far out is no value")
    yield Nasty("cut_short.xlsx", clean[: len(clean) // 2], "refused", refused="cut short")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 8))
    entities = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><sst'.encode()
    laughing = operated(clean, {"xl/sharedStrings.xml": lambda xml: xml.replace(b"<sst", entities, 1)})
    yield Nasty("entities.xlsx", laughing, "refused", refused="XML entities")
    wide = inline(*HEAD) + f'<row r="2"><c r="A2"><v>1</v></c>{"<c/>" * 100_000}<c><v>1</v></c></row>'
    yield Nasty("counted_far.xlsx", raw_sheet(wide), "refused: the cell is far out without saying so", refused="EQXF2")
    bomb = raw_sheet(inline("A" * 1000) * 30_000)
    yield Nasty("bomb.xlsx", bomb, "refused at once", refused="200 times")
    shared = f"<si><t>{'A' * 30_000}</t></si>".encode()
    long = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 20_002))
    texts = operated(
        raw_sheet(inline(*HEAD) + long), {"xl/sharedStrings.xml": lambda xml: xml.replace(b"<si>", shared + b"<si>", 1)}
    )
    yield Nasty("one_text_many_times.xlsx", texts, "refused: the texts would fill the memory", refused="more text")
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    rows = "".join(inline(*row) for row in [HEAD, *milestones()])
    yield Nasty("all_merged.xlsx", raw_sheet(rows, merged), "loads: what is merged with the header is no data")
    yield Nasty("out_of_order.xlsx", raw_sheet('<row r="5"/><row r="2"/>'), "refused", refused="not in order")
    yield Nasty(
        "no_cell.xlsx", raw_sheet('<row r="1"><c r="1A"><v>1</v></c></row>'), "refused", refused="names no cell"
    )
    yield Nasty("lost_text.xlsx", raw_sheet('<row><c t="s"><v>99999</v></c></row>'), "refused", refused="is missing")
    yield Nasty("no_sheet.xlsx", operated_without(clean, SHEET), "refused", refused="lacks a part")
    never = inline(*HEAD) + '<row r="2"><c r="A2" t="str"><v>E-014</v></c><c r="G2"><f>1+1</f></c></row>'
    yield Nasty("never_calculated.xlsx", raw_sheet(never), "a warning names cell G2, which holds its formula", 1)
    errors = "".join(
        f'<c r="{chr(65 + n)}2" t="e"><v>{error}</v></c>' for n, error in enumerate(("#REF!", "#N/A", "#NAME?"))
    )
    yield Nasty(
        "errors.xlsx", raw_sheet(f'{inline(*HEAD)}<row r="2">{errors}</row>'), "each error is reported at its cell", 1
    )


def operated_without(data: bytes, name: str) -> bytes:
    """A zip without one of its parts."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return archive({other: old.read(other) for other in old.namelist() if other != name})


def _far_style(book: xlsxwriter.Workbook) -> None:
    sheet = filled(book, "Data", milestones())
    sheet.write_blank("XFD1048576", None, book.add_format({"bg_color": "yellow"}))


def _archives() -> Iterator[Nasty]:
    plain = text(milestones()).encode()
    several = archive(
        {"march/milestones.csv": plain, "budget.csv": text(budget(), BUDGET).encode(), "x.xlsx": clean_workbook()}
    )
    yield Nasty("several.zip", several, "three files load, each by its name", 52)
    mac = archive({"a.csv": plain, "__MACOSX/._a.csv": b"\0", ".DS_Store": b"\0", "folder/": b""})
    yield Nasty("of_a_mac.zip", mac, "one file loads; what the Mac adds is passed over")
    yield Nasty(
        "nested.zip", archive({"inner.zip": archive({"a.csv": plain})}), "refused", refused="archive in an archive"
    )
    yield Nasty("nothing.zip", archive({}), "refused", refused="holds no files")
    yield Nasty("too_many.zip", archive({f"{n}.csv": plain for n in range(51)}), "refused", refused="at most 50")
    yield Nasty("bomb.zip", archive({"a.csv": bytes(30_000_000)}), "refused at once", refused="200 times")
    yield Nasty("too_large.zip", _lying(archive({"a.csv": plain}), 300_000_000), "refused at once", refused="200 MB")
    yield Nasty("locked.zip", _encrypted(archive({"a.csv": plain})), "refused", refused="encrypted")
    yield Nasty("broken.zip", archive({"a.csv": plain}).replace(b"a.csv", b"b.csv", 1), "refused", refused="damaged")


def _lying(data: bytes, size: int) -> bytes:
    """An archive whose directory says another unpacked size; it stands 24 bytes behind the mark of the entry."""
    place = data.rindex(b"PK\x01\x02") + 24
    return data[:place] + size.to_bytes(4, "little") + data[place + 4 :]


def _encrypted(data: bytes) -> bytes:
    """An archive whose directory says that its entry is encrypted; the flags stand 8 bytes behind the mark."""
    place = data.rindex(b"PK\x01\x02") + 8
    return data[:place] + bytes([data[place] | 1]) + data[place + 1 :]
