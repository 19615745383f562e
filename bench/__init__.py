"""Measurements. Nothing of the product imports them, and no test asserts a time."""
