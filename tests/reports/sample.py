"""Packs of every size for the tests of the formats: made up, and deterministic."""

from datetime import date, timedelta

from reports.content import Chart, Column, Figure, Figures, Pack, Section, Series, Table, Text

LONG = "Institut für klinische Forschung und Arzneimittelentwicklung Nordwestdeutschland GmbH & Co. KG"
ATTACK = '=HYPERLINK("http://evil.example";"x") </script><script>alert(1)</script>'


def figure(place: int, *, missing: bool = False, red: bool = False) -> Figure:
    """A figure whose value no rounding makes another's."""
    value = None if missing else 61.0 + place + 1 / 3
    return Figure(
        id=f"T{place:02d}", label=f"Milestones on time {place}", domain=("Time", "Cost", "Quality")[place % 3],
        unit="%",
        value=value, text="–" if value is None else f"{value:.1f} %",
        band="not_reported" if missing else "red" if red else "green",
        word="not reported" if missing else "misses its target",
        n=None if missing else 40.0 + place, counted="" if missing else f"{25 + place} of {40 + place} milestones",
        low=None if missing else 50.125 + place, high=None if missing else 72.375 + place,
        interval="Not reported." if missing else f"95 % interval {50 + place} to {72 + place} % (Wilson).",
        definition="Share of the milestones due in the period that were reached by their baseline date.",
        threshold="Green from 90 %, red under 80 % (agreed: clause 7.2).", source="DIN 1; upload 12",
        previous=None if missing else 58.5 + place, previous_text="" if missing else f"{58.5 + place:.1f} %",
        points=None if missing else 31.25, weight=1.0,
        explained="Two sites closed in July." if red else "",
        reply="disputed: 91 % (ticket export)" if red else "no reply",
    )  # fmt: skip


def pack(engagements: int = 8, *, long: bool = False, missing: bool = False) -> Pack:
    """The pack of one CRO with so many engagements."""
    cro = LONG if long else "Fortis Research"
    studies = tuple(f"{LONG[:60]} {n}" if long else f"ABC-{300 + n}" for n in range(engagements))
    figures = tuple(figure(place, missing=missing or place % 5 == 4, red=place % 4 == 1) for place in range(12))
    days = tuple(float((number * 37) % 90 - 10) for number in range(engagements))
    quarters = ("2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3")
    score = (None, None, None, None) if missing else (71.5, 68.25, 74.0, 66.125)
    slips = Chart(
        title="Slip by study: theirs, ours, external", subtitle="Days late against the original baseline.",
        kind="stacked_bar",
        categories=studies,
        series=(
            Series(name="CRO", values=tuple(max(0.0, each) for each in days), role="cro"),
            Series(name="Sponsor", values=tuple(float(number % 7) for number in range(engagements)), role="sponsor"),
            Series(name="External", values=tuple(float(number % 3) for number in range(engagements)), role="external"),
        ),
        unit="days",
    )  # fmt: skip
    actions = Table(
        title="Actions of the last review",
        columns=(Column(name="What", wide=True), Column(name="Owner"), Column(name="Due", format="day"),
                 Column(name="Days late", format="number"), Column(name="Amount", format="money", digits=2)),
        rows=() if missing else tuple(
            (f"{ATTACK if number == 0 else 'Second monitor for the Iberian sites, trained and released'} {number}",
            "Jan Berg",
             (date(2026, 7, 1) + timedelta(days=number)).isoformat(), number * 3, 1234.5 + number)
            for number in range(max(3, engagements))
        ),
        empty="Nothing was agreed.",
    )  # fmt: skip
    sections = (
        Section(key="actions", title="Last quarter's actions", finding="4 of 6 done, 2 late.", blocks=(actions,)),
        Section(
            key="summary", title="Summary", finding=f"{cro}: amber, 66 of 100.",
            blocks=(
                Figures(figures=figures[:4], tiles=True),
                Chart(title="Score over four quarters", subtitle="Points of 100 at each quarter's end.", kind="line",
                      categories=quarters, series=(Series(name="Score", values=score),), digits=1),
                Text(title="Three changes", lines=(f"{studies[0]}: 12 days later.", "Two requests escalated.", ATTACK)),
                Text(title="Decisions asked for", lines=("Fund a second monitor?",), internal=True),
            ),
        ),
        Section(key="scorecard", title="Scorecard", finding="3 of 12 KPIs are red.",
        blocks=(Figures(figures=figures),)),
        Section(key="timeline", title="Timeline", finding="41 days late in all.", blocks=(slips,)),
        Section(
            key="finance", title="Finance", finding="EUR 0.4m over at completion.",
            blocks=(
                Chart(title="Contract to forecast", subtitle="Millions of EUR.", kind="column",
                      categories=("Contract", "Orders", "Forecast"),
                      series=(Series(name="EUR m", values=(8.4, 0.35, 9.125)),), unit="m EUR", digits=2),
                Text(lines=("Our margin for negotiation: EUR 0.2m.",), internal=True),
            ),
        ),
        Section(key="internal", title="What we think", finding="Only for us.",
        blocks=(Text(lines=("INTERNAL-NOTE",)),), internal=True),
    )  # fmt: skip
    return Pack(
        review_id="FORTIS-2026-Q3", cro_id="FORTIS", cro=cro, quarter="2026-Q3", cut_off="2026-09-30", known_at=37,
        told_on="2026-11-12", baseline="original", currency="EUR", version="1.4", definitions="a1b2c3",
        sections=sections,
        prepared_by="Anna Lindqvist", frozen_on="2026-11-05", frozen_by="Anna Lindqvist",
    )  # fmt: skip
