"""A remote -> recorded objects whole in the cache, or which are nowhere whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.sharing.cache import mend
from alliance_value.sharing.mishaps import mishap
from alliance_value.sharing.objects import Object, absent, objects
from alliance_value.sharing.remotes import Dvc


def complete(outputs: list[Object], dvc: Dvc) -> list[Object]:
    """Fetch what the cache lacks; what comes damaged is discarded again.

    Returns
    -------
    list of Object
        Those that are nowhere whole.

    Raises
    ------
    UserError
        The remote does not answer, or the disk is full.
    """
    said = ""
    # twice: a list that was fetched tells of more to be checked
    for _ in range(2):
        if not absent(objects(outputs, dvc.cache), dvc.cache):
            return []
        said += dvc.fetch(outputs)
        mend(outputs, dvc.cache, dvc.root)
    left = absent(objects(outputs, dvc.cache), dvc.cache)
    if left and (problem := mishap(said)):
        raise UserError([problem], "dvc fetch")
    return left


def unobtainable(
    left: Iterable[Object], outputs: Sequence[Object], lacking: set[str]
) -> Iterator[Problem]:
    """Yield a problem for each object that neither cache nor remote has whole.

    Parameters
    ----------
    left
        These objects.
    outputs
        What DVC recorded of the study.
    lacking
        Paths that the remote does not have: outputs, or files in them.
    """
    for item in left:
        if lacking.isdisjoint(output.path for output in around(item, outputs)):
            rule = "the remote has no whole copy of this"
            remedy = (
                f"ask its authors to remove {names(item, outputs)} at the remote and "
                "to run 'make push' again"
            )
            inside = sorted(p for p in lacking if p.startswith(f"{item.path}/"))
        else:
            rule = "the remote does not have this"
            remedy = "ask its authors to run 'make push', or name another remote"
            rest = sorted({output.path for output in outputs} - lacking)
            remedy += f"; the rest alone: dvc pull {' '.join(rest)}" if rest else ""
            inside = []
        yield from (Problem(rule, remedy, path) for path in inside or [item.path])


def around(item: Object, outputs: Iterable[Object]) -> list[Object]:
    """Return the outputs that an object is, or is in."""
    return [o for o in outputs if f"{item.path}/".startswith(f"{o.path}/")]


def names(item: Object, outputs: Iterable[Object]) -> str:
    """Name an object at a remote, and its folder's list: without it DVC looks anew."""
    holders = dict.fromkeys([item, *around(item, outputs)])
    return " and ".join(f"files/md5/{one.name}" for one in holders)
