"""What the work will cost, against what was signed. Amounts of several currencies are added at one budget rate."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analytics.catalogue import BY_ID
from analytics.engine import kpi_rows, reporting_currency
from analytics.kpi import Band
from analytics.view import View
from analytics.words import count, day, money, over_under

Line = Literal["cro", "engagement"]
HEADLINE = ("C09", "C06", "C02", "C03")
ALL = "All together"
UNSIGNED = "Submitted, not signed"
"""The step of `steps` after which nothing is signed yet."""
SOON = 60
"""Days before the work has to begin from which an unsigned change order is listed."""

CURRENCIES = """
SELECT currency, any_value(rate) AS rate, count(*) AS engagements, string_agg(DISTINCT cro, ', ' ORDER BY cro) AS cros
FROM fact_engagement
WHERE cancelled_on IS NULL
GROUP BY currency
ORDER BY currency
"""
LABELS = """
SELECT
    engagement_id, cro_id, cro,
    study_id || ', ' || cro || CASE WHEN count(*) OVER (PARTITION BY study_id, cro_id) > 1
        THEN ' (' || engagement_id || ')' ELSE '' END AS engagement
FROM fact_engagement
"""
SIGNED = """
SELECT
    contract.engagement_id, CASE WHEN $pooled THEN contract.rate ELSE 1 END AS factor,
    contract.contract_value * factor AS contract, coalesce(contract.executed, 0) * factor AS executed,
    contract.unsigned * factor AS unsigned, forecast.forecast * factor AS forecast,
    CASE WHEN forecast.months_silent > 0 THEN forecast.month_end END AS silent_since,
    coalesce(orders.sponsor, 0) * factor AS sponsor, coalesce(orders.shared, 0) * factor AS shared,
    coalesce(orders.cro, 0) * factor AS by_cro, coalesce(orders.external, 0) * factor AS external,
    coalesce(orders.unknown, 0) * factor AS unknown
FROM fact_contract AS contract
LEFT JOIN fact_forecast AS forecast ON forecast.engagement_id = contract.engagement_id
LEFT JOIN (
    SELECT
        engagement_id, sum(value) FILTER (initiator = 'sponsor') AS sponsor,
        sum(value) FILTER (initiator = 'shared') AS shared, sum(value) FILTER (initiator = 'cro') AS cro,
        sum(value) FILTER (initiator = 'external') AS external,
        sum(value) FILTER (initiator = 'not recorded') AS unknown
    FROM fact_change_order
    WHERE state = 'executed'
    GROUP BY engagement_id
) AS orders ON orders.engagement_id = contract.engagement_id
WHERE factor IS NOT NULL AND contract.contract_value IS NOT NULL
"""
# The forecast of a cost type: what was spent up to the newest month that tells what is still to come, and that.
BY_TYPE = """
SELECT
    engagement_id, cost_type, currency, any_value(rate) AS rate, sum(planned_original) AS planned_original,
    sum(planned_current) AS planned_current, sum(planned) AS planned, sum(ac) FILTER (ended) AS spent,
    arg_max(so_far + forecast_remaining, month_start) FILTER (ended AND complete AND forecast_remaining IS NOT NULL)
        AS forecast
FROM (
    SELECT
        *, sum(ac) OVER so_far AS so_far,
        bool_and(ac IS NOT NULL OR planned = 0) OVER so_far AS complete
    FROM fact_budget
    WINDOW so_far AS (PARTITION BY engagement_id, cost_type ORDER BY month_start)
)
GROUP BY engagement_id, cost_type, currency
"""
SIGNATURES = """
SELECT
    CASE
        WHEN state = 'executed' THEN 'signed after the work began'
        WHEN before_signature THEN 'not signed, work has begun'
        ELSE 'not signed, work begins soon'
    END AS what,
    study_id AS study, cro, change_order_id AS change_order, reason, initiator, needed_by, executed,
    date_diff('day', needed_by, coalesce(executed, $as_of)) AS days, value, currency,
    value * CASE WHEN $pooled THEN rate ELSE 1 END AS amount
