"""The quarterly review of a CRO on a page: prepare, share, freeze, present, and what was agreed."""
