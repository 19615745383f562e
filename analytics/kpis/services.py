"""Which kinds of service a KPI is for; an engagement that names none counts as any."""

CLINICAL = ("full", "fsp", "monitoring", "data_management", "other", "")
WITH_SITES = ("full", "fsp", "monitoring", "other", "")
