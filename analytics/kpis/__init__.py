"""The KPIs, one file a domain."""
