"""A KPI is declared in one place: nothing else depends on which KPIs there are, but for what is listed here."""

import ast
import re
from pathlib import Path

from analytics.catalogue import DIRECTIONS
from tests.server import ROOT

ROOMS = ("analytics", "data", "charts", "reports", "ui", "pages")
DECLARED = ("analytics/kpis/", "analytics/catalogue.py")
TOKEN = re.compile(r"'([^']*)'")
EXCEPTIONS = {
    "analytics/budget.py": "the KPIs at the head of the budget page, and what its table of exposure rates",
    "analytics/earned_value.py": "the variance at completion, of which it draws the range",
    "analytics/findings.py": "each rule of the early warning names the KPIs that it speaks of",
    "analytics/preview.py": "the figures that a project manager looks at first",
    "analytics/practices/communication.py": "the KPI at the head of the communication of a study",
    "analytics/practices/declared.py": "what each practice feeds",
    "analytics/practices/fit.py": "what is measured of what the survey asks",
    "analytics/practices/roles.py": "the KPIs at the head of the roles of a study",
    "analytics/practices/selection.py": "what is measured beside what a candidate claims",
    "analytics/relationship.py": "the KPIs at the head of the relationship",
    "analytics/responsiveness.py": "the KPIs whose curves and shares it draws",
    "analytics/studies.py": "what a study is over its contract, in the list of studies",
    "analytics/timelines.py": "the KPI whose interval stands beside the slips",
    "analytics/why/amounts.py": "the variances in money, each with the parts that it is made of",
    "data/contracts/actions.py": "an example of a row",
    "data/contracts/kpi_data.py": "an example of a row",
    "data/contracts/requirements.py": "an example of a row",
    "data/contracts/review_replies.py": "an example of a row",
    "data/contracts/targets.py": "an example of a row",
    "data/demo/bills.py": "the demo portfolio bills what its counts say",
    "data/demo/counts.py": "the counts of the demo portfolio",
    "data/demo/practices.py": "what the contracts of the demo portfolio promise",
    "pages/budget.py": "whose rows stand behind which of its tables",
    "pages/responsiveness.py": "the KPIs at the head of the page, and whose rows stand behind which of its tables",
    "pages/timelines.py": "the KPIs at the head of the page, and whose rows stand behind which of its tables",
    "reports/topics/responsiveness.py": "the KPI of which a review draws the line",
    "ui/forecast.py": "whose rows stand behind a queue and a forecast",
    "ui/waiting.py": "the KPIs whose curves and months it draws",
    "ui/why.py": "variances in money that are said in money",
}
"""Files that name a KPI by its id, each with its reason. None of them needs a line where a KPI is added."""


def _ids(path: Path) -> set[str]:
    """The KPIs that a file names in its texts."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return set(TOKEN.findall(source)) & set(DIRECTIONS)
    texts = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return {text for text in texts if isinstance(text, str)} & set(DIRECTIONS)


def test_no_file_names_a_kpi_without_a_reason() -> None:
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".sql")]
    naming = {str(path.relative_to(ROOT)) for path in paths if _ids(path)}
    assert {path for path in naming if not path.startswith(DECLARED)} == set(EXCEPTIONS)
