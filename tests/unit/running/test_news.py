"""The last paragraph of a run says which results differ from the last run's."""

from alliance_value.running.ledger import note
from alliance_value.running.news import News, in_words
from alliance_value.running.places import Places


def test_a_first_run_has_no_news():
    assert in_words({}, {"a.csv": {"1"}}) == ""


def test_what_changed_and_what_is_new_is_named_once_per_stem():
    before = {"tables/a.csv": {"1"}, "tables/a.tex": {"1"}, "b.csv": {"1"}}
    after = {"tables/a.csv": {"2"}, "tables/a.tex": {"2"}, "b.csv": {"1"}, "c": {"1"}}
    words = "Since the last run: changed: tables/a; new: c."
    assert in_words(before, after) == words
    assert in_words(after, after) == "Since the last run: no result has changed."
    many = {f"{n:02d}.csv": {"1"} for n in range(20)}
    assert in_words(before, before | many).endswith("07 and 12 more.")


def test_results_are_those_of_the_study_that_are_there(tmp_path):
    places = Places(tmp_path, "mine")
    results = tmp_path / places.results
    results.mkdir(parents=True)
    (results / "a.csv").write_text("1")
    hashes = {f"{places.results}/{name}": "1" for name in ("a.csv", "gone.csv")}
    note(tmp_path / places.ledger, "job", hashes | {"data/processed/mine/x": "1"})
    news = News(places)
    assert news.before == {"a.csv": {"1"}}
    note(tmp_path / places.ledger, "job", {f"{places.results}/a.csv": "2"})
    assert news.words() == "Since the last run: changed: a."
