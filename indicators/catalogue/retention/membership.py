"""Retention of membership: who stays on the list. Staying active is another matter, in activity_retention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

import numpy as np
import pandas as pd

from indicators.catalogue.bases import EVERYBODY_BEFORE, LOSSES, follow_lives
from indicators.definition import MOST_VALUES, Band, Indicator, Parameter
from indicators.engine.computed import make_figure
from indicators.selection import word_attribute
from indicators.statistics.survival import compare_survival, estimate_median
from warehouse.engine import quote_name

_NEEDS = "the members list with joining and leaving days (members.csv)"
_TABLES = ("members", "memberships")
_CENSORED = (
    "People who are still members count up to the complete-to day (censored). "
    "Assumes that those who joined later leave like those who joined earlier."
)
_LATER_SPELLS = "Second and later spells of people who came back."


def _choose_interval(interval: str) -> Parameter:
    return Parameter("interval", "How the interval of the curve is made", interval, "log-log", get_args(Band))


def _membership_retention(interval: str = "log-log") -> Indicator:
    return Indicator(
        id="membership_retention",
        title="Membership retention",
        theme="retention",
        outcome="supporting",
        definition="Probability of still being a member so many days after joining, from everybody's first spell. In a year "
        "or another period: as experienced in it.",
        formula=f"S(t) = Π over tᵢ ≤ t of (1 − dᵢ/nᵢ); Greenwood's variance; {interval} interval. In a period, who had "
        "joined before it enters on its first day (delayed entry), and its last day closes the observation",
        numerator="Members who left on that day of their membership",
        denominator="Members at risk: still members, and observed, just before that day",
        excluded=_LATER_SPELLS,
        caveat=_CENSORED
        + " In a period the first days rest on those who joined in it, so they can be few: see n.",
        source="Kaplan & Meier 1958; Greenwood 1926; interval: Kalbfleisch & Prentice 1980 (log-log, log or plain)",
        unit="share",
        direction="up",
        time_axis="month",
        estimator="survival",
        chart="survival",
        facts="""
        WITH observed AS (
          SELECT p.period, p.grain, p.starts_on, p.as_at, s.member_id, s.starts_on AS joined_on, s.ends_on
          FROM periods p JOIN spells s
            ON s.spell = 1 AND s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on >= p.starts_on)
        ),
        counted AS (
          SELECT period, member_id, date_diff('day', joined_on, least(coalesce(ends_on, as_at), as_at)) AS days,
            CASE WHEN ends_on <= as_at THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
          FROM observed
          UNION ALL
          SELECT period, member_id, date_diff('day', joined_on, starts_on) - 1, 0.0, -1.0
          FROM observed WHERE grain <> 'all' AND joined_on < starts_on
        )
        SELECT period, member_id, CAST(days AS VARCHAR) AS time_days, CAST(days AS DOUBLE) AS position, x, w
        FROM counted""",
        tables=_TABLES,
        measures=("time_days",),
        grains=("all", "year"),
        needs=_NEEDS,
        band=cast(Band, interval),
        parameters=(_choose_interval(interval),),
        rebuild=_membership_retention,
    )


_DAYS = """
        SELECT 'all' AS period, s.member_id,
          date_diff('day', s.starts_on, least(coalesce(s.ends_on, c.complete_to), c.complete_to)) AS time_days,{group}
          0.0 AS position, CASE WHEN s.ends_on <= c.complete_to THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM spells s CROSS JOIN calendar c{joined}
        WHERE s.spell = 1 AND s.starts_on <= c.complete_to"""


def _membership_median(interval: str = "log-log") -> Indicator:
    def compute(cell: pd.DataFrame) -> pd.DataFrame:
        rows = cell.sort_values("time_days")
        times, ended, exits = (rows[name].to_numpy(dtype=np.float64) for name in ("time_days", "x", "w"))
        median, low, high = estimate_median(times, ended, exits, cast(Band, interval))
        members = float(exits.sum())
        return pd.DataFrame(
            [make_figure(median, low, high, n=members, numerator=float(ended.sum()), denominator=members)]
        )

    return Indicator(
        id="membership_median",
        title="Days until half have left",
        theme="retention",
        outcome="supporting",
        definition="Days after joining by which half have left, from everybody's first spell.",
        formula="the first t with S(t) ≤ ½, S of membership_retention",
        numerator="Members whose first spell ended",
        denominator="Members",
        excluded=_LATER_SPELLS,
        caveat=_CENSORED + " An interval without an upper end is open: fewer than half may leave.",
        source="Kaplan & Meier 1958; interval: Brookmeyer & Crowley 1982",
        unit="number",
        direction="up",
        time_axis="all",
        estimator="computed",
        chart="bars",
        facts=_DAYS.format(group="", joined=""),
        tables=_TABLES,
        sums=("time_days",),
        needs=_NEEDS,
        unreached="more than half were still members after the longest time that is on record",
        interval=f"Brookmeyer & Crowley, from the {interval} interval of the curve, 95 %",
        parameters=(_choose_interval(interval),),
        compute=compute,
        rebuild=_membership_median,
    )


def _logrank(attribute: str) -> Indicator:
    words = word_attribute(attribute)
    column = quote_name(attribute)
    return Indicator(
        id=f"logrank_{attribute}",
        title=f"Do members stay equally long, by {words}?",
        theme="retention",
        outcome="supporting",
        definition=f"Probability of retention curves at least as different between the groups of {words}, were staying equal "
        "in all of them: the log-rank test, from everybody's first spell.",
        formula="χ² = U′V⁻¹U, U = Σ(d_g − d·n_g/n), V their covariance; p from χ² with groups − 1 degrees of freedom",
        numerator="χ², the statistic of the test",
        denominator="Degrees of freedom: the groups at risk when somebody left, less one",
        excluded=f"{_LATER_SPELLS} Members whose {words} is not recorded.",
        caveat="Small: the groups do not stay equally long; it does not say which, nor why. Blind to curves that cross. "
        "Many tests find something by chance.",
        source="Mantel 1966; Peto & Peto 1972",
        unit="p",
        direction="neutral",
        time_axis="all",
        estimator="computed",
        chart="bars",
        facts=_DAYS.format(
            group=f' CAST(m.{column} AS VARCHAR) AS "group",',
            joined=f"""
        JOIN members m ON m.member_id = s.member_id AND m.{column} IS NOT NULL
          AND (SELECT count(DISTINCT {column}) FROM members) <= {MOST_VALUES}""",
        ),
        tables=_TABLES,
        sums=("time_days", "group"),
        needs=f"{_NEEDS} and the {words}, of two to {MOST_VALUES} kinds; there is no figure before anybody left",
        interval="None: a p value",
        is_whole=True,
        compute=_test_groups,
    )


def _test_groups(cell: pd.DataFrame) -> pd.DataFrame:
    times, ended, exits = (cell[name].to_numpy(dtype=np.float64) for name in ("time_days", "x", "w"))
    codes = pd.factorize(cell["group"], sort=True)[0].astype(np.intp)
    test = compare_survival(times, codes, ended, exits)
    if test is None:
        return pd.DataFrame()
    figure = make_figure(
        test.p, n=float(exits.sum()), numerator=test.chi_square, denominator=float(test.degrees)
    )
    return pd.DataFrame([figure])


_RETURNERS = {"kept": "b.is_back = 0", "lost": "true"}


def _period_retention(returners: str = "kept") -> Indicator:
    return Indicator(
        id="period_retention",
        title="Members kept",
        theme="retention",
        outcome="supporting",
        definition="Share of the members at the end of the day before the period who are members at its end, or on the "
        "complete-to day if that is earlier. For all time: of the members on the first day on record.",
        formula="p = members at the start who are members at the end / members at the start",
        numerator="Members at the period's start who are members at its end"
        + ("" if returners == "kept" else ", without having left in between"),
        denominator="Members at the period's start",
        excluded="People who joined in the period. "
        + (
            "Nobody who was back by the end counts as lost."
            if returners == "kept"
            else "Who left counts as lost, though back by the end."
        ),
        caveat="A short period keeps more than a long one: compare periods of equal length. The trade formula "
        "(end − new)/start is not needed, because every member's days are known.",
        source="Programme membership list; interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="month",
        estimator="proportion",
        chart="line",
        base=LOSSES,
        x="0",
        where=_RETURNERS[returners],
        others=EVERYBODY_BEFORE,
        tables=_TABLES,
        grains=("all", "year", "quarter", "month"),
        needs=f"{_NEEDS}, from before the period",
        parameters=(
            Parameter(
                "returners",
                "What somebody is who left in the period and was back by its end",
                returners,
                "kept",
                tuple(_RETURNERS),
            ),
        ),
        rebuild=_period_retention,
    )


_COHORTS = ("month", "quarter")


def _cohort_retention(cohort: str = "month") -> Indicator:
    return Indicator(
        id="cohort_retention",
        title=f"Retention by {cohort} of joining",
        theme="retention",
        outcome="supporting",
        definition=f"Of those who joined in a {cohort}, the share still members so many months later, up to ten years.",
        formula="p = members whose first spell lasts beyond joined_on + k months / members who joined k months ago or earlier",
        numerator="Members still in their first spell k months after joining",
        denominator=f"Members who joined in the {cohort} and have been observed for k months",
        excluded="Members who joined too recently to be observed for k months; second and later spells.",
        caveat="Small cohorts swing widely: read the interval.",
        source="Programme membership list; interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="all",
        estimator="proportion",
        chart="triangle",
        base=follow_lives(cohort),
        x="CASE WHEN k.months <= f.lasted THEN 1 ELSE 0 END",
        tables=_TABLES,
        measures=("joined_period", "periods_since"),
        version=2,
        needs=_NEEDS,
        parameters=(Parameter("cohort", "Who is followed together", cohort, "month", _COHORTS),),
        rebuild=_cohort_retention,
    )


_INDICATORS = (_membership_retention(), _membership_median(), _period_retention(), _cohort_retention())


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part: four, and a log-rank test for each attribute of members."""
    return (*_INDICATORS, *(_logrank(attribute) for attribute in attributes))
