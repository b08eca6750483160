"""Engagement in the programme's other streams, recorded as activities: coffee trials, groups, funding rounds, visits."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue.bases import EVERYBODY_BY_KIND, STREAMS
from indicators.catalogue.engagement.activity import AT_END, LEFT, NO_MINIMUM
from indicators.definition import Indicator

_TABLES = ("activities", "members", "memberships")
EXCHANGE = ("exchange_idea", "exchange_submitted", "exchange_shortlisted", "exchange_funded")
MATCHED, MET = "coffee_matched", "coffee_met"

STREAM_MEMBERS = Indicator(
    id="stream_members",
    title="Members in each stream",
    theme="engagement",
    outcome="collaborating",
    definition="Share of members with at least one activity of each kind in the period.",
    formula="p = members with an activity of the kind / members at the end of the period",
    numerator="Members with an activity of the kind",
    denominator=AT_END,
    excluded=LEFT + " Kinds of which nothing was recorded in the period.",
    caveat="A member can be in several streams, so the shares do not add up to 100 %. " + NO_MINIMUM,
    source="Activity log; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="proportion",
    chart="bars",
    base=STREAMS,
    where="b.is_member = 1",
    others=EVERYBODY_BY_KIND,
    tables=_TABLES,
    measures=("activity_kind",),
    grains=("all", "year"),
    needs="the activity log (activities.csv)",
)

COFFEE_TRIALS = Indicator(
    id="coffee_trials",
    title="Coffee trials: matched pairs who met",
    theme="engagement",
    outcome="connecting",
    definition="Of the times that members were matched for a randomised coffee trial, the share in which they met.",
    formula=f"p = Σ min({MET}, {MATCHED}) / Σ {MATCHED}; the member as the cluster",
    numerator="Matches that met, once for each member of the pair",
    denominator="Matches, once for each member of the pair",
    excluded="Meetings without a match in the same period.",
    caveat="Meetings that nobody reported count as not met.",
    source=f"Activity log, kinds {MATCHED} and {MET}; variance: Cochran 1977, ch. 6",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="share",
    chart="bars",
    facts=f"""
        SELECT p.period, d.member_id, 0.0 AS position,
          CAST(least(count(*) FILTER (WHERE d.kind = '{MET}'), count(*) FILTER (WHERE d.kind = '{MATCHED}')) AS DOUBLE)
            AS x,
          CAST(count(*) FILTER (WHERE d.kind = '{MATCHED}') AS DOUBLE) AS w
        FROM periods p JOIN activity_days d ON d.on_date BETWEEN p.starts_on AND p.as_at
        WHERE d.kind IN ('{MATCHED}', '{MET}')
        GROUP BY p.period, d.member_id HAVING count(*) FILTER (WHERE d.kind = '{MATCHED}') > 0""",
    tables=_TABLES,
    grains=("all", "year", "quarter", "month"),
    needs=f"activities of the kinds {MATCHED} and {MET} (activities.csv)",
)

EXCHANGE_FUNNEL = Indicator(
    id="exchange_funnel",
    title="Funding round: from idea to funded",
    theme="engagement",
    outcome="developing",
    definition="Of the ideas put forward in the period, the share submitted, shortlisted and funded.",
    formula="p = Σ ideas that reached the stage in the period / Σ ideas; the member as the cluster",
    numerator="Ideas at the stage",
    denominator="Ideas, each counted for the member who put it forward",
    excluded="Later stages of ideas put forward in another period.",
    caveat="An idea that is funded in a later period counts in none of them: ask over a whole round.",
    source=f"Activity log, kinds {', '.join(EXCHANGE)}, amount = number of ideas (1 where empty); Cochran 1977, ch. 6",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="share",
    chart="bars",
    facts=f"""
        WITH reached AS (
          SELECT p.period, d.member_id,
            {", ".join(f"coalesce(sum(coalesce(d.amount, 1)) FILTER (WHERE d.kind = '{kind}'), 0) AS {kind}" for kind in EXCHANGE)}
          FROM periods p JOIN activity_days d ON d.on_date BETWEEN p.starts_on AND p.as_at
          WHERE d.kind LIKE 'exchange_%' GROUP BY p.period, d.member_id
        )
        SELECT r.period, r.member_id, t.stage, t.position,
          least(CASE t.position {" ".join(f"WHEN {place} THEN r.{kind}" for place, kind in enumerate(EXCHANGE, 1))} END,
            r.{EXCHANGE[0]}) AS x,
          r.{EXCHANGE[0]} AS w
        FROM reached r
        CROSS JOIN (VALUES ('Idea', 1.0), ('Submitted', 2.0), ('Shortlisted', 3.0), ('Funded', 4.0)) AS t(stage, position)
        WHERE r.{EXCHANGE[0]} > 0""",
    tables=_TABLES,
    measures=("stage",),
    baseline="Idea",
    grains=("all", "year"),
    needs=f"activities of the kinds {', '.join(EXCHANGE)} (activities.csv)",
)

ACTIVITY_AMOUNT = Indicator(
    id="activity_amount",
    title="Amount of activity",
    theme="engagement",
    outcome="collaborating",
    definition="Sum of the amounts of all activities of each kind in the period.",
    formula="Σ amount, 1 where it is empty",
    numerator="Sum of the amounts",
    denominator="None: it is a total",
    excluded="Nothing that is recorded up to the complete-to day.",
    caveat="A total of what was recorded: it has no sampling interval, and rises with membership.",
    source="Activity log",
    unit="number",
    direction="neutral",
    time_axis="month",
    estimator="total",
    chart="line",
    base=STREAMS,
    x="b.amount",
    tables=_TABLES,
    measures=("activity_kind",),
    grains=("all", "year", "quarter", "month"),
    needs="the activity log (activities.csv)",
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return (STREAM_MEMBERS, COFFEE_TRIALS, EXCHANGE_FUNNEL, ACTIVITY_AMOUNT)
