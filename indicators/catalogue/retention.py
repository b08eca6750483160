"""Retention of membership: the survival curve and the cohort triangle."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Indicator

MEMBERSHIP_RETENTION = Indicator(
    id="membership_retention",
    title="Membership retention",
    theme="retention",
    outcome="supporting",
    definition="Probability of still being a member so many days after joining, from everybody's first spell.",
    formula="S(t) = Π over tᵢ ≤ t of (1 − dᵢ/nᵢ); Greenwood's variance; log-log interval",
    numerator="Members who left on that day of their membership",
    denominator="Members at risk: still members, and observed, just before that day",
    excluded="Second and later spells of people who came back.",
    caveat="People who are still members count up to the complete-to day (censored). "
    "Assumes that those who joined later leave like those who joined earlier.",
    source="Kaplan & Meier 1958; Greenwood 1926; interval: Kalbfleisch & Prentice 1980 (log-log)",
    unit="share",
    direction="up",
    time_axis="all",
    estimator="survival",
    chart="survival",
    facts="""
        SELECT 'all' AS period, s.member_id,
          CAST(least(coalesce(s.ends_on, c.complete_to), c.complete_to) - s.starts_on AS VARCHAR) AS time_days,
          CAST(least(coalesce(s.ends_on, c.complete_to), c.complete_to) - s.starts_on AS DOUBLE) AS position,
          CASE WHEN s.ends_on <= c.complete_to THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM spells s, calendar c WHERE s.spell = 1 AND s.starts_on <= c.complete_to""",
    tables=("members", "memberships"),
    measures=("time_days",),
    needs="the members list with joining and leaving days (members.csv)",
)

COHORT_RETENTION = Indicator(
    id="cohort_retention",
    title="Retention by month of joining",
    theme="retention",
    outcome="supporting",
    definition="Of those who joined in a month, the share still members so many months later.",
    formula="p = members whose first spell lasts beyond joined_on + k months / members who joined k months ago or earlier",
    numerator="Members still in their first spell k months after joining",
    denominator="Members who joined in the month and have been observed for k months",
    excluded="Members who joined too recently to be observed for k months; second and later spells.",
    caveat="Small cohorts swing widely: read the interval.",
    source="Programme membership list; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="all",
    estimator="proportion",
    chart="triangle",
    facts="""
        SELECT 'all' AS period, s.member_id, strftime(s.starts_on, '%Y-%m') AS joined_period,
          CAST(k.months AS VARCHAR) AS periods_since, CAST(k.months AS DOUBLE) AS position,
          CASE WHEN s.ends_on IS NULL OR s.ends_on > s.starts_on + to_months(CAST(k.months AS INTEGER))
            THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM spells s CROSS JOIN calendar c
        JOIN (SELECT row_number() OVER (ORDER BY starts_on) - 1 AS months
              FROM calendar_periods WHERE grain = 'month') k
          ON s.starts_on + to_months(CAST(k.months AS INTEGER)) <= c.complete_to
        WHERE s.spell = 1""",
    tables=("members", "memberships"),
    measures=("joined_period", "periods_since"),
    needs="the members list with joining and leaving days (members.csv)",
)

_INDICATORS = (MEMBERSHIP_RETENTION, COHORT_RETENTION)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
