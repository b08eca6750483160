"""Response rates over a closed list of members (AAPOR Standard Definitions)."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Indicator


def _response_rate(id: str, title: str, definition: str, formula: str, counted: str) -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=definition,
        formula=formula,
        numerator="Invited members whose disposition is " + counted.replace("', '", " or ").strip("'"),
        denominator="Invited members, without those found ineligible",
        excluded="Ineligible invitations. The list is closed, so no eligibility is unknown.",
        caveat="A high response rate does not rule out that those who answered differ from those who did not.",
        source="AAPOR Standard Definitions; interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="proportion",
        chart="bars",
        facts=f"""
        SELECT wave_id AS period, member_id, 0.0 AS position,
          CASE WHEN disposition IN ({counted}) THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM frames WHERE is_invited AND disposition <> 'ineligible'""",
        tables=("invitations", "waves"),
        attributes="as_at_wave",
        needs="who was invited to each wave and what came of it (invitations.csv)",
    )


_INDICATORS = (
    _response_rate(
        "response_rate_rr1",
        "Response rate (RR1)",
        "Share of the invited who completed the survey (minimum response rate).",
        "RR1 = I / ((I + P) + (R + NC + O))",
        "'complete'",
    ),
    _response_rate(
        "response_rate_rr2",
        "Response rate with partial answers (RR2)",
        "Share of the invited who completed the survey or part of it.",
        "RR2 = (I + P) / ((I + P) + (R + NC + O))",
        "'complete', 'partial'",
    ),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
