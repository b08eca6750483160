"""Connections between members, per wave and relation; the member who names the tie is the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indicators.definition import Direction, Estimator, Indicator, Unit

_NEEDS = "who is connected to whom (waves.csv and ties.csv)"
_TABLES = ("ties", "waves", "invitations", "members")
_SELF = "Ties to oneself; the same tie named twice counts once."
_MISSING = "Ties of people who did not answer are known only from the other side."
_CLUSTER = "the member who names the tie as the cluster"

_NODES = """
        SELECT r.wave_id, r.relation, f.member_id, f.has_responded
        FROM (SELECT DISTINCT wave_id, relation FROM arcs) r JOIN frames f ON f.wave_id = r.wave_id"""


def _connection(
    id: str,
    title: str,
    definition: str,
    formula: str,
    numerator: str,
    denominator: str,
    facts: str,
    *,
    unit: Unit,
    estimator: Estimator,
    excluded: str = _SELF,
    caveat: str = _MISSING,
    source: str = "Connections survey; Wasserman & Faust 1994",
    direction: Direction = "up",
    needs: str = _NEEDS,
) -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="connections",
        outcome="connecting",
        definition=definition,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        excluded=excluded,
        caveat=caveat,
        source=source,
        unit=unit,
        direction=direction,
        time_axis="wave",
        estimator=estimator,
        chart="bars",
        facts=facts,
        tables=_TABLES,
        attributes="as_at_wave",
        measures=("relation",),
        needs=needs,
    )


TIES_PER_MEMBER = _connection(
    "ties_per_member",
    "Ties per member",
    "Mean number of different members to whom a member is tied, in either direction.",
    "k̄ = Σ partners / n",
    "Sum over members of their partners",
    "Members in the wave, whether or not they answered",
    f"""
        WITH nodes AS ({_NODES}),
        partners AS (
          SELECT wave_id, relation, from_id AS member_id, to_id AS partner_id FROM arcs
          UNION SELECT wave_id, relation, to_id, from_id FROM arcs
        ),
        degrees AS (
          SELECT wave_id, relation, member_id, count(*) AS partners FROM partners
          GROUP BY wave_id, relation, member_id
        )
        SELECT n.wave_id AS period, n.member_id, n.relation, 0.0 AS position,
          CAST(coalesce(d.partners, 0) AS DOUBLE) AS x, 1.0 AS w
        FROM nodes n LEFT JOIN degrees d
          ON d.wave_id = n.wave_id AND d.relation = n.relation AND d.member_id = n.member_id""",
    unit="ties",
    estimator="mean",
)

DENSITY = _connection(
    "density",
    "Density",
    "Share of the ties that could have been named that were named. For a group: the ties its members named.",
    "Σ ties sent by respondents / (r (n − 1))",
    "Different ties named by respondents",
    "Respondents × (members in the wave − 1)",
    f"""
        WITH nodes AS ({_NODES}),
        sizes AS (SELECT wave_id, relation, count(*) AS size FROM nodes GROUP BY wave_id, relation),
        sent AS (SELECT wave_id, relation, from_id, count(*) AS ties FROM arcs GROUP BY wave_id, relation, from_id)
        SELECT n.wave_id AS period, n.member_id, n.relation, 0.0 AS position,
          CAST(coalesce(s.ties, 0) AS DOUBLE) AS x, CAST(z.size - 1 AS DOUBLE) AS w
        FROM nodes n JOIN sizes z ON z.wave_id = n.wave_id AND z.relation = n.relation
        LEFT JOIN sent s ON s.wave_id = n.wave_id AND s.relation = n.relation AND s.from_id = n.member_id
        WHERE n.has_responded""",
    unit="share",
    estimator="share",
    direction="neutral",
    caveat="Falls as membership grows, because nobody can know everybody: never the headline. " + _MISSING,
)

RECIPROCITY = _connection(
    "reciprocity",
    "Reciprocity (share of arcs)",
    "Share of the ties named between respondents that the other side named too.",
    "2M / (2M + A): M mutual pairs, A one-way ties",
    "Ties that are returned",
    "Ties named between two respondents",
    """
        SELECT a.wave_id AS period, a.from_id AS member_id, a.relation, 0.0 AS position,
          sum(CASE WHEN b.from_id IS NULL THEN 0.0 ELSE 1.0 END) AS x, CAST(count(*) AS DOUBLE) AS w
        FROM arcs a
        JOIN frames f ON f.wave_id = a.wave_id AND f.member_id = a.from_id AND f.has_responded
        JOIN frames t ON t.wave_id = a.wave_id AND t.member_id = a.to_id AND t.has_responded
        LEFT JOIN arcs b ON b.wave_id = a.wave_id AND b.relation = a.relation
          AND b.from_id = a.to_id AND b.to_id = a.from_id
        GROUP BY a.wave_id, a.relation, a.from_id""",
    unit="share",
    estimator="share",
    excluded=_SELF + " Ties with anybody who did not answer, who could not return them.",
    caveat="The arc definition; the dyad definition M / (M + A) gives a lower figure on the same data.",
)


def _compared(id: str, title: str, definition: str, formula: str, numerator: str, column: str) -> Indicator:
    return _connection(
        id,
        title,
        definition,
        formula,
        numerator,
        "Members who answered in both waves",
        f"SELECT wave_id AS period, member_id, relation, 0.0 AS position, {column} AS x, 1.0 AS w FROM tie_changes",
        unit="ties",
        estimator="mean",
        direction="down" if column == "lost" else "up",
        excluded="Ties to people not asked in both waves: joiners and leavers change the network by themselves.",
        needs="ties from at least two waves of the same survey",
    )


TIE_CHANGES = (
    _compared(
        "ties_new",
        "New ties per member",
        "Ties named now and not in the wave before, per member who answered in both.",
        "Σ new ties / n",
        "New ties",
        "new",
    ),
    _compared(
        "ties_kept",
        "Kept ties per member",
        "Ties named now and in the wave before, per member who answered in both.",
        "Σ kept ties / n",
        "Kept ties",
        "kept",
    ),
    _compared(
        "ties_lost",
        "Lost ties per member",
        "Ties named in the wave before and not now, per member who answered in both.",
        "Σ lost ties / n",
        "Lost ties",
        "lost",
    ),
    _connection(
        "tie_stability",
        "Tie stability (Jaccard)",
        "Of all ties named in either of two waves, the share named in both.",
        "J = kept / (kept + new + lost)",
        "Kept ties",
        "Kept, new and lost ties",
        "SELECT wave_id AS period, member_id, relation, 0.0 AS position, kept AS x, kept + new + lost AS w FROM tie_changes",
        unit="share",
        estimator="share",
        direction="neutral",
        excluded="Ties to people not asked in both waves: joiners and leavers change the network by themselves.",
        source="Jaccard 1901; Ripley et al., RSiena manual",
        needs="ties from at least two waves of the same survey",
    ),
)


def _list_boundary_indicators(attributes: Iterable[str]) -> list[Indicator]:
    """For each attribute the share of ties across its groups and the E-I index."""
    indicators = []
    for name in attributes:
        words = name.replace("_", " ")
        facts = f"""
        SELECT a.wave_id AS period, a.from_id AS member_id, a.relation, 0.0 AS position,
          sum(CASE WHEN f."{name}" <> t."{name}" THEN 1.0 ELSE 0.0 END) AS x, CAST(count(*) AS DOUBLE) AS w
        FROM arcs a
        JOIN frames f ON f.wave_id = a.wave_id AND f.member_id = a.from_id
        JOIN frames t ON t.wave_id = a.wave_id AND t.member_id = a.to_id
        WHERE f."{name}" IS NOT NULL AND t."{name}" IS NOT NULL
        GROUP BY a.wave_id, a.relation, a.from_id"""
        excluded = f"{_SELF} Ties in which the {words} of either side is not recorded."
        random = "Also depends on the sizes of the groups: compare it with random mixing before reading it as openness. "
        indicators += [
            _connection(
                f"cross_{name}",
                f"Ties across {words}",
                f"Share of ties between members of different {words}.",
                f"external ties / all ties, {_CLUSTER}",
                f"Ties between members of different {words}",
                f"Ties in which the {words} of both sides is recorded",
                facts,
                unit="share",
                estimator="share",
                excluded=excluded,
                caveat=random + _MISSING,
            ),
            _connection(
                f"ei_{name}",
                f"E-I index by {words}",
                f"Ties across {words} less ties within, over all ties: −1 all within, +1 all across.",
                "(E − I) / (E + I)",
                "External less internal ties",
                f"Ties in which the {words} of both sides is recorded",
                facts,
                unit="index",
                estimator="index",
                excluded=excluded,
                caveat=random + _MISSING,
                source="Krackhardt & Stern 1988",
            ),
        ]
    return indicators


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part, those of ties across each attribute among them."""
    return (TIES_PER_MEMBER, *TIE_CHANGES, DENSITY, RECIPROCITY, *_list_boundary_indicators(attributes))