FROM fact_change_order
WHERE (before_signature AND (executed IS NULL OR executed > $since))
    OR (state IN ('unsigned', 'requested') AND needed_by > $as_of AND needed_by <= $as_of + $soon)
ORDER BY what, days DESC, change_order
"""
SIGNATURE_STATES = (
    "not signed, work has begun",
    "not signed, work begins soon",
    "signed after the work began",
)


@dataclass(frozen=True, slots=True)
class Currency:
    """The currency in which amounts are added: `pooled` over several, at the budget `rates` of the `year`.

    `missing`: currencies without a rate, each with the CROs and the number of engagements left out for it.
    """

    code: str
    year: int
    pooled: bool
    rates: tuple[tuple[str, float], ...]
    missing: tuple[tuple[str, str, int], ...]

    @property
    def words(self) -> str:
        """What was done to add the amounts; says what is left out."""
        if not self.pooled:
            return f"Amounts in {self.code}, the currency of every contract here."
        used = ", ".join(f"1 {code} = {rate:g} {self.code}" for code, rate in self.rates if code != self.code)
        pooled = f"Amounts in {self.code} at the budget rates of {self.year}: {used}." if used else ""
        left_out = [
            f"There is no budget rate of {self.year} for {code}: {count(engagements, 'engagement')} of {cros} left out."
            for code, cros, engagements in self.missing
        ]
        return " ".join([pooled, *left_out]).strip()


def currency(view: View) -> Currency:
    """The currency for amounts of the whole scope: that of the contracts, or the reporting one over several."""
    found = view.rows(CURRENCIES)
    pooled = len(found) > 1
    return Currency(
        code=reporting_currency(view) if pooled or not found else found[0]["currency"],
        year=view.scope.as_of.year,
        pooled=pooled,
        rates=tuple((row["currency"], row["rate"]) for row in found if pooled and row["rate"] is not None),
        missing=tuple(
            (row["currency"], row["cros"], row["engagements"]) for row in found if pooled and row["rate"] is None
        ),
    )


def steps_of(view: View, engagement: str | None) -> tuple[pd.DataFrame, Currency]:
    """`steps` of one engagement, or of everything in scope, and their currency."""
    with view.other(view.scope.of(engagements=(engagement,) if engagement else ())) as seen:
        return steps(seen), currency(seen)


def choices(view: View) -> dict[str, str]:
    """The engagements in scope with their labels."""
    found = labels(view, "engagement").sort_values("label")
    return dict(zip(found["engagement_id"], found["label"], strict=True))


def exposure(view: View, line: Line) -> pd.DataFrame:
    """From contract to forecast of the fee, a row a line; in `currency(view)`.

    Columns: label, contract (the original), executed, unsigned, forecast (NaN where none is reported), over (forecast
    less signed), band (of C09, which is that in percent), n, silent_since (end of the month that its oldest forecast is
    of, where months ended since; else NaT).
    Engagements without a forecast have a row of their own: no forecast of some stands against the contracts of all.
    """
    found = labelled(view, _signed(view), line)
    found["told"] = found["forecast"].notna()
    rows = found.groupby(["label", "told"], sort=True).agg(
        contract=("contract", "sum"), executed=("executed", "sum"), unsigned=("unsigned", "sum"),
        forecast=("forecast", whole), n=("engagement_id", "size"), silent_since=("silent_since", "min"),
    ).reset_index()  # fmt: skip
    split = rows["label"].duplicated(keep=False) & ~rows["told"]
    rows.loc[split, "label"] += ", no forecast"
    rows["over"] = rows["forecast"] - rows["contract"] - rows["executed"]
    bands = _bands(view, line)
    rows["band"] = [bands.get(label, Band.NOT_REPORTED).value for label in rows["label"]]
    ordered = rows.sort_values("over", ascending=False, ignore_index=True)
    return ordered[["label", "contract", "executed", "unsigned", "forecast", "over", "band", "n", "silent_since"]]


def _bands(view: View, line: Line) -> dict[str, Band]:
    """The band of C09 of each line, by its label."""
    named = labels(view, line).drop_duplicates("key").set_index("key")["label"]
    return {named[row[line]]: row["band"] for row in kpi_rows(view, [BY_ID["C09"]], (line,))}


def silent(exposure: pd.DataFrame) -> str:
    """Whose forecast is older than the newest month, in a sentence; empty where nobody's is."""
    old = exposure[exposure["silent_since"].notna()]
    named = [f"{label} ({day(end)})" for label, end in zip(old["label"], old["silent_since"].dt.date, strict=True)]
    return f"Forecasts of an older month: {'; '.join(named)}." if named else ""


