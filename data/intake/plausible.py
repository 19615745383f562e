"""What is worth a look before it is kept: it loads all the same, and whoever loads it may say why it is right.

Only what is told anew is doubted: a cell that is as it was has been looked at before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from data.contracts import Column, Contract, Type
from data.contracts.responsibilities import SEVERAL
from data.intake.columns import Layout
from data.store.write import same_key
from data.store.written import literal, written

TEN_YEARS = timedelta(days=3653)
NAMED = 100
"""So many rows are named for one rule and column; the rest are counted."""
LEAP = 200
"""A wrong unit is a factor of 1,000, and an honest amount moves by a factor of up to 5: 1,000 / 5."""
SMALL = 1_000
"""Where both amounts are smaller, a leap says nothing about the unit."""
TENFOLD, MONTHS = 8, 2
"""A digit too many is a factor of 10. In the demo portfolio no amount is more than 3.2 times the most of any month
before it, so what is 8 times that of two months or more is doubted. One month alone may be the first, and a part."""
REST = 2
"""What is still to come may be more than the contract, as where it overruns, and is not twice as much."""
ENOUGH = 20
"""So many different dates, and none of them after the 12th: by chance once in a hundred million times."""
EARLIER, LATER = 7, 30
"""Days by which a forecast may move without a word: a gain needs one sooner, since a slip shows as late anyway."""
BEFORE_THE_START = "('draft_sent', 'contract_executed', 'protocol_final', 'regulatory_approval')"
"""Milestones that come before the work of a contract begins."""
ADVICE = " If it is right, say why; else mend it."

SOURCE = """{merged} AS new
    LEFT JOIN {kind} AS known ON known.valid_to IS NULL AND {same_key}
    {others}"""
ANY = "SELECT 1 FROM {source} WHERE new.state <> 'unchanged' AND ({any}) LIMIT 1"
FIND = """
INSERT INTO problems (file, row, "column", "at", value, rule, message, severity)
WITH found AS (
    SELECT new.row, {at} AS "at", unnest(list_filter([{cells}], lambda one: one IS NOT NULL)) AS cell
    FROM {source}
    WHERE new.state <> 'unchanged' AND ({any})
),
counted AS (
    SELECT row, "at", cell."column" AS name, cell.value, cell.rule, cell.message,
        row_number() OVER (PARTITION BY cell."column", cell.rule ORDER BY row, "at") > {named} AS further
    FROM found
)
SELECT $file, row, name, "at", left(value, 200), rule, message || $advice, 'doubt' FROM counted WHERE NOT further
UNION ALL
SELECT $file, NULL, name, '', '', rule,
    'The same in ' || count(*) || ' more rows, the first is row ' || min(row) || '.' || $advice, 'doubt'
