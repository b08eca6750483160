"""The figure that a decision is about, as it was when it was written down: a table of its own, beside that of the entries."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Column, Connection, Float, ForeignKey, Integer, MetaData, String, Table, select

LONGEST = 200
METADATA = MetaData()

_figures = Table(
    "entry_figures",
    METADATA,
    Column("entry_id", Integer, ForeignKey("entries.id"), primary_key=True),
    Column("indicator_id", String(LONGEST), nullable=False),
    Column("version", Integer, nullable=False),
    Column("measure", String(LONGEST), nullable=False),
    Column("dimension", String(LONGEST), nullable=False),
    Column("group_name", String(LONGEST), nullable=False),
    Column("period", String(LONGEST), nullable=False),
    Column("role", String(20), nullable=False),
    Column("value", Float),
    Column("low", Float),
    Column("high", Float),
    Column("n", Float),
)


@dataclass(frozen=True)
class Figure:
    """A figure with its interval, None where there is none: of an indicator and its version, in a period.

    `measure` is the value of the indicator's own dimension, such as a construct; `dimension` and `group_name` are those of members,
    '' for everybody. `role` is that of who was shown it: what is hidden from others is hidden from them here too.
    """

    indicator_id: str
    version: int
    measure: str
    dimension: str
    group_name: str
    period: str
    role: str
    value: float | None
    low: float | None
    high: float | None
    n: float | None


def write_figure(connection: Connection, entry_id: int, figure: Figure) -> None:
    connection.execute(_figures.insert().values(entry_id=entry_id, **asdict(figure)))


def read_figures(connection: Connection) -> dict[int, Figure]:
    """The figures by entry."""
    rows = connection.execute(select(_figures)).mappings()
    return {
        row["entry_id"]: Figure(**{name: row[name] for name in row if name != "entry_id"}) for row in rows
    }
