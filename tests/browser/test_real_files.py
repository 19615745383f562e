"""Two real files, dropped in a real browser as they are: how they are read was said on the command line before.

Left out where the files are not beside the project.
"""

import csv
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from data.store import Store
from tests.browser.conftest import Visit
from tests.browser.test_intake_journeys import nothing_is_asked
from tests.browser.test_journeys import settled, upload
from tests.data.helpers import told
from tests.server import ROOT, Server, serve

FOLDER = Path(__file__).parents[3] / "shared" / "real"
QUERIES, DELIVERIES = "clindata_edc_queries.csv", "usaid_scms_delivery_history.csv"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (FOLDER / QUERIES).exists(), reason="the real files are not here"),
]

ENGAGEMENT = """engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency
E-014,FORTIS,ABC-301,Phase 3,2004-01-01,2030-12-31,8400000,EUR
"""
READ = {
    QUERIES: (
        "--kind", "requests", "--map", "datapointid=request_id", "--map", "created=opened_at",
        "--map", "answered=first_response_at", "--map", "resolved=resolved_at", "--map", "markinggroup=channel",
        "--set", "type=data_query", "--map-value", "channel:system query=system",
    ),
    DELIVERIES: (
        "--kind", "deliverables", "--map", "ID=deliverable_id", "--map", "Item Description=name",
        "--map", "Scheduled Delivery Date=due_original", "--map", "Delivered to Client Date=delivered",
        "--map", "Project Code=", "--map", "Vendor=",
    ),
}  # fmt: skip


def keep_profile(server: Server, folder: Path, file: str) -> None:
    """Say on the command line how a file is read, with its first line of data."""
    with (FOLDER / file).open(encoding="utf-8-sig", newline="") as whole:
        (folder / "first.csv").write_text("".join(itertools.islice(whole, 2)), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "data", "load", str(folder / "first.csv"), "--profile", "Sender", *READ[file],
         "--set", "engagement_id=E-014", "--reason", "the dates of the file are old"],
        cwd=ROOT, env={**os.environ, "CRO_DB": str(server.store)}, capture_output=True, timeout=120, check=True,
    )  # fmt: skip


@pytest.mark.parametrize("file", [QUERIES, DELIVERIES])
def test_a_real_file_is_read_by_its_profile_and_the_second_time_nothing_is_asked_and_nothing_new(
    visit: Visit, tmp_path: Path, file: str
) -> None:
    with (FOLDER / file).open(encoding="utf-8-sig", newline="") as whole:
        lines = sum(1 for _ in csv.reader(whole)) - 1
    path = tmp_path / "cro.duckdb"
    store = Store(path)
    told(store, {"cros": "cro_id,name\nFORTIS,Fortis Research\n", "engagements": ENGAGEMENT})
    store.close()
    page = visit.page
    with serve(tmp_path, path) as server:
        keep_profile(server, tmp_path, file)
        page.goto(f"{server.url}/data")
        settled(page)
        upload(page, [str(FOLDER / file)])
        # How it is read is known; only that dates of more than ten years ago are right has to be said, of two columns.
        expect(page.get_by_text("Not ready yet: 2 reasons to give. Nothing is kept")).to_be_visible()
        expect(page.get_by_text("read with profile Sender")).to_be_visible()
        why = page.get_by_role("textbox", name="Why is it right?")
        for place, left in enumerate(("Not ready yet: 1 reason to give", "Not ready yet")):
            why.nth(place).fill("loaded years later")
            why.nth(place).press("Enter")
            expect(page.get_by_text(left)).to_have_count(1 - place)
        # One line of it was loaded when the profile was made.
        page.get_by_role("button", name=f"Accept {lines - 1:,} rows").click()
        expect(page.get_by_text(f"{lines - 1:,} new.")).to_be_visible()

        upload(page, [str(FOLDER / file)])
        expect(page.get_by_text("Nothing new: the store has these rows already.")).to_be_visible()
        settled(page)
        nothing_is_asked(page)
        expect(page.get_by_role("button", name="Accept")).to_have_count(0)
