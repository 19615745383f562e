"""One contract a CSV kind. From it come its table, template, checks and documentation."""

from data.contracts import (
    actions,
    audits,
    baselines,
    budget,
    change_orders,
    communication_plan,
    cros,
    deliverables,
    engagements,
    fx_rates,
    holidays,
    invoices,
    kpi_data,
    milestones,
    needs,
    profiles,
    quality_events,
    requests,
    requirements,
    responsibilities,
    returns,
    selections,
    slas,
    surveys,
    targets,
    team,
    touchpoints,
    units,
)
from data.contracts.contract import Column, Contract, Type

ALL: tuple[Contract, ...] = (
    cros.CONTRACT,
    needs.CONTRACT,
    selections.CONTRACT,
    engagements.CONTRACT,
    responsibilities.CONTRACT,
    communication_plan.CONTRACT,
    milestones.CONTRACT,
    deliverables.CONTRACT,
    requirements.CONTRACT,
    budget.CONTRACT,
    change_orders.CONTRACT,
    baselines.CONTRACT,
    invoices.CONTRACT,
    units.CONTRACT,
    slas.CONTRACT,
    requests.CONTRACT,
    touchpoints.CONTRACT,
    kpi_data.CONTRACT,
    audits.CONTRACT,
    quality_events.CONTRACT,
    team.CONTRACT,
    surveys.CONTRACT,
    actions.CONTRACT,
    targets.CONTRACT,
    fx_rates.CONTRACT,
    holidays.CONTRACT,
    returns.CONTRACT,
    profiles.CONTRACT,
)
"""In the order of their references: a kind names only keys of itself or of one before it."""

BY_KIND = {contract.kind: contract for contract in ALL}

__all__ = ["ALL", "BY_KIND", "Column", "Contract", "Type"]
