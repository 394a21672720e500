"""Push and pull data and results through DVC, checked by hash.

python workflow/tools/share.py push | pull | check | keep [--remote NAME]
                               [--configfile config/config.yaml]

Whatever it does can be done with dvc alone; it adds the checks that DVC leaves out.
"""

import argparse
import configparser
import json
import subprocess
import sys
from pathlib import Path

import yaml

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.sharing.remotes import (
    Object,
    absent,
    damaged,
    explain,
    folder_of,
    intact,
    objects,
    recorded,
)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("action", choices=["push", "pull", "check", "keep"])
    parser.add_argument("--remote", default="")
    parser.add_argument("--configfile", default="config/config.yaml")
    options = parser.parse_args()
    {"push": push, "pull": pull, "check": check, "keep": keep}[options.action](options)


def push(options: argparse.Namespace) -> None:
    """Push what is recorded, after checking each object against its hash."""
    reachable(options.remote, "push")
    for item in mend(objects(outputs(options), cache()), options):
        raise UserError(
            [
                Problem(
                    rule="the copy in DVC's cache is damaged, and no other is there",
                    remedy="make it again (dvc repro), then push",
                    where=item.path,
                )
            ],
            "the files to push",
        )
    keep(options)
    found = objects(outputs(options), cache())
    missing = absent(found, cache())
    raise_if(
        [
            Problem(
                rule="this output is recorded and is not in DVC's cache",
                remedy="make it again and record it: dvc repro",
                where=item.path,
            )
            for item in missing
        ],
        "the files to push",
    )
    dvc("push", options)
    print(f"{len(found)} objects are whole, here and at the remote.")


def pull(options: argparse.Namespace) -> None:
    """Pull what is recorded, then say what Snakemake would do."""
    reachable(options.remote, "pull")
    set_aside(damaged(objects(outputs(options), cache()), cache()))
    try:
        dvc("pull", options)
    except UserError as error:
        if "Checkout failed" not in str(error):
            raise
        # all that DVC says of a damaged or absent file
        raise_if(
            [
                Problem(
                    rule="the remote has no whole copy of this file",
                    remedy=f"its authors remove {named(item, options)} at the remote, "
                    "then run 'make push'",
                    where=item.path,
                )
                for item in unfetched(options)
            ],
            "the files pulled",
        )
        raise
    command = ["snakemake", "-n", "--quiet", "rules", "host"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "--configfile", options.configfile],
        check=False,
    )
    sys.exit(done.returncode)


def unfetched(options: argparse.Namespace) -> list:
    """Return what lies neither whole in the cache nor in the workspace."""
    found = objects(outputs(options), cache())
    left = [*absent(found, cache()), *damaged(found, cache())]
    return [item for item in left if not intact(Path(item.path), item.digest)]


def named(item: Object, options: argparse.Namespace) -> str:
    """Name an object at a remote, and its folder's list: without it DVC looks anew."""
    lists = [o for o in outputs(options) if item.path.startswith(f"{o.path}/")]
    return " and ".join(f"files/md5/{found.name}" for found in [item, *lists])


def check(options: argparse.Namespace) -> None:
    """Check every recorded object in DVC's cache against its hash."""
    found = objects(outputs(options), cache())
    bad = damaged(found, cache())
    raise_if(
        [
            Problem(
                rule="the copy in DVC's cache is damaged",
                remedy="get a whole one: make pull, or make it again: dvc repro",
                where=item.path,
            )
            for item in bad
        ],
        "DVC's cache",
    )
    print(f"{len(found)} objects are recorded, {len(absent(found, cache()))} not here.")


def keep(options: argparse.Namespace) -> None:
    """Take outputs into DVC's cache that are what was recorded, and no others."""
    if not Path(".dvc").is_dir() or not Path(".git").exists():
        return
    said = subprocess.run(
        ["dvc", "status", "--json"], capture_output=True, text=True, check=False
    )
    if said.returncode:
        return
    for stage, changes in json.loads(said.stdout or "{}").items():
        states = [
            state
            for change in changes
            if isinstance(change, dict)
            for state in change.get("changed outs", {"": "other"}).values()
        ]
        if states and set(states) == {"not in cache"}:
            commit(stage)


