"""Generate docs/methods.md, docs/data_dictionary.md and the empty templates from the objects; --check finds stale ones."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from etl.pulling import configured
from etl.reading import mapping
from etl.sources import SOURCES
from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.statistics import estimators
from settings import PROJECT
from warehouse.contracts import ASKED, TABLES, Table

ESTIMATORS = {
    "proportion": estimators.estimate_proportion,
    "composition": estimators.estimate_proportion,
    "bounds": estimators.estimate_bounds,
    "mean": estimators.estimate_mean,
    "net": estimators.estimate_net,
    "paired": estimators.estimate_paired,
    "ratio": estimators.estimate_ratio,
    "share": estimators.estimate_share,
    "index": estimators.estimate_share,
    "survival": estimators.estimate_survival,
}


def write_methods() -> str:
    """The methods page: every indicator with its formula, interval, caveat, source and the SQL that runs."""
    parts = [
        "# Methods",
        "Generated from the indicators by `make docs`; do not edit. Every figure can be had from the command line with "
        "`python -m indicators value ID`.",
    ]
    theme = ""
    for indicator in list_indicators().values():
        if indicator.theme != theme:
            theme = indicator.theme
            parts.append(f"## {theme.capitalize()}")
        parts.append(_describe(indicator))
    return "\n\n".join(parts) + "\n"


def _describe(indicator: Indicator) -> str:
    interval = indicator.interval_words
    if estimator := ESTIMATORS.get(indicator.estimator):
        interval += ". " + (inspect.getdoc(estimator) or "").split("\n\n")[0].replace("\n", " ")
    rows = {
        "Formula": f"`{indicator.formula}`",
        "Numerator": indicator.numerator,
        "Denominator": indicator.denominator,
        "Excluded": indicator.excluded,
        "Interval": interval,
        "Caveat": indicator.caveat,
        "Source": indicator.source,
        "Unit, better": f"{indicator.unit}, {indicator.direction}",
        "Time": indicator.time_axis,
        "Attributes": "as at the wave" if indicator.attributes == "as_at_wave" else "current in the release",
        "Tables": ", ".join(indicator.tables),
        "Version": str(indicator.version),
    }
    for parameter in indicator.parameters:
        others = ", ".join(value for value in parameter.reasonable if value != parameter.default)
        rows[f"Parameter `{parameter.name}`"] = (
            f"{parameter.meaning}: {parameter.default}; could also be {others}"
        )
    listed = "\n".join(f"- **{name}**: {text}" for name, text in rows.items())
    code = [("SQL", "sql", inspect.cleandoc("\n" + indicator.facts))] if indicator.facts else []
    function = indicator.compute or indicator.read
    if function is not None:
        code.append(("Python", "python", inspect.getsource(_unwrap(function))))
    blocks = "\n\n".join(
        f"<details><summary>{name}</summary>\n\n```{language}\n{text.rstrip()}\n```\n\n</details>"
        for name, language, text in code
    )
    return f"### {indicator.title}\n\n`{indicator.id}`. {indicator.definition}\n\n{listed}\n\n{blocks}"


def _unwrap(function: Callable[..., object]) -> Callable[..., object]:
    """The function behind a partial, so that its source can be printed."""
    return function.func if isinstance(function, partial) else function


def write_dictionary() -> str:
    """The data dictionary: every table with its key and columns."""
    parts = ["# Data dictionary", "Generated from `warehouse/contracts.py` by `make docs`; do not edit."]
    for table in (*TABLES.values(), ASKED):
        lines = [
            f"## {table.name}",
            "",
            f"{table.description} Key: {', '.join(f'`{name}`' for name in table.key)}.",
            "",
            "| column | type | required | allowed | meaning |",
            "|---|---|---|---|---|",
        ]
        for column in table.columns:
            limits = (
                f"{column.minimum:g} or more" if column.minimum is not None else "",
                f"above {column.above:g}" if column.above is not None else "",
            )
            allowed = ", ".join(column.allowed or filter(None, limits))
            meaning = column.description + (f" In {column.unit}." if column.unit else "")
            meaning += " Never released." if column.personal else ""
            lines.append(
                f"| `{column.name}` | {column.type} | {'yes' if column.required else ''} | {allowed} | {meaning} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def write_sources() -> str:
    """The page of the sources: a row for each importer, and what holds for all of them."""
    rows = [
        f"| {source.TITLE} | {(inspect.getdoc(sys.modules[str(vars(source)['__name__'])]) or '').replace(chr(10), ' ').replace('|', chr(92) + '|')} "
        f"| {source.ABOUT.languages} | {source.ABOUT.asks} | {source.ABOUT.refuses} |"
        for source in SOURCES
    ]
    return "\n".join(
        [
            "# Sources",
            "",
            "Generated from `etl/sources/` by `make docs`; do not edit. A file is recognised by what is in it, whatever its name is; each may be "
            "CSV with commas, semicolons or tabs, in UTF-8, UTF-16 or the `--encoding` that is named, a sheet of an .xlsx workbook, or any of these alone in a .zip.",
            "",
            "| importer | layouts | languages | what is asked for | what is set aside or refused |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "Of every file: lines are counted before anything parses them, and each is loaded, set aside with its line and a reason, or named as a "
            "duplicate of another; `load` says so, `check` says all of it and writes nothing. A stray quotation mark, a row with too few or too "
            "many cells, a repeated heading, an error of a spreadsheet (#N/A) and an id like 1.18E+11 are set aside; nothing after them is lost. A "
            "folder's other files are listed with the way to one that is read. A question whose answers are mostly e-mail addresses or telephone "
            "numbers is no item of a survey that has no codebook yet: it is left out, and the load names it.",
            "",
            "A question is the item whose words it has, whatever its place or code. Forms and SurveyMonkey give no codes: a question whose words "
            "no item has is left out and named (of a new survey it is an item of its own); where its words are nearly those of one, the load says the line of a mapping (`[file.questions]`) that joins them. Where Qualtrics, LimeSurvey or SPSS give the code of an item "
            "and other words, the answers count and the load says both wordings. A mapping's `item_id` is taken at its word where the codebook has any of them; else its columns are matched by their words. Without `--survey` the words of "
            "at least half of the questions have to agree. Anonymous responses that an earlier file has too are other people, and the load says how many.",
            "",
            "![A file of each importer, checked](pictures/arriving-kinds-light.jpg)",
            "",
            "![What was set aside, each line with its reason](pictures/arriving-quarantine-light.jpg)",
            "",
            "![What a file would change, before it is loaded](pictures/arriving-restated-light.jpg)",
            "",
            "## People who were not met",
            "",
            "Somebody whom a file names by an address, name or identifier that no member has, or that several members have, is listed and "
            "settled once. `python -m etl people FILE` writes everybody who was not met in the live release, with the files, the number of rows "
            "and up to three members whom it may be, each with why; FILE has names and addresses, and only who wrote it can read it. Fill in "
            "its column `is` with a `member_id`, or with `guest`, leave it empty where nobody knows, and load it like any other file; on Data "
            "and methods evaluators do the same by a choice. From then on rows of that address are the member's, in every file, earlier ones "
            "too; without an address rows of the same identifier and name are. What the members list and the aliases say stands before it. "
            "Rows of guests are set apart and counted, and the load says how many came to events. Write and load the list again whenever you "
            "like: it keeps what was settled. To correct an answer, load it under the name that it had. A spreadsheet may change an identifier of digits: "
            "format the column as text.",
            "",
            "![People who were not met, with who they may be](pictures/arriving-unmatched-light.jpg)",
            "",
            "## Any other file, by a mapping",
            "",
            "A file that is of none of these is no dead end. Data and methods asks what it is and what each of its columns is, beside the first "
            "cells of each, as they seem by their headings and cells; it checks the file again with what was said, and gives the mapping to "
            "download. `python -m etl check` prints the same mapping (`--propose FILE` writes it), with a line `# ASK` where only its owner knows. "
            "The release keeps the mapping of each of its files: a later file with the same columns, under whatever name, is proposed as that one "
            "was read, so that it takes one press; it is added to that one, and takes its place where it has its name. The command and a watched "
            "folder read it without a press where they are given the mapping (`--mapping`).",
            "",
            "![What each column of an unknown file is](pictures/arriving-columns-light.jpg)",
            "",
            "```toml",
            (inspect.getdoc(mapping) or "").strip(),
            "```",
            "",
            "## Pulled from the tools themselves",
            "",
            "`python -m etl pull` fetches what `pull.toml` in the data folder names, each as the file that the tool exports, and loads it like any "
            "other: it is recognised, checked, set aside and said as above, and a later pull takes the place of the earlier one. `pull NAME` "
            "does it for some of the sources; `python -m etl watch FOLDER` does it by itself for each that is due, while files wait. Without `pull.toml` "
            "nobody is asked. A pull that fails changes nothing: the release and what was pulled before stay, and Data and methods shows "
            "the sentence beside the last pull, the next one and the rows. Only `https` is asked, and this machine; a redirect to another "
            "host is not followed. Whoever was erased is left out of every later pull too.",
            "",
            "- **LimeSurvey**: switch on JSON-RPC under Global settings, Interfaces; `address` is what stands there (…/admin/remotecontrol), `user` "
            "somebody who may export the survey's responses, and nothing more. Its times are in the zone of its server: say `zone` where that is another.",
            "- **Qualtrics**: Account settings, Qualtrics IDs has the data centre (`address`), the survey id and the API token. Answers come as their numbers: "
            "load the survey's .qsf once for the words.",
            "- **Eventbrite**: the private token of an app under Account settings, Developer links; the event id stands in the event's address. "
            "Taken are names, addresses, tickets and statuses, no payments, home addresses or further answers.",
            "- **Zoom**: a Server-to-Server OAuth app with the scopes `report:read:admin` and `meeting:read:admin` (`webinar:read:admin`); every past "
            "meeting of the id is an event. Zoom keeps reports for a year: `since` says where older ones begin to lack.",
            "",
            "```toml",
            (inspect.getdoc(configured) or "").strip(),
            "```",
            "",
        ]
    )


def write_template(table: Table) -> str:
    """The heading of a template table as CSV."""
    return ",".join(table.column_names) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/methods.md": write_methods,
    "docs/data_dictionary.md": write_dictionary,
    "docs/sources.md": write_sources,
    **{f"data/reference/{name}.csv": partial(write_template, table) for name, table in TABLES.items()},
}


def main() -> int:
    """Write what is generated, or with --check compare them; exit status 1 when any is stale."""
    parser = argparse.ArgumentParser(prog="python -m docs.build", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    stale = [name for name, write in PAGES.items() if not _is_fresh(PROJECT / name, write())]
    if given.check and stale:
        print(f"{', '.join(stale)} stale: run make docs.", file=sys.stderr)
        return 1
    for name in stale:
        (PROJECT / name).write_text(PAGES[name](), encoding="utf-8")
    return 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
