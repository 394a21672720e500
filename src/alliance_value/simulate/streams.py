"""A study's seed and a component's name -> that component's random stream."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, *key: str | int) -> np.random.Generator:
    """Return the generator of one component.

    Streams are keyed by name, never by order of use: a component that draws more
    numbers, or a new component, leaves all others as they were. ``crc32`` rather
    than ``hash`` because the latter changes with ``PYTHONHASHSEED``.

    Parameters
    ----------
    seed : int
        Seed of the world.
    *key : str or int
        Name of the component, with a block number where it works in blocks.

    Returns
    -------
    numpy.random.Generator
    """
    words = tuple(k if isinstance(k, int) else crc32(k.encode()) for k in key)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=words))


def autoregression(
    rng: np.random.Generator,
    shape: tuple[int, int],
    persistence: float,
    df: float | None = None,
) -> np.ndarray:
    """Draw stationary AR(1) paths of unit variance.

    Parameters
    ----------
    rng : numpy.random.Generator
    shape : (n, T)
        Paths by periods.
    persistence : float
        First-order autocorrelation.
    df : float, optional
        Degrees of freedom of Student innovations; normal where None.

    Returns
    -------
    ndarray, shape (n, T)
    """
    if df is None:
        shocks = rng.standard_normal(shape)
    else:
        shocks = rng.standard_t(df, shape) / np.sqrt(df / (df - 2))
    path = np.empty(shape)
    path[:, 0] = shocks[:, 0]
    scale = np.sqrt(1 - persistence**2)
    for t in range(1, shape[1]):
        path[:, t] = persistence * path[:, t - 1] + scale * shocks[:, t]
    return path
