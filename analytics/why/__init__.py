"""Why a figure changed between two dates: its difference in parts that add up to it, and in words."""

from analytics.why.amounts import why_money
from analytics.why.kpi import why_kpi
from analytics.why.score import why_score
from analytics.why.words import Told, Why

__all__ = ["Told", "Why", "why_kpi", "why_money", "why_score"]
