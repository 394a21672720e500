"""A study with licensed sources -> its twin's files with their page, for a package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.files import twin_files
from alliance_value.sharing.twin.measures import measures
from alliance_value.sharing.twin.page import Shown, files
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.twin.rerun import Rerun, rerun
from alliance_value.sharing.twin.utility import side_by_side

NO_MODELS = "the study has no models"


def twin_package(
    request: Request, study_file: str, root: Path
) -> tuple[dict[str, bytes], str]:
    """Return the files of a twin, its page among them, and its study file.

    Parameters
    ----------
    request
        The study of which it is the twin.
    study_file
        Its study file.
    root
        The checkout, of which the twin is run in a copy.
    """
    drawn = twin_files(request)
    measured = measures(drawn, np.random.default_rng(request.study["seed"]))
    done = Rerun(why_not=NO_MODELS)
    if len(request.estimates):
        done = rerun(drawn.files, drawn.study_file, study_file, root)
    columns = ["model", "term", "estimate", "se", "ci_low", "ci_high"]
    both = pd.DataFrame()
    if len(done.estimates):
        both = side_by_side(request.estimates[columns], done.estimates[columns])
    shown = Shown(request.name, both, done.why_not, measured)
    return {**drawn.files, **files(shown)}, drawn.study_file
