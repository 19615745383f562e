"""From the bytes of a file to checked rows in the store."""

from data.intake.load import FileResult, Loaded, Options, edit, load
from data.intake.problem import FileRefused, Problem
from data.intake.reading import Reading
from data.intake.staging import Kpis
from data.intake.told import Asked, FileIn

__all__ = [
    "Asked",
    "FileIn",
    "FileRefused",
    "FileResult",
    "Kpis",
    "Loaded",
    "Options",
    "Problem",
    "Reading",
    "edit",
    "load",
]
