"""Files from a server on loopback that behaves as the SEC's do, or worse."""

import hashlib
import io
import json
import zipfile

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar.fetch import (
    ATTEMPTS,
    REFUSED,
    Server,
    answered,
    asked_wait,
    contact_of,
    fetch_files,
    sound,
    whole,
)
from tests.edgar_server import Edgar


def archive(text):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as out:
        out.writestr("sub.txt", text)
    return held.getvalue()


BYTES = {f"/q/{n}.zip": archive(n * 9000) for n in ("a", "b")}


@pytest.fixture
def edgar():
    with Edgar(BYTES) as server:
        yield server


class Clock:
    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def fetched(edgar, folder, *names, clock=None, contact="Ada ada@uni.edu", tell=None):
    clock = clock or Clock()
    server = Server(
        edgar.host, contact, clock=lambda: clock.now, sleep=clock.sleep, timeout=10
    )
    paths = [f"q/{name}.zip" for name in names]
    return fetch_files(paths, server, folder, tell or (lambda _: None))


def test_files_come_whole_with_their_hashes(edgar, tmp_path):
    told = []
    kept = fetched(edgar, tmp_path, "a", "b", tell=told.append)
    for path, place in kept.items():
        assert place.read_bytes() == BYTES[f"/{path}"]
        record = json.loads(place.with_name(f"{place.name}.json").read_text())
        assert record["sha256"] == hashlib.sha256(BYTES[f"/{path}"]).hexdigest()
        assert record["path"] == path and any(record["sha256"] in t for t in told)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "a.zip", "a.zip.json", "b.zip", "b.zip.json",
    ]  # fmt: skip
    assert all("ada@uni.edu" in h["User-Agent"] for _, h in edgar.asked)


def test_at_most_ten_requests_a_second(edgar, tmp_path):
    clock = Clock()
    fetched(edgar, tmp_path, "a", "b", clock=clock)
    assert clock.slept == [pytest.approx(0.1)]


def test_a_second_run_asks_for_nothing(edgar, tmp_path):
    fetched(edgar, tmp_path, "a")
    fetched(edgar, tmp_path, "a")
    assert len(edgar.asked) == 1


def test_an_edited_file_is_fetched_again(edgar, tmp_path):
    (place,) = fetched(edgar, tmp_path, "a").values()
    place.write_bytes(b"edited")
    (again,) = fetched(edgar, tmp_path, "a").values()
    assert again.read_bytes() == BYTES["/q/a.zip"]


def test_what_was_cut_off_goes_on(edgar, tmp_path):
    edgar.plan = ["cut", "cut"]
    (place,) = fetched(edgar, tmp_path, "a").values()
    assert place.read_bytes() == BYTES["/q/a.zip"]
    ranges = [headers.get("Range") for _, headers in edgar.asked]
    half = len(BYTES["/q/a.zip"]) // 2
    assert ranges[:2] == [None, f"bytes={half}-"] and len(ranges) == 3


def test_a_part_of_an_older_version_is_begun_anew(edgar, tmp_path):
    edgar.plan = ["cut"] + [500] * (ATTEMPTS - 1)
    with pytest.raises(UserError, match="goes on where this one stopped"):
        fetched(edgar, tmp_path, "a")
    assert (tmp_path / "a.zip.part").exists() and not (tmp_path / "a.zip").exists()
    edgar.version = '"v2"'
    (place,) = fetched(edgar, tmp_path, "a").values()
    assert place.read_bytes() == BYTES["/q/a.zip"]


def test_too_many_requests_wait_as_asked(edgar, tmp_path):
    edgar.plan = [(429, "37")]
    clock = Clock()
    fetched(edgar, tmp_path, "a", clock=clock)
    assert 37.0 in clock.slept


def test_refusals_end_in_a_message_and_ask_no_more(edgar, tmp_path):
    edgar.plan = [403]
    with pytest.raises(UserError, match="name no contact") as error:
        fetched(edgar, tmp_path, "a", "b")
    assert len(edgar.asked) == 1 and "403" in str(error.value)


