"""The page docs/practices.md, from what is declared."""

from analytics.catalogue import BY_ID
from analytics.practices.declared import PRACTICES, Practice

HEAD = """# The seven practices

Written by `make docs` from `analytics/practices/declared.py`; do not edit it here.

Working with a CRO succeeds by seven practices. Each is a part of the product that is written in a table of its page, or
loaded as a file, and each feeds the score or the review.

| practice | what it asks | where it is | what is loaded | what it feeds |
|---|---|---|---|---|
"""


def practices_page() -> str:
    """The whole page."""
    return HEAD + "".join(map(_row, PRACTICES))


def _row(practice: Practice) -> str:
    places = ", ".join(f"*{page}*, {tab}" for page, tab in practice.places)
    kinds = ", ".join(f"[{kind}](data-dictionary.md#{kind})" for kind in practice.kinds)
    kpis = ", ".join(f"[{BY_ID[kpi].label}](kpis.md#kpi-{kpi.lower()})" for kpi in practice.kpis)
    feeds = f"{kpis}. {practice.also}" if kpis else practice.also
    return f"| **{practice.name}** | {practice.asks} | {places} | {kinds} | {feeds} |\n"
