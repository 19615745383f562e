"""From the bytes of a file to checked rows in the store."""

from data.intake.load import FileIn, FileResult, Loaded, Options, edit, load
from data.intake.problem import FileRefused, Problem

__all__ = ["FileIn", "FileRefused", "FileResult", "Loaded", "Options", "Problem", "edit", "load"]