def steps(view: View) -> pd.DataFrame:
    """From the original contracts to the forecast of the fee by initiator: step, kind, amount; in `currency(view)`.

    Of the engagements with a forecast; empty where there is none. Kinds: absolute, relative, total. The amounts of the
    first and the relative steps add up to the forecast.
    """
    found = _signed(view)
    found = found[found["forecast"].notna()]
    if found.empty:
        return pd.DataFrame(columns=["step", "kind", "amount"])
    sums = found[["contract", "sponsor", "shared", "by_cro", "external", "unknown", "unsigned", "forecast"]].sum()
    executed = {
        "Our changes": sums["sponsor"],
        "Shared changes": sums["shared"],
        "The CRO's changes": sums["by_cro"],
        "External causes": sums["external"],
        "Initiator not recorded": sums["unknown"],
    }
    rows = [("Original contract", "absolute", sums["contract"])]
    rows += [
        (name, "relative", amount) for name, amount in executed.items() if amount or name != "Initiator not recorded"
    ]
    rows.append((UNSIGNED, "relative", sums["unsigned"]))
    rest = sums["forecast"] - sums["contract"] - sum(executed.values()) - sums["unsigned"]
    rows.append(("Forecast above all that" if rest > 0 else "Forecast below all that", "relative", rest))
    rows.append(("Forecast at completion", "total", sums["forecast"]))
    return pd.DataFrame(rows, columns=["step", "kind", "amount"])


def growth(steps: pd.DataFrame, code: str) -> str:
    """What the steps say, in a sentence: how far the fee forecast is from the original contracts, the largest part of
    that, and how far it is from what is signed by now."""
    if steps.empty:
        return "No forecast at completion has been reported"
    amounts = steps.set_index("step")["amount"]
    start, end = float(amounts.iloc[0]), float(amounts.iloc[-1])
    more = end - start
    signed = float(amounts[: list(amounts.index).index(UNSIGNED)].sum())
    beside = f"against what is signed by now it is {_against(end, signed, code)}"
    if not round(more) or not start:
        return f"The fee forecast is the original contract, {money(end, code)}; {beside}"
    parts = amounts[(steps["kind"] == "relative").to_numpy()]
    largest = str(parts.idxmax() if more > 0 else parts.idxmin())
    return (
        f"The fee forecast is {_against(end, start, code)} the original contract; the largest part: {_lower(largest)}, "
        f"{money(abs(float(parts[largest])), code)}; {beside}"
    )


def _against(forecast: float, contract: float, code: str) -> str:
    """`EUR 1.97m (31.7 %) over`, `on budget`."""
    more = forecast - contract
    if not round(more):
        return over_under(0, code)
    share = f" ({100 * abs(more) / contract:.1f} %)" if contract > 0 else ""
    return f"{money(abs(more), code)}{share} {'over' if more > 0 else 'under'}"


def signatures(view: View) -> pd.DataFrame:
    """Change orders of which the work began, or soon begins, before the signature; those signed: of the last 12 months.

    Columns: what (a state of `SIGNATURE_STATES`), study, cro, change_order, reason, initiator, needed_by, executed,
    days (from needed_by to the signature or the as-of date), value (contract currency), currency, amount (in
    `currency(view)`).
    """
    found = view.ask(SIGNATURES, pooled=currency(view).pooled, soon=SOON)
    order = {state: place for place, state in enumerate(SIGNATURE_STATES)}
    return found.sort_values("what", key=lambda what: what.map(order), kind="stable", ignore_index=True)


