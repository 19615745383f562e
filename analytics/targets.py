"""Which thresholds and weights hold, for whom, since when and on what they rest: what the settings show."""

from typing import Any

import pandas as pd

from analytics.catalogue import BY_ID, RATED
from analytics.engine import kpi_rows
from analytics.headline import limits_words
from analytics.kpi import Kpi, contradicts
from analytics.thresholds import TARGETS, Threshold, Thresholds
from analytics.view import View

COLUMNS = (
    "kpi", "label", "domain", "unit", "better", "scored", "cro_id", "engagement_id", "whom", "green", "red", "limits",
    "weight", "basis", "since", "contradicts",
)  # fmt: skip
NAMES = "SELECT engagement_id, study_id, cro_id, cro FROM fact_engagement ORDER BY cro, study_id, engagement_id"
# Of two targets of one engagement, one that names its CRO too is the more particular.
TOLD = """
SELECT
    target.kpi_id AS kpi, target.cro_id AS written_cro, target.effective_from AS since,
    coalesce(nullif(target.cro_id, ''), engagement.cro_id, '') AS cro_id, target.engagement_id,
    target.green::DOUBLE AS green, target.red::DOUBLE AS red, target.weight::DOUBLE AS weight
FROM known_targets AS target
LEFT JOIN fact_engagement AS engagement ON engagement.engagement_id = target.engagement_id
WHERE (target.engagement_id = '' OR engagement.engagement_id IS NOT NULL)
    AND (target.cro_id = '' OR target.cro_id IN (SELECT cro_id FROM fact_engagement))
"""
IN_FORCE = f"""
SELECT * FROM ({TOLD}) WHERE since <= $as_of
QUALIFY row_number() OVER (PARTITION BY kpi, cro_id, engagement_id ORDER BY written_cro = '', since DESC) = 1
ORDER BY cro_id, engagement_id
"""
COMING = f"SELECT * FROM ({TOLD}) WHERE since > $as_of ORDER BY since, kpi, cro_id, engagement_id"


def in_force(view: View) -> pd.DataFrame:
    """Thresholds and weight of each KPI in use at the as-of date: for all, then each CRO or engagement that differs.

    In use is what any engagement in scope has a row of. Columns: kpi, label, domain, unit, better, scored, cro_id and
    engagement_id (empty for all), whom, green and red (in the KPI's unit, None where it is not rated), limits (both in
    words), weight, basis (in words), since (None for a default), contradicts (red is better than green, so that no
    colour can be trusted).
    """
    used = {row["kpi"] for row in kpi_rows(view, RATED, ()) if row["ever"]}
    told = view.rows(IN_FORCE)
    limits, names = _limits(view), whose(view)
    rows = []
    for kpi in RATED:
        if kpi.id in used:
            own = [row for row in told if row["kpi"] == kpi.id]
            if not any((row["cro_id"], row["engagement_id"]) == ("", "") for row in own):
                own.insert(0, {"cro_id": "", "engagement_id": "", "since": None})
            rows += [_row(kpi, row, limits, names) for row in own]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def coming(view: View) -> pd.DataFrame:
    """Targets that are agreed and do not hold yet: kpi, label, whom, since, green, red, weight."""
    names = whose(view)
    rows = [
        row | {"label": BY_ID[row["kpi"]].label, "whom": names[row["cro_id"], row["engagement_id"]]}
        for row in view.rows(COMING)
    ]
    return pd.DataFrame(rows, columns=["kpi", "label", "whom", "since", "green", "red", "weight"], dtype=object)


def whose(view: View) -> dict[tuple[str, str], str]:
    """For whom a target can be: (CRO, engagement), empty where all, to the name; CROs before their engagements."""
    found = {("", ""): "all CROs"}
    for row in view.rows(NAMES):
        found.setdefault((row["cro_id"], ""), row["cro"])
        found[row["cro_id"], row["engagement_id"]] = f"{row['study_id']} ({row['engagement_id']}), {row['cro']}"
    return found


def held(view: View, kpi: str, cro: str, engagement: str) -> Threshold:
    """What holds for a KPI and a CRO or engagement, both empty for all. Raises KeyError where there is no such KPI."""
    return _limits(view).of(BY_ID[kpi], cro, engagement)


def written_cro(view: View, kpi: str, cro: str, engagement: str) -> str:
    """The CRO under which a new target is to be written: for an engagement none, unless the one that rules names it."""
    if not engagement:
        return cro
    ruling = [row for row in view.rows(IN_FORCE) if (row["kpi"], row["engagement_id"]) == (kpi, engagement)]
    return str(ruling[0]["written_cro"]) if ruling else ""


def _limits(view: View) -> Thresholds:
    """What is written, without what a scope of one CRO asks about and without what is moved."""
    return Thresholds(view.rows(TARGETS), {row["engagement_id"]: row["cro_id"] for row in view.rows(NAMES)})


def _row(kpi: Kpi, told: dict[str, Any], limits: Thresholds, names: dict[tuple[str, str], str]) -> dict[str, Any]:
    cro, engagement = told["cro_id"], told["engagement_id"]
    limit = limits.of(kpi, cro, engagement)
    basis = limit.words if told["since"] else f"{limit.words}: {kpi.threshold_source}"
    return {
        "kpi": kpi.id, "label": kpi.label, "domain": kpi.domain.value, "unit": kpi.unit, "better": kpi.better.value,
        "scored": kpi.scored, "cro_id": cro, "engagement_id": engagement, "whom": names[cro, engagement],
        "green": limit.green, "red": limit.red, "limits": limits_words(kpi, limit.green, limit.red),
        "weight": limit.weight, "basis": basis, "since": told["since"],
        "contradicts": contradicts(kpi.better, limit.green, limit.red),
    }  # fmt: skip
