"""A name of study files -> what it is called, what it asks for and how it is computed.

A name is declared by decorating what it names, with plain values alone: the entries are
read from the source text (`vocabulary.collect`), so that a study is checked without
importing what it does not use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

Entity = Literal["absorbed", "random", "differenced", "none"]
F = TypeVar("F", bound=Callable[..., Any] | type)


@dataclass(frozen=True)
class Entry:
    """What is said of one name.

    Parameters
    ----------
    name
        As study files write it.
    label
        As tables and pages write it.
    words
        How it is computed, in a sentence or two.
    equation
        The same in typst's notation, empty where there is none.
    source
        The publication that it follows.
    module, function
        Where it is defined; set by whoever collects.
    """

    kind: ClassVar[str]
    name: str
    label: str = ""
    words: str = ""
    equation: str = ""
    source: str = ""
    module: str = ""
    function: str = ""

    @property
    def key(self) -> str:
        """What tells it from others of its kind: its name."""
        return self.name


@dataclass(frozen=True)
class Estimator(Entry):
    """An estimator of models.

    Parameters
    ----------
    gives
        What its fit hands to standard errors: ``scores`` of the rows and their bread,
        a ``variance`` of independent disturbances, the rows' ``leverage`` and
        ``periods``, ``refits`` to part of the rows.
    errors
        Standard errors that it computes by a formula of its own.
    entity
        What becomes of the entity's effect.
    effects
        Whether the default effects hold where the model names none.
    needs, takes
        Keys that must and may be given besides terms and controls.
    series
        Whether it compares an entity's periods, so that each may stand only once.
    """

    kind: ClassVar[str] = "estimator"
    gives: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    entity: Entity = "absorbed"
    effects: bool = True
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ("weights",)
    series: bool = False


@dataclass(frozen=True)
class StandardError(Entry):
    """A kind of standard errors.

    Parameters
    ----------
    needs
        What it takes of a fit: an estimator has it that ``gives`` all of this.
    dimensions
        Most columns of clusters that it takes into account; 0 where it needs none.
    exactly
        Whether it needs just as many.
    asks, takes
        Keys of a model's ``se`` that must and may be given for it.
    beside
        What it is called where repeated inference sets it beside a model's own errors;
        empty where it does not.
    order
        Where it stands there.
    usual
        Whether it is what a model has that names none: of those by cluster where the
        model has clusters, of the others where it has none.
    """

    kind: ClassVar[str] = "standard_error"
    needs: tuple[str, ...] = ("scores",)
    dimensions: int = 0
    exactly: bool = False
    asks: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    usual: bool = False
    beside: str = ""
    order: int = 0

    @property
    def by_cluster(self) -> bool:
        """Whether a model must name clusters for it."""
        return self.dimensions > 0


@dataclass(frozen=True)
class Inference(Entry):
    """A way of repeated inference that draws, by its name in the table."""

    kind: ClassVar[str] = "inference"


@dataclass(frozen=True)
class Exhibit(Entry):
    """A kind of figure or table.

    Parameters
    ----------
    inputs
        The tables of results that it is made from.
    section
        The section of the report in which it stands.
    needs, takes
        Keys that must and may be given besides name, kind, title and note.
    asks, without
        Keys of the study without which, and with which, there is nothing to show; dots
        stand between levels.
    models
        Whether its keys name models of the study and their terms.
    shows
        Its keys that name columns of the panel.
    columns
        Columns of the panel that it shows whatever its keys.
    of
        Which models it shows where it names none: those with ``products``, with
        ``endogenous`` terms or of ``repeated`` inference; all where it is empty.
    """

    inputs: tuple[str, ...] = ()
    section: str = "models"
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    models: bool = False
    shows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    of: str = ""


@dataclass(frozen=True)
class Figure(Exhibit):
    """A kind of figure."""

    kind: ClassVar[str] = "figure"


@dataclass(frozen=True)
class Table(Exhibit):
    """A kind of table."""

    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Measure(Entry):
    """What is studied of securities around events; its label is one of it.

    Parameters
    ----------
    plural
        Several of it.
    cumulated
        What it is called once it is cumulated over a window.
    unit
        Its unit; a decimal is shown in percent.
    column
        Column of the returns that it is made from.
    takes
        Columns that the study must name in a long daily file for it.
    derived
        Whether it is made from abnormal returns.
    models
        Models of its normal values; all where there are none.
    without
        Tests that do not hold for it.
    leading
        Test that stands for all in summaries; the most prominent one where it is empty.
    """

    kind: ClassVar[str] = "measure"
    plural: str = ""
    cumulated: str = ""
    unit: str = "decimal"
    column: str = "ret"
    takes: tuple[str, ...] = ()
    derived: bool = False
    models: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    leading: str = ""


@dataclass(frozen=True)
class NormalReturn(Entry):
    """A model of normal returns.

    Parameters
    ----------
    factors
        Factors that it takes as regressors, in order.
    excess
        Whether it explains returns less the riskless rate.
    estimation
        Whether it needs an estimation window.
    """

    kind: ClassVar[str] = "normal_return"
    factors: tuple[str, ...] = ()
    excess: bool = False
    estimation: bool = True


@dataclass(frozen=True)
class EventTest(Entry):
    """A test of abnormal returns.

    Parameters
    ----------
    estimation
        Whether it needs an estimation window.
    aligned
        Whether it needs the same window for all events.
    usual
        Whether a study has it that names none.
    order
        Where it stands among the tests.
    prominence
        The higher, the sooner it stands for all tests in summaries.
    """

    kind: ClassVar[str] = "event_test"
    estimation: bool = True
    aligned: bool = False
    usual: bool = True
    order: int = 100
    prominence: int = 0


@dataclass(frozen=True)
class Reader(Entry):
    """A reader of the files of a source.

    Parameters
    ----------
    of
        The source whose files it reads. Two sources may have a reader of one name.
    reads
        What a file holds: its rows, and how its columns are called.
    columns
        What its module calls the mappings of canonical names to the vendor's spellings:
        of columns that must be there, then of those that may; none where the study
        names the columns.
    decides, repairs, stops
        What is decided from the file itself, what is mended or set to missing with a
        reject, and what ends the run; sentences.
    needs, takes
        Keys of the source that must and may be given besides ``file`` and how the
        file is written.
    makes
        The canonical tables that come of it.
    events
        Whether its source tells of events to study.
    small_letters
        Whether columns come out in small letters, however the file has them.
    opens
        Whether it opens its files itself and returns their rows (`Opened`).
    """

    kind: ClassVar[str] = "reader"
    of: str = ""
    reads: str = ""
    columns: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    events: bool = False
    small_letters: bool = False
    opens: bool = False

    @property
    def key(self) -> str:
        """The source and the reader's name in it."""
        return f"{self.of}.{self.name}"


