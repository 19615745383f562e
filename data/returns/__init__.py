"""Workbooks that project managers fill in: the monthly return and the set-up of a study; and when returns are due."""
