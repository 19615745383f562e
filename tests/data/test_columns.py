"""The kind and the columns of a file are found from its headings, by names of ours and of others, or asked for."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.contracts import ALL, BY_KIND, Contract
from data.contracts.milestones import ALSO, CODES
from data.intake import shapes
from data.intake.columns import WHY, Layout, NotMapped, key, lay_out, normalised
from data.intake.headings import read, words
from data.intake.matching import milestone_in
from data.intake.problem import FileRefused
from data.intake.reading import MONTH, Reading, Target
from data.intake.table import table_of_rows


def asked(layout: Layout) -> list[tuple[str, str, str]]:
    """Heading, rule and suggested answer of each question."""
    return [(one.column, one.rule, one.value) for one in layout.problems if one.severity == "question"]


def wide(layout: Layout) -> list[str]:
    return [str(target) for _, target in layout.wide]


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.kind)
def test_every_kind_is_found_from_its_own_columns_without_a_word(contract: Contract) -> None:
    for names in (contract.names, contract.required):
        layout = lay_out(names)
        assert layout.contract is contract
        assert not layout.problems
        assert dict(layout.places) == {name: place for place, name in enumerate(names)}
        assert not layout.headings
        assert not layout.pivot
        assert {one.alike for one in layout.matched} == {100}


@pytest.mark.parametrize("contract", [c for c in ALL if c.kind != "profiles"], ids=lambda contract: contract.kind)
def test_every_kind_is_found_from_the_names_that_others_use(contract: Contract) -> None:
    """The last other names of all columns tell the kind, and which is which."""
    headings = [column.also[-1] if column.also else column.name for column in contract]
    layout = lay_out([heading.upper() for heading in headings])
    assert layout.contract is contract
    assert [one.target for one in layout.matched] == list(contract.names)
    assert asked(layout) == []


@pytest.mark.parametrize("contract", ALL, ids=lambda contract: contract.kind)
def test_a_name_belongs_to_one_column_of_a_kind(contract: Contract) -> None:
    """Together, or with its words in another order: `planned date` and `date planned` are looked up alike."""
    owners: dict[str, str] = {}
    for column in contract:
        for name in map(words, (column.name, *column.also)):
            for form in (name.replace(" ", ""), "".join(sorted(name.split()))):
                assert owners.setdefault(form, column.name) == column.name, f"{name} is {owners[form]} as well"


def test_other_names_are_said_once_and_written_plainly() -> None:
    for contract in ALL:
        for column in contract:
            own = [words(name).replace(" ", "") for name in (column.name, *column.also)]
            assert len(set(own)) == len(own), f"{contract.kind}.{column.name} has a name twice"
            assert all(name == " ".join(normalised(name).split("_")) for name in column.also)


def test_no_other_name_of_a_milestone_is_that_of_a_second_one() -> None:
    names = {code: (code, CODES[code].partition(" (")[0], *ALSO.get(code, ())) for code in CODES}
    assert set(ALSO) <= set(CODES)
    for code, mine in names.items():
        for name in mine:
            assert milestone_in(read(name)) == (code, ""), name
    every = list(chain.from_iterable(names.values()))
    assert len(every) > 60


def test_case_spaces_accents_and_signs_do_not_matter() -> None:
    assert normalised(" Engagement ID ") == normalised("engagement-id") == "engagement_id"
    assert normalised("\ufeffFPI\u200b") == "fpi"
    assert normalised("Début (réel)") == "debut_reel"
    assert normalised("契約番号") == "契約番号"
    assert normalised("✅") == "✅"
    assert normalised("Amount (€)") != normalised("Amount ($)")
    assert lay_out(["CRO ID", "Name"]).names == ("cro_id", "name")
    assert lay_out(["croid", "NAME"]).names == ("cro_id", "name")


@given(st.text(max_size=30))
def test_what_nobody_sees_is_no_part_of_a_key(text: str) -> None:
    assert key(f" \ufeff{text}\u200b ") == key(text)
    assert read(text).text == text


def test_a_key_may_be_written_with_its_month_open() -> None:
    assert key("Invoiced {month}") == key("Invoiced Sep 2026") == "invoiced_{month}"


@pytest.mark.parametrize(
    ("heading", "month", "of_the_rest"),
    [
        ("2026-09", "2026-09", MONTH),
        ("Sep 2026", "2026-09", MONTH),
        ("September-26", "2026-09", MONTH),
        ("Sept 26", "2026-09", MONTH),
        ("Sep'26", "2026-09", MONTH),
        ("09/2026", "2026-09", MONTH),
        ("9.2026", "2026-09", MONTH),
        ("2026/09", "2026-09", MONTH),
        ("202609", "2026-09", MONTH),
        ("2026 Sep", "2026-09", MONTH),
        ("März 2026", "2026-03", MONTH),
        ("Dez. 2026", "2026-12", MONTH),
        ("août 2026", "2026-08", MONTH),
        ("enero 2026", "2026-01", MONTH),
        ("Invoiced Sep 2026", "2026-09", f"invoiced_{MONTH}"),
        ("invoiced_2026_09", "2026-09", f"invoiced_{MONTH}"),
        ("2026-09 planned", "2026-09", f"{MONTH}_planned"),
        ("EV (2026-09) [EUR]", "2026-09", f"ev_{MONTH}_eur"),
        # A spreadsheet shows a date as a month: its first day, or its last.
        ("2026-09-01", "2026-09", MONTH),
        ("2026-09-30 00:00:00", "2026-09", MONTH),
        ("30/09/2026", "2026-09", MONTH),
        ("9/30/2026", "2026-09", MONTH),
        ("12/01/2026", "2026-12", MONTH),  # the first of December; 12 January is no first or last day
        ("30-Sep-26", "2026-09", MONTH),
    ],
)
def test_a_month_is_read_out_of_a_heading(heading: str, month: str, of_the_rest: str) -> None:
    assert read(heading).month == month
    assert key(heading) == of_the_rest


@pytest.mark.parametrize(
    "heading",
    ["2026-09-15", "15/09/2026", "Jan 10 2026", "Q3 2026", "H1 2026", "2026", "FY2026-10", "Phase 3 2026", "20260930",
     "Jan 2026 - Mar 2026", "2026-01 to 2026-03", "Jan", "2026-13", "13/2026", "31/02/2026", "Semester 9", "Visit 12"],
)  # fmt: skip
def test_what_is_no_one_month_is_not_read_as_one(heading: str) -> None:
    assert read(heading).month == ""
    assert MONTH not in key(heading)


@pytest.mark.parametrize(
    ("heading", "hints"),
    [
        ("Invoiced (k€)", {"unit": "thousands"}),
        ("Invoiced k€", {"unit": "thousands"}),
        ("Invoiced in TEUR", {"unit": "thousands"}),
        ("Invoiced (USD k)", {"unit": "thousands"}),
        ("Invoiced '000", {"unit": "thousands"}),
        ("Invoiced (in thousands)", {"unit": "thousands"}),
        ("Invoiced [Mio. EUR]", {"unit": "millions"}),
        ("Invoiced (€m)", {"unit": "millions"}),
        ("Invoiced %", {"unit": "percent"}),
        ("Invoiced (USD)", {"currency": True}),
        ("Invoiced $", {"currency": True}),
        ("Invoiced to date", {"since_start": True}),
        ("Cumulative invoiced", {"since_start": True}),
        ("Invoiced cum.", {"since_start": True}),
        ("Invoiced ITD", {"since_start": True}),
        ("Invoiced year to date", {"since_january": True}),
        ("Invoiced YTD", {"since_january": True}),
        ("Invoiced (days)", {"time": "day"}),
        ("Invoiced [h]", {"time": "hour"}),
        ("Invoiced (dd/mm/yyyy)", {}),
        ("Invoiced", {}),
    ],
)
def test_units_are_no_part_of_a_name_and_are_noted(heading: str, hints: dict[str, object]) -> None:
    said = read(heading)
    assert said.names[-1] == "invoiced"
    noted = ("unit", "currency", "since_start", "since_january", "time")
    assert {name: getattr(said, name) for name in noted if getattr(said, name)} == hints


def test_a_word_is_not_a_unit_because_it_has_its_letters() -> None:
    for heading in ("Document", "Accumulator", "Bank", "Month", "Kept", "Update", "Europe", "Milestone"):
        said = read(heading)
        assert len(said.names) == 1
        assert not (said.unit)
        assert not (said.currency)
        assert not (said.since_start)
        assert not (said.time)


def test_a_tracker_with_other_names_is_understood() -> None:
    layout = lay_out(["Project Code", "Milestone", "Planned Date", "Expected", "Actual Date", "Remarks"])
    assert layout.contract.kind == "milestones"
    assert dict(layout.places) == {
        "engagement_id": 0, "milestone": 1, "baseline_original": 2, "forecast": 3, "actual": 4, "comment": 5,
    }  # fmt: skip
    assert not layout.problems
    assert layout.heading("engagement_id") == "Project Code"
    assert layout.heading("milestone") == "Milestone"
    assert layout.heading("site_id") == "site_id"


def test_a_suggestion_is_used_and_asked_about() -> None:
    """contry and country: 2 x 6 of 13 letters are the same, 92 %."""
    layout = lay_out(["cro_id", "name", "contry", "mood"])
    assert layout.names == ("cro_id", "name", "country")
    assert asked(layout) == [("contry", "column", "country")]
    assert "92 % alike" in layout.problems[0].message
    assert '--map "contry=country"' in layout.problems[0].message
    assert [(one.target, one.alike) for one in layout.matched] == [
        ("cro_id", 100), ("name", 100), ("country", 92), ("", 0),
    ]  # fmt: skip
    assert [(one.column, one.rule, one.severity) for one in layout.problems[1:]] == [
        ("mood", "unknown_column", "warning")
    ]


def test_a_decision_ends_the_question() -> None:
    headers = ["cro_id", "name", "contry"]
    assert not lay_out(headers, Reading(columns={"contry": "country"})).problems
    unused = lay_out(headers, Reading(columns={"contry": ""}))
    assert not unused.problems
    assert unused.names == ("cro_id", "name")
    other = lay_out(headers, Reading(columns={key("Contry "): "services"}))
    assert other.names == ("cro_id", "name", "services")
    assert not other.problems


def test_words_that_share_one_are_not_alike() -> None:
    """By the set of their words, `budget` would be all of `budget variance`."""
    layout = lay_out(["engagement_id", "month", "cost_type", "Budget Variance"])
    assert "planned_original" not in layout.names
    assert asked(layout) == []


def test_the_most_alike_has_the_column() -> None:
    """forecasts is 94 % alike to forecast, forcast 93 %; both come with it, one stays."""
    layout = lay_out(["engagement_id", "milestone", "forcast", "forecasts"])
    assert dict(layout.places)["forecast"] == 3
    assert [one.target for one in layout.matched] == ["engagement_id", "milestone", "", "forecast"]


def test_our_name_goes_before_that_of_others() -> None:
    layout = lay_out(["Vendor", "cro_id", "name"])
    assert layout.places["cro_id"] == 1
    assert ["“cro_id” is that column already" in one.message for one in layout.problems] == [True]
    decided = lay_out(["Vendor", "cro_id", "name"], Reading(columns={"vendor": "cro_id"}))
    assert decided.places["cro_id"] == 0


def test_a_currency_in_a_heading_is_confirmed() -> None:
    headers = ["engagement_id", "cro", "study", "title", "start", "end", "currency", "Contract Value (USD)"]
    layout = lay_out(headers)
    assert layout.places["contract_value"] == 7
    assert asked(layout) == [("Contract Value (USD)", "column", "contract_value")]
    assert layout.matched[7].alike == 95
    assert not lay_out(headers, Reading(columns={key("Contract Value (USD)"): "contract_value"})).problems


def test_a_unit_in_a_heading_is_asked_about() -> None:
    headers = ["engagement_id", "month", "cost_type", "Budget (k€)", "Weight"]
    assert asked(lay_out(headers)) == [("Budget (k€)", "unit", "thousands")]
    for unit in ("ones", "thousands"):
        assert asked(lay_out(headers, Reading(units={"planned_original": unit}))) == []
    # A threshold is in the unit of its KPI: percent is what it should be in.
    assert asked(lay_out(["kpi_id", "effective_from", "green (%)", "red (%)"])) == []


def test_totals_to_date_are_asked_about() -> None:
    headers = ["engagement_id", "month", "cost_type", "Invoiced to date"]
    assert asked(lay_out(headers)) == [("Invoiced to date", "to_date", "yes")]
    assert asked(lay_out(headers, Reading(to_date={"invoiced": True}))) == []
    assert asked(lay_out(headers, Reading(to_date={"invoiced": False}))) == []
    since_january = ["engagement_id", "month", "cost_type", "Invoiced YTD"]
    assert asked(lay_out(since_january)) == [("Invoiced YTD", "to_date", "no")]
    assert len(asked(lay_out(since_january, Reading(to_date={"invoiced": True})))) == 1
    assert asked(lay_out(since_january, Reading(to_date={"invoiced": False}))) == []


def test_a_time_in_another_unit_is_another_thing() -> None:
    """A response time in days is no response time in hours: 2 days would be read as 2 hours."""
    assert lay_out(["engagement_id", "Response time (hours)"]).names == ("engagement_id", "priority", "response_hours")
    with pytest.raises(FileRefused):
        lay_out(["engagement_id", "Response hours (days)"])
    layout = lay_out(["engagement_id", "Response hours (days)"], kind="slas")
    assert "response_hours" not in layout.names


def test_the_column_of_a_rejected_file_that_says_why_is_passed_over() -> None:
    assert not lay_out(["cro_id", "name", WHY]).problems


def test_columns_that_are_like_none_of_ours_are_said_together() -> None:
    layout = lay_out(["cro_id", "name", "PQ #", "Freight", "", "teir list"])
    assert [one.severity for one in layout.problems] == ["warning"]
    assert all(f"“{heading}”" in layout.problems[0].message for heading in ("PQ #", "Freight", "teir list"))


def test_a_column_that_is_to_be_used_and_is_gone_is_said() -> None:
    layout = lay_out(["cro_id", "name"], Reading(columns={"land_code": "country", "mood": ""}))
    assert [(one.column, one.rule, one.severity) for one in layout.problems] == [
        ("land_code", "column_gone", "warning")
    ]


def test_a_constant_is_a_column_of_the_file() -> None:
    layout = lay_out(["milestone", "baseline_original"], None, None, {"engagement_id": "E-014", "tier": "preferred"})
    assert layout.contract.kind == "milestones"
    assert dict(layout.constants) == {"engagement_id": ("E-014",), "site_id": ("",)}
    kept = lay_out(["milestone", "baseline_original"], Reading(constants={"engagement_id": "E-014", "comment": ""}))
    assert kept.names == ("engagement_id", "milestone", "site_id", "baseline_original")


def test_a_constant_may_be_made_of_cells() -> None:
    """The column that it is made of is not used a second time, nor said to be unused."""
    layout = lay_out(
        ["Project No", "milestone", "planned", "Letter"],
        Reading(constants={"engagement_id": "E-{project no}{LETTER}{{1}}"}),
    )
    assert dict(layout.constants) == {"engagement_id": ("E-", 0, 3, "{1}"), "site_id": ("",)}
    assert "engagement_id" not in layout.places
    assert not layout.problems


def test_months_as_columns() -> None:
    layout = lay_out(["contract", "cost type", "Invoiced Jan 2026", "2026-02 billed", "Total"])
    assert (layout.contract.kind, layout.pivot) == ("budget", "month")
    assert wide(layout) == ["invoiced@2026-01", "invoiced@2026-02"]
    assert layout.heading("invoiced", "2026-02") == "2026-02 billed"
    assert layout.heading("invoiced", "2026-03") == "invoiced"
    assert layout.names == ("engagement_id", "cost_type")
    assert asked(layout) == []


def test_months_without_an_amount_are_one_question() -> None:
    headers = ["contract", "cost type", "2026-01", "2026-02", "2026-03"]
    layout = lay_out(headers)
    assert (layout.contract.kind, layout.pivot, layout.wide) == ("budget", "month", ())
    assert asked(layout) == [("2026-01", "column", "")]
    assert "“2026-01” to “2026-03”" in layout.problems[0].message
    assert "planned_original, planned_current, earned_value, invoiced, accrued or" in layout.problems[0].message
    for target in ("earned_value", "earned_value@{month}", "earned_value@2026-01"):
        decided = lay_out(headers, Reading(columns={MONTH: target}))
        assert wide(decided) == ["earned_value@2026-01", "earned_value@2026-02", "earned_value@2026-03"]
        assert not decided.problems


def test_a_month_is_a_column_or_in_the_headings() -> None:
    """A long file with a column that is dated keeps to its own month."""
    layout = lay_out(["engagement_id", "month", "cost_type", "invoiced", "Invoiced Jan 2026"])
    assert (layout.pivot, layout.wide) == ("", ())
    assert layout.places["invoiced"] == 3
    with pytest.raises(FileRefused, match="a heading cannot say the month"):
        lay_out(
            ["engagement_id", "month", "cost_type", "Invoiced Jan 2026"],
            Reading(columns={"invoiced_{month}": "invoiced@{month}"}),
        )


def test_a_month_without_its_year_is_said() -> None:
    layout = lay_out(["engagement_id", "cost_type", "Invoiced Jan 2026", "Feb"])
    assert "“Feb 2026”" in layout.problems[0].message


def test_months_are_no_columns_of_kinds_without_a_month() -> None:
    layout = lay_out([*BY_KIND["requests"].required, "Status Jan 2026"])
    assert (layout.pivot, layout.wide) == ("", ())


def test_milestones_as_columns() -> None:
    layout = lay_out(["Agreement", "FPI actual", "Actual LPI", "DBL forecast", "CSR planned date", "est_lplv"])
    assert (layout.contract.kind, layout.pivot) == ("milestones", "milestone")
    assert wide(layout) == [
        "actual@fpi", "actual@lpi", "forecast@dbl", "baseline_original@csr", "forecast@lplv",
    ]  # fmt: skip
    assert not layout.problems


def test_a_milestone_without_its_date_is_asked_about() -> None:
    headers = ["Agreement", "Date of first subject in", "Database Lock", "DBL forecast"]
    layout = lay_out(headers)
    assert [(one.column, one.rule) for one in layout.problems] == [
        ("Date of first subject in", "column"), ("Database Lock", "column"),
    ]  # fmt: skip
    assert "baseline_original, baseline_current, forecast, actual or" in layout.problems[0].message
    decided = lay_out(
        headers, Reading(columns={"date_of_first_subject_in": "actual", key("Database Lock"): "actual@dbl"})
    )
    assert wide(decided) == ["actual@fpi", "actual@dbl", "forecast@dbl"]
    assert not decided.problems


def test_a_column_that_names_a_milestone_in_a_long_file_is_no_milestone() -> None:
    layout = lay_out(["engagement_id", "milestone", "actual", "FPI forecast"])
    assert (layout.pivot, layout.wide, layout.places["actual"]) == ("", (), 2)


def test_a_misspelt_amount_beside_a_month_is_asked_about() -> None:
    layout = lay_out(["engagement_id", "cost_type", "Invoiced Feb 2026", "Acrued Feb 2026"])
    assert wide(layout) == ["invoiced@2026-02", "accrued@2026-02"]
    assert asked(layout) == [("Acrued Feb 2026", "column", "accrued@2026-02")]
    assert '--map "Acrued Feb 2026=accrued"' in layout.problems[0].message


def test_a_file_of_another_thing_is_not_guessed() -> None:
    """A vendor and a country are no list of CROs; a project code is no list of engagements."""
    with pytest.raises(FileRefused, match="No kind of file") as refused:
        lay_out(["Vendor", "Country", "Brand", "Project Code", "Unit Price"])
    assert refused.value.rule == "kind"


def test_what_is_missing_can_be_chosen() -> None:
    with pytest.raises(NotMapped, match="needs the column request_id") as refused:
        lay_out(["study", "created", "answered", "contract"], kind="requests")
    assert refused.value.contract.kind == "requests"
    assert [(one.heading, one.target) for one in refused.value.matched] == [
        ("study", ""), ("created", "opened_at"), ("answered", "first_response_at"), ("contract", "engagement_id"),
    ]  # fmt: skip
    layout = lay_out(["study", "created", "answered", "contract"], Reading("requests", {"study": "request_id"}))
    assert layout.places["request_id"] == 0


@pytest.mark.parametrize(
    ("headers", "kind", "constants", "words"),
    [
        (["cro_id", "cro id", "name"], None, {}, "Two columns are cro_id: “cro_id” and “cro id”"),
        (["cro_id", "name", "name"], None, {}, "Two columns are named name"),
        (["Vendor", "Supplier", "name"], None, {}, "Two columns are cro_id: “Vendor” and “Supplier”"),
        (["contract", "cost type", "Invoiced Jan 2026", "Billed 2026-01"], None, {}, "invoiced@2026-01: “Invoiced Jan"),
        (["contract", "cost type", "Invoiced Jan 2026", "invoiced"], None, {}, "“Invoiced Jan 2026” and “invoiced”"),
        (["cro_id", "name"], "milestones", {}, "columns are those of cros"),
        (["cro_id", "name"], "vendors", {}, "no kind “vendors”"),
        (["a", "b"], None, {}, "first row must hold the column names"),
        (["baseline_original", "forecast"], None, {}, "engagement_id and milestone"),
        (["engagement_id"], None, {}, "engagements or slas"),
        (["cro_id", "name"], None, {"cro_id": "A"}, "set for the whole file"),
        (["Vendor", "name"], "cros", {"cro_id": "A"}, "“Vendor” is it as well"),
        (["name"], "cros", {"cro_id": "{Vendor}"}, "“Vendor”, which the file does not have. Take one of “name”"),
        (["name"], "cros", {"cro_id": "{A"}, "a bracket too many"),
    ],
)
def test_what_is_unclear_is_refused(
    headers: list[str], kind: str | None, constants: dict[str, str], words: str
) -> None:
    with pytest.raises(FileRefused, match=words):
        lay_out(headers, None, kind, constants)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"mood": "temper"}, "“mood” is to be temper, and milestones has no such column"),
        ({"mood": "forecast@{month}"}, "names no month"),
        ({"mood": "forecast@dbl"}, "a column says it"),
        ({"mood": "actual", "actual": "actual"}, "Two columns are actual"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_refused(columns: dict[str, str], words: str) -> None:
    headers = ["engagement_id", "milestone", "actual", "mood"]
    with pytest.raises(FileRefused, match=words):
        lay_out(headers, Reading(kind="milestones", columns=columns))


def test_the_given_kind_goes_before_that_of_the_reading() -> None:
    assert lay_out(["engagement_id"], Reading(kind="engagements")).contract.kind == "engagements"
    assert lay_out(["engagement_id"], Reading(kind="engagements"), "slas").contract.kind == "slas"


NAMES = sorted({name for contract in ALL for column in contract for name in (column.name, *column.also)})
HEADINGS = st.text(max_size=25) | st.sampled_from(
    [
        *NAMES,
        *CODES,
        "2026-09",
        "Sep 2026 (k€)",
        "Invoiced Sep 2026",
        "FPI actual",
        "Actual DBL (days)",
        "EV YTD",
        "Jan",
    ]
)
TARGETS = st.sampled_from(["", "invoiced", "invoiced@{month}", "forecast", "forecast@dbl", "month", "engagement_id"])


@given(
    st.lists(HEADINGS, max_size=8),
    st.sampled_from([None, *(contract.kind for contract in ALL)]),
    st.dictionaries(HEADINGS, TARGETS, max_size=2),
    st.dictionaries(st.sampled_from(["engagement_id", "month", "milestone"]), st.just("{2026-09} {FPI}"), max_size=1),
)
def test_any_headings_end_in_a_layout_or_a_refusal(
    headers: list[str], kind: str | None, columns: dict[str, str], constants: dict[str, str]
) -> None:
    try:
        layout = lay_out(headers, Reading(columns=columns), kind, constants)
    except FileRefused:
        return
    assert len(layout.matched) == len(headers)
    used = [*layout.places.values(), *(place for place, _ in layout.wide)]
    assert len(set(used)) == len(used)
    assert set(layout.contract.required) & set(layout.contract.keys) <= {*layout.names, layout.pivot}
    long, _ = shapes.long(table_of_rows("a.csv", headers, [["1"] * len(headers)]), layout)
    assert long.count == (len({target.at for _, target in layout.wide}) if layout.pivot else 1)


def test_a_month_of_a_kind_without_amounts_is_no_column() -> None:
    with pytest.raises(FileRefused, match="engagements or slas"):
        lay_out(["engagement_id", "2026-01"])


def test_targets_are_read_as_they_are_written() -> None:
    for text in ("forecast", "forecast@dbl", "invoiced@{month}"):
        assert str(Target.of(text)) == text


def test_a_later_decision_goes_before_an_earlier_one() -> None:
    first = Reading(kind="budget", columns={"a": "month"}, to_date={"invoiced": True}, snapshot=True)
    later = Reading(columns={"a": "", "b": "invoiced"}, to_date={"invoiced": False}, snapshot=False)
    both = first.with_(later)
    assert both == Reading("budget", {"a": "", "b": "invoiced"}, to_date={"invoiced": False}, snapshot=False)
    assert both.with_(Reading()) == both
    assert Reading(snapshot=False).decides
    assert not Reading().decides
