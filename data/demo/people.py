"""People: who works on a contract, and what each side answers when asked about the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from data.demo.days import add_workdays, month_end, workday
from data.demo.portfolio import LAST_STATUS, Cro, Engagement, Row, shown, upto

# The first two roles of each service are those that the contract names as key ones.
ROLES = {
    "full": (
        "project manager",
        "lead monitor",
        "monitor",
        "monitor",
        "data manager",
        "medical monitor",
        "statistician",
    ),
    "monitoring": ("project manager", "lead monitor", "monitor", "monitor", "monitor"),
    "data_management": ("project manager", "lead data manager", "data manager", "programmer"),
    "fsp": ("project manager", "line manager", "monitor", "monitor", "monitor", "monitor", "monitor", "monitor"),
    "laboratory": ("study manager", "lead analyst", "analyst", "sample coordinator"),
    "preclinical": ("study director", "lead toxicologist", "technician", "technician"),
}
KEY_ROLES = 2
GIVEN = ("Ada", "Bruno", "Clara", "Daniel", "Elif", "Frida", "Goran", "Hana", "Igor", "Julia", "Kofi", "Lena", "Milan",
         "Nora", "Oscar", "Paula", "Rosa", "Samir", "Tessa", "Viktor")  # fmt: skip
FAMILY = ("Adler", "Banerjee", "Carver", "Duarte", "Eriksen", "Falk", "Grant", "Horvat", "Ito", "Jansen", "Keller",
          "Larsen", "Moreau", "Novak", "Okafor", "Peters", "Quint", "Romero", "Silva", "Tanaka", "Ulrich", "Vidal",
          "Walsh", "Zeman")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person in one role, from the first to the last day; the first one in a key role is the contracted one."""

    id: str
    role: str
    person: str
    key: bool
    contracted: bool
    start: date
    end: date
    reason: str


def team(engagement: Engagement, closed: date) -> list[Assignment]:
    """The CRO's people on a contract: whoever leaves is followed by somebody else after some weeks."""
    dice = engagement.dice("team")
    numbers = count(1)
    found = []
    for place, role in enumerate(ROLES[engagement.service]):
        key = place < KEY_ROLES
        start, first = engagement.start, True
        if not key:
            start = workday(start + timedelta(dice.randint(14, 120)))
        while start < closed - timedelta(30):
            style = engagement.style
            end = _last_day(start, style.key_turnover if key and first else style.turnover, dice)
            if first:
                end = engagement.left.get(role, end)
            found.append(
                Assignment(
                    id=f"TM-{engagement.id[2:]}-{next(numbers):02}",
                    role=role,
                    person=f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}",
                    key=key,
                    contracted=key and first,
                    start=start,
                    end=min(end, closed),
                    reason="left" if end < closed else "rolled_off",
                )
            )
            start, first = add_workdays(end, dice.randint(5, 25)), False
    return found


def _last_day(start: date, turnover: float, dice: Random) -> date:
    return workday(start + timedelta(60 + round(365 * min(dice.expovariate(turnover), 30))))


def told_team(engagement: Engagement, truth: list[Assignment], status: date) -> Iterator[Row]:
    """Rows of the kind team as known at the status date."""
    for one in truth:
        if one.start <= status:
            ended = upto(one.end, status)
            yield {
                "assignment_id": one.id,
                "engagement_id": engagement.id,
                "role": one.role,
                "person": one.person,
                "organisation": "cro",
                "key_role": "yes" if one.key else "no",
                "contracted": ("yes" if one.contracted else "no") if one.key else "",
                "start_date": shown(one.start),
                "end_date": shown(ended),
                "end_reason": one.reason if ended else "",
            }


FIRST_SURVEY = date(2025, 1, 1)
DIMENSIONS = ("communication_style", "responsiveness", "collaboration", "work_ethic", "values", "quality_commitment",
              "trust")  # fmt: skip
OURS = ("project manager", "clinical operations", "data management", "medical", "procurement", "quality assurance")
THEIRS = ("project manager", "lead monitor", "business development")
REGARD_OF_US, FLATTERY = 4.0, 0.45  # the CRO's mean answer on us, and by how much it judges itself better than we do


@dataclass(frozen=True, slots=True)
class Response:
    """What one person answered in one quarter: a score by dimension."""

    id: str
    engagement: str
    asked: date
    direction: str
    role: str
    scores: dict[str, int]


def responses(cro: Cro, engagements: list[Engagement], closed: dict[str, date]) -> list[Response]:
    """The answers of every quarter in which the CRO reported: ours on it, its own on us and on itself."""
    dice = cro.dice("surveys")
    found: list[Response] = []
    for number in range(12):
        first = date(FIRST_SURVEY.year + number // 4, 1 + 3 * (number % 4), 1)
        asked = month_end(first + timedelta(75))
        running = [one for one in engagements if one.start + timedelta(60) < asked < closed[one.id]]
        if asked > min(LAST_STATUS, cro.reports_until) or not running:
            continue
        theirs = 1 if cro.style.answers < 5 else 2
        asks = ["sponsor_on_cro"] * (cro.style.answers + dice.randint(0, 1))
        asks += ["cro_on_sponsor"] * theirs + ["cro_on_self"] * theirs
        for place, direction in enumerate(asks, start=1):
            engagement = running[(number + place) % len(running)]
            key = f"S-{asked:%y}Q{1 + number % 4}-{cro.id[:3]}{place:02}"
            role = dice.choice(OURS if direction == "sponsor_on_cro" else THEIRS)
            scores = _scores(engagement, asked, direction, dice)
            found.append(Response(key, engagement.id, asked, direction, role, scores))
    return found


def _scores(engagement: Engagement, asked: date, direction: str, dice: Random) -> dict[str, int]:
    style = engagement.style
    ours = style.regard - style.regard_decline * style.declined(asked)
    mean = {"sponsor_on_cro": ours, "cro_on_sponsor": REGARD_OF_US, "cro_on_self": ours + FLATTERY}[direction]
    mean += dice.gauss(0, 0.2)
    found = {name: min(max(round(dice.gauss(mean, 0.55)), 1), 5) for name in DIMENSIONS}
    if direction == "sponsor_on_cro":
        found["recommend"] = min(max(round(2 * mean + dice.gauss(0, 0.8)), 0), 10)
    return found


def told_surveys(truth: list[Response], status: date) -> Iterator[Row]:
    """Rows of the kind surveys as known at the status date."""
    for response in truth:
        if response.asked <= status:
            for dimension, score in response.scores.items():
                yield {
                    "response_id": response.id,
                    "dimension": dimension,
                    "engagement_id": response.engagement,
                    "quarter": f"{response.asked.year}-Q{(response.asked.month + 2) // 3}",
                    "direction": response.direction,
                    "role": response.role,
                    "score": shown(score),
                }
