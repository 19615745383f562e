"""What is compared does the same work. No time is asserted."""

import io
from pathlib import Path

import pandas as pd

from bench.load import BARE, BY_ROW, PRODUCT, STAMP, LoadTimes, measure_load
from bench.many import with_many
from bench.memory import measure_memory
from bench.packs import PackTimes
from bench.pages import PageTimes
from bench.report import performance, report
from bench.requests_file import engagements_csv, write_requests
from bench.row_by_row import problems
from data import commands
from data.intake import FileIn
from data.store import Store
from data.store.verify import verify

HEAD = "request_id,engagement_id,type,direction,channel,topic,priority,opened_at,first_response_at,resolved_at"
ROWS = """
R1,E-001,issue,to_cro,mail,payments,high,2026-01-02T10:00:00Z,2026-01-02,2026-01-05T09:00:00Z,1.5,2,
R1,E-001,issue,to_cro,mail,twice,high,2026-01-02T10:00:00Z,,,,,
R2,E-001,issue,to_cro,mail,before it was opened,high,2026-01-02T10:00:00Z,,2026-01-01T09:00:00Z,,,
R3,E-001,issue,to_cro,mail,negative pause,high,2026-01-02T10:00:00Z,,,-1,,
R4,E-999,issue,to_cro,mail,no such engagement,high,2026-01-02T10:00:00Z,,,,7,
R5,E-001,advice,to_cro,mail,never opened,high,,,,,,
R6,E-001,issue,to_cro,mail,no such day,high,2026-02-30,,,,,1889-01-01
"""
RULES = {"range": "type", "choices": "type"}
"""Rules that the row-wise validator does not tell apart."""


def test_the_row_wise_validator_finds_what_the_product_finds() -> None:
    text = f"{HEAD},paused_hours,escalation_level,cancelled_on{ROWS}"
    store = Store()
    commands.load(store, [FileIn("engagements.csv", engagements_csv())], STAMP, kpis={})
    answer = commands.load(store, [FileIn("requests.csv", text.encode())], STAMP, kpis={})
    theirs = problems(pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False))
    ours = {(one.row, one.column, RULES.get(one.rule, one.rule)) for one in answer.files[0].problems if one.blocks}
    assert ours == set(theirs)
    assert len(ours) == 9


def test_the_file_is_the_same_every_time_and_valid(tmp_path: Path) -> None:
    write_requests(tmp_path / "one.csv", 500)
    write_requests(tmp_path / "other.csv", 500)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    times = measure_load(tmp_path, 500)
    assert set(times.seconds) == {PRODUCT, BARE, BY_ROW}


def test_the_report_says_what_was_measured() -> None:
    load = LoadTimes(1_000_000, 149_000_000, {BARE: 2.0, PRODUCT: 6.0, BY_ROW: 30.0})
    packs = PackTimes(one=1.5, every=18.0, cros=8, files=51)
    text = report(load, 5.26, (1.5, 0.5), 9.0, 36, packs)
    assert f"| {PRODUCT} | 6.0 | 3.0 | 166,667 |" in text
    assert "1.5 s, which is 3.0 times an empty app" in text
    assert "takes 5.3 times the bytes of the file" in text
    # 1.5 of 3 s; 18 of the 24 s that 8 of 10 CROs have of 30 s
    assert "1.5 s, 50 % of the 3 s" in text
    assert "51 files: 18.0 s; the limit is 30 s for 10 CROs, and this is 75 %\nof the 24 s that fall to 8." in text


def test_a_page_has_its_own_time_beyond_the_empty_one() -> None:
    page = PageTimes("Home", first=1.0, again=0.2, anew=0.55, empty=0.05, slowest=(0.1, "fact_request"))
    text = performance([page], [page], 10_000_000)
    assert text.count("| Home | 150 | 500 | 950 | 50 | 100 ms: `fact_request` |") == 2
    assert "## 10,000,000 requests\n\nThe aim is 300 ms" in text


def test_the_many_requests_are_told_and_clocked(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.duckdb")
    commands.load(store, [FileIn("engagements.csv", engagements_csv())], STAMP, kpis={})
    store.close()
    many = Store(with_many(tmp_path / "store.duckdb", tmp_path, 1000))
    assert verify(many) == []
    with many.read() as cursor:
        assert cursor.execute("SELECT count(*) FROM rollup_request_clock").fetchall() == [(1000,)]
    many.close()


def test_the_memory_of_a_load_is_its_own_whatever_the_one_who_measures_has(tmp_path: Path) -> None:
    write_requests(tmp_path / "requests.csv", 20_000)
    much = bytearray(b"1") * (700 * 2**20)
    assert measure_memory(tmp_path / "requests.csv") > (tmp_path / "requests.csv").stat().st_size
    assert much