@dataclass(frozen=True)
class Canonical(Entry):
    """A canonical table: the contract is what is declared.

    Parameters
    ----------
    stage
        What makes it; the codebook goes by stages.
    joined
        Place in a resolved study, such as ``sources.segments``, where it is what joins
        the table's columns to firm-years; empty where they are not joined.
    variants
        Place of the names under which further sets of its columns are joined.
    """

    kind: ClassVar[str] = "canonical"
    stage: Literal["sources", "panel", "models", "events", "accounts"] = "sources"
    joined: str = ""
    variants: str = ""


@dataclass(frozen=True)
class Addition(Entry):
    """What is added to a study that asks for it.

    Parameters
    ----------
    asks
        Keys of the study without which it is left out, dots between levels.
    uses
        A canonical table beside the firm-years without a column of which in the study
        it is left out too.
    instead_of
        Another one of its kind whose place it takes.
    order
        Where it stands among its kind.
    """

    asks: tuple[str, ...] = ()
    uses: str = ""
    instead_of: str = ""
    order: int = 0


@dataclass(frozen=True)
class Values(Addition):
    """Words for the values of columns."""

    kind: ClassVar[str] = "values"


@dataclass(frozen=True)
class Section(Addition):
    """A section of the report: its label is the title, its words open it.

    Parameters
    ----------
    short
        Title in the navigation; the title itself where it is empty.
    """

    kind: ClassVar[str] = "section"
    short: str = ""


@dataclass(frozen=True)
class Headline(Addition):
    """Lines of the summary.

    Parameters
    ----------
    inputs
        Tables of results that they say, as far as the study makes them.
    part
        What they are to a reader: the answer, a doubt about it, or what the run did.
    fills
        Whether its lines give way where there is no room for all.
    """

    kind: ClassVar[str] = "headline"
    inputs: tuple[str, ...] = ()
    part: Literal["answer", "doubt", "run"] = "answer"
    fills: bool = False


@dataclass(frozen=True)
class Check(Addition):
    """What a study of this kind must give: its function yields what it lacks."""

    kind: ClassVar[str] = "check"


@dataclass(frozen=True)
class Method(Addition):
    """How something is computed that a study does not choose by name.

    Parameters
    ----------
    under
        The head under which the report says it.
    """

    kind: ClassVar[str] = "method"
    under: str = ""


KINDS: dict[str, type[Entry]] = {
    entry.kind: entry
    for entry in (
        Estimator,
        StandardError,
        Inference,
        Figure,
        Table,
        Measure,
        NormalReturn,
        EventTest,
        Reader,
        Canonical,
        Values,
        Section,
        Headline,
        Check,
        Method,
    )
}


def declares(entry: type[Entry]) -> Callable[..., Callable[[F], F]]:
    """Return the decorator that declares entries of one kind."""

    def declare(name: str, **said: Any) -> Callable[[F], F]:
        entry(name, **said)  # a key that the kind does not have is an error here too
        return lambda defined: defined

    return declare


estimator = declares(Estimator)
standard_error = declares(StandardError)
inference = declares(Inference)
figure = declares(Figure)
table = declares(Table)
measure = declares(Measure)
normal_return = declares(NormalReturn)
event_test = declares(EventTest)
reader = declares(Reader)
canonical = declares(Canonical)
values = declares(Values)
section = declares(Section)
headline = declares(Headline)
check = declares(Check)
method = declares(Method)
