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
from alliance_value.report.remotes import (
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
    keep(options)
    found = objects(outputs(), cache())
    for item in mend(found, options):
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
    set_aside(damaged(objects(outputs(), cache()), cache()))
    dvc("pull", options)
    left = absent(objects(outputs(), cache()), cache())
    raise_if(
        [
            Problem(
                rule="the remote has no whole copy of this file",
                remedy="ask its authors to run 'make push' again",
                where=item.path,
            )
            for item in left
        ],
        "the files pulled",
    )
    command = ["snakemake", "-n", "--quiet", "rules", "host"]
    done = subprocess.run(
        [sys.executable, "-m", *command, "--configfile", options.configfile],
        check=False,
    )
    sys.exit(done.returncode)


def check(options: argparse.Namespace) -> None:
    """Check every recorded object in DVC's cache against its hash."""
    found = objects(outputs(), cache())
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
    for item in outputs():
        if (cache() / item.name).is_file() and damaged([item], cache()):
            set_aside([item])
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
            subprocess.run(["dvc", "commit", "--quiet", "--force", stage], check=False)


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


def outputs() -> list:
    """Return what DVC recorded: outputs of stages, and files added below data."""
    path = Path("dvc.lock")
    found = []
    if path.is_file():
        found += recorded(yaml.safe_load(path.read_text(encoding="utf-8")))
    for added in sorted(Path("data").rglob("*.dvc")):
        outs = yaml.safe_load(added.read_text(encoding="utf-8"))["outs"]
        found += [
            Object(out["md5"], (added.parent / out["path"]).as_posix()) for out in outs
        ]
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
