"""Staying active: who did something lately, never merged with staying on the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from indicators.definition import Indicator, Parameter
from warehouse.facts import RECEIVED

_NO_MINIMUM = "The programme expects no minimum of engagement: a quiet member has not left."
_RECORDED = f"Sees only what is recorded: attendance and the activity log, without {', '.join(RECEIVED)}."
_TABLES = ("activities", "attendance", "events", "members", "memberships")
_NEEDS = "the activity log (activities.csv) or attendance, reaching back"
_DONE = """
        done AS (
          SELECT member_id, on_date FROM deeds
          UNION
          SELECT a.member_id, e.on_date FROM attendance a JOIN event_days e ON e.event_id = a.event_id WHERE a.attended
        )"""


def _find_active(days: int) -> str:
    """Each day with something recorded, with the last day on which it is the latest such day and in the window."""
    return f"""{_DONE},
        lasting AS (
          SELECT member_id, on_date,
            least(on_date + {days} - 1, lead(on_date) OVER (PARTITION BY member_id ORDER BY on_date) - 1) AS until
          FROM done
        ),
        active AS (
          SELECT p.period, d.member_id FROM periods p JOIN lasting d ON p.as_at BETWEEN d.on_date AND d.until
        )"""


def _find_quiet(days: int) -> str:
    """The days of everybody's first spell with something recorded, joining among them, and each member's first lapse."""
    return f"""{_DONE},
        observed AS (
          SELECT s.member_id, s.starts_on AS joined_on, least(coalesce(s.ends_on - 1, c.complete_to), c.complete_to) AS until
          FROM spells s CROSS JOIN calendar c
          WHERE s.spell = 1 AND s.starts_on >= (SELECT min(on_date) FROM done) - {days}
        ),
        days AS (
          SELECT member_id, joined_on AS on_date FROM observed
          UNION
          SELECT d.member_id, d.on_date FROM done d
          JOIN observed o ON o.member_id = d.member_id AND d.on_date BETWEEN o.joined_on AND o.until
        ),
        followed AS (
          SELECT member_id, on_date, lead(on_date) OVER (PARTITION BY member_id ORDER BY on_date) AS next_on FROM days
        ),
        quiet AS (
          SELECT f.member_id, min(f.on_date) AS last_on
          FROM followed f JOIN observed o ON o.member_id = f.member_id
          WHERE date_diff('day', f.on_date, coalesce(f.next_on - 1, o.until)) >= {days}
          GROUP BY f.member_id
        )"""


def _choose_window(window: str) -> Parameter:
    return Parameter(
        "window", "Days without anything recorded that make a lapse", window, "365", ("90", "180", "365")
    )


def _make(
    id: str,
    title: str,
    definition: str,
    formula: str,
    numerator: str,
    denominator: str,
    facts: str,
    *,
    window: str,
    rebuild: Callable[..., Indicator],
    excluded: str,
    caveat: str,
    **fields: Any,
) -> Indicator:
    words = {
        "source": "Activity log and attendance reports; interval: Wilson 1927",
        "direction": "up",
        "time_axis": "month",
        "estimator": "proportion",
        "chart": "line",
        "grains": ("all", "year", "quarter", "month"),
        "needs": f"{_NEEDS} {window} days",
    } | fields
    return Indicator(
        id=id,
        title=title,
        theme="retention",
        outcome="supporting",
        definition=definition,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        excluded=excluded,
        caveat=f"{caveat} {_RECORDED} {_NO_MINIMUM}",
        unit="share",
        facts=facts,
        tables=_TABLES,
        parameters=(_choose_window(window),),
        rebuild=rebuild,
        **words,
    )


def _lapsed_members(window: str = "365") -> Indicator:
    days = int(window)
    return _make(
        "lapsed_members",
        "Lapsed members",
        f"Share of the members at the end of the period, or on the complete-to day if that is earlier, with nothing recorded "
        f"in the {days} days up to it.",
        f"p = members with nothing recorded in the last {days} days / members for at least {days} days",
        f"Members with neither attendance nor activity in the last {days} days",
        f"Members on the day who had then been members for at least {days} days",
        f"""
        WITH {_find_active(days)}
        SELECT p.period, s.member_id, 0.0 AS position,
          CASE WHEN a.member_id IS NULL THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM periods p
        JOIN spells s ON s.starts_on <= p.as_at - {days} AND (s.ends_on IS NULL OR s.ends_on > p.as_at)
        LEFT JOIN active a ON a.period = p.period AND a.member_id = s.member_id
        WHERE p.as_at - {days} + 1 >= (SELECT min(on_date) FROM done)""",
        window=window,
        rebuild=_lapsed_members,
        excluded=f"People who had left, or had been members for less than {days} days. Days before which the records do "
        "not reach back so far.",
        caveat="What is recorded late makes it fall afterwards.",
        direction="down",
    )


def _activity_retention(window: str = "365") -> Indicator:
    days = int(window)
    return _make(
        "activity_retention",
        "Staying active",
        f"Probability of being active so many days after joining: not yet quiet for {days} days, from everybody's first spell.",
        f"S(t) = Π over tᵢ ≤ t of (1 − dᵢ/nᵢ); the event is the last thing recorded before the first {days} days without "
        "anything; joining counts as the first thing",
        f"Members whose first {days} quiet days began after that day of their membership",
        "Members who had not lapsed, and are observed, just before that day",
        f"""
        WITH {_find_quiet(days)}
        SELECT 'all' AS period, o.member_id,
          CAST(date_diff('day', o.joined_on, coalesce(q.last_on, o.until - {days})) AS VARCHAR) AS time_days,
          CAST(date_diff('day', o.joined_on, coalesce(q.last_on, o.until - {days})) AS DOUBLE) AS position,
          CASE WHEN q.last_on IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM observed o LEFT JOIN quiet q ON q.member_id = o.member_id
        WHERE o.until - {days} >= o.joined_on""",
        window=window,
        rebuild=_activity_retention,
        excluded=f"Members observed for less than {days} days; those who joined more than {days} days before anything was "
        f"recorded of anybody; second and later spells. The last {days} days are provisional and left out: everybody "
        "else is censored at their beginning.",
        caveat="Leaving the list is no lapse: who left is censored.",
        source="Kaplan & Meier 1958; Greenwood 1926; interval: Kalbfleisch & Prentice 1980 (log-log)",
        time_axis="all",
        estimator="survival",
        chart="survival",
        measures=("time_days",),
        grains=(),
    )


def _reactivation(window: str = "365") -> Indicator:
    days = int(window)
    return _make(
        "reactivation",
        "Active again after a lapse",
        f"Of those who lapsed, with nothing recorded for {days} days, the share with something recorded afterwards.",
        f"p = lapsed members with anything recorded after the {days} quiet days / lapsed members",
        "Lapsed members with attendance or activity afterwards",
        f"Members who were ever quiet for {days} days in their first spell; joining counts as the first thing",
        f"""
        WITH {_find_quiet(days)}
        SELECT 'all' AS period, q.member_id, 0.0 AS position,
          CASE WHEN f.next_on IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM quiet q JOIN followed f ON f.member_id = q.member_id AND f.on_date = q.last_on""",
        window=window,
        rebuild=_reactivation,
        excluded=f"Members who never lapsed; those who joined more than {days} days before anything was recorded of anybody; "
        "what was recorded after the first spell.",
        caveat="Provisional for those who lapsed lately: they have had little time to come back.",
        time_axis="all",
        chart="bars",
        grains=(),
    )


def _activity_kept(window: str = "365") -> Indicator:
    days = int(window)
    return _make(
        "activity_kept",
        "Active members kept",
        f"Of the members active in the {days} days before the last {days}, the share active in the last {days} days up to "
        "the end of the period, or to the complete-to day if that is earlier.",
        f"p = members active in both windows of {days} days / members active in the earlier one",
        "Members with attendance or activity in the last window too",
        "Members on the day with attendance or activity in the window before the last",
        f"""
        WITH {_find_active(days)},
        earlier AS (
          SELECT p.period, p.as_at, d.member_id, d.on_date FROM periods p
          JOIN lasting d ON p.as_at - {days} BETWEEN d.on_date AND d.until
        )
        SELECT e.period, e.member_id, 0.0 AS position,
          CASE WHEN a.member_id IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM earlier e
        JOIN spells s ON s.member_id = e.member_id AND s.starts_on <= e.on_date
          AND (s.ends_on IS NULL OR s.ends_on > e.as_at)
        LEFT JOIN active a ON a.period = e.period AND a.member_id = e.member_id""",
        window=window,
        rebuild=_activity_kept,
        excluded="People who had left; what was done before joining.",
        caveat=f"The last {days} days are provisional until everything that happened in them has been recorded.",
        needs=f"{_NEEDS} more than {days} days",
    )


_INDICATORS = (_lapsed_members(), _activity_retention(), _reactivation(), _activity_kept())


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
