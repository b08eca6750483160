"""Connections between members, per wave and relation; the member who names the tie is the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import inf

from indicators.catalogue.bases import PLACES, STRENGTHS, TIE_ENDS
from indicators.catalogue.bases import TIE_CHANGES as CHANGED
from indicators.definition import TWO_WAVES, Base, Direction, Estimator, Indicator, Parameter, Read, Unit
from indicators.selection import word_attribute
from warehouse.engine import quote_name

_NEEDS = "who is connected to whom (waves.csv and ties.csv)"
_TABLES = ("ties", "waves", "invitations", "members")
_NETWORK = ("arcs", "frames", "ties", "waves", "wave_groups")
SELF = "Ties to oneself; the same tie named twice counts once."
MISSING = "Ties of people who did not answer are known only from the other side."
_CLUSTER = "the member who names the tie as the cluster"


def make_connection(
    id: str,
    title: str,
    definition: str,
    formula: str,
    numerator: str,
    denominator: str,
    *,
    base: Base | None = None,
    x: str = "1",
    w: str = "1",
    where: str = "true",
    unit: Unit,
    estimator: Estimator,
    excluded: str = SELF,
    caveat: str = MISSING,
    source: str = "Connections survey; Wasserman & Faust 1994",
    direction: Direction = "up",
    needs: str = _NEEDS,
    interval: str = "",
    measures: tuple[str, ...] = ("relation",),
    breakdowns: tuple[str, ...] = (),
    is_whole: bool = False,
    is_of_one: bool = False,
    is_for_evaluators: bool = False,
    least_response: float = 0.0,
    span: str = "",
    bounds: tuple[float, float] = (-inf, inf),
    parameters: tuple[Parameter, ...] = (),
    version: int = 1,
    read: Read | None = None,
    rebuild: Callable[..., Indicator] | None = None,
) -> Indicator:
    """An indicator of ties, by wave, with the attributes as at the wave."""
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
        base=base,
        x=x,
        w=w,
        where=where,
        tables=_TABLES,
        attributes="as_at_wave",
        measures=measures,
        breakdowns=breakdowns,
        needs=needs,
        interval=interval,
        is_whole=is_whole,
        is_of_one=is_of_one,
        is_for_evaluators=is_for_evaluators,
        least_response=least_response,
        span=span,
        bounds=bounds,
        parameters=parameters,
        version=version,
        reads=_NETWORK if read else (),
        read=read,
        rebuild=rebuild,
    )


TIES_PER_MEMBER = make_connection(
    "ties_per_member",
    "Ties per member",
    "Mean number of different members to whom a member is tied, in either direction.",
    "k̄ = Σ partners / n",
    "Sum over members of their partners",
    "Members in the wave, whether or not they answered",
    base=PLACES,
    x="b.degree",
    unit="ties",
    estimator="mean",
)

DENSITY = make_connection(
    "density",
    "Density",
    "Share of the ties that could have been named that were named. For a group: the ties its members named.",
    "Σ ties sent by respondents / (r (n − 1))",
    "Different ties named by respondents",
    "Respondents × (members in the wave − 1)",
    base=PLACES,
    x="b.out_degree",
    w="b.others",
    where="b.has_responded",
    unit="share",
    estimator="share",
    direction="neutral",
    caveat="Falls as membership grows, because nobody can know everybody: never the headline. " + MISSING,
)


def _reciprocity(definition: str = "arcs") -> Indicator:
    is_arcs = definition == "arcs"
    returned = "1.0" if is_arcs else "0.5"
    return make_connection(
        "reciprocity",
        "Reciprocity (share of arcs)" if is_arcs else "Reciprocity (share of pairs)",
        "Share of the ties named between respondents that the other side named too."
        if is_arcs
        else "Share of the pairs of respondents with a tie in which both named it.",
        "2M / (2M + A): M mutual pairs, A one-way ties"
        if is_arcs
        else "M / (M + A): M mutual pairs, A one-way ties; a mutual pair counts half with each side",
        "Ties that are returned" if is_arcs else "Mutual pairs",
        "Ties named between two respondents" if is_arcs else "Pairs of respondents with a tie",
        base=TIE_ENDS,
        x=f"{returned} * b.returned",
        w=f"b.among - (1 - {returned}) * b.returned",
        where="b.among > 0",
        unit="share",
        estimator="share",
        excluded=SELF + " Ties with anybody who did not answer, who could not return them.",
        caveat="The arc definition; the dyad definition M / (M + A) gives a lower figure on the same data."
        if is_arcs
        else "The dyad definition; the arc definition 2M / (2M + A) gives a higher figure on the same data.",
        parameters=(
            Parameter("definition", "What is counted: ties or pairs", definition, "arcs", ("arcs", "dyads")),
        ),
        rebuild=_reciprocity,
    )


RECIPROCITY = _reciprocity()


def _compared(id: str, title: str, definition: str, formula: str, numerator: str, column: str) -> Indicator:
    return make_connection(
        id,
        title,
        definition,
        formula,
        numerator,
        "Members who answered in both waves",
        base=CHANGED,
        x=f"b.{column}",
        unit="ties",
        estimator="mean",
        direction="down" if column == "lost" else "up",
        excluded="Ties to people not asked in both waves: joiners and leavers change the network by themselves.",
        needs=f"ties from {TWO_WAVES} of the same survey",
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
    make_connection(
        "tie_stability",
        "Tie stability (Jaccard)",
        "Of all ties named in either of two waves, the share named in both.",
        "J = kept / (kept + new + lost)",
        "Kept ties",
        "Kept, new and lost ties",
        base=CHANGED,
        x="b.kept",
        w="b.kept + b.new + b.lost",
        unit="share",
        estimator="share",
        direction="neutral",
        excluded="Ties to people not asked in both waves: joiners and leavers change the network by themselves.",
        source="Jaccard 1901; Ripley et al., RSiena manual",
        needs=f"ties from {TWO_WAVES} of the same survey",
    ),
)


def _count_new_sql(attribute: str) -> str:
    """New ties across and within the groups of an attribute, of each member who answered both waves."""
    name = quote_name(attribute)
    return f"""
        WITH named AS (
          SELECT s.wave_id, s.relation, s.member_id,
            sum(CASE WHEN f.{name} <> n.{name} THEN 1.0 ELSE 0.0 END) AS across,
            sum(CASE WHEN f.{name} = n.{name} THEN 1.0 ELSE 0.0 END) AS within
          FROM tie_changes s JOIN wave_order w ON w.wave_id = s.wave_id
          JOIN arcs b ON b.wave_id = s.wave_id AND b.relation = s.relation AND b.from_id = s.member_id
          JOIN frames f ON f.wave_id = s.wave_id AND f.member_id = s.member_id
          JOIN frames n ON n.wave_id = s.wave_id AND n.member_id = b.to_id AND n.is_asked
          JOIN frames t ON t.wave_id = w.previous_wave_id AND t.member_id = b.to_id AND t.is_asked
          LEFT JOIN arcs a ON a.wave_id = w.previous_wave_id AND a.relation = b.relation AND a.from_id = b.from_id
            AND a.to_id = b.to_id
          WHERE a.from_id IS NULL GROUP BY s.wave_id, s.relation, s.member_id
        )
        SELECT s.wave_id AS period, s.member_id, s.relation, p.part, p.position,
          coalesce(CASE WHEN p.part = 'Across' THEN c.across ELSE c.within END, 0.0) AS x, 1.0 AS w
        FROM tie_changes s CROSS JOIN (VALUES ('Across', 0.0), ('Within', 1.0)) AS p(part, position)
        LEFT JOIN named c ON c.wave_id = s.wave_id AND c.relation = s.relation AND c.member_id = s.member_id"""


def _new_by(attribute: str) -> Indicator:
    words = word_attribute(attribute)
    made = make_connection(
        f"ties_new_by_{attribute}",
        f"New ties per member across and within {words}",
        f"Ties named now and not in the wave before to members of another {words}, and of the same, per member who answered in both.",
        "Σ new ties across / n; Σ new ties within / n",
        f"New ties across, or within, {words}",
        "Members who answered in both waves",
        unit="ties",
        estimator="mean",
        excluded=f"Ties to people not asked in both waves. Ties in which the {words} of either side is not recorded.",
        caveat="Depends on the sizes of the groups: compare the share across with random mixing. " + MISSING,
        needs=f"ties from {TWO_WAVES} of the same survey",
        measures=("relation", "part"),
        is_for_evaluators=True,
    )
    return replace(made, facts=_count_new_sql(attribute))


def _list_boundary_indicators(attributes: Iterable[str]) -> list[Indicator]:
    """For each attribute the share of ties across its groups and the E-I index."""
    indicators = []
    for place, name in enumerate(attributes):
        words = word_attribute(name)
        excluded = f"{SELF} Ties in which the {words} of either side is not recorded."
        random = "Also depends on the sizes of the groups: compare it with random mixing before reading it as openness. "
        indicators += [
            make_connection(
                f"cross_{name}",
                f"Ties across {words}",
                f"Share of ties between members of different {words}.",
                f"external ties / all ties, {_CLUSTER}",
                f"Ties between members of different {words}",
                f"Ties in which the {words} of both sides is recorded",
                base=TIE_ENDS,
                x=f"b.e{place}",
                w=f"b.t{place}",
                where=f"b.t{place} > 0",
                unit="share",
                estimator="share",
                excluded=excluded,
                caveat=random + MISSING,
            ),
            make_connection(
                f"ei_{name}",
                f"E-I index by {words}",
                f"Ties across {words} less ties within, over all ties: −1 all within, +1 all across.",
                "(E − I) / (E + I)",
                "External less internal ties",
                f"Ties in which the {words} of both sides is recorded",
                base=TIE_ENDS,
                x=f"b.e{place}",
                w=f"b.t{place}",
                where=f"b.t{place} > 0",
                unit="index",
                estimator="index",
                excluded=excluded,
                caveat=random + MISSING,
                source="Krackhardt & Stern 1988",
            ),
        ]
    return indicators


def _quality(id: str, title: str, words: str, relations: Sequence[str]) -> Indicator:
    """Mean strength of the ties of several relations together; all relations apart where none is named."""
    listed = ", ".join(f"'{relation}'" for relation in relations)
    condition = f"b.named IN ({listed})" if relations else "true"
    named = "one relation" if not relations else ", ".join(relations)
    return make_connection(
        id,
        title,
        f"Mean strength that members gave to the ties they named, {words}.",
        f"Σ strength / ties, {_CLUSTER}",
        f"Sum of the strengths of ties ({named})",
        f"Ties with a strength ({named})",
        base=STRENGTHS,
        x="b.strength",
        w="b.ties",
        where=condition,
        unit="score",
        estimator="ratio",
        measures=() if relations else ("relation",),
        breakdowns=("relation",) if relations else (),
        excluded=SELF + " Ties without a strength.",
        caveat="On the scale of the survey. " + ("It says how a tie is felt by the one who named it."),
        source="PARTNER tool (Varda et al. 2008)" if relations else "Connections survey",
        needs="ties with a strength" + (f" and the relations {named}" if relations else "") + " (ties.csv)",
    )


TIE_QUALITY = (
    _quality("tie_strength", "Strength of ties", "by relation", ()),
    _quality(
        "tie_trust",
        "Trust in ties",
        "over reliability, openness and shared mission",
        ("reliability", "openness", "shared mission"),
    ),
    _quality(
        "tie_value",
        "Value of ties",
        "over influence, involvement and resources",
        ("influence", "involvement", "resources"),
    ),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part, those of ties across each attribute among them."""
    return (
        TIES_PER_MEMBER,
        *TIE_CHANGES,
        *TIE_QUALITY,
        DENSITY,
        RECIPROCITY,
        *_list_boundary_indicators(attributes),
        *map(_new_by, attributes),
    )
