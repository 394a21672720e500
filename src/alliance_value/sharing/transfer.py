"""What DVC recorded of a study -> pushed or pulled, every object checked by its hash.

A pull changes nothing in the workspace until every object is whole in the cache, and
replaces no file that is recorded nowhere, unless it is told to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.sharing.cache import mend, take_in
from alliance_value.sharing.complete import complete, names, unobtainable
from alliance_value.sharing.objects import Object, absent, damaged, intact, objects
from alliance_value.sharing.records import ever_recorded
from alliance_value.sharing.remotes import Dvc
from alliance_value.sharing.workspace import held, in_the_way, leftovers


def push(outputs: list[Object], dvc: Dvc, tell: Callable[[str], None]) -> None:
    """Push what is recorded, whole.

    Parameters
    ----------
    outputs
        What DVC recorded of the study.
    dvc
        DVC in the checkout.
    tell
        Says what a user wants to know.

    Raises
    ------
    UserError
        An object is nowhere whole, or the remote does not have all of them in the end.
    """
    dvc.check_remote(to_read=False)
    cache = dvc.cache
    broken = damaged(objects(outputs, cache), cache)
    for item in broken:
        tell(f"{item.path}: the copy in DVC's cache is damaged")
    mend(outputs, dvc.cache, dvc.root)
    with dvc.lists_read_anew():
        left = complete(outputs, dvc)
    raise_if(
        [
            Problem(
                rule="this is recorded, and no whole copy of it is here or at the "
                "remote",
                remedy="make it again and record it: dvc repro",
                where=item.path,
            )
            for item in left
        ],
        "the files to push",
    )
    if broken:
        tell("Replaced from a whole copy.")
    recorded = objects(outputs, cache)
    if other := in_the_way(recorded, held(outputs, dvc.root)):
        tell(
            f"{len(other)} files here, such as {min(other)}, are not what is recorded; "
            "the recorded ones are pushed."
        )
    dvc.ask("push", *dvc.at_remote(), *(item.path for item in outputs))
    lacking = dvc.lacking(outputs)
    raise_if(
        [
            Problem(
                rule="the remote does not have this file, and DVC takes it for pushed",
                remedy=f"remove {names(item, outputs)} at the remote, then run "
                "'make push' again",
                where=item.path,
            )
            for item in recorded
            if item.path in lacking
        ],
        "the files pushed",
    )
    tell(f"{len(recorded)} objects are whole here, and each is at the remote.")


def pull(outputs: list[Object], dvc: Dvc, *, replace: bool, to_replace: str) -> None:
    """Pull what is recorded: look, fetch, check, and only then check out.

    Parameters
    ----------
    outputs
        What DVC recorded of the study.
    dvc
        DVC in the checkout.
    replace
        Whether to replace files that are recorded nowhere.
    to_replace
        The command that does so, for the next step.

    Raises
    ------
    UserError
        The remote does not answer or has no whole copy of an object, or a file that
        is recorded nowhere would be lost. No file of the workspace is changed.
    """
    dvc.check_remote(to_read=True)
    mend(outputs, dvc.cache, dvc.root)
    with dvc.lists_read_anew():
        lacking = dvc.lacking(outputs)
        left = complete(outputs, dvc)
    raise_if(list(unobtainable(left, outputs, lacking)), "the files to pull")
    recorded = objects(outputs, dvc.cache)
    old = in_the_way(recorded, held(outputs, dvc.root))
    for path in dvc.ignored(old):
        del old[path]
    lost = [] if replace else unrecorded(old, outputs, dvc)
    raise_if(
        [
            Problem(
                rule="a pull would replace this file, no recorded copy of it is here",
                remedy=f"move it away, then pull again; or give it up: {to_replace}",
                where=path,
            )
            for path in lost
        ],
        "the files that a pull would replace",
    )
    for path in [*old, *leftovers(outputs, dvc.root)]:
        # what DVC remembers of a file may be out of date: it compares times
        (dvc.root / path).unlink()
    dvc.ask("checkout", *(item.path for item in outputs))


def keep(outputs: list[Object], dvc: Dvc) -> None:
    """Take into DVC's cache what is here and equals what is recorded, no more.

    Plain DVC then knows these files for recorded: it says nothing of them, and brings
    them back where they are missing. Any other file it takes for one to be lost.
    """
    if outputs:
        take_in(outputs, dvc.cache, dvc.root)


def check(outputs: list[Object], dvc: Dvc, tell: Callable[[str], None]) -> None:
    """Check every recorded object in DVC's cache against its hash.

    Raises
    ------
    UserError
        With every object that is damaged.
    """
    cache = dvc.cache
    recorded = objects(outputs, cache)
    raise_if(
        [
            Problem(
                rule="the copy in DVC's cache is damaged",
                remedy="get a whole one: make pull, or make it again: dvc repro",
                where=item.path,
            )
            for item in damaged(recorded, cache)
        ],
        "DVC's cache",
    )
    away = len(absent(recorded, cache))
    tell(f"{len(recorded)} objects are recorded, {away} not here.")


def unrecorded(
    old: Mapping[str, str], outputs: Iterable[Object], dvc: Dvc
) -> list[str]:
    """Return the files, of those to be replaced, that nobody could bring back.

    A file can be brought back when a commit, or what is recorded now, names it, and
    DVC's cache has it whole.
    """
    cache = dvc.cache
    known = ever_recorded(outputs, cache, dvc.root) if old else set()
    return sorted(
        path
        for path, digest in old.items()
        if digest not in known or not intact(cache / Object(digest, path).name, digest)
    )
