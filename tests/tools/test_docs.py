"""The generated pages are those that the code would write now, and nothing that is declared is missing."""

from pathlib import Path

import pytest

from analytics.catalogue import ALL
from analytics.kpi import Kpi
from tools.docs import PAGES
from tools.kpi_page import kpi_page


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_generated_page_is_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run: make docs"


@pytest.mark.parametrize("kpi", ALL, ids=lambda kpi: kpi.id)
def test_the_page_tells_every_kpi_with_a_worked_example(kpi: Kpi) -> None:
    (section,) = [part for part in kpi_page().split("<a id=") if part.startswith(f'"kpi-{kpi.id.lower()}"')]
    for said in (kpi.label, kpi.definition, kpi.formula, kpi.source, kpi.caveat, kpi.when_red, "Worked by hand:"):
        assert said in section
