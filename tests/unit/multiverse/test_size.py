"""Panels without an effect: every reading is asked, and the best of a grid cheats."""

from alliance_value.multiverse.size import READINGS, rejections, size_table


def test_every_reading_has_its_share_and_its_row():
    table = rejections(firms=12, panels=6, draws=19, seed=1)
    assert [*zip(table.reading, table.method, strict=True)] == [*READINGS]
    assert table.rejected.between(0, 1).all()
    share = table.set_index("reading").rejected
    assert share["best of the grid, t test"] > share["any that stands, adjusted p"]
    assert size_table(table).count("\n") == len(READINGS) + 2
