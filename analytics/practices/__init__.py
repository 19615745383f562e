"""The seven practices of working with a CRO: what each asks of the facts."""
