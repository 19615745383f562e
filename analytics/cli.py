"""The commands of `python -m analytics`: the same numbers as the pages, for scripts and for people."""

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from analytics.catalogue import ALL, BY_ID
from analytics.engine import kpi_rows
from analytics.forecast.backtest import backtest
from analytics.kpi import Domain
from analytics.measure import EXPRESSIONS, Dim
from analytics.scope import Baseline, Scope, newest
from analytics.score import DOMAIN_WEIGHT, Part, Score, Scorecard, scorecard
from analytics.view import View
from analytics.words import score as points
from analytics.words import shown
from data.service import Context, Program

EXAMPLES = """examples:
  python -m analytics scorecard
  python -m analytics scorecard --cro FORTIS --as-of 2026-09-30 --json
  python -m analytics kpi T01 --by cro
  python -m analytics kpi R02 --by cro,quarter --baseline current --json
  python -m analytics backtest

Without --as-of the newest status date of the store is the cut-off. Percent are 0 to 100, unrounded. Exit code 0: done;
1: refused, with the reason; 2: wrong use.
"""
FIELDS = (
    "value", "value_all", "numerator", "denominator", "n", "low", "high", "band", "points", "unit", "reason",
)  # fmt: skip


def program() -> Program:
    """What `python -m analytics` understands, and how it is run against a store."""
    return Program(parser, run)


def parser() -> ArgumentParser:
    """The arguments of `python -m analytics`."""
    top = ArgumentParser(
        prog="python -m analytics",
        description="Scorecards and KPIs of the CROs in the store (environment CRO_DB).",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True)
    card = commands.add_parser("scorecard", help="score, domains and KPIs by CRO")
    card.add_argument("--cro", metavar="ID", help="this CRO only")
    kpi = commands.add_parser(
        "kpi",
        help="one KPI by CRO, engagement, quarter or month",
        epilog="KPIs: " + "; ".join(f"{kpi.id} {kpi.label}" for kpi in ALL),
    )
    kpi.add_argument("kpi", metavar="KPI_ID", choices=list(BY_ID), help="such as T01; the list is below")
    kpi.add_argument("--by", type=dimensions, default=(), help="any of " + ",".join(EXPRESSIONS) + ", with commas")
    test = commands.add_parser("backtest", help="what the forecasts of earlier quarters came to")
    for command in (card, kpi, test):
        command.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="cut-off, such as 2026-09-30")
        command.add_argument("--known-at", type=int, metavar="N", help="look only at uploads up to this number")
        command.add_argument("--baseline", choices=["original", "current"], default="original")
        command.add_argument("--json", action="store_true", help="print JSON")
    return top


def dimensions(text: str) -> tuple[Dim, ...]:
    """`cro,month` as dimensions. Raises ValueError on any other word."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := set(names) - set(EXPRESSIONS):
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    return cast(tuple[Dim, ...], tuple(dict.fromkeys(names)))


def run(arguments: Namespace, context: Context) -> int:
    """Answer a command from the store; 1 where there is nothing to answer from."""
    with context.store.read() as cursor:
        as_of, known_at = newest(cursor, arguments.known_at)
        day = arguments.as_of or as_of
        if day is None:
            print("The store is empty: load engagements, milestones and budget first.", file=context.err)
            return 1
        cros = (arguments.cro,) if arguments.command == "scorecard" and arguments.cro else ()
        scope = Scope(as_of=day, known_at=known_at, baseline=cast(Baseline, arguments.baseline), cros=cros)
        view = View(cursor, scope)
        if arguments.command == "kpi":
            rows = kpi_rows(view, [BY_ID[arguments.kpi]], arguments.by)
            answer = [{"kpi": row["kpi"]} | _fields(row, arguments.by) for row in rows]
            lines = _kpi_lines(rows, arguments.by)
        elif arguments.command == "backtest":
            report = backtest(view)
            answer, lines = [report.json()], report.sentences()
        else:
            card = scorecard(view)
            if cros and not card.scores:
                print(f"The store has no engagement of a CRO {arguments.cro}.", file=context.err)
                return 1
            answer, lines = scorecard_json(card), _card_lines(card)
    print(json.dumps(answer, indent=2) if arguments.json else "\n".join(lines), file=context.out)
    return 0


def scorecard_json(card: Scorecard) -> list[dict[str, Any]]:
    """The scorecard as plain lists and dicts, unrounded."""
    return [
        {
            "cro": cro,
            "name": card.names[cro],
            "score": score.value,
            "band": score.band,
            "coverage": score.coverage,
            "stale": score.stale,
            "low": score.low,
            "high": score.high,
            "caps": score.caps,
            "domains": [_domain(score, domain) for domain in Domain if _parts(score, domain)],
            "studies": _studies(card, cro),
        }
        for cro, score in card.scores.items()
    ]


def _domain(score: Score, domain: Domain) -> dict[str, Any]:
    return {
        "domain": domain,
        "score": score.domains.get(domain),
        "weight": DOMAIN_WEIGHT,
        "kpis": [
            {"kpi": part.kpi, **_fields(part.row, ())}
            | {"points": part.points, "weight": part.weight, "stale": part.stale, "contribution": part.contribution}
            for part in _parts(score, domain)
        ],
    }


def _parts(score: Score, domain: Domain) -> list[Part]:
    return [part for part in score.parts if part.domain is domain]


def _studies(card: Scorecard, cro: str) -> list[dict[str, Any]]:
    own = card.studies[card.studies["cro_id"] == cro]
    named = own[["engagement_id", "study_id", "status", "score", "active"]].rename(
        columns={"engagement_id": "engagement", "study_id": "study", "status": "band"}
    )
    return cast(list[dict[str, Any]], named.astype(object).to_dict("records"))


def _fields(row: Any, by: Sequence[Dim]) -> dict[str, Any]:
    return {name: row[name] for name in (*by, *FIELDS)}


def _kpi_lines(rows: Iterable[dict[str, Any]], by: Sequence[Dim]) -> list[str]:
    lines = [[*by, "value", "n", "low", "high", "band", "reason"]]
    for row in rows:
        kpi = BY_ID[row["kpi"]]
        unit = kpi if row["unit"] == kpi.unit else None
        value = shown(kpi, row["value"], row["green"], row["red"]) if unit else _amount(row)
        interval = [shown(kpi, row[side]) if row[side] is not None else "" for side in ("low", "high")]
        lines.append(
            [*(str(row[dim]) for dim in by), value, f"{row['n']:g}", *interval, row["band"], row["reason"] or ""]
        )
    return _aligned(lines)


def _amount(row: dict[str, Any]) -> str:
    return "–" if row["value"] is None else f"{row['unit']} {row['value']:,.2f}"


def _card_lines(card: Scorecard) -> list[str]:
    lines = [["cro", "score", "band", "coverage", "stale", *(domain.value for domain in Domain), "why"]]
    for cro, score in card.scores.items():
        domains = [points(score.domains[domain]) if domain in score.domains else "" for domain in Domain]
        stale = "stale" if score.stale else ""
        lines.append(
            [cro, points(score.value), score.band, f"{score.coverage:.0f} %", stale, *domains, "; ".join(score.caps)]
        )
    return _aligned(lines)


def _aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
