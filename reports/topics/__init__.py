"""The topics of a review, each a section of its pack."""

from collections.abc import Callable

from reports.content import Section
from reports.topics.actions import agreed_now, last_actions
from reports.topics.finance import finance
from reports.topics.outlook import outlook
from reports.topics.quality import quality_of
from reports.topics.relationship import relationship_of
from reports.topics.responsiveness import responsiveness_of
from reports.topics.risks import ours, risks
from reports.topics.scorecard import scorecard_of
from reports.topics.subject import Subject
from reports.topics.summary import summary
from reports.topics.timeline import timeline

TOPICS: tuple[Callable[[Subject], Section], ...] = (
    last_actions, summary, scorecard_of, timeline, finance, quality_of, responsiveness_of, relationship_of, risks, ours,
    outlook, agreed_now,
)  # fmt: skip
"""In the order of the meeting."""
