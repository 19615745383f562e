"""Who made a difference, exactly: Shapley values, and Owen values where the players come in groups.

A coalition is a number whose bits say which players are in it.
"""

from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def shapley(values: Floats) -> Floats:
    """What each of n players adds to a game, from the values of its 2**n coalitions.

    The mean of what a player adds over all orders in which the players can come (Shapley 1953, A Value for n-Person
    Games). They add up to the value of all less that of nobody; who never adds anything gets nothing; NaN where a
    coalition without a value takes part.
    """
    n = int(values.size).bit_length() - 1
    coalitions = np.arange(values.size)
    found = np.zeros(n)
    for player in range(n):
        without = coalitions[(coalitions >> player) & 1 == 0]
        found[player] = _weights(without, n) @ (values[without | 1 << player] - values[without])
    return found


def owen(values: Floats) -> Floats:
    """What each member of one group adds, where whole groups come together and members one by one within theirs.

    `values`: a row for each coalition of the m other groups (2**m), a column for each coalition of the members. The
    Shapley value of the game that the group plays inside: what its part adds to others who came before it (Owen 1977,
    Values of Games with a Priori Unions). The members of all groups together add up as the groups do.
    """
    others = int(values.shape[0]).bit_length() - 1
    return shapley(_weights(np.arange(values.shape[0]), others + 1) @ (values - values[:, :1]))


def bits(n: int) -> Floats:
    """The coalitions of n players as rows of zeros and ones."""
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(float)


def _weights(coalitions: NDArray[np.int64], n: int) -> Floats:
    """How often, of all orders of n players, exactly these come before a given one."""
    by_size = np.array([factorial(size) * factorial(n - size - 1) / factorial(n) for size in range(n)])
    return by_size[np.bitwise_count(coalitions)]
