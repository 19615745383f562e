"""Helpers of the build. Nothing of the product imports them."""
