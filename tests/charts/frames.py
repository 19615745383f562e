"""A frame for each figure, of as many rows (or CROs) as asked for, made by rule: nothing here is random."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from charts.theme import LIGHT, Look

AS_OF = date(2026, 9, 30)
NAN = float("nan")
HOSTILE = ("<a href=http://x>", "=1+1", "<b>bold</b> & co", "100 % %{x}", "2024", "", "a" * 200)
BANDS = ("green", "amber", "red", "too_few", "not_reported", "not_applicable", "unrated")
MILESTONES = ("First patient in", "Last patient in", "Database lock")


def months(n: int) -> list[date]:
    """The first days of `n` months up to the as-of date."""
    ends = [(AS_OF.year * 12 + AS_OF.month - 1 - i) for i in range(n)]
    return [date(m // 12, m % 12 + 1, 1) for m in reversed(ends)]


def scorecard(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cro": name,
            "column": column,
            "text": f"{90 - i % 50}.5 %",
            "band": BANDS[(i + k) % 7],
            "points": [100.0, 70.0, 20.0, NAN, NAN, NAN, NAN][(i + k) % 7],
            "history": None if (i + k) % 7 == 4 else [50.0, NAN, 60.0, 90.0 - i % 50],
            "target": 80.0 if k else NAN,
            "change": "+3.1" if k else "",
            "n": 10 + i,
            "stale": k == 2,
            "order": i,
            "column_order": k,
        }
        for i, name in enumerate(names)
        for k, column in enumerate(("CRO performance", "Study status", "Time", "Cost"))
    )


def bullets(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "unit": "%",
            "text": f"{70 + i % 30} %",
            "value": 70.0 + i % 30,
            "green": 90.0,
            "red": 80.0,
            "better": "higher",
            "low": 60.0,
            "high": 99.0,
            "previous": 85.0,
            "band": BANDS[i % 4],
            "n": i,
            "word": ("meets its target", "amber, could be green", "misses its target", "too few")[i % 4],
        }
        for i, name in enumerate(names)
    )


def gantt(names: Sequence[str]) -> pd.DataFrame:
    plan = [date(2026, 1, 1) + timedelta(days=7 * i) for i in range(len(names))]
    return pd.DataFrame(
        {
            "milestone": name,
            "baseline": pd.Timestamp(plan[i]),
            "current_baseline": pd.Timestamp(plan[i] + timedelta(days=10)) if i % 3 == 0 else pd.NaT,
            "actual": pd.Timestamp(plan[i] + timedelta(days=5)) if i % 2 else pd.NaT,
            "forecast": pd.NaT if i % 2 else pd.Timestamp(plan[i] + timedelta(days=40)),
            "slip_days": 5.0 if i % 2 else 40.0,
            "contractual": i % 2 == 0,
            "state": ("late", "done", "open", "done")[i % 4],
        }
        for i, name in enumerate(names)
    )


def s_curve(names: Sequence[str]) -> pd.DataFrame:
    told = max(len(names) * 2 // 3, 1)
    return pd.DataFrame(
        {
            "month": month,
            "pv": 100_000.0 * (i + 1),
            "ev": 90_000.0 * (i + 1) if i < told else NAN,
            "ac": 95_000.0 * (i + 1) if i < told else NAN,
            "pv_current": 98_000.0 * (i + 1),
        }
        for i, month in enumerate(months(len(names)))
    )


def slip(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "milestone": MILESTONES[i % 3],
            "engagement": name,
            "cro": name,
            "slip_days": float(i - 3),
            "state": ("actual", "forecast")[i % 2],
        }
        for i, name in enumerate(names)
    )


def causes(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"cro": name, "cause": cause, "days": float(10 * i + k + 1), "items": k + 1}
        for i, name in enumerate(names)
        for k, cause in enumerate(("cro", "sponsor", "external", "not recorded"))
    )


def share(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "value": 95.0 - i % 40,
            "low": 50.0,
            "high": 98.0,
            "n": 20,
            "numerator": 15,
            "denominator": 20,
            "band": BANDS[i % 4],
        }
        for i, name in enumerate(names)
    )


def trend(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "told": month,
            "milestone": name,
            "forecast": date(2026, 6, 1) + timedelta(days=k * (i % 5 - 1)),
            "actual": i == 1 and k == 5,
            "slip_days": NAN if i % 4 == 3 else float(i % 5 - 1),
        }
        for i, name in enumerate(names)
        for k, month in enumerate(months(6))
    )


def due(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "milestone": MILESTONES[i % 3],
            "cro": name,
            "due": pd.Timestamp(AS_OF + timedelta(days=i % 90)),
            "forecast": pd.NaT if i % 4 == 3 else pd.Timestamp(AS_OF + timedelta(days=i % 90 + 15 * (i % 3))),
            "passed": i % 8 == 2,
            "at_risk": i % 3 == 2 or i % 8 == 2,
        }
        for i, name in enumerate(names)
    )


def exposure(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "contract": 1e6,
            "executed": 1e5 * (i % 3 - 1),
            "unsigned": 5e4 * (i % 2),
            "forecast": 9e5 + 5e4 * (i % 10),
            "band": BANDS[i % 5],
        }
        for i, name in enumerate(names)
    )


def completion(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "value": i % 21 - 10.0,
            "low": -12.0,
            "high": 15.0,
            "band": BANDS[i % 4],
            "amount": "EUR 1k over",
        }
        for i, name in enumerate(names)
    )


def waterfall(names: Sequence[str]) -> pd.DataFrame:
    kinds = ["absolute", *(["relative"] * (len(names) - 2)), "total"][: len(names)]
    return pd.DataFrame(
        {"step": name, "kind": kind, "amount": 1e6 if kind == "absolute" else 2e4 * (-1) ** i}
        for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
    )


def indices(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"cro": name, "month": f"{month:%Y-%m}", "cpi": 1.0 - i / 1000 - k / 100, "spi": 0.98 - k / 100}
        for i, name in enumerate(names)
        for k, month in enumerate(months(6))
    )


def curves(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": name, "t": t * (1 + i / 10), "s": s, "low": s * 0.9, "high": s * 0.9 + 0.1}
        for i, name in enumerate(names)
        for t, s in ((0.0, 1.0), (4.0, 0.75), (8.0, 0.5), (16.0, 0.0))
    )


def states(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": name, "met": 10 + i, "missed": i % 5, "pending": i % 3, "n": 10 + i + i % 5 + i % 3}
        for i, name in enumerate(names)
    )


def ageing(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": name, "bucket": bucket, "items": (i + k) % 7}
        for i, name in enumerate(names)
        for k, bucket in enumerate(("0-7", "8-14", "15-30", "over 30"))
    )


def monthly(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": name, "month": month, "value": 95.0 - i % 30 - k, "low": 50.0, "high": 99.0, "n": 12}
        for i, name in enumerate(names)
        for k, month in enumerate(months(6))
    )


def both_ways(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"label": name, "theirs": 5.0 + i, "ours": 9.0, "n_theirs": 30, "n_ours": 12} for i, name in enumerate(names)
    )


def contributions(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kpi": name,
            "domain": "Time",
            "points": 60.0,
            "weight": 1.0,
            "contribution": float(i + 1),
            "stale": i % 2 == 1,
        }
        for i, name in enumerate(names)
    )


def freshness(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"engagement": name, "month": month, "state": ("reported", "missing", "not due")[(i + k) % 3]}
        for i, name in enumerate(names)
        for k, month in enumerate(months(6))
    )


def why(names: Sequence[str]) -> pd.DataFrame:
    kinds = ("performance", "mix", "other")
    return pd.DataFrame(
        {"label": name, "engagement": name, "kpi": "T01", "why": f"{i} of 9 instead of 6 of 8 (mix)"}
        | {kind: (-1.0) ** i * (2.5 if k == i % 3 else 0.5) for k, kind in enumerate(kinds)}
        | {"effect": (-1.0) ** i * 3.5}
        for i, name in enumerate(names)
    )


def chances(names: Sequence[str]) -> pd.DataFrame:
    due = [pd.Timestamp(AS_OF) + pd.Timedelta(days=20 * i - 10) for i in range(len(names))]
    return pd.DataFrame(
        {
            "study": name,
            "cro": name,
            "milestone": name,
            "due": due[i],
            "forecast": pd.NaT if i % 4 == 3 else due[i] + pd.Timedelta(days=7),
            "contractual": i % 3 == 0,
            "chance": NAN if i % 5 == 4 else float(min(i * 9, 96)),
            "p10": pd.NaT if i % 5 == 4 else due[i] - pd.Timedelta(days=5),
            "p50": pd.NaT if i % 5 == 4 else due[i] + pd.Timedelta(days=9),
            "p90": pd.NaT if i % 5 == 4 else due[i] + pd.Timedelta(days=60),
            "cases": 7 if i % 5 == 4 else 30,
            "reason": "too few past cases (7 of 20)" if i % 5 == 4 else None,
        }
        for i, name in enumerate(names)
    )


def finish(names: Sequence[str]) -> pd.DataFrame:
    planned = pd.Timestamp(2027, 3, 31)
    return pd.DataFrame(
        {
            "study": name,
            "cro": name,
            "planned": planned,
            "low": planned + pd.Timedelta(days=i - 2),
            "at_pace": planned + pd.Timedelta(days=5 * i - 2),
            "high": planned + pd.Timedelta(days=9 * i),
            "gone": planned - pd.Timedelta(days=4 * i),
            "worked": planned,
            "short_days": 4.0 * i,
            "gone_reason": None,
        }
        for i, name in enumerate(names)
    )


def queue(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "open": 10.0 + i,
            "came": 3.0,
            "went": 2.5,
            "expected": NAN if i % 4 == 3 else 12.0 + i,
            "low": NAN if i % 4 == 3 else 8.0 + 2 * i,
            "high": NAN if i % 4 == 3 else 20.0 + 2 * i,
            "reason": "2 full weeks of history; 4 are needed" if i % 4 == 3 else None,
        }
        for i, name in enumerate(names)
    )


def funnel(names: Sequence[str]) -> pd.DataFrame:
    words = ("no different", "worse", "too few", "better")
    return pd.DataFrame(
        {
            "label": name,
            "value": (84.0, 40.0, 70.0, 99.0)[i % 4],
            "numerator": 12,
            "denominator": 20 + 7 * i,
            "n": 20 + 7 * i,
            "low95": 65.0,
            "high95": 95.0,
            "low998": 55.0,
            "high998": 98.0,
            "verdict": words[i % 4],
            "note": "near the limit" if i % 8 == 0 else "",
        }
        for i, name in enumerate(names)
    )


def xmr(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": f"{month:%Y-%m}",
            "value": NAN if i % 7 == 5 else 80.0 + i % 5,
            "n": 20,
            "numerator": 16,
            "denominator": 20,
            "mean": 82.0,
            "low": 75.0,
            "high": 89.0,
            "signal": "outside the limits" if i % 6 == 0 else "",
            "side": 1 if i % 12 else -1,
        }
        for i, month in enumerate(months(len(names)))
    )


def answers(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": name,
            "side": side,
            "one": NAN if hidden else i % 3,
            "two": NAN if hidden else 2.0,
            "three": NAN if hidden else 3.0,
            "four": NAN if hidden else 4.0,
            "five": NAN if hidden else 1.0 + k,
            "mean": NAN if hidden else (37.0 + i % 3 + 5 * k) / (10 + i % 3 + k),
            "n": 4 if hidden else 10 + i % 3 + k,
        }
        for i, name in enumerate(names)
        for k, side in enumerate(("We on the CRO", "The CRO on us"))
        for hidden in (k == 1 and i % 4 == 3,)
    )


def change_path(names: Sequence[str]) -> pd.DataFrame:
    waits = ("", "cro", "sponsor", "both", "")
    return pd.DataFrame(
        {
            "label": name,
            "state": ("executed", "requested", "unsigned", "unsigned", "refused")[i % 5],
            "requested": pd.Timestamp(AS_OF) - pd.Timedelta(days=90 + i),
            "waits_for": waits[i % 5],
            "cro_days": NAN if i % 10 == 9 else 20.0 + i % 30,
            "sponsor_days": NAN if i % 5 == 1 else 12.0,
            "signature_days": 8.0 if i % 5 in (0, 3) else NAN,
            "unsplit_days": 30.0 if i % 10 == 9 else NAN,
            "days": 40.0 + i % 30,
        }
        for i, name in enumerate(names)
    )


def effect(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": f"{month:%Y-%m}",
            "part": "before" if i < len(names) // 2 else "after",
            "value": NAN if i % 7 == 5 else 80.0 + i % 5,
            "n": 20,
            "numerator": 16,
            "denominator": 20,
            "mean": 82.0,
            "low": 75.0,
            "high": 89.0,
            "signal": "outside the limits" if i % 6 == 5 else "",
            "side": 1 if i % 6 == 5 else 0,
        }
        for i, month in enumerate(months(len(names)))
    )


def profile(names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "candidate": name,
            "criterion": criterion,
            "score": NAN if (i + k) % 5 == 4 else float((3 * i + k) % 6),
            "weight": 1.0 + k,
            "gate": k == 0,
            "out": i % 4 == 3,
            "total": 4.0 - i / 100,
            "order": i,
            "column_order": k,
        }
        for i, name in enumerate(names)
        for k, criterion in enumerate(("quality assurance", "experience", "price"))
    )


def calendar(names: Sequence[str]) -> pd.DataFrame:
    outcomes = ("held in time", "held late", "overdue", "cancelled by us", "cancelled by the CRO", "to come")
    return pd.DataFrame(
        {
            "item": name,
            "code": f"TP-{i}-{k}",
            "type": "meeting",
            "scheduled": pd.Timestamp(AS_OF + timedelta(days=30 * k - 150 + i % 7)),
            "done": pd.Timestamp(AS_OF + timedelta(days=30 * k - 150 + i % 7 + 6 * k)) if k < 2 else pd.NaT,
            "minutes": pd.Timestamp(AS_OF + timedelta(days=30 * k - 140)) if k < 2 else pd.NaT,
            "outcome": outcomes[(i + k) % 6] if k > 1 else outcomes[k],
        }
        for i, name in enumerate(names)
        for k in range(6)
    )


GRID = pd.DataFrame({"n": [5, 500], "low95": [40.0, 78.0], "high95": [100.0, 86.0], "low998": [20.0, 75.0],
                     "high998": [100.0, 90.0]})  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A figure, how its frame is made from names, and what it needs besides."""

    name: str
    frame: Callable[[Sequence[str]], pd.DataFrame]
    more: dict[str, Any] = field(default_factory=dict)

    def draw(self, frame: pd.DataFrame, look: Look = LIGHT) -> go.Figure:
        figure = import_module(f"charts.{self.name}").figure(frame, look, as_of=AS_OF, **self.more)
        assert isinstance(figure, go.Figure)
        return figure


