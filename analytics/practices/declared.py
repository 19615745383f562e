"""The seven practices of working with a CRO: what each asks, where it is done, and what comes of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One practice: what it `asks`, on which page and tabs it is done (`places`), the kinds of files that hold it, the
    KPIs that it feeds, and what it feeds beside them (`also`)."""

    name: str
    asks: str
    places: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    kpis: tuple[str, ...] = ()
    also: str


PRACTICES = (
    Practice(
        name="Requirements and expectations",
        asks="Say what is expected, tasks, timeline, budget, outcome and quality, and what will show that it is met.",
        places=(("Studies", "Requirements"),),
        kinds=("requirements", "milestones", "deliverables"),
        kpis=("T01", "D01", "D02"),
        also="Each requirement is met, at risk, missed or not covered; at the close, the share that was met.",
    ),
    Practice(
        name="Due diligence and selection",
        asks="Choose a CRO by weighted criteria and evidence, know who is qualified and until when, keep the decision.",
        places=(("CROs", "Selection"), ("CROs", "Qualification")),
        kinds=("needs", "selections", "cros", "audits"),
        kpis=("Q08",),
        also="What a CRO claims stands beside what is measured of it; what expires in 90 days stands on Home.",
    ),
    Practice(
        name="Compatibility and cultural fit",
        asks="Ask both sides every quarter how the work together goes, and look at where they differ.",
        places=(("CROs", "Fit"),),
        kinds=("surveys",),
        kpis=("P01", "P02"),
        also="Answers stand beside what is measured of the same behaviour.",
    ),
    Practice(
        name="Roles and responsibilities",
        asks="One accountable person for each activity, who is still here, and whom to ask for what.",
        places=(("Studies", "Roles"), ("CROs", "Relationship")),
        kinds=("responsibilities", "team", "deliverables"),
        kpis=("P03", "P04"),
        also="Gaps in the matrix are named: nobody, two, somebody who left, one person on too much.",
    ),
    Practice(
        name="Open communication",
        asks="Agree on meetings and reports, hold them, write them down, and know where a concern goes next.",
        places=(("Studies", "Communication"),),
        kinds=("communication_plan", "touchpoints", "requests"),
        kpis=("R05", "R01", "R02"),
        also="The plan against what was held; what is escalated, how far and since when; response by channel.",
    ),
    Practice(
        name="Flexibility",
        asks="Change scope, dates and people when it is needed, fast, agreed and priced.",
        places=(("Studies", "Changes"),),
        kinds=("change_orders", "baselines"),
        kpis=("F01", "F02", "C06"),
        also="Where the days of a change order go; what an addition would do to the end date and the cost.",
    ),
    Practice(
        name="Monitoring and feedback",
        asks="Measure against KPIs, agree who does what by when, hear the other side, and see whether it helped.",
        places=(("Reviews", "Actions"), ("Reviews", "Feedback both ways"), ("Reviews", "Did it help?")),
        kinds=("actions", "targets", "kpi_data"),
        also="Every KPI; after an action is closed its KPI is read before and after, against chance.",
    ),
)
