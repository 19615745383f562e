"""What can be chosen: the values of the filters, and the ids that a column may name, among what the viewer may see."""

from analytics.view import View
from data.contracts import BY_KIND

CROS = "SELECT {columns} FROM known_cros WHERE $visible_cros IS NULL OR list_contains($visible_cros, cro_id)"
FILTERS = {
    "cros": f"FROM ({CROS.format(columns='cro_id AS code, name AS shown')}) ORDER BY shown, code",
    "studies": "SELECT DISTINCT study_id AS code, code AS shown FROM fact_engagement ORDER BY code",
    "areas": "SELECT DISTINCT therapeutic_area AS code, code AS shown FROM fact_engagement ORDER BY code",
    "phases": "SELECT DISTINCT phase AS code, code AS shown FROM fact_engagement ORDER BY code",
    "tiers": f"FROM ({CROS.format(columns='DISTINCT tier AS code, tier AS shown')}) ORDER BY code",
    "pms": "SELECT DISTINCT sponsor_pm AS code, code AS shown FROM fact_engagement ORDER BY code",
}
"""The question for each filter of a scope, by its name there."""
LABELS = {
    "cros": "name",
    "engagements": "concat_ws(', ', study_id, title)",
    "change_orders": "concat_ws(', ', engagement_id, reason)",
}
"""How the id of a kind is explained, in SQL."""
IDS = "SELECT {key} AS own, {label} AS said FROM known_{kind} WHERE {seen} ORDER BY own LIMIT 5000"
SEEN = {
    "cro_id": "(coalesce(cro_id, '') = '' OR $visible_cros IS NULL OR list_contains($visible_cros, cro_id))",
    "engagement_id": "(coalesce(engagement_id, '') = '' "
    "OR engagement_id IN (SELECT engagement_id FROM fact_engagement))",
}
"""Which rows may be seen of a kind with the column; one of nobody is everybody's."""

Choices = dict[str, str]
"""As it is written, and as it is shown."""


def filters(view: View) -> dict[str, Choices]:
    """What each filter of a scope can be set to. Ask it of a scope without filters: they would narrow each other."""
    return {
        name: {row["code"]: row["shown"] for row in view.rows(question) if row["code"]}
        for name, question in FILTERS.items()
    }


def ids(view: View, kind: str) -> Choices:
    """The first 5,000 ids of a kind, each with what explains it."""
    contract = BY_KIND[kind]
    seen = " AND ".join(sql for name, sql in SEEN.items() if name in contract.names) or "TRUE"
    question = IDS.format(key=contract.keys[0], label=LABELS.get(kind, "NULL"), kind=kind, seen=seen)
    return {row["own"]: f"{row['own']} · {row['said']}" if row["said"] else row["own"] for row in view.rows(question)}