EAC = {"bac": 2e6, "eac_low": 2e6, "eac_mid": 2.2e6, "eac_high": 2.5e6, "currency": "EUR"}

CASES = (
    Case("scorecard", scorecard, {"sub": {"Time": "8 KPIs"}}),
    Case("bullets", bullets),
    Case("gantt", gantt),
    Case("s_curve", s_curve, EAC | {"finish_low": date(2027, 3, 31), "finish_high": date(2027, 9, 30)}),
    Case("slip", slip),
    Case("causes", causes),
    Case("share", share, {"green": 90.0, "red": 80.0}),
    Case("trend", trend),
    Case("due", due),
    Case("exposure", exposure, {"currency": "EUR"}),
    Case("completion", completion),
    Case("waterfall", waterfall, {"currency": "EUR"}),
    Case("indices", indices),
    Case("curves", curves, {"sla": 8.0}),
    Case("states", states),
    Case("ageing", ageing),
    Case("monthly", monthly, {"threshold": 90.0}),
    Case("both_ways", both_ways),
    Case("answers", answers),
    Case("contributions", contributions),
    Case("freshness", freshness),
    Case("why", why, {"then": 92.1, "now": 88.6, "unit": "%"}),
    Case("chances", chances),
    Case("finish", finish, {"far": 14}),
    Case("finish", finish, {"far": 14, "money": True}),
    Case("queue", queue),
    Case("funnel", funnel, {"curve": GRID, "centre": 80.0}),
    Case("change_path", change_path),
    Case("xmr", xmr, {"green": 85.0, "red": 75.0}),
    Case("calendar", calendar),
    Case("profile", profile),
    Case("effect", effect, {"raised": date(2026, 3, 10), "closed": date(2026, 5, 20), "what": "Reports on time"}),
)