def test_absent_files_are_told_together(edgar, tmp_path):
    with pytest.raises(UserError, match="2 problems") as error:
        fetched(edgar, tmp_path, "x", "a", "y")
    assert str(error.value).count("404") == 2 and (tmp_path / "a.zip").exists()


def test_a_page_in_place_of_an_archive_is_no_file(edgar, tmp_path, monkeypatch):
    monkeypatch.setitem(BYTES, "/q/p.zip", b"<html>Undeclared tool</html>")
    with pytest.raises(UserError, match="no sound zip archive"):
        fetched(edgar, tmp_path, "p")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("written", ["", "Ada", "Ada\nada@uni"])
def test_the_contact_is_asked_for_by_name(written):
    with pytest.raises(UserError, match=r"sources\.edgar\.contact"):
        contact_of(written, {})


def test_the_contact_may_stand_in_the_environment():
    assert contact_of("", {"EDGAR_CONTACT": "Ada ada@uni.edu"}) == "Ada ada@uni.edu"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 4.0),
        ("37", 37.0),
        (" 601 ", 600.0),
        ("0", 0.0),
        ("soon", 4.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 4.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 600.0),
    ],
)
def test_a_server_may_ask_for_a_wait(header, seconds):
    assert asked_wait(header, 4.0) == seconds


def test_waits_double_and_end(edgar, tmp_path):
    edgar.plan = [500] * ATTEMPTS
    clock, told = Clock(), []
    with pytest.raises(UserError) as caught:
        fetched(edgar, tmp_path, "a", clock=clock, tell=told.append)
    (problem,) = caught.value.problems
    assert problem.rule == (
        "could not be fetched in 6 attempts: the server answered 500"
    )
    assert problem.where == "q/a.zip"
    assert [wait for wait in clock.slept if wait >= 1] == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert told[0] == "q/a.zip: the server answered 500; asking again in 2 s"
    assert len(told) == ATTEMPTS - 1 == len(edgar.asked) - 1


def test_no_answer_is_told(tmp_path):
    clock, told = Clock(), []
    server = Server("http://127.0.0.1:1", "Ada", sleep=clock.sleep)
    with pytest.raises(UserError, match="in 6 attempts: no answer"):
        fetch_files(["q/a.zip"], server, tmp_path / "new" / "store", told.append)
    assert clock.slept.count(2.0) == 1 and len(told) == ATTEMPTS - 1


def test_an_answer_that_will_not_change_has_its_next_step():
    told = {code: answered("q/a.zip", code) for code in (400, 403, 404)}
    assert [p.rule for p in told.values()] == [f"the server answered {c}" for c in told]
    assert told[400].remedy == "look at the address in a browser"
    assert told[403].remedy == REFUSED and "quarters that are out" in told[404].remedy
    assert {p.where for p in told.values()} == {"q/a.zip"}


def test_a_stored_file_is_whole_by_its_hash(tmp_path):
    place, record = tmp_path / "a", tmp_path / "a.json"
    place.write_bytes(b"a")
    assert not whole(place, record)
    for text in ("{", "{}", "[]", '{"sha256": "0"}'):
        record.write_text(text)
        assert not whole(place, record), text
    record.write_text(json.dumps({"sha256": hashlib.sha256(b"a").hexdigest()}))
    assert whole(place, record)
    place.unlink()
    assert not whole(place, record)


def test_an_archive_is_sound_where_its_members_are(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(archive("text"))
    assert sound(path)
    path.write_bytes(archive("text").replace(b"text", b"test"))
    assert not sound(path)
    assert not sound(tmp_path / "none")


@pytest.mark.parametrize(
    ("written", "rule"),
    [("", "no contact is given"), ("Ada", "the contact has no mail address")],
)
def test_a_contact_without_an_address_is_told(written, rule):
    with pytest.raises(UserError) as caught:
        contact_of(written, {})
    (problem,) = caught.value.problems
    assert problem.rule.endswith(f"who runs them, and {rule}")
    assert problem.value == (written or None)
    assert contact_of(" Ada \n ada@uni.edu", {}) == "Ada ada@uni.edu"
    with pytest.raises(UserError):
        contact_of("Ådå ada@uni.edu", {"EDGAR_CONTACT": "Ada ada@uni.edu"})
