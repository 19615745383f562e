"""One exposure line per CRO or study: contract, executed change orders, submitted unsigned ones, forecast."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from charts.text import Row, amount_axis, as_of_text, hover, known, money, number, percent, rows, shown, under
from charts.theme import SYMBOL, WORD, Look, Spec, axis, beside, draw, empty, layout, row_axis


def figure(
    frame: pd.DataFrame,
    look: Look,
    *,
    currency: str = "",
    title: str | None = None,
    as_of: date | None = None,
    limit: int = 30,
) -> go.Figure:
    """
    One row per CRO or study, of the fee: label, contract (the original one), executed and unsigned (values of
    change orders, may be negative), forecast (at completion, NaN where not reported), band (of the forecast
    against what is signed); amounts in one currency. Most over what is signed first.
    """
    found = [row for row in rows(frame) if known(row["contract"])]
    if not found:
        return empty(look, title or "Exposure", "No contract value is known here. Load engagements and their budget.")
    ordered = sorted(found, key=_rank)[:limit]
    top = max(max(_stages(row)) for row in ordered) * 1.04 or 1.0
    ticks, words = amount_axis(top, "")
    spec = layout(
        look,
        title or _finding(found, currency),
        f"{_legend(ordered, currency)} {shown(len(found), limit)} {as_of_text(as_of)}",
        body=len(ordered) * 42,
        foot=40,
        right=200,
        key=[(f"{SYMBOL[b]} {WORD[b]}", look.band(b)) for b in ("red", "amber", "green")],
        barmode="overlay",
        bargap=0.55,
        xaxis=axis(look, range=[0, top], tickvals=ticks, ticktext=words),
        yaxis=row_axis(look, [row["label"] for row in ordered]),
        annotations=[
            beside(look, y, _words(row, currency), look.band_text(row["band"])) for y, row in enumerate(ordered)
        ],
    )
    return draw(_marks(ordered, look, currency, as_of), spec)


def _signed(row: Row) -> float:
    return float(row["contract"]) + (number(row["executed"]) or 0.0)


def _over(row: Row) -> float | None:
    """Forecast less what is signed: plus is over."""
    forecast = number(row["forecast"])
    return None if forecast is None else forecast - _signed(row)


def _rank(row: Row) -> float:
    over, signed = _over(row), _signed(row)
    return float("inf") if over is None else -over / signed if signed else -over


def _stages(row: Row) -> list[float]:
    return [
        float(row["contract"]),
        _signed(row),
        _signed(row) + (number(row["unsigned"]) or 0.0),
        number(row["forecast"]) or 0.0,
    ]


def _legend(ordered: list[Row], currency: str) -> str:
    """The marks that are drawn, and what stands beside them."""
    marks = [f"{currency} from zero. Pale bar to the tick = original contract"]
    marks += ["solid = with signed change orders"] if any(number(row["executed"]) for row in ordered) else []
    marks += ["hatched = submitted, unsigned"] if any(number(row["unsigned"]) for row in ordered) else []
    marks += ["diamond = forecast at completion"] if any(known(row["forecast"]) for row in ordered) else []
    return f"{', '.join(marks)}. At the right: fee forecast against what is signed."


def _finding(found: list[Row], currency: str) -> str:
    told = [row for row in found if _over(row) is not None]
    if not told:
        return "No forecast at completion has been reported"
    forecast, signed = sum(float(row["forecast"]) for row in told), sum(_signed(row) for row in told)
    unsigned = sum(number(row["unsigned"]) or 0.0 for row in found)
    waiting = f"; {money(unsigned, currency)} is submitted and unsigned" if unsigned > 0 else ""
    beside = f"the original ones {_gap(forecast, sum(float(row['contract']) for row in told), currency)}"
    return f"Fee forecast against the signed contracts: {_gap(forecast, signed, currency)}; against {beside}{waiting}"


def _gap(forecast: float, contract: float, currency: str) -> str:
    over = forecast - contract
    if not round(over):
        return "the same"
    share = f" ({percent(abs(over) / contract, 1)})" if contract > 0 else ""
    return f"{money(abs(over), currency)} {'over' if over > 0 else 'under'}{share}"


def _words(row: Row, currency: str) -> str:
    over, signed, unsigned = _over(row), _signed(row), number(row["unsigned"]) or 0.0
    waiting = under("", f"{money(unsigned, currency)} unsigned") if unsigned else ""
    if over is None:
        return f"no forecast{waiting}"
    mark = f"{SYMBOL[row['band']]} " if row["band"] in ("green", "amber", "red") else ""
    if round(over) == 0:
        return f"{mark}<b>as signed</b>{waiting}"
    share = f" ({percent(abs(over) / signed, 1)})" if signed else ""
    return f"{mark}<b>{money(abs(over), currency)} {'over' if over > 0 else 'under'}</b>{share}{waiting}"


def _marks(ordered: list[Row], look: Look, currency: str, as_of: date | None) -> list[Spec]:
    ys = list(range(len(ordered)))
    hovers = [_hover(row, currency, as_of) for row in ordered]
    contract = [float(row["contract"]) for row in ordered]
    executed = [number(row["executed"]) or 0.0 for row in ordered]
    unsigned = [number(row["unsigned"]) or 0.0 for row in ordered]
    signed = [_signed(row) for row in ordered]
    bar = {"type": "bar", "orientation": "h", "y": ys, "hovertext": hovers, "hoverinfo": "text"}
    hatch = {"shape": "/", "fgcolor": look.muted, "size": 5, "solidity": 0.4}
    told = [(y, row) for y, row in enumerate(ordered) if known(row["forecast"])]
    dot = {"type": "scatter", "mode": "markers", "hoverinfo": "text"}
    return [
        bar | {"x": contract, "marker": {"color": look.tint(look.neutral, 0.35)}},
        bar | {"x": executed, "base": contract, "marker": {"color": look.muted}},
        bar
        | {
            "x": unsigned,
            "base": signed,
            "marker": {"color": look.paper, "line": {"width": 1, "color": look.muted}, "pattern": hatch},
        },
        dot
        | {
            "x": contract,
            "y": ys,
            "hovertext": hovers,
            "marker": {"symbol": "line-ns", "size": 24, "line": {"width": 2.5, "color": look.ink}},
        },
        dot
        | {
            "x": [row["forecast"] for _, row in told],
            "y": [y for y, _ in told],
            "hovertext": [hovers[y] for y, _ in told],
            "marker": {
                "symbol": "diamond",
                "size": 14,
                "color": [look.band(row["band"]) for _, row in told],
                "line": {"width": 1.5, "color": look.paper},
            },
        },
    ]


def _hover(row: Row, currency: str, as_of: date | None) -> str:
    over = _over(row)
    told = "forecast not reported" if over is None else f"forecast at completion {money(row['forecast'], currency)}"
    changes = [("executed", "executed change orders"), ("unsigned", "submitted, unsigned")]
    parts = [(number(row[name]) or 0.0, word) for name, word in changes]
    return hover(
        row["label"],
        f"contract {money(row['contract'], currency)}",
        *(f"{word} {money(value, currency)}" for value, word in parts),
        told,
        f"{money(abs(over), currency)} {'over' if over > 0 else 'under'} signed" if over else "",
        as_of_text(as_of),
    )
