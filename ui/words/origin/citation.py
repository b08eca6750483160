"""How a figure is cited, and how the same figure is asked for elsewhere. Pure: no Streamlit."""

from __future__ import annotations

import re
import shlex
from datetime import date
from urllib.parse import urlencode

from indicators.gate.disclosure import Role
from indicators.result import Result
from indicators.selection import Selection
from ui.words.language import gettext
from ui.words.numbers import describe_estimate, format_count, format_day, format_period

CALENDAR = re.compile(r"\d{4}(-Q[1-4]|-\d{2}|-W\d{2})?")
Pairs = list[tuple[str, str]]
MOST_ROWS = 3


def list_address(result: Result, filters: tuple[str, ...]) -> Pairs:
    """What an address asks for so that it opens a result again, as (name, value) pairs; `filters` are boxes of their own."""
    selection = result.selection
    pairs = [("release", result.passport.release), ("indicator", result.indicator.id)]
    pairs.append(("version", str(result.indicator.version)))
    pairs += list(zip(("by", "and"), selection.by, strict=False))
    if CALENDAR.fullmatch(selection.period):
        pairs.append(("period", selection.period))
    elif selection.period != "all":
        pairs.append(("wave", selection.period))
    if selection.grain:
        pairs.append(("grain", selection.grain))
    names = [name for name, _ in selection.where]
    for name, value in selection.where:
        is_box = name in filters and names.count(name) == 1
        pairs.append((name, value) if is_box else ("where", f"{name}={value}"))
    return pairs + list(selection.settings)


def write_address(result: Result, filters: tuple[str, ...], page: str) -> str:
    """The address at which a result opens again as it is, `page` being that of the page for it."""
    return f"{page}?{urlencode(list_address(result, filters))}"


def cite_result(result: Result, labels: dict[str, str], address: str, today: date) -> str:
    """A result as it is cited: what it is, its latest figures with their intervals, definition, release, address and day."""
    table, indicator, passport = result.table, result.indicator, result.passport
    latest = table[table["period"] == table["period"].iloc[-1]]
    names = result.name_items(labels)
    told = []
    for row in latest.head(MOST_ROWS).to_dict(orient="records"):
        group = " ".join(str(names.get(str(row[name]), row[name])) for name in result.telling)
        figure = describe_estimate({str(name): value for name, value in row.items()}, indicator)
        told.append(f"{group}: {figure}" if group else figure)
    more = (
        gettext("; and {rows} more").format(rows=format_count(len(latest) - MOST_ROWS, "row"))
        if len(latest) > MOST_ROWS
        else ""
    )
    whom = ", ".join(value for _, value in result.selection.where)
    period = format_period(str(latest["period"].iloc[0]), labels)
    return gettext(
        "{title}{only}, {period}: {figures}{more}. {sample}Definition {id}, version {version}; release {release}, as seen by {a} {role}. "
        "{address} ({day})."
    ).format(
        title=gettext(indicator.title),
        only=gettext(" (only {whom})").format(whom=whom) if whom else "",
        period=period,
        figures="; ".join(told),
        more=more,
        sample=gettext("Synthetic sample data. ") if passport.is_synthetic else "",
        id=indicator.id,
        version=indicator.version,
        release=passport.release,
        a=gettext("an") if passport.role in ("evaluator", "admin") else gettext("a"),
        role=gettext(passport.role),
        address=address,
        day=format_day(today),
    )


def list_arguments(result: Result) -> list[str]:
    """The arguments of `python -m indicators` that print a result's rows as CSV."""
    selection = result.selection
    asked = [f"--by={','.join(selection.by)}"] if selection.by else []
    asked += [f"--where={name}={value}" for name, value in selection.where]
    asked += [f"--set={name}={value}" for name, value in selection.settings]
    asked += [f"--grain={selection.grain}"] if selection.grain else []
    role: Role = "evaluator" if result.passport.role == "admin" else result.passport.role  # type: ignore[assignment]
    return [
        "value",
        result.indicator.id,
        *asked,
        f"--period={selection.period}",
        f"--as-of={result.passport.release}",
        f"--as={role}",
        "--format=csv",
    ]


def write_command(result: Result) -> str:
    """The command that prints a result."""
    return shlex.join(["python", "-m", "indicators", *list_arguments(result)])


def write_python(result: Result) -> str:
    """A program that gives a result's table as pandas has it, run in the folder of this project."""
    selection = result.selection
    asked = ", ".join(
        f"{name}={getattr(selection, name)!r}"
        for name in Selection.__dataclass_fields__
        if getattr(selection, name) != getattr(Selection(), name)
    )
    return f"""from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from settings import load_settings
from warehouse.engine import Engine
from warehouse.release import find_release

engine = Engine(find_release(load_settings().data, {result.passport.release!r}))
indicator = find_indicator(engine, {result.indicator.id!r})
result = compute_result(engine, indicator, Selection({asked}), SCOPES[{result.passport.role!r}])
print(result.table)
"""


def write_r(result: Result) -> str:
    """A program that reads a result into R, run in the folder of this project."""
    listed = ", ".join(
        '"' + one.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for one in ("-m", "indicators", *list_arguments(result))
    )
    return f"""arguments <- c({listed})
lines <- system2("python", shQuote(arguments), stdout = TRUE)
figures <- read.csv(text = lines)
print(figures)
"""
