"""The same KPIs computed a second time, slowly and in plain Python, by code that shares nothing with the product."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

Row = Mapping[str, Any]
Share = tuple[float, float]
DAY = timedelta(days=1)


def business_hours(start: datetime, stop: datetime, zone: str, holidays: Iterable[date]) -> float:
    """Hours of 09-17 local time, Monday to Friday less holidays, between two moments in UTC: what each day overlaps."""
    place, off, hours = ZoneInfo(zone), set(holidays), 0.0
    day = start.astimezone(place).date()
    while day <= stop.astimezone(place).date():
        if day.weekday() < 5 and day not in off:
            opens, closes = (datetime.combine(day, time(hour), place).astimezone(UTC) for hour in (9, 17))
            hours += max(0.0, (min(stop, closes) - max(start, opens)).total_seconds() / 3600)
        day += DAY
    return hours


def business_days(start: date, stop: date, holidays: Iterable[date]) -> int:
    """Business days from one day to another, the first counted and the last not."""
    off = set(holidays)
    days = (start + DAY * number for number in range((stop - start).days))
    return sum(day.weekday() < 5 and day not in off for day in days)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def answer(request: Row, as_of: date) -> str:
    """The first word that came by the as-of date; where one has no time of day and the day is the same, the other."""
    words = [
        request[name] for name in ("first_response_at", "resolved_at") if request[name] and day(request[name]) <= as_of
    ]
    return min(words, key=lambda word: (day(word), len(word) == 10, word), default="")


def sla_state(request: Row, sla: Row | None, as_of: date, holidays: Iterable[date]) -> tuple[str, float | None]:
    """met, missed, pending or none, and the business hours that it took, or has taken so far."""
    zone = (sla or {}).get("time_zone") or "UTC"
    word = answer(request, as_of)
    dropped = request["cancelled_on"] if request["cancelled_on"] and day(request["cancelled_on"]) <= as_of else ""
    paused = float(request["paused_hours"] or 0)
    last = day(dropped) if dropped else as_of
    timed = len(request["opened_at"]) > 10 and len(word) != 10
    hours = None
    if timed:
        stop = moment(word) if word else datetime.combine(last + DAY, time(0), UTC)
        hours = max(0.0, business_hours(moment(request["opened_at"]), stop, zone, holidays) - paused)
    if sla is None:
        return "none", hours
    limit, elapsed = float(sla["response_hours"]), sla["clock"] == "elapsed"
    if timed and elapsed:
        within = (stop - moment(request["opened_at"])).total_seconds() / 3600 - paused <= limit
    elif timed:
        within = hours is not None and hours <= limit
    else:
        first, final = day(request["opened_at"]), day(word) if word else last
        size = 24 if elapsed else 8
        days = (final - first).days if elapsed else business_days(first, final, holidays)
        within = days * size - paused <= ceil(limit / size) * size
    if not within:
        return "missed", hours
    return ("met" if word else "none" if dropped else "pending"), hours


def due_date(row: Row, names: tuple[str, str], baseline: str) -> date:
    original, current = names
    due: date = row[current] if baseline == "current" and row[current] else row[original]
    return due


def late_item(row: Row, due: date, reached: date | None, as_of: date, since: date) -> tuple[bool, bool, bool]:
    """Whether an item with a due date counts, was met, and counts for the CRO."""
    done = reached if reached and reached <= as_of else None
    if done is None and due > as_of:
        return False, False, False
    dated = min(due, done) if done and due > as_of else due
    inside = since < dated <= as_of or done is None
    met = done is not None and done <= due
    days = row["days_cro"], row["days_sponsor"], row["days_external"]
    return inside, met, met or not (sum(days) and not days[0])


def on_time(
    rows: Iterable[Row], names: tuple[str, str], reached: str, as_of: date, since: date, baseline: str, all_causes: bool
) -> Share:
    """Met and counted."""
    found = [late_item(row, due_date(row, names, baseline), row[reached], as_of, since) for row in rows]
    counted = [met for inside, met, mine in found if inside and (mine or all_causes)]
    return float(sum(counted)), float(len(counted))


def slips(rows: Iterable[Row], as_of: date, since: date, baseline: str) -> list[int]:
    """Days of slip of the milestones that count for the CRO."""
    found = []
    for row in rows:
        due = due_date(row, ("baseline_original", "baseline_current"), baseline)
        done = row["actual"] if row["actual"] and row["actual"] <= as_of else None
        forecast = row["forecast"]
        if done is None and due > as_of and not forecast:
            continue
        until = done or (max(forecast or as_of, as_of) if due <= as_of else forecast)
        slip = (until - due).days
        dated = min(due, done) if done and due > as_of else due
        days = row["days_cro"], row["days_sponsor"], row["days_external"]
        if (since < dated <= as_of or done is None) and not (slip > 0 and sum(days) and not days[0]):
            found.append(slip)
    return found


def median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None


def old_and_open(requests: Iterable[Row], as_of: date) -> Share:
    """Open for more than 30 days, and open."""
    ages = [
        (as_of - day(row["opened_at"])).days
        for row in requests
        if day(row["opened_at"]) <= as_of
        and not (row["resolved_at"] and day(row["resolved_at"]) <= as_of)
        and not (row["cancelled_on"] and day(row["cancelled_on"]) <= as_of)
    ]
    return float(sum(age > 30 for age in ages)), float(len(ages))


def executed(orders: Iterable[Row], as_of: date, initiators: Sequence[str]) -> float:
    """Value of the change orders signed by the as-of date, by who wanted them."""
    return float(
        sum(
            row["value"]
            for row in orders
            if row["requested"] <= as_of
            and row["executed"]
            and row["executed"] <= as_of
            and row["initiator"] in initiators
        )
    )


def forecast_at_completion(months: Iterable[Row]) -> float | None:
    """AC up to the newest month with a remainder, plus it; months are those that ended, in order."""
    spent, forecast = 0.0, None
    for row in months:
        if row["invoiced"] is None:
            return forecast
        spent += row["invoiced"]
        if row["forecast_remaining"] is not None:
            forecast = spent + row["forecast_remaining"]
    return forecast
