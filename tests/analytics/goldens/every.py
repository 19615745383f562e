"""All golden cases."""

from tests.analytics.goldens import cost, delivery, quality, relationship, responsiveness, time

GOLDENS = (
    *time.GOLDENS,
    *cost.GOLDENS,
    *quality.GOLDENS,
    *responsiveness.GOLDENS,
    *delivery.GOLDENS,
    *relationship.GOLDENS,
)
