"""What moved a score adds up, and the sentences say it with the right numbers."""

from collections.abc import Iterator
from datetime import date

import pytest

from analytics import changes, matrix
from analytics.kpi import Band, Domain
from analytics.scope import Scope
from analytics.score import GREEN_FROM, history, scorecard
from analytics.sentences import MOST_ELSE, MOST_RED, sentences
from analytics.view import View
from analytics.why.score import effects
from data.store import Store

AS_OF, QUARTER = date(2026, 10, 31), date(2026, 9, 30)


@pytest.fixture(scope="module")
def view(demo_store: Store) -> Iterator[View]:
    with demo_store.read() as cursor:
        yield View(cursor, Scope(as_of=AS_OF, known_at=demo_store.version))


def test_the_effects_of_kpis_add_up_to_the_change_of_every_score(view: View) -> None:
    end, old = changes.before(view)
    assert end == QUARTER
    for cro, score in scorecard(view).scores.items():
        moved = effects(old.scores[cro].parts, score.parts)
        change = (score.value or 0) - (old.scores[cro].value or 0)  # all are rated at both dates
        assert sum((moved or {}).values()) == pytest.approx(change, abs=1e-9)


def test_every_red_cro_is_explained_first_and_the_stories_follow(view: View) -> None:
    """The two red ones, the worst first; then the silence of one of them, before others (data/demo/stories.toml)."""
    said = [sentence.about for sentence in sentences(view)]
    assert said[:4] == ["BRIGHTMOOR", "OSTWALD", "OSTWALD", "NORVEK"]
    assert len(said) <= MOST_RED + MOST_ELSE


def test_a_sentence_leads_to_its_evidence(view: View) -> None:
    evidence = [(sentence.about, sentence.page, sentence.parameters) for sentence in sentences(view)]
    assert ("BRIGHTMOOR", "cros", {"cro": "BRIGHTMOOR"}) in evidence
    assert ("NORVEK", "studies", {"engagement": "E-2506"}) in evidence
    assert ("OSTWALD", "data", {"data": "Freshness"}) in evidence


def test_a_light_is_dated_by_the_quarter_in_which_it_came(view: View) -> None:
    """Norvek was green on 31 March; Brightmoor is red at all four quarter ends that are looked at."""
    with view.at(date(2026, 3, 31)) as then:
        assert scorecard(then).scores["NORVEK"].band is Band.GREEN
    assert changes.light_since(view, "NORVEK") == "since 2026-Q2"
    assert changes.light_since(view, "BRIGHTMOOR") == "since 2025-Q4 or before"
    with view.at(QUARTER) as then:  # looked at from a quarter end, the one before it is the first to be asked
        assert changes.light_since(then, "NORVEK") == "since 2026-Q2"


def test_the_matrix_has_both_lights_and_every_domain_in_use_for_every_cro(view: View) -> None:
    table = matrix.by_domain(view)
    card = scorecard(view)
    columns = list(dict.fromkeys(table["column"]))
    assert columns == [matrix.PERFORMANCE, matrix.STUDIES, *matrix.domains_in_use(view)]
    assert len(table) == len(columns) * len(card.scores)
    performance = table[table["column"] == matrix.PERFORMANCE].set_index("cro_id")
    for cro, score in card.scores.items():
        assert performance.loc[cro, "band"] == score.band
        assert performance.loc[cro, "points"] == score.value
        assert performance.loc[cro, "target"] == GREEN_FROM
    assert table.loc[table["column"] == matrix.STUDIES, "points"].isna().all()  # a count of studies has no points


def test_red_ones_stand_on_top(view: View) -> None:
    order = matrix.by_attention(scorecard(view))
    bands = [scorecard(view).scores[cro].band.value for cro in order]
    assert bands == sorted(bands, key=["red", "amber", "unrated", "green"].index)


def test_a_domain_opens_to_kpi_values_of_five_dates(view: View) -> None:
    table = matrix.by_kpi(view, Domain.TIME)
    whole = matrix.by_domain(view).query("column == 'Time'").set_index("cro_id")
    first = table[table["column_order"] == 0].set_index("cro_id")
    assert set(first["column"]) == {"Time"}
    assert first["text"].to_dict() == whole["text"].to_dict()
    norvek = table[(table["cro_id"] == "NORVEK") & (table["column"] == "Milestones on time")].iloc[0]
    assert norvek["text"] == "92.3 %"  # 24 of 26, counted in data/demo/stories.toml
    assert len(norvek["history"]) == len(history(view, matrix.QUARTERS)) == 5