FROM counted WHERE further GROUP BY name, rule
"""
FOUND = """
WHEN {condition} THEN {{'column': {column}, 'value': {value}, 'rule': {rule}, 'message': {says}}}"""

CONTRACT = """
LEFT JOIN engagements AS contract ON contract.valid_to IS NULL AND contract.engagement_id = new.engagement_id
"""
BEFORE = """
LEFT JOIN (
    SELECT engagement_id, cost_type, month, {amounts},
        coalesce(sum(earned_value) OVER earlier, 0) AS earned,
        sum(coalesce(planned_current, planned_original)) OVER (PARTITION BY engagement_id, cost_type) AS planned
    FROM (
        SELECT {columns} FROM {merged}
        UNION ALL
        SELECT {columns} FROM budget AS known
        WHERE known.valid_to IS NULL AND known.engagement_id IN (SELECT engagement_id FROM {merged})
            AND NOT EXISTS (SELECT 1 FROM {merged} AS new WHERE {same_key})
    )
    WINDOW earlier AS (
        PARTITION BY engagement_id, cost_type ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
) AS before ON before.engagement_id = new.engagement_id AND before.cost_type = new.cost_type
    AND before.month = new.month
LEFT JOIN (
    SELECT engagement_id, sum(value) AS executed FROM change_orders
    WHERE valid_to IS NULL AND executed IS NOT NULL GROUP BY engagement_id
) AS orders ON orders.engagement_id = new.engagement_id
"""
WEIGHTS = """
LEFT JOIN (
    SELECT need_id, sum(weight) AS weight
    FROM (
        SELECT need_id, weight FROM {merged}
        UNION ALL
        SELECT need_id, weight FROM needs AS known
        WHERE known.valid_to IS NULL AND NOT EXISTS (SELECT 1 FROM {merged} AS new WHERE {same_key})
    )
    GROUP BY need_id
) AS need ON need.need_id = new.need_id
"""
NEED = "EXISTS (SELECT 1 FROM needs AS found WHERE found.valid_to IS NULL AND found.need_id = new.need_id)"
TWICE = """
LEFT JOIN (
    SELECT new.assignment_id, min(other.assignment_id) AS other
    FROM {merged} AS new
    JOIN (
        SELECT {columns} FROM {merged}
        UNION ALL
        SELECT {columns} FROM team AS known
        WHERE known.valid_to IS NULL AND known.engagement_id IN (SELECT engagement_id FROM {merged})
            AND NOT EXISTS (SELECT 1 FROM {merged} AS new WHERE {same_key})
    ) AS other ON other.engagement_id = new.engagement_id AND other.assignment_id <> new.assignment_id
        AND lower(trim(other.person)) = lower(trim(new.person)) AND lower(trim(other.role)) = lower(trim(new.role))
        AND other.start_date <= coalesce(new.end_date, DATE '9999-12-31')
        AND new.start_date <= coalesce(other.end_date, DATE '9999-12-31')
    GROUP BY ALL
) AS twin ON twin.assignment_id = new.assignment_id
"""
LAST_AMOUNT = """
last_value(CASE WHEN {name} > 0 THEN {{'month': month, 'amount': {name}}} END IGNORE NULLS) OVER earlier AS {name},
{{'most': max(abs({name})) OVER earlier, 'months': count(nullif({name}, 0)) OVER earlier}} AS {name}_before"""
"""A credit note is no amount to compare with."""

SWAPPED = """
INSERT INTO problems (file, row, "column", "at", value, rule, message, severity)
SELECT $file, NULL, $column, '', {example}, 'day_and_month',
    'None of the ' || count(DISTINCT day) || ' different dates is after the 12th of a month, as if day and month had'
    || ' changed places: ' || {example} || ' may be meant as ' || {example}[:5] || {example}[9:] || {example}[5:7]
    || '.' || $advice,
    'doubt'
FROM (SELECT {day} AS day, new.state <> 'unchanged' AND {differs} AS told FROM {merged} AS new
    LEFT JOIN {kind} AS known ON known.valid_to IS NULL AND {same_key})
HAVING count(DISTINCT day) >= $enough AND count(DISTINCT day[9:]) > 1 AND bool_or(told)
"""
NEWEST_STATUS_DATE = "SELECT max(status_date) FROM uploads"
OLDER = """
INSERT INTO problems (file, row, "column", "at", value, rule, message, severity)
SELECT $file, NULL, '', '', $status, 'status_date',
    'The status date ' || $status || ' is before ' || max(newest) || ', up to which ' || min(engagement_id)
    || CASE WHEN count(*) > 1 THEN ' and ' || count(*) - 1 || ' more' ELSE '' END || ' of this file '
    || CASE WHEN count(*) > 1 THEN 'are' ELSE 'is' END || ' known: forecasts and plans that were told later are'
    || ' replaced. If that is meant, say why; else correct the status date.', 'doubt'
FROM (
    SELECT version.engagement_id, max(upload.status_date) AS newest
    FROM (
        SELECT DISTINCT engagement_id, valid_from FROM {kind}
        WHERE engagement_id IN (SELECT engagement_id FROM {merged} WHERE state <> 'unchanged')
    ) AS version
    JOIN uploads AS upload ON upload.number = version.valid_from
    WHERE upload.number NOT IN (SELECT undoes FROM uploads WHERE undoes IS NOT NULL)
    GROUP BY version.engagement_id
)
WHERE newest > CAST($status AS DATE)
HAVING count(*) > 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When cells of some columns are doubted, in SQL, and what is said of them.

    `condition` asks of the row as it would be, `new`; `against` may ask as well of what it is compared with: `known`
    (the row as it is; empty where it is new) and what `OTHERS` joins for the kind. `{cell}` is the cell, `{name}` its
    column, `{status}` the status date. Of the rules of a cell the first that applies is said.
    """

    name: str
    columns: tuple[str, ...]
    condition: str = "TRUE"
    against: str = "TRUE"
    says: str


def _amount(value: str) -> str:
    """The SQL text of an amount, with separators of thousands; braces are those of a rule."""
    whole, part = (f"format('{{{{:,.{digits}f}}}}', ({value})::DOUBLE)" for digits in (0, 2))
    return f"CASE WHEN {value} = trunc({value}) THEN {whole} ELSE {part} END"


AMOUNTS = ("planned_original", "planned_current", "earned_value", "invoiced", "accrued", "forecast_remaining")
LAST = "before.{name}.amount"
EARLIER_MONTHS = "before.{name}_before"
TIMES = f"abs({{cell}}) / abs({LAST})"
CONTRACTED = "(contract.contract_value + coalesce(orders.executed, 0))"
WORTH = f"greatest({CONTRACTED}, before.planned)"
OPEN = "new.actual IS NULL AND new.cancelled_on IS NULL"
NO_COMMENT = "(new.comment IS NULL OR new.comment IS NOT DISTINCT FROM known.comment)"


def _days_by_cause(due: str, done: str) -> Rule:
    days = "coalesce(new.days_cro, 0) + coalesce(new.days_sponsor, 0) + coalesce(new.days_external, 0)"
    late = f"greatest(0, date_diff('day', new.{due}, {done}))"
    return Rule(
        name="days_by_cause",
        columns=("days_cro", "days_sponsor", "days_external"),
        condition=f"{{cell}} = greatest(new.days_cro, new.days_sponsor, new.days_external) AND {days} > {late}",
        says=f"'The days by cause add up to ' || {days} || ', and it is ' || {late} || ' days late.'",
    )


def _beyond_contract(what: str, columns: tuple[str, ...], times: float) -> Rule:
    return Rule(
        name="beyond_contract",
        columns=columns,
        condition=f"new.cost_type = 'fee' AND {{cell}} >= {SMALL}",
        against=f"{CONTRACTED} > 0 AND {{cell}} > {times} * {CONTRACTED}",
        says=f"'{what} ' || {_amount('{cell}')} || ', and the whole contract with its executed change orders is worth '"
        f" || {_amount(CONTRACTED)} || ': is the unit right?'",
    )


def _before_start(column: str, condition: str = "TRUE") -> Rule:
    return Rule(
        name="before_start",
        columns=(column,),
        condition=condition,
        against="{cell} < contract.start_date",
        says="{cell} || ' is before the start of ' || new.engagement_id || ' on ' || contract.start_date || '.'",
    )


RULES: dict[str, tuple[Rule, ...]] = {
    "engagements": (
        Rule(name="no_value", columns=("contract_value",), condition="{cell} = 0", says="'A contract worth nothing.'"),
        Rule(
            name="long",
            columns=("planned_end",),
            condition="{cell} > new.start_date + INTERVAL 15 YEAR",
            says="{cell} || ' is more than 15 years after the start, ' || new.start_date || ': is the year right?'",
        ),
    ),
    "milestones": (
        Rule(
            name="past_forecast",
            columns=("forecast",),
            condition=f"{{cell}} < {{status}} AND {OPEN}",
            says="'Expected on ' || {cell} || ', before the status date ' || {status} || ', and not reached:'"
            " || ' write when it happened, or when it is expected now.'",
        ),
        Rule(
            name="moved",
            columns=("forecast",),
            condition=OPEN,
            against=f"(date_diff('day', {{cell}}, known.forecast) > {EARLIER}"
            f" OR date_diff('day', known.forecast, {{cell}}) > {LATER}) AND {NO_COMMENT}",
            says="'Moved from ' || known.forecast || ' to ' || {cell} || ', '"
            " || abs(date_diff('day', known.forecast, {cell})) || ' days '"
            " || CASE WHEN {cell} < known.forecast THEN 'earlier' ELSE 'later' END || ', without a new comment.'",
        ),
        _before_start("actual", f"new.milestone NOT IN {BEFORE_THE_START}"),
        _days_by_cause("baseline_original", "coalesce(new.actual, greatest(new.forecast, {status}))"),
    ),
    "deliverables": (
        _before_start("delivered"),
        _days_by_cause("due_original", "coalesce(new.delivered, {status})"),
    ),
    "budget": (
        Rule(
            name="unit",
            columns=AMOUNTS,
            condition="{cell} <> 0",
            against=f"greatest(abs({{cell}}), abs({LAST})) >= {SMALL} AND ({TIMES} >= {LEAP} OR {TIMES} <= 1 / {LEAP})",
            says=f"{_amount('{cell}')} || ' is ' || CASE WHEN {TIMES} > 1 THEN {_amount(f'round({TIMES})')}"
            f" ELSE '1/' || {_amount(f'round(1 / ({TIMES}))')} END || ' times the ' || {_amount(LAST)}"
            " || ' of ' || before.{name}.month || ': is the unit right?'",
        ),
        Rule(
            name="tenfold",
            columns=AMOUNTS[:-1],
            condition=f"{{cell}} >= {SMALL}",
            against=f"{EARLIER_MONTHS}.months >= {MONTHS} AND {{cell}} >= {TENFOLD} * {EARLIER_MONTHS}.most",
            says=f"{_amount('{cell}')} || ' is ' || {_amount(f'round({{cell}} / {EARLIER_MONTHS}.most)')}"
            f" || ' times the most of any month before, ' || {_amount(f'{EARLIER_MONTHS}.most')}"
            " || ': is there a digit too many?'",
        ),
        _beyond_contract("In this one month", AMOUNTS[:-1], 1),
        _beyond_contract("Still to come", AMOUNTS[-1:], REST),
        Rule(
            name="before_start",
            columns=("month",),
            against="CAST({cell} || '-01' AS DATE) < contract.start_date - INTERVAL 1 YEAR",
            says="{cell} || ' is more than a year before the start of ' || new.engagement_id || ' on '"
            " || contract.start_date || ': is the year right?'",
        ),
        Rule(
            name="not_yet",
            columns=("earned_value", "invoiced", "accrued"),
            condition="{cell} <> 0 AND new.month > strftime({status}, '%Y-%m')",
            says="new.month || ' has not begun at the status date ' || {status} || '.'",
        ),
        Rule(
            name="negative",
            columns=("earned_value", "invoiced"),
            condition="{cell} < 0",
            says=f"'The month is negative, ' || {_amount('{cell}')} || ': was something taken back?'",
        ),
        Rule(
            name="above_budget",
            columns=("earned_value",),
            condition="new.cost_type = 'fee' AND {cell} > 0",
            against=f"before.earned <= {WORTH} AND before.earned + {{cell}} > {WORTH}",
            says=f"'With this month the value earned is ' || {_amount('before.earned + {cell}')}"
            f" || ', more than the ' || {_amount(WORTH)} || ' that the work is worth: the contract with its executed'"
            " || ' change orders, or the planned fee where that is more.'",
        ),
    ),
    "change_orders": (
        Rule(
            name="unit",
            columns=("value",),
            against="abs({cell}) > contract.contract_value AND contract.contract_value > 0",
            says=f"{_amount('{cell}')} || ' is more than the whole contract, ' || "
            f"{_amount('contract.contract_value')} || ': is the unit right?'",
        ),
    ),
    "requirements": (
        Rule(
            name="no_evidence",
            columns=("evidence_id",),
            condition="{cell} <> ''",
            against="""NOT CASE new.evidence_type
                WHEN 'milestone' THEN EXISTS (SELECT 1 FROM milestones AS found WHERE found.valid_to IS NULL
                    AND found.engagement_id = new.engagement_id AND found.milestone = {cell})
                WHEN 'deliverable' THEN EXISTS (SELECT 1 FROM deliverables AS found WHERE found.valid_to IS NULL
                    AND found.engagement_id = new.engagement_id AND found.deliverable_id = {cell})
                ELSE EXISTS (SELECT 1 FROM kpi WHERE kpi.kpi_id = {cell}) END""",
            says="new.engagement_id || ' has no ' || replace(new.evidence_type, 'kpi', 'KPI') || ' ' || {cell}"
            " || ' yet, so nothing shows whether this is met.'",
        ),
    ),
    "responsibilities": (
        Rule(
            name="two_accountable",
            columns=("accountable",),
            condition=f"regexp_matches({{cell}}, {literal(SEVERAL)})",
            says="{cell} || ' is more than one person: where two are accountable, nobody is. Name one.'",
        ),
    ),
    "needs": (
        Rule(
            name="no_weight",
            columns=("weight",),
            condition="{cell} = 0",
            against="need.weight = 0",
            says="'The weights of ' || new.need_id || ' sum to nothing, so nobody has a total: give one a weight.'",
        ),
    ),
    "selections": (
        Rule(
            name="no_need",
            columns=("need_id",),
            against=f"NOT {NEED}",
            says="'No need ' || {cell} || ' is known, so nobody has a total: load its criteria and weights.'",
        ),
        Rule(
            name="no_need",
            columns=("criterion",),
            condition="{cell} <> ''",
            against=f"{NEED} AND NOT {NEED[:-1]} AND found.criterion = {{cell}})",
            says="'The need ' || new.need_id || ' does not ask for ' || {cell} || ', so the score does not count.'",
        ),
        Rule(
            name="no_evidence",
            columns=("score",),
            condition="coalesce(new.evidence, '') = ''",
            says="'The score ' || CAST({cell} AS DOUBLE) || ' has no evidence: write what it rests on.'",
        ),
    ),
    "team": (
        Rule(
            name="twice",
            columns=("person",),
            against="twin.other IS NOT NULL",
            says="{cell} || ' has the same role at the same time in ' || twin.other || ': is that one person twice?'",
        ),
    ),
    "kpi_data": (
        Rule(
            name="not_yet",
            columns=("numerator", "denominator"),
            condition="{cell} <> 0 AND new.month > strftime({status}, '%Y-%m')",
            says="new.month || ' has not begun at the status date ' || {status} || '.'",
        ),
    ),
}
"""The rules of a kind beside those of all dates. To add one is to add it here."""

OTHERS = {
    "milestones": CONTRACT,
    "deliverables": CONTRACT,
    "change_orders": CONTRACT,
    "budget": CONTRACT + BEFORE,
    "needs": WEIGHTS,
    "team": TWICE,
}
"""What the rows of a kind are compared with, beside what is known of them."""


def check(cursor: DuckDBPyConnection, file: int, layout: Layout, merged: str, status_date: date | None) -> None:
    """Note what is worth a look in the new and changed rows of `merged`, as doubts.

    Ask before `write.apply`, and after the rows that stay out are dropped. Without a status date nothing is
    doubted.
    """
    if status_date is None:
        return
    contract = layout.contract
    _find(cursor, file, layout, merged, status_date)
    _check_swapped(cursor, file, layout, merged)
    if "engagement_id" in contract.names:
        _check_status_date(cursor, file, contract, merged, status_date)


def _find(cursor: DuckDBPyConnection, file: int, layout: Layout, merged: str, status_date: date) -> None:
    contract = layout.contract
    rules = [*_of_dates(contract, status_date), *RULES.get(contract.kind, ())]
    asked = [_of_cell(rule, name, status_date) for name in layout.names for rule in rules if name in rule.columns]
    alone = " OR ".join(f"({rule.condition})" for rule in asked)
    compared = " OR ".join(f"({rule.condition}) AND ({rule.against})" for rule in asked)
    source = SOURCE.format(
        merged=merged, kind=contract.kind, same_key=same_key(contract, "known", "new"), others=_others(contract, merged)
    )
    # Most files have nothing to doubt: to look is cheaper than to compare, and that is cheaper than to tell.
    for where, any_of in ((f"{merged} AS new", alone), (source, compared)):
        if not asked or not cursor.execute(ANY.format(source=where, any=any_of)).fetchone():
            return
    at = f'new."{layout.pivot}"' if layout.pivot else "''"
    statement = FIND.format(source=source, at=at, cells=", ".join(_doubts(contract, asked)), any=alone, named=NAMED)
    cursor.execute(statement, {"file": file, "advice": ADVICE})


def _of_cell(rule: Rule, name: str, status_date: date) -> Rule:
    """The rule of one column, its SQL filled in, and of a cell that is told anew."""
    cell, status = f'new."{name}"', f"DATE {literal(status_date.isoformat())}"
    condition, against, says = (
        sql.format(cell=cell, name=name, status=status) for sql in (rule.condition, rule.against, rule.says)
    )
    anew = f'{cell} IS DISTINCT FROM known."{name}"'
    return Rule(name=rule.name, columns=(name,), condition=condition, against=f"{anew} AND ({against})", says=says)


def _doubts(contract: Contract, rules: Sequence[Rule]) -> Iterator[str]:
    """The SQL of the first doubt about each cell; NULL where there is none."""
    for name in dict.fromkeys(name for rule in rules for name in rule.columns):
        found = (
            FOUND.format(
                condition=f"({rule.condition}) AND ({rule.against})",
                column=literal(name),
                value=f"""coalesce({written(contract[name], f'new."{name}"')}, '')""",
                rule=literal(rule.name),
                says=rule.says,
            )
            for rule in rules
            if name in rule.columns
        )
        yield f"CASE {''.join(found)} END"


def _of_dates(contract: Contract, status_date: date) -> Iterator[Rule]:
    """What is asked of every date: not ten years away, and of an event that it has happened, and still has."""
    earliest, latest = status_date - TEN_YEARS, status_date + TEN_YEARS
    for column in contract:
        if column.type not in _ENDS:
            continue
        yield Rule(
            name="far",
            columns=(column.name,),
            condition=f"{{cell}} < {_start(column, earliest)} OR {{cell}} > {_end(column, latest)}",
            says="{cell} || ' is more than ten years from the status date ' || {status} || ': is the year right?'",
        )
        if column.event:
            yield Rule(
                name="not_yet",
                columns=(column.name,),
                condition=f"{{cell}} > {_end(column, status_date)}",
                says="{cell} || ' is after the status date ' || {status} || ', so it has not happened yet:"
                " is the status date right?'",
            )
            yield Rule(
                name="taken_back",
                columns=(column.name,),
                condition="new.state = 'changed' AND {cell} IS NULL",
                against='known."{name}" IS NOT NULL',
                says="'This is known as ' || known.\"{name}\" || ', and the cell is empty, as if it had not happened:"
                " is it the file of an older month?'",
            )


_ENDS = {Type.DATE: "DATE '{day}'", Type.MOMENT: "'{day}~'", Type.MONTH: "'{day:%Y-%m}'"}
"""The end of a day as a cell of the type, to compare with; `~` comes after every time of the day."""


def _end(column: Column, day: date) -> str:
    return _ENDS[column.type].format(day=day)


def _start(column: Column, day: date) -> str:
    return _end(column, day).replace("~", "")


def _others(contract: Contract, merged: str) -> str:
    return OTHERS.get(contract.kind, "").format(
        merged=merged,
        columns=", ".join(f'"{name}"' for name in contract.names),
        amounts=", ".join(LAST_AMOUNT.format(name=name) for name in AMOUNTS),
        same_key=same_key(contract, "known", "new"),
    )


def _check_swapped(cursor: DuckDBPyConnection, file: int, layout: Layout, merged: str) -> None:
    """Doubt a column of dates of which none is late in its month. One such date settles it."""
    contract = layout.contract
    columns = [contract[name] for name in layout.names if contract[name].type in (Type.DATE, Type.MOMENT)]
    rows = cursor.execute(f"SELECT count(*) FROM {merged}").fetchone()
    if not columns or not rows or rows[0] < ENOUGH:
        return
    latest = ", ".join(f"max({_day(column, 9)})" for column in columns)
    found = cursor.execute(f"SELECT {latest} FROM {merged} AS new").fetchone() or ()
    for column in (column for column, late in zip(columns, found) if late and late <= "12"):
        statement = SWAPPED.format(
            day=_day(column),
            example="min(day) FILTER (day[6:7] <> day[9:])",
            differs=f'new."{column.name}" IS DISTINCT FROM known."{column.name}"',
            merged=merged,
            kind=contract.kind,
            same_key=same_key(contract, "known", "new"),
        )
        cursor.execute(statement, {"file": file, "column": column.name, "enough": ENOUGH, "advice": ADVICE})


def _day(column: Column, start: int = 1) -> str:
    """The SQL of a cell's day as text, from a character on."""
    cell = f'new."{column.name}"'
    return f"{cell if column.type is Type.MOMENT else f'CAST({cell} AS VARCHAR)'}[{start}:10]"


def _check_status_date(
    cursor: DuckDBPyConnection, file: int, contract: Contract, merged: str, status_date: date
) -> None:
    """Doubt a status date before that of what is loaded for the same engagements: the file would replace it."""
    newest = cursor.execute(NEWEST_STATUS_DATE).fetchone()
    if newest and newest[0] and newest[0] > status_date:
        statement = OLDER.format(kind=contract.kind, merged=merged)
        cursor.execute(statement, {"file": file, "status": status_date.isoformat()})
