"""What goes into a file: gated Results as they were shown, under one title, for one role. Nothing else can."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from indicators.gate.disclosure import SCOPES, is_closed
from indicators.result import FIGURES, Result
from ui.words.numbers import describe_estimate, format_day, format_period, name_dimension
from ui.words.readings import read_result

if TYPE_CHECKING:
    import plotly.graph_objects as go

FOR_ROLE = {
    "evaluator": "evaluators",
    "admin": "evaluators and administrators",
    "lead": "programme leads",
    "funder": "funders",
}
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Exhibit:
    """One Result as it was shown: the sentence read from it, the notes beside it, and the section it stands in.

    `chart` is the figure that was drawn of it, and `alt` what people are told who do not see that.
    """

    result: Result
    reading: str = ""
    notes: str = ""
    section: str = ""
    label: str = ""
    chart: go.Figure | None = None
    alt: str = ""

    @property
    def heading(self) -> str:
        """Its title: as the card or the page called it, or of the indicator and what it is broken down by."""
        asked = self.result.selection
        names = [name_dimension(name, is_within=True) for name in (asked.grain, *asked.by) if name]
        title = self.result.indicator.title
        return self.label or (f"{title}, by {', '.join(names)}" if names else title)

    @property
    def is_single(self) -> bool:
        """Whether it is one figure only, as on a card."""
        return len(self.result.table) == 1


@dataclass(frozen=True)
class Handout:
    """The content of one file. `labels` names waves and items; `notes` are of the evaluation, each with its day; `rules` say how the
    figures are to be read.

    Raises ValueError when there is no result, when results are of different releases or roles, and when a result
    carries a figure that its role may not see: then it has not passed the disclosure gate.
    """

    title: str
    exhibits: tuple[Exhibit, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    lead: str = ""
    audience: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    rules: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.exhibits:
            raise ValueError("There is nothing to put into the file: the page shows no figure.")
        made_of = {(one.result.passport.release, one.result.passport.role) for one in self.exhibits}
        if len(made_of) > 1:
            raise ValueError("A file is of one release and for one role: these results are of several.")
        for exhibit in self.exhibits:
            check_gated(exhibit.result)

    @property
    def results(self) -> tuple[Result, ...]:
        """The results in order of display."""
        return tuple(exhibit.result for exhibit in self.exhibits)

    @property
    def release(self) -> str:
        """The release of all the results."""
        return self.results[0].passport.release

    @property
    def role(self) -> str:
        """The role that all the results were made for."""
        return self.results[0].passport.role

    @property
    def is_synthetic(self) -> bool:
        """Whether the figures are made up."""
        return any(result.passport.is_synthetic for result in self.results)

    @property
    def made_at(self) -> datetime:
        """The time written into the file: when the release was published, so that a file can be made again."""
        try:
            moment = datetime.fromisoformat(self.results[0].passport.published_at)
        except ValueError:
            return NO_DATE
        return (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)).replace(
            microsecond=0
        )

    def read(self, exhibit: Exhibit) -> str:
        """The sentence of an exhibit: as shown, or read from its result."""
        if exhibit.reading or not exhibit.is_single:
            return exhibit.reading or read_result(exhibit.result, self.labels)
        row = {str(name): value for name, value in exhibit.result.table.iloc[0].items()}
        words = describe_estimate(row, exhibit.result.indicator).removesuffix(".")
        return f"{format_period(str(row['period']), self.labels).capitalize()}: {words}."

    def group(self) -> list[tuple[Exhibit, ...]]:
        """The exhibits in order, single figures that follow one another together, as cards stand side by side."""
        groups: list[tuple[Exhibit, ...]] = []
        for exhibit in self.exhibits:
            last = groups[-1][-1] if groups else None
            is_beside = last is not None and last.is_single and exhibit.is_single
            if is_beside and last is not None and last.section == exhibit.section:
                groups[-1] += (exhibit,)
            else:
                groups.append((exhibit,))
        return groups

    def list_facts(self) -> list[str]:
        """For whom the file was made and what it rests on."""
        complete_to = self.results[0].passport.complete_to
        facts = [self.audience or f"Made for {FOR_ROLE.get(self.role, self.role)}"]
        facts += [f"data complete to {format_day(complete_to)}"] if complete_to else []
        return [*facts, f"release {self.release}"]


def check_gated(result: Result) -> None:
    """ValueError where a hidden row still has a figure, or a shown one rests on fewer people than the role allows."""
    table, scope = result.table, SCOPES.get(result.passport.role)  # type: ignore[call-overload]
    hidden = table[table["status"] == "suppressed"]
    if hidden[list(FIGURES)].notna().to_numpy().any():
        raise ValueError(
            f"{result.indicator.id} has not passed the disclosure gate: a hidden row has a figure."
        )
    if scope is None:
        raise ValueError(
            f"{result.indicator.id} is for the role {result.passport.role!r}, which there is not."
        )
    shown = table[table["status"] == "ok"]
    if is_closed(scope.role, result.indicator) and (shown["n"] < scope.minimum).any():
        raise ValueError(
            f"{result.indicator.id} has not passed the disclosure gate: a figure rests on fewer than "
            f"{scope.minimum} people."
        )