def at_stake(signatures: pd.DataFrame) -> pd.DataFrame:
    """Items and amount (NaN where a rate is missing) of each state, all three of them."""
    by = signatures.groupby("what")["amount"]
    sums = pd.DataFrame({"items": by.size(), "amount": by.agg(whole)}).reindex(SIGNATURE_STATES)
    empty = sums["items"].isna()
    sums.loc[empty] = 0
    return sums.astype({"items": int}).rename_axis("what").reset_index()


def cost_types(view: View, line: Line) -> pd.DataFrame:
    """Budget, spending and forecast by line and cost type; in `currency(view)`.

    Columns: label, cost_type, n, planned_original, planned_current, spent, told (engagements with a forecast), forecast
    (theirs), left (their budget in the scope's baseline less their forecast; plus is under). Over several lines their
    totals come first, then what is furthest over.
    """
    pooled = currency(view).pooled
    found = labelled(view, view.ask(BY_TYPE), line)
    found = found[found["rate"].notna()] if pooled else found
    amounts = ["planned_original", "planned_current", "planned", "spent", "forecast"]
    found[amounts] = found[amounts].mul(found["rate"] if pooled else 1.0, axis=0)
    found["left"] = found["planned"] - found["forecast"]
    found = pd.concat([found.assign(label=ALL), found]) if found["label"].nunique() > 1 else found
    rows = found.groupby(["label", "cost_type"], sort=True).agg(
        n=("engagement_id", "size"), planned_original=("planned_original", "sum"),
        planned_current=("planned_current", "sum"), spent=("spent", _some), told=("forecast", "count"),
        forecast=("forecast", _some), left=("left", _some),
    ).reset_index()  # fmt: skip
    left = rows.groupby("label")["left"].sum()
    order = rows["label"].map({ALL: float("-inf")}).fillna(rows["label"].map(left))
    return rows.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def stake(items: int, amount: float, code: str) -> str:
    """`1, EUR 563k`; `none`; says where the amount cannot be added."""
    if not items:
        return "none"
    return f"{items}, {'no rate for all' if pd.isna(amount) else money(amount, code)}"


def pass_through(types: pd.DataFrame, code: str) -> str:
    """How the fee and the rest stand against their budgets, in a sentence."""
    first = types[types["label"] == types["label"].iloc[0]] if len(types) else types
    told = {str(kind): float(left) for kind, left in zip(first["cost_type"], first["left"]) if pd.notna(left)}
    if not told:
        return "No forecast at completion has been reported"
    parts = [f"{kind.replace('_', '-')} {over_under(left, code)}" for kind, left in told.items()]
    return f"Forecast against budget: {', '.join(parts)}"


def labels(view: View, line: Line) -> pd.DataFrame:
    """engagement_id, key (as the engine names the line) and label of every engagement in scope."""
    found = view.ask(LABELS)
    key, label = ("cro_id", "cro") if line == "cro" else ("engagement_id", "engagement")
    return pd.DataFrame({"engagement_id": found["engagement_id"], "key": found[key], "label": found[label]})


def labelled(view: View, found: pd.DataFrame, line: Line, named: str = "label") -> pd.DataFrame:
    """Rows by engagement with the label, or the key, of their line."""
    return found.merge(labels(view, line)[["engagement_id", named]], on="engagement_id")


def _signed(view: View) -> pd.DataFrame:
    return view.ask(SIGNED, pooled=currency(view).pooled)


def whole(amounts: "pd.Series[float]") -> float:
    """The sum, NaN where a part of it is."""
    return float(amounts.sum(skipna=False))


def _some(amounts: "pd.Series[float]") -> float:
    """The sum of what is known, NaN where nothing is."""
    return float(amounts.sum(min_count=1))


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
