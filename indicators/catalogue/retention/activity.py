"""Staying active: who did something lately, never merged with staying on the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from indicators.catalogue.bases import AT_END
from indicators.definition import Base, Indicator, Others, Parameter
from warehouse.facts import RECEIVED

_NO_MINIMUM = "The programme expects no minimum of engagement: a quiet member has not left."
_RECORDED = f"Sees only what is recorded: attendance and the activity log, without {', '.join(RECEIVED)}."
_TABLES = ("activities", "attendance", "events", "members", "memberships")
_NEEDS = "the activity log (activities.csv) or attendance, reaching back"


def _find_active(days: int) -> str:
    """Stretches of a stay from a day with activity until `days` after the last before a gap of as many, each once."""
    return f"""
        days_of AS (
          SELECT s.mid, s.spell, s.from_day AS joined_day, s.until_day AS left_day, a.day,
            CASE WHEN a.day <= lag(a.day) OVER (PARTITION BY s.mid, s.spell ORDER BY a.day) + {days} THEN 0 ELSE 1 END AS is_first
          FROM stays s JOIN active_days a ON a.mid = s.mid AND a.day >= s.from_day AND (s.until_day IS NULL OR a.day < s.until_day)
        ),
        placed AS (
          SELECT *, sum(is_first) OVER (PARTITION BY mid, spell ORDER BY day ROWS UNBOUNDED PRECEDING) AS stretch FROM days_of
        ),
        active AS (
          SELECT mid, spell, joined_day, left_day, min(day) AS from_day, max(day) + {days} AS until_day
          FROM placed GROUP BY mid, spell, joined_day, left_day, stretch
        )"""


def _stand_at_end(rows: str, days: int) -> Base:
    """Rows that stand at the end of each period that the records reach back from for so many days."""
    points = f"{AT_END} WHERE as_at_day - {days} + 1 >= (SELECT min(day) FROM active_days)"
    return Base(f"({rows})", "pid", kind="standing", points=points)


def _find_quiet(days: int) -> str:
    """The days of everybody's first stay with something recorded, joining among them, and each member's first lapse."""
    return f"""
        observed AS (
          SELECT s.mid, s.from_day AS joined_day, least(s.until_day - 1, c.day) AS last_day
          FROM stays s CROSS JOIN (SELECT max(day) AS day FROM calendar_days) c
          WHERE s.spell = 1 AND s.from_day >= (SELECT min(day) FROM active_days) - {days}
        ),
        days AS (
          SELECT mid, joined_day AS day FROM observed
          UNION
          SELECT a.mid, a.day FROM active_days a JOIN observed o ON o.mid = a.mid AND a.day BETWEEN o.joined_day AND o.last_day
        ),
        followed AS (SELECT mid, day, lead(day) OVER (PARTITION BY mid ORDER BY day) AS next_day FROM days),
        quiet AS (
          SELECT f.mid, min(f.day) AS day FROM followed f JOIN observed o ON o.mid = f.mid
          WHERE coalesce(f.next_day - 1, o.last_day) - f.day >= {days} GROUP BY f.mid
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
        tables=_TABLES,
        parameters=(_choose_window(window),),
        rebuild=rebuild,
        **words,
    )


def _lapsed_members(window: str = "365") -> Indicator:
    days = int(window)
    members = f"""
        SELECT mid, from_day + {days} AS from_day, until_day FROM stays
        WHERE until_day IS NULL OR until_day > from_day + {days}"""
    active = f"""
        WITH {_find_active(days)}
        SELECT mid, greatest(from_day, joined_day + {days}) AS from_day, least(until_day, left_day) AS until_day
        FROM active WHERE least(until_day, left_day) > joined_day + {days}"""
    return _make(
        "lapsed_members",
        "Lapsed members",
        f"Share of the members at the end of the period, or on the complete-to day if that is earlier, with nothing recorded "
        f"in the {days} days up to it.",
        f"p = members with nothing recorded in the last {days} days / members for at least {days} days",
        f"Members with neither attendance nor activity in the last {days} days",
        f"Members on the day who had then been members for at least {days} days",
        base=_stand_at_end(active, days),
        x="0",
        others=Others(_stand_at_end(members, days), x="1"),
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
        facts=f"""
        WITH {_find_quiet(days)}
        SELECT 'all' AS period, c.member_id, CAST(t.days AS VARCHAR) AS time_days, CAST(t.days AS DOUBLE) AS position, t.x, 1.0 AS w
        FROM (
          SELECT o.mid, coalesce(q.day, o.last_day - {days}) - o.joined_day AS days,
            CASE WHEN q.mid IS NULL THEN 0.0 ELSE 1.0 END AS x
          FROM observed o LEFT JOIN quiet q ON q.mid = o.mid WHERE o.last_day - {days} >= o.joined_day
        ) t JOIN member_codes c ON c.mid = t.mid""",
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
        facts=f"""
        WITH {_find_quiet(days)}
        SELECT 'all' AS period, c.member_id, 0.0 AS position, CASE WHEN f.next_day IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM quiet q JOIN followed f ON f.mid = q.mid AND f.day = q.day JOIN member_codes c ON c.mid = q.mid""",
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
    earlier = f"""
        WITH {_find_active(days)}
        SELECT mid, from_day + {days} AS from_day, least(until_day + {days}, left_day) AS until_day
        FROM active WHERE left_day IS NULL OR left_day > from_day + {days}"""
    again = f"""
        WITH {_find_active(days)}
        SELECT b.mid, greatest(a.from_day + {days}, b.from_day) AS from_day, least(a.until_day + {days}, b.until_day, b.left_day) AS until_day
        FROM active a JOIN active b ON b.mid = a.mid AND b.spell = a.spell
        WHERE greatest(a.from_day + {days}, b.from_day) < least(a.until_day + {days}, b.until_day, b.left_day)"""
    return _make(
        "activity_kept",
        "Active members kept",
        f"Of the members active in the {days} days before the last {days}, the share active in the last {days} days up to "
        "the end of the period, or to the complete-to day if that is earlier.",
        f"p = members active in both windows of {days} days / members active in the earlier one",
        "Members with attendance or activity in the last window too",
        "Members on the day with attendance or activity in the window before the last",
        base=_stand_at_end(again, days),
        others=Others(_stand_at_end(earlier, days)),
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
