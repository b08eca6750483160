"""Members, joiners, leavers, the organisations reached, and who the members are, also against the programme's frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from indicators.catalogue.bases import DEPARTED, JOINED, PRESENT
from indicators.definition import MOST_VALUES, Indicator
from indicators.result import FIGURES
from indicators.selection import word_attribute
from indicators.statistics.estimators import estimate_proportion
from warehouse.engine import quote_name, quote_text

_WHOLE_LIST = "A count of the whole list, so it has no sampling interval."
_GRAINS = ("all", "year", "quarter", "month")

MEMBERS = Indicator(
    id="members",
    title="Members",
    theme="membership",
    outcome="connecting",
    definition="People who are members at the end of the period, or on the complete-to day if that is earlier.",
    formula="n = members with joined_on ≤ day and (no left_on or left_on > day)",
    numerator="Members on the day",
    denominator="None: it is a count",
    excluded="People who had left on or before the day; quarantined rows of the members file.",
    caveat=_WHOLE_LIST,
    source="Programme membership list",
    unit="people",
    direction="up",
    time_axis="month",
    estimator="count",
    chart="line",
    base=PRESENT,
    tables=("members", "memberships"),
    grains=_GRAINS,
    minimum_n=1,
    needs="the members list (members.csv)",
)

JOINERS = Indicator(
    id="joiners",
    title="Joiners",
    theme="membership",
    outcome="connecting",
    definition="People whose membership, or return to membership, began in the period.",
    formula="n = distinct members with a spell that starts in the period",
    numerator="Members who joined in the period",
    denominator="None: it is a count",
    excluded="Nobody; a person who joined twice in the period counts once.",
    caveat=_WHOLE_LIST,
    source="Programme membership list",
    unit="people",
    direction="up",
    time_axis="month",
    estimator="count",
    chart="bars",
    base=JOINED,
    tables=("members", "memberships"),
    grains=_GRAINS,
    minimum_n=1,
    needs="the members list (members.csv)",
)

LEAVERS = Indicator(
    id="leavers",
    title="Leavers",
    theme="membership",
    outcome="connecting",
    definition="People whose membership ended in the period.",
    formula="n = distinct members with a spell whose left_on is in the period",
    numerator="Members who left in the period",
    denominator="None: it is a count",
    excluded="Nobody; a person who left twice in the period counts once.",
    caveat=_WHOLE_LIST + " Leavers are known only once the list records them.",
    source="Programme membership list",
    unit="people",
    direction="down",
    time_axis="month",
    estimator="count",
    chart="bars",
    base=DEPARTED,
    tables=("members", "memberships"),
    grains=_GRAINS,
    minimum_n=1,
    needs="the members list (members.csv)",
)

ORGANISATIONS_REACHED = Indicator(
    id="organisations_reached",
    title="Organisations reached",
    theme="membership",
    outcome="connecting",
    definition="Different organisations with at least one member at the end of the period, or on the complete-to day if "
    "that is earlier.",
    formula="number of different organisations among the members on the day",
    numerator="Different organisations of the members on the day",
    denominator="None: it is a count",
    excluded="Members whose organisation is not recorded; people who had left on or before the day.",
    caveat=_WHOLE_LIST
    + " Spellings of one organisation count apart. The organisation is that of today's list.",
    source="Programme membership list",
    unit="organisations",
    direction="up",
    time_axis="month",
    estimator="reach",
    chart="line",
    facts="""
        SELECT p.period, s.member_id, m.organisation AS thing, 0.0 AS position, 1.0 AS x, 1.0 AS w
        FROM periods p JOIN spells s ON s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on > p.as_at)
        JOIN members m ON m.member_id = s.member_id AND m.organisation IS NOT NULL""",
    tables=("members", "memberships"),
    grains=("all", "year"),
    minimum_n=1,
    needs="the members list with organisations (members.csv)",
)


def _compose(attribute: str) -> Indicator:
    words = word_attribute(attribute)
    return Indicator(
        id=f"composition_{attribute}",
        title=f"Members by {words}",
        theme="membership",
        outcome="connecting",
        definition=f"Share of each {words} among the members at the end of the period, or on the complete-to day if that "
        "is earlier.",
        formula="p = members of the group / members, both on the day",
        numerator="Members of the group on the day",
        denominator="Members on the day, those not recorded among them",
        excluded="People who had left on or before the day.",
        caveat=f"The {words} is that of today's list. The members are the whole list: the interval is for reading it as a "
        "sample of those who join.",
        source="Programme membership list; interval: Wilson 1927",
        unit="share",
        direction="neutral",
        time_axis="month",
        estimator="composition",
        chart="bars",
        base=PRESENT,
        group_of=attribute,
        tables=("members", "memberships"),
        measures=("group",),
        grains=("all", "year"),
        needs=f"the members list with the {words}, of at most {MOST_VALUES} kinds (members.csv)",
    )


def _compose_gap(attribute: str) -> Indicator:
    words = word_attribute(attribute)
    column = f"m.{quote_name(attribute)}"
    return Indicator(
        id=f"composition_gap_{attribute}",
        title=f"Members by {words} against the frame",
        theme="membership",
        outcome="connecting",
        definition=f"Each {words}'s share among the members at the end of the period less its share in the frame that the "
        "programme stated.",
        formula="members of the group / members whose group is recorded − the frame's share",
        numerator="Members of the group on the day",
        denominator=f"Members on the day whose {words} is recorded",
        excluded=f"Members whose {words} is not recorded. Groups without a share in the frame.",
        caveat="No better than the frame that was stated. A period with a frame of its own takes that, else the one for "
        "all time.",
        source="Programme membership list and targets; interval: Wilson 1927",
        unit="net",
        direction="neutral",
        time_axis="month",
        estimator="computed",
        chart="change",
        facts=f"""
        WITH stated AS (
          SELECT p.period, p.as_at, t."group" AS frame_group, t.baseline AS frame_share,
            rank() OVER (PARTITION BY p.period ORDER BY CASE WHEN t.period = p.period THEN 0 ELSE 1 END) AS place
          FROM targets t JOIN periods p ON t.period = p.period OR t.period = 'all'
          WHERE t.indicator_id = {quote_text(f"composition_{attribute}")}
            AND t."group" IS NOT NULL AND t.baseline BETWEEN 0 AND 1
        ),
        counted AS (
          SELECT p.period, CAST({column} AS VARCHAR) AS member_group, count(*) AS people
          FROM (SELECT DISTINCT period, as_at FROM stated) p
          JOIN spells s ON s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on > p.as_at)
          JOIN members m ON m.member_id = s.member_id AND {column} IS NOT NULL
          GROUP BY p.period, CAST({column} AS VARCHAR)
        ),
        whole AS (SELECT period, sum(people) AS people FROM counted GROUP BY period)
        SELECT t.period, CAST(NULL AS VARCHAR) AS member_id, t.frame_group, t.frame_share,
          CAST(coalesce(c.people, 0) AS DOUBLE) AS x, CAST(w.people AS DOUBLE) AS w
        FROM stated t JOIN whole w ON w.period = t.period
        LEFT JOIN counted c ON c.period = t.period AND c.member_group = t.frame_group
        WHERE t.place = 1""",
        tables=("members", "memberships", "targets"),
        measures=("group",),
        grains=("all", "year", "quarter"),
        needs=f"the members list with the {words} (members.csv) and the frame: targets.csv with a row for each group, "
        f"indicator_id composition_{attribute}, its share (0 to 1) as baseline",
        interval="Wilson, 95 %, of the share, less the frame's share",
        is_whole=True,
        compute=_compute_gaps,
    )


def _compute_gaps(cell: pd.DataFrame) -> pd.DataFrame:
    """One row a group of the frame: its members' share less the frame's, with Wilson's interval moved by as much."""
    rows = cell.sort_values("frame_group")
    x, w, frame = (rows[name].to_numpy(dtype=np.float64) for name in ("x", "w", "frame_share"))
    gaps = [part - frame for part in estimate_proportion(x, w)]
    figures = dict(zip(FIGURES, (*gaps, w, x, w), strict=True))
    return pd.DataFrame({"group": rows["frame_group"].to_numpy(), "position": 0.0, **figures})


_INDICATORS = (MEMBERS, JOINERS, LEAVERS, ORGANISATIONS_REACHED)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part: the counts, and two for each attribute of members."""
    composed = (make(attribute) for attribute in attributes for make in (_compose, _compose_gap))
    return (*_INDICATORS, *composed)
