"""Rows by group and level -> an approximate Cholesky factor of what groups leave.

With group means out, the cross-products of one effect's dummies are the Laplacian of a
graph: two levels are linked by ``w_i w_k / W`` for each two rows of a group. Taking a
vertex out links all its neighbours with one another; here each of them is linked to one
other, drawn so that the expected graph is the exact one. So the number of links never
grows, whatever the graph, and trees come out exactly.

References
----------
Kyng and Sachdeva (2016), Approximate Gaussian elimination for Laplacians. Gao, Kyng and
Spielman (2023), Robust and practical solution of Laplacian equations by approximate
elimination. Steele, Lea and Flood (2014), Fast splittable pseudorandom number
generators.
"""

from __future__ import annotations

import heapq

import numpy as np
from numba import types

from alliance_value.models.engine.kernels import (
    MATRIX,
    READ_CODES,
    READ_VECTOR,
    VECTOR,
    compiled,
    group_order,
)


@compiled(types.uint64)
def uniform(counter: np.uint64) -> float:
    """Return the number in [0, 1) that belongs to a counter (SplitMix64)."""
    z = (counter + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(np.float64(z >> np.uint64(11)) * 2.0**-53)


@compiled(VECTOR, types.int64, types.int64, types.float64)
def neighbour(before: np.ndarray, i: int, last: int, drawn: float) -> int:
    """Return one of i + 1 to last, drawn by weight; ``before`` sums those before."""
    goal = before[i + 1] + drawn * (before[last + 1] - before[i + 1])
    low, high = i + 1, last
    while low < high:
        middle = (low + high) // 2
        if before[middle + 1] > goal:
            high = middle
        else:
            low = middle + 1
    return low


@compiled(READ_VECTOR, READ_CODES, READ_CODES, READ_CODES)
def links_of_groups(
    weights: np.ndarray, start: np.ndarray, order: np.ndarray, levels: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the links that groups leave between the levels of their rows.

    Arguments are those of ``kernels.normal_equations``, ``levels`` of one effect.

    Returns
    -------
    ends : numpy.ndarray
        int64, shape (links, 2).
    masses : numpy.ndarray
        float64, shape (links,).
    """
    ends = np.empty((levels.size, 2), np.int64)
    masses = np.empty(levels.size)
    links, counter, widest = 0, np.uint64(0), 0
    for g in range(start.size - 1):
        widest = max(widest, start[g + 1] - start[g])
    before = np.zeros(widest + 1)
    for g in range(start.size - 1):
        first, rows = start[g], start[g + 1] - start[g]
        for r in range(rows):
            i = order[first + r] if order.size else first + r
            before[r + 1] = before[r] + (weights[i] if weights.size else 1.0)
        total = before[rows]
        for r in range(rows - 1):
            k = neighbour(before, r, rows - 1, uniform(counter))
            counter += np.uint64(1)
            one = levels[order[first + r] if order.size else first + r]
            other = levels[order[first + k] if order.size else first + k]
            if one != other:
                ends[links, 0], ends[links, 1] = one, other
                later = total - before[r + 1]
                masses[links] = (before[r + 1] - before[r]) * later / total
                links += 1
    return ends[:links], masses[:links]


@compiled(types.int64, types.Array(types.int64, 2, "C"), VECTOR)
def eliminated(
    q: int, ends: np.ndarray, masses: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Take vertices out of a graph, fewest links first: L D L' of its Laplacian.

    Returns
    -------
    order : numpy.ndarray
        int64, shape (q,): vertices as they were taken out.
    start, vertices, shares : numpy.ndarray
        Entries of -L below the diagonal, by column in that order: int64, shape
        (q + 1,); int64 and float64, shape (entries,).
    pivots : numpy.ndarray
        float64, shape (q,): D in that order; 0 for the last vertex of a part.
    """
    sides = ends.ravel()
    at, side = group_order(sides, q)
    given, given_mass = sides[side ^ 1], masses[side // 2]
    degree = at[1:] - at[:-1]
    # links drawn on the way, a list by vertex
    head = np.full(q, -1)
    to, behind, mass = (
        np.empty(1024, np.int64),
        np.empty(1024, np.int64),
        np.empty(1024),
    )
    drawn, counter = 0, np.uint64(len(ends))
    vertices, shares, entries = np.empty(1024, np.int64), np.empty(1024), 0
    order, pivots = np.empty(q, np.int64), np.zeros(q)
    start = np.zeros(q + 1, np.int64)
    gone = np.zeros(q, np.bool_)
    slot = np.full(q, -1)
    near, near_mass = np.empty(q, np.int64), np.empty(q)
    several = np.empty(q, np.int64)
    before = np.zeros(q + 1)
    queue = [(degree[v], v) for v in range(q)]
    heapq.heapify(queue)
    done = 0
    while done < q:
        count, v = heapq.heappop(queue)
        if gone[v] or count > degree[v]:
            continue
        if count < degree[v]:
            heapq.heappush(queue, (degree[v], v))
            continue
        d = 0
        for m in range(at[v], at[v + 1]):
            u = given[m]
            if gone[u]:
                continue
            if slot[u] < 0:
                slot[u] = d
                near[d], near_mass[d], several[d] = u, 0.0, 0
                d += 1
            near_mass[slot[u]] += given_mass[m]
            several[slot[u]] += 1
        m = head[v]
        while m >= 0:
            u = to[m]
            if not gone[u]:
                if slot[u] < 0:
                    slot[u] = d
                    near[d], near_mass[d], several[d] = u, 0.0, 0
                    d += 1
                near_mass[slot[u]] += mass[m]
                several[slot[u]] += 1
            m = behind[m]
        gone[v] = True
        order[done] = v
        ranks = np.argsort(near_mass[:d], kind="mergesort")
        for r in range(d):
            before[r + 1] = before[r] + near_mass[ranks[r]]
        total = before[d]
        pivots[done] = total
        while entries + d > vertices.size:
            vertices = np.append(vertices, np.empty_like(vertices))
            shares = np.append(shares, np.empty_like(shares))
        while drawn + 2 * d > to.size:
            to = np.append(to, np.empty_like(to))
            behind = np.append(behind, np.empty_like(behind))
            mass = np.append(mass, np.empty_like(mass))
        for r in range(d):
            u = near[ranks[r]]
            slot[u] = -1
            vertices[entries] = u
            shares[entries] = near_mass[ranks[r]] / total
            entries += 1
            degree[u] -= several[ranks[r]]
        for r in range(d - 1):
            k = neighbour(before, r, d - 1, uniform(counter))
            counter += np.uint64(1)
            link = near_mass[ranks[r]] * (total - before[r + 1]) / total
            for one, other in (
                (near[ranks[r]], near[ranks[k]]),
                (near[ranks[k]], near[ranks[r]]),
            ):
                to[drawn], mass[drawn], behind[drawn] = other, link, head[one]
                head[one] = drawn
                drawn += 1
                degree[one] += 1
        for r in range(d):
            heapq.heappush(queue, (degree[near[r]], near[r]))
        done += 1
        start[done] = entries
    return order, start, vertices[:entries], shares[:entries], pivots


@compiled(READ_CODES, READ_CODES, READ_CODES, READ_VECTOR, READ_VECTOR, MATRIX)
def solve(
    order: np.ndarray,
    start: np.ndarray,
    vertices: np.ndarray,
    shares: np.ndarray,
    pivots: np.ndarray,
    right: np.ndarray,
) -> None:
    """Solve L D L' z = right in its place, shape (q, p), whose parts sum to nothing."""
    p = right.shape[1]
    for s in range(order.size):
        v = order[s]
        for m in range(start[s], start[s + 1]):
            for j in range(p):
                right[vertices[m], j] += shares[m] * right[v, j]
        for j in range(p):
            right[v, j] = right[v, j] / pivots[s] if pivots[s] > 0 else 0.0
    for s in range(order.size - 1, -1, -1):
        v = order[s]
        for m in range(start[s], start[s + 1]):
            for j in range(p):
                right[v, j] += shares[m] * right[vertices[m], j]
