"""How sure a figure is."""

from math import sqrt

from analytics.survival import Z95


def wilson(successes: float, n: float) -> tuple[float, float]:
    """95 % score interval of a proportion, as shares (Wilson 1927). Raises ValueError without a case."""
    if n <= 0:
        raise ValueError("An interval needs a case.")
    share, square = successes / n, Z95 * Z95
    centre = share + square / (2 * n)
    spread = Z95 * sqrt(share * (1 - share) / n + square / (4 * n * n))
    low, high = (centre - spread) / (1 + square / n), (centre + spread) / (1 + square / n)
    return max(0.0, low) if successes else 0.0, min(1.0, high) if successes < n else 1.0
