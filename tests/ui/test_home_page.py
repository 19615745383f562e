"""Home, as a reader sees it: with the demo portfolio, one CRO, and nothing."""

from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def home(**query: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def said(app: AppTest) -> str:
    return "\n".join(element.value.replace("\\", "") for element in (*app.markdown, *app.caption, *app.title))


@pytest.mark.usefixtures("demo_copy")
def test_the_demo_tells_its_stories() -> None:
    app = home()
    assert not app.exception
    text = said(app)
    # stories of data/demo/stories.toml: the dying study below green KPIs, and the CRO that stopped reporting
    assert "held at amber: MIR-202 is red" in text
    assert "has told nothing new since 30 Jun 2026" in text
    assert "has 48 of 100, red since 2025-Q4 or before: Delivery (34)" in text  # Brightmoor, the worst
    assert "2 agreements have ended, " in "".join(box.label for box in app.expander)
    assert "3 returns are late" in text
    assert "Priya Nair" in text
    # by hand in the ledger: 2,778,506 forecast against 2,128,000 contracted
    assert "EUR 651k over" in text
    # tests/demo/test_early_warning.py says which; a recovery is good news and asks for nobody
    assert "6 act now, " in text
    assert "good news · new: since 30 Sep 2026, a month before" in text
    assert sum(":red-badge[act now]" in element.value for element in app.markdown) == 6
    assert "As of 31 Oct 2026" in text
    assert len(app.get("plotly_chart")) == 1


@pytest.mark.usefixtures("demo_copy")
def test_the_address_carries_the_scope() -> None:
    app = home(as_of="2026-06-30", cros="OSTWALD")
    assert not app.exception
    text = said(app)
    assert "As of 30 Jun 2026" in text
    assert "Every return is in" in text  # it reported up to that day
    figure = app.get("plotly_chart")[0].proto.spec
    assert "Ostwald" in figure
    assert "Haldis" not in figure
    assert app.query_params["cros"] in ("OSTWALD", ["OSTWALD"])


@pytest.mark.usefixtures("demo_copy")
@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("0001-01-01", "31 Oct 2026"),
        ("1989-12-31", "31 Oct 2026"),
        ("1990-01-01", "1 Jan 1990"),
        ("2100-12-31", "31 Dec 2100"),
        ("2101-01-01", "31 Oct 2026"),
        ("9999-12-31", "31 Oct 2026"),
        ("yesterday", "31 Oct 2026"),
    ],
)
def test_an_as_of_date_of_no_row_is_passed_over_like_any_that_is_none(told: str, shown: str) -> None:
    """A row tells of days from 1990 to 2100; on one outside there is no year before it, or none behind."""
    app = home(as_of=told)
    assert not app.exception
    assert f"As of {shown}" in said(app)


@pytest.mark.usefixtures("demo_copy")
def test_the_last_look_says_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """After 31 October nothing was loaded into the demo, so a look in November saw everything."""
    monkeypatch.setattr("ui.looked.last_look", lambda: datetime(2026, 11, 16, 9))  # noqa: DTZ001 (the ledger's)
    app = home()
    assert not app.exception
    assert "new: since 16 Nov 2026, when you last looked" in said(app)
    assert not any(":orange-badge[new]" in element.value for element in app.markdown)


@pytest.mark.usefixtures("demo_copy")
def test_everything_can_be_narrowed_to_a_level() -> None:
    app = home()
    table = next(frame.value for frame in app.dataframe if "stake" in frame.value)
    assert set(table["level"]) == {"act now", "soon", "good news"}
    app.button_group(key="levels").set_value(["act now"]).run()
    table = next(frame.value for frame in app.dataframe if "stake" in frame.value)
    assert list(table["level"]) == ["act now"] * 6


@pytest.mark.usefixtures("demo_copy")
def test_one_domain_opens_to_its_kpis() -> None:
    app = home(domain="Time")
    assert not app.exception
    figure = app.get("plotly_chart")[0].proto.spec
    assert "Milestones on" in figure
    assert "CRO performance" not in figure


def test_an_empty_store_says_how_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRO_DB", str(tmp_path / "new.duckdb"))
    app = home()
    assert not app.exception
    assert app.title[0].value == "Start with three files"
    assert "1. Engagements" in said(app).replace("*", "")


def _late() -> None:
    import pandas as pd

    from ui import monday

    late = [(f"PM {place // 7}", f"S-{place}", 4) for place in range(14 * 7)]
    monday.late_returns(pd.DataFrame(late, columns=["pm", "study_id", "missing"]), None)


def test_of_very_many_late_returns_the_first_are_named_and_the_others_counted() -> None:
    app = AppTest.from_function(_late, default_timeout=60).run()
    [text] = [element.value.replace("\\", "") for element in app.markdown]
    # 14 project managers with 7 studies each: 12 and 5 are named.
    assert "98 returns are late" in text
    assert "**PM 0** (S-0, S-1, S-2, S-3, S-4 and 2 more; 4 months) · **PM 1**" in text
    assert "**PM 11**" in text
    assert text.endswith(" · 2 more project managers")