def commit(stage: str) -> None:
    """Take a stage's outputs into the cache; what was recorded stays as it is."""
    path = Path("dvc.lock")
    before = path.read_bytes()
    subprocess.run(["dvc", "commit", "--quiet", "--force", stage], check=False)
    if yaml.safe_load(path.read_bytes()) != yaml.safe_load(before):
        print(
            f"{stage}: the results are not what was recorded; 'make verify' and "
            "'dvc status' say where.",
            file=sys.stderr,
        )
    path.write_bytes(before)


def mend(found, options: argparse.Namespace) -> list:
    """Replace damaged objects from the workspace or the remote; return what is left."""
    bad = damaged(found, cache())
    if not bad:
        return []
    for item in bad:
        print(f"{item.path}: the copy in DVC's cache is damaged", file=sys.stderr)
    set_aside(bad)
    for item in bad:
        if intact(Path(item.path), item.digest):
            target = cache() / item.name
            target.write_bytes(Path(item.path).read_bytes())
    if absent(bad, cache()):
        command = ["dvc", "fetch", *(["-r", options.remote] if options.remote else [])]
        command += [item.path for item in outputs(options)]
        subprocess.run(command, capture_output=True, check=False)
    left = absent(bad, cache()) + damaged(bad, cache())
    if not left:
        print("Replaced from a whole copy.", file=sys.stderr)
    return left


def set_aside(bad) -> None:
    """Remove damaged objects from the cache, so that DVC fetches them anew."""
    for item in bad:
        path = cache() / item.name
        path.chmod(0o644)
        path.unlink()


def outputs(options: argparse.Namespace) -> list[Object]:
    """Return what DVC recorded of a study: by its stages, or added below data."""
    study_file = Path(options.configfile)
    study = yaml.safe_load(study_file.read_text(encoding="utf-8"))["study"]
    found = []
    if (path := Path("dvc.lock")).is_file():
        found += recorded(yaml.safe_load(path.read_text(encoding="utf-8")))
    for added in sorted(Path("data").rglob("*.dvc")):
        outs = yaml.safe_load(added.read_text(encoding="utf-8"))["outs"]
        found += [
            Object(out["md5"], (added.parent / out["path"]).as_posix()) for out in outs
        ]
    own = (f"data/raw/{study}/", f"data/steps/{study}/", f"results/{study}/")
    found = [item for item in found if f"{item.path}/".startswith(own)]
    if not found:
        raise UserError(
            [
                Problem(
                    rule=f"DVC has recorded nothing of study '{study}'",
                    remedy=f"add 'study: {study_file}' to studies in dvc.yaml and run "
                    f"dvc repro study@{study}; or name another study file: STUDY=...",
                    where="dvc.lock",
                )
            ],
            f"sharing study '{study}'",
        )
    return found


def cache() -> Path:
    """Return the folder of DVC's objects."""
    said = subprocess.run(
        ["dvc", "cache", "dir"], capture_output=True, text=True, check=False
    )
    return Path(said.stdout.strip() or ".dvc/cache") / "files" / "md5"


def reachable(remote: str, action: str) -> None:
    """Stop where the remote is a folder that is not there: DVC would not say so."""
    config = configparser.ConfigParser()
    config.read([".dvc/config", ".dvc/config.local"])
    name = remote or config.get("core", "remote", fallback="")
    section = f"'remote \"{name}\"'"
    if not name or not config.has_section(section):
        return  # DVC knows more places for settings, and says it when there is none
    folder = folder_of(config.get(section, "url"), Path(".dvc"))
    if folder is not None and not folder.is_dir() and action == "pull":
        raise UserError(
            [
                Problem(
                    rule="the remote's folder is not there",
                    remedy="mount it, or correct it: dvc remote modify "
                    f"{name} url <folder>",
                    where=str(folder),
                )
            ],
            f"the remote '{name}'",
        )


def dvc(action: str, options: argparse.Namespace) -> None:
    """Run DVC; what goes wrong becomes one message."""
    command = ["dvc", action, *(["-r", options.remote] if options.remote else [])]
    command += [item.path for item in outputs(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    if done.returncode or "No remote provided" in said:
        raise UserError([explain(said, action)], f"dvc {action}")
    print(said.strip())


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        sys.exit(f"\n{error.render()}")
