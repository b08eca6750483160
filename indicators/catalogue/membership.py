"""Members, joiners and leavers: counts of the whole list."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Indicator

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
    facts="""
        SELECT p.period, s.member_id, 0.0 AS position, 1.0 AS x, 1.0 AS w
        FROM periods p JOIN spells s ON s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on > p.as_at)""",
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
    facts="""
        SELECT DISTINCT p.period, s.member_id, 0.0 AS position, 1.0 AS x, 1.0 AS w
        FROM periods p JOIN spells s ON s.starts_on BETWEEN p.starts_on AND p.as_at""",
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
    facts="""
        SELECT DISTINCT p.period, s.member_id, 0.0 AS position, 1.0 AS x, 1.0 AS w
        FROM periods p JOIN spells s ON s.ends_on BETWEEN p.starts_on AND p.as_at""",
    tables=("members", "memberships"),
    grains=_GRAINS,
    minimum_n=1,
    needs="the members list (members.csv)",
)

_INDICATORS = (MEMBERS, JOINERS, LEAVERS)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
