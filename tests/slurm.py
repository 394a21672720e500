"""A real SLURM of one node on loopback: munged, slurmctld and slurmd."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "sinfo")
PLUGINS = ("slurm", "slurm_jobstep")
# the executor drops SLURM_CONF from the environment of its commands
SETTINGS = Path("/etc/slurm/slurm.conf")
# daemons stand in sbin, which is on no ordinary user's path
PATH = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])


@dataclass
class Cluster:
    """The daemons of a cluster, by name, and where their files are."""

    base: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str | Path) -> None:
        """Start a daemon in the foreground; its words go to a file."""
        with (self.base / f"{name}.out").open("ab") as stream:
            self.daemons[name] = subprocess.Popen(
                [str(which(name)), *map(str, arguments)], stdout=stream, stderr=stream
            )

    def kill(self, name: str) -> None:
        """Kill a daemon without a warning."""
        self.daemons[name].kill()
        self.daemons[name].wait(30)

    def start_node(self) -> None:
        """Start the daemon of the node and wait until jobs can run there."""
        self.start("slurmd", "-D", "-N", "node")
        until(lambda: self.ask("sinfo", "-h", "-o", "%T") in ("idle", "mixed"))

    def ask(self, *command: str) -> str:
        """Return what a command prints; nothing while the controller is silent."""
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def log(self) -> str:
        """Return what the controller noted of jobs and nodes."""
        return (self.base / "slurmctld.log").read_text(encoding="utf-8")


def which(name: str) -> str | None:
    """Return the path of a program."""
    return shutil.which(name, path=PATH)


def missing() -> str:
    """Return why no cluster can be started here; empty where one can."""
    if absent := [name for name in PROGRAMS if which(name) is None]:
        return f"no SLURM: {', '.join(absent)} (slurmctld, slurmd, slurm-client, munge)"
    if absent := [
        p for p in PLUGINS if not find_spec(f"snakemake_executor_plugin_{p}")
    ]:
        return f"Snakemake has no executor {absent[0]}: requirements-slurm.lock"
    if os.geteuid() != 0:
        return "a daemon of a node runs as root"
    if SETTINGS.exists():
        return f"{SETTINGS} is there: this machine has a cluster of its own"
    return ""


@contextmanager
def running_cluster(cores: int, memory: int) -> Iterator[Cluster]:
    """Start a cluster of one node, and stop it; skip where none can be started.

    Parameters
    ----------
    cores, memory
        Of the node; memory in MB.
    """
    if reason := missing():
        pytest.skip(reason)
    base = Path(tempfile.mkdtemp(prefix="slurm-"))
    base.chmod(0o755)
    cluster = Cluster(base)
    try:
        key, plug = base / "munge.key", base / "munge.socket"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        cluster.start(
            "munged",
            *("--foreground", "--force", f"--key-file={key}", f"--socket={plug}"),
            *(f"--pid-file={base / 'munged.pid'}", f"--seed-file={base / 'seed'}"),
            f"--log-file={base / 'munged.log'}",
        )
        until(plug.exists)
        SETTINGS.parent.mkdir(exist_ok=True)
        SETTINGS.write_text(settings(base, plug, cores, memory), encoding="utf-8")
        cluster.start("slurmctld", "-D", "-c")
        until(lambda: bool(cluster.ask("sinfo", "-h", "-o", "%T")))
        cluster.start_node()
        yield cluster
    finally:
        cluster.ask("scancel", "--user=root")
        for daemon in reversed(cluster.daemons.values()):
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGTERM)
                daemon.wait(60)
        SETTINGS.unlink(missing_ok=True)
        shutil.rmtree(base, ignore_errors=True)


def settings(base: Path, plug: Path, cores: int, memory: int) -> str:
    """Return the cluster's settings: loopback alone, no control groups, no accounts."""
    controller, daemon = free_port(), free_port()
    return f"""\
ClusterName=tests
SlurmctldHost={socket.gethostname()}(127.0.0.1)
SlurmUser=root
AuthInfo=socket={plug}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={controller}
SlurmdPort={daemon}
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool
SlurmctldPidFile={base}/slurmctld.pid
SlurmdPidFile={base}/slurmd.pid
SlurmctldLogFile={base}/slurmctld.log
SlurmdLogFile={base}/slurmd.log
MailProg=/bin/true
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
ReturnToService=2
SlurmdTimeout=10
MinJobAge=300
KillWait=5
NodeName=node NodeHostname={socket.gethostname()} NodeAddr=127.0.0.1 \
CPUs={cores} RealMemory={memory}
PartitionName=all Nodes=node Default=YES MaxTime=60 State=UP
"""


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds} s this does not hold yet")
        time.sleep(0.05)
