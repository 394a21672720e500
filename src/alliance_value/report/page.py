"""Templates + what they show -> a page that needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from alliance_value.exhibits.render import html_text


def fill_page(templates: Mapping[str, str], name: str, **shown: Any) -> str:
    """Fill a template; text is escaped, and a name that is not given raises.

    Parameters
    ----------
    templates
        Jinja2 sources by file name: the page's own and those that it extends.
    name
        The page's own.
    **shown
        What the template names; ``width`` is ``wide`` for pages of wide tables.
    """
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.DictLoader(dict(templates)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["thousands"] = thousands
    environment.filters["prose"] = lambda text: Markup(html_text(text))
    return environment.get_template(name).render(**{"width": "", **shown})


def thousands(value: object) -> str:
    """Write a count with commas, nothing where there is none."""
    return "" if value is None else f"{value:,}"


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as a list of records."""
    return [{str(k): v for k, v in r.items()} for r in table.to_dict("records")]
