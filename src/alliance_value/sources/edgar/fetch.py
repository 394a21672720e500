"""Paths on the SEC's servers -> files, by the SEC's rules for programs.

A program says who runs it and asks at most ten times a second. What was fetched is kept
with its hash, so that a second run asks for nothing; what was cut off goes on where it
stopped.
"""

from __future__ import annotations

import json
import re
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.running.files import sha256

CONTACT = "EDGAR_CONTACT"
ADDRESS = re.compile(r"\S+@\S+\.\S+")
PER_SECOND = 10
ATTEMPTS = 6
LONGEST_WAIT = 600.0
FIRST_WAIT = 2.0
BLOCK = 1 << 20
AGAIN = (429, 500, 502, 503, 504)
REFUSED = (
    "the SEC refuses programs that name no contact, and for ten minutes those that ask "
    "too often: check contact, wait, then run the same command again"
)


@dataclass
class Server:
    """Where files are asked for, and by whom.

    Parameters
    ----------
    host
        Address with its scheme, such as https://www.sec.gov.
    contact
        Who runs the program: a name and a mail address.
    timeout
        Seconds after which a server that is silent is given up.
    clock, sleep
        Tell and pass the time.
    """

    host: str
    contact: str
    timeout: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    last: float = field(default=-1.0)

    def opened(self, path: str, more: Mapping[str, str]) -> HTTPResponse:
        """Ask for a path, no sooner than a tenth of a second after the last time."""
        wait = self.last + 1 / PER_SECOND - self.clock()
        if self.last >= 0 and wait > 0:
            self.sleep(wait)
        self.last = self.clock()
        headers = {"User-Agent": f"alliance-value {self.contact}", **more}
        request = Request(
            f"{self.host.rstrip('/')}/{path.lstrip('/')}", headers=headers
        )
        response: HTTPResponse = urlopen(request, timeout=self.timeout)
        return response


def contact_of(written: str, environ: Mapping[str, str]) -> str:
    """Return who is named as the program's user.

    Raises
    ------
    UserError
        Nobody is, or no mail address.
    """
    contact = " ".join((written or environ.get(CONTACT, "")).split())
    if ADDRESS.search(contact) and contact.isascii() and contact.isprintable():
        return contact
    problem = Problem(
        rule="the SEC demands that programs say who runs them, and "
        + ("no contact is given" if not contact else "the contact has no mail address"),
        remedy=f"set sources.edgar.contact, or the environment variable {CONTACT}, to "
        "your name and mail address",
        where="sources.edgar.contact",
        value=contact or None,
    )
    raise UserError([problem], "the files from the SEC")


def fetch_files(
    paths: Sequence[str], server: Server, store: Path, tell: Callable[[str], None]
) -> dict[str, Path]:
    """Fetch files that the store does not have whole.

    Returns
    -------
    dict
        Path on the server -> file in the store, whose hash stands beside it.

    Raises
    ------
    UserError
        With the problems of all files; what was fetched until then stays.
    """
    store.mkdir(parents=True, exist_ok=True)
    problems: list[Problem] = []
    kept: dict[str, Path] = {}
    for path in paths:
        try:
            kept[path] = fetch_file(path, server, store, tell)
        except UserError as error:
            problems += error.problems
            if any(REFUSED in problem.remedy for problem in error.problems):
                break
    raise_if(problems, f"the files from {server.host}")
    return kept


def fetch_file(
    path: str, server: Server, store: Path, tell: Callable[[str], None]
) -> Path:
    """Return a file of the store, fetched where it is not there whole."""
    place = store / path.rpartition("/")[2]
    record = place.with_name(f"{place.name}.json")
    if whole(place, record):
        return place
    part = place.with_name(f"{place.name}.part")
    mark = place.with_name(f"{place.name}.part.json")
    for attempt in range(1, ATTEMPTS + 1):
        wait = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
        try:
            if download(path, server, part, mark):
                break
            why = "the connection was cut off"
        except HTTPError as error:
            if error.code not in AGAIN:
                raise UserError([answered(path, error.code)], path) from None
            why = f"the server answered {error.code}"
            wait = max(wait, asked_wait(error.headers.get("Retry-After"), wait))
        except (URLError, HTTPException, OSError) as error:
            why = f"no answer ({error})"
        if attempt < ATTEMPTS:
            tell(f"{path}: {why}; asking again in {wait:.0f} s")
            server.sleep(wait)
    else:
        problem = Problem(
            f"could not be fetched in {ATTEMPTS} attempts: {why}",
            "run the same command later: it goes on where this one stopped",
            path,
        )
        raise UserError([problem], path)
    if place.suffix == ".zip" and not sound(part):
        part.unlink()
        mark.unlink(missing_ok=True)
        rule = "what the server sent is no sound zip archive"
        raise UserError([Problem(rule, "look at it in a browser", path)], path)
    digest = sha256(part)
    about = {"path": path, "bytes": part.stat().st_size, "sha256": digest}
    written = record.with_name(f"{record.name}.part")
    written.write_text(json.dumps({"host": server.host, **about}), encoding="utf-8")
    part.replace(place)
    written.replace(record)
    mark.unlink(missing_ok=True)
    tell(f"{path}: {about['bytes']:,} bytes, SHA-256 {digest}")
    return place


def whole(place: Path, record: Path) -> bool:
    """Return whether the store has a file as it was fetched."""
    if not (place.is_file() and record.is_file()):
        return False
    try:
        about = json.loads(record.read_text(encoding="utf-8"))
        return bool(about["sha256"] == sha256(place))
    except (ValueError, KeyError, TypeError):
        return False


def download(path: str, server: Server, part: Path, mark: Path) -> bool:
    """Go on with a file, or begin it, and return whether it is whole.

    It goes on where the server still has the version of which the part is.
    """
    begun = part.stat().st_size if part.is_file() else 0
    version = mark.read_text(encoding="utf-8") if mark.is_file() else ""
    more = (
        {"Range": f"bytes={begun}-", "If-Range": version} if begun and version else {}
    )
    try:
        response = server.opened(path, more)
    except HTTPError as error:
        if error.code != 416:
            raise
        part.unlink()
        return False
    with response:
        goes_on = response.status == 206 and (
            response.headers.get("Content-Range", "").startswith(f"bytes {begun}-")
        )
        held = response.headers
        mark.write_text(
            held.get("ETag", "") or held.get("Last-Modified", ""), encoding="utf-8"
        )
        size = held.get("Content-Length")
        begin = begun if goes_on else 0
        with part.open("ab" if goes_on else "wb") as out:
            while block := response.read(BLOCK):
                out.write(block)
        return size is None or part.stat().st_size == begin + int(size)


def sound(part: Path) -> bool:
    """Return whether a file is a zip archive without a damaged member."""
    try:
        with zipfile.ZipFile(part) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return False


def asked_wait(header: str | None, usual: float) -> float:
    """Return the seconds for which a server asks to be left alone."""
    if header is None:
        return usual
    if header.strip().isdigit():
        return min(float(header), LONGEST_WAIT)
    try:
        left = parsedate_to_datetime(header).timestamp() - time.time()
    except (TypeError, ValueError):
        return usual
    return min(max(left, usual), LONGEST_WAIT)


def answered(path: str, code: int) -> Problem:
    """Return the problem of an answer that will not change by asking again."""
    remedies = {
        403: REFUSED,
        404: "correct the path under sources.edgar, or name quarters that are out",
    }
    remedy = remedies.get(code, "look at the address in a browser")
    return Problem(f"the server answered {code}", remedy, path)
