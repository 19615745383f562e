"""One contract a CSV kind. From it come its table, template, checks and documentation."""

from data.contracts import (
    actions,
    budget,
    change_orders,
    cros,
    deliverables,
    engagements,
    fx_rates,
    holidays,
    kpi_data,
    milestones,
    profiles,
    requests,
    returns,
    slas,
    targets,
)
from data.contracts.contract import Column, Contract, Type

ALL: tuple[Contract, ...] = (
    cros.CONTRACT,
    engagements.CONTRACT,
    milestones.CONTRACT,
    deliverables.CONTRACT,
    budget.CONTRACT,
    change_orders.CONTRACT,
    slas.CONTRACT,
    requests.CONTRACT,
    kpi_data.CONTRACT,
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
