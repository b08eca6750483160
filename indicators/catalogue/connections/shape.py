"""The shape of the network and members' places in it, per wave and relation, on igraph (indicators/network)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from typing import Any

from indicators.catalogue.bases import PLACES as PLACES_BASE
from indicators.catalogue.connections.ties import MISSING, SELF, make_connection
from indicators.definition import MADE_UP, POSSIBLE, Direction, Indicator, Parameter, Unit
from indicators.gate.reliability import TOO_FEW_ANSWERED
from indicators.network.dyads.figures import read_census
from indicators.network.figures import read_highest_betweenness, read_imputed_degree, read_shape

_WITHIN = "For a group: the network of the ties among its own members."
_PLACE = "For a group: its members' places in the network of everybody."
_AS_NAMED, _MADE_UP = "as named", "made up"
_DRAWS = "200 draws (50 above 5,000 ties)"
_MEAN = (
    f"Had everybody answered: the mean of {_DRAWS} that make up the ties of missing respondents; as named where nobody is "
    "missing."
)
_IMPUTED = (
    f"No confidence interval: 2.5 to 97.5 % of {_DRAWS} in which missing respondents name as many as a respondent drawn at random, return "
    "ties at the observed rate, and name others in proportion to how often they are named"
)
_NAMED = "None: it describes the ties named"
_OPEN = f"{_NAMED}; the definition “made up” says what it would be had everybody answered"
_BEYOND = "With over 2,000 members in the largest component"
_SAMPLED = "the estimate ± 1.96 standard errors of drawing 200 members without replacement, 95 %"


def _clustering(few_partners: str = "zero") -> Indicator:
    is_zero = few_partners == "zero"
    return make_connection(
        "clustering",
        "Clustering (mean of members)",
        "Share of a member's pairs of partners who are tied to each other, on average over members"
        + (", 0 for those with fewer than two partners." if is_zero else " with two partners or more."),
        "mean of ties among partners / (k (k − 1) / 2), k partners in either direction",
        "Sum of the members' clustering",
        "Members in the wave, whether or not they answered"
        if is_zero
        else "Members with two partners or more",
        base=PLACES_BASE,
        x="coalesce(b.clustering, 0.0)",
        where="true" if is_zero else "b.clustering IS NOT NULL",
        unit="coefficient",
        estimator="mean",
        direction="neutral",
        excluded=SELF if is_zero else SELF + " Members with fewer than two partners.",
        bounds=(0.0, 1.0),
        caveat=f"{_PLACE} Every member weighs the same; transitivity weighs pairs of partners. {MISSING}",
        source="Watts & Strogatz 1998",
        parameters=(
            Parameter(
                "few_partners",
                "Whether members with fewer than two partners count as 0 or are left out",
                few_partners,
                "zero",
                ("zero", "left out"),
            ),
        ),
        rebuild=_clustering,
    )


PLACES = (
    make_connection(
        "isolates",
        "Members without ties",
        "Share of members who named nobody and whom nobody named.",
        "members with no partner / n",
        "Members with no partner",
        "Members in the wave, whether or not they answered",
        base=PLACES_BASE,
        x="CASE WHEN b.degree = 0 THEN 1 ELSE 0 END",
        unit="share",
        estimator="proportion",
        direction="down",
        caveat="A member who did not answer and whom nobody named counts as one without ties. " + MISSING,
    ),
    make_connection(
        "in_largest_component",
        "Members in the largest component",
        "Share of members who can be reached from one another through ties, in the largest such part.",
        "members of the largest component / n",
        "Members of the largest component",
        "Members in the wave, whether or not they answered",
        base=PLACES_BASE,
        x="CASE WHEN b.is_in_largest_component THEN 1 ELSE 0 END",
        unit="share",
        estimator="proportion",
    ),
    make_connection(
        "in_degree",
        "Times named",
        "Mean number of members who name a member.",
        "Σ ties received / n",
        "Ties received",
        "Members in the wave, whether or not they answered",
        base=PLACES_BASE,
        x="b.in_degree",
        unit="ties",
        estimator="mean",
        caveat="Holds up best where people are missing; still, those who did not answer name nobody.",
        source="Freeman 1978; Smith & Moody 2013 on missing people",
    ),
    make_connection(
        "constraint",
        "Constraint (Burt)",
        "How far a member's partners are tied to one another: low where a member joins people who are otherwise apart.",
        "mean of Σⱼ(pᵢⱼ + Σ_q pᵢ_q p_qⱼ)², p = 1 / partners where there is a tie, else 0, in either direction",
        "Sum of the members' constraint",
        "Members with a tie",
        base=PLACES_BASE,
        x="b.burt_constraint",
        where="b.burt_constraint IS NOT NULL",
        unit="coefficient",
        estimator="mean",
        direction="neutral",
        excluded=SELF + " Members without ties. Waves in which fewer than 65 % answered.",
        bounds=(0.0, inf),
        caveat="Falls as a member has more partners. " + _PLACE + " " + MISSING,
        source="Burt 1992",
        least_response=TOO_FEW_ANSWERED,
    ),
    _clustering(),
)


def _shape(
    statistic: str,
    title: str,
    definition: str,
    formula: str,
    numerator: str,
    denominator: str,
    *,
    unit: Unit = "number",
    direction: Direction = "neutral",
    source: str = "Wasserman & Faust 1994",
    interval: str = _NAMED,
    span: str = "",
    caveat: str = MISSING,
    id: str = "",
    parameters: tuple[Parameter, ...] = (),
    rebuild: Callable[..., Indicator] | None = None,
    missing: str = _AS_NAMED,
    version: int = 2,
    is_for_evaluators: bool = False,
) -> Indicator:
    is_made_up = missing == _MADE_UP
    return make_connection(
        id or statistic,
        title,
        f"{definition} {_MEAN if is_made_up else _WITHIN}",
        formula,
        numerator,
        denominator,
        unit=unit,
        estimator="computed",
        direction=direction,
        excluded=SELF
        + (" Groups, and networks for which the draws would take too long." if is_made_up else ""),
        caveat=caveat,
        source=source,
        interval=_IMPUTED if is_made_up else interval,
        span=MADE_UP if is_made_up else span,
        parameters=parameters,
        version=version,
        is_for_evaluators=is_for_evaluators,
        read=partial(read_shape, statistic=statistic, is_made_up=is_made_up),
        rebuild=rebuild,
    )


def _choose_missing(missing: str) -> Parameter:
    return Parameter(
        "missing",
        "Ties of those who did not answer: those that others named only, or made up, had everybody answered",
        missing,
        _AS_NAMED,
        (_AS_NAMED, _MADE_UP),
    )


def _open_shape(
    statistic: str, *words: str, missing: str = _AS_NAMED, interval: str = _OPEN, **further: Any
) -> Indicator:
    """A figure of the shape that can also be had with the ties of missing respondents made up."""
    return _shape(
        statistic,
        *words,
        missing=missing,
        interval=interval,
        parameters=(_choose_missing(missing),),
        rebuild=partial(_open_shape, statistic, *words, interval=interval, **further),
        **further,
    )


def _transitivity(direction: str = "undirected", missing: str = _AS_NAMED) -> Indicator:
    is_directed = direction == "directed"
    return _shape(
        "transitivity_directed" if is_directed else "transitivity",
        "Transitivity (directed)" if is_directed else "Transitivity",
        "Of the paths i → j → k between three members, the share with a tie i → k."
        if is_directed
        else "Of the pairs of members who share a partner, counted once a partner, the share who are tied themselves.",
        "paths i → j → k with a tie i → k / paths i → j → k"
        if is_directed
        else "3 × triangles / connected triples",
        "Paths of two ties that a tie closes" if is_directed else "Three times the triangles",
        "Paths of two ties between three members",
        unit="coefficient",
        id="transitivity",
        parameters=(
            Parameter(
                "direction",
                "Whether the direction of ties counts",
                direction,
                "undirected",
                ("undirected", "directed"),
            ),
            _choose_missing(missing),
        ),
        interval=_OPEN,
        rebuild=_transitivity,
        missing=missing,
        caveat="The definition with direction gives another figure on the same data. " + MISSING,
    )


SHAPES = (
    _transitivity(),
    _open_shape(
        "components",
        "Components",
        "Parts of the network that no tie joins; a member without ties is a part.",
        "number of connected components, in either direction",
        "Components",
        "None",
        direction="down",
        # With it somebody would know how many members without ties there are at most.
        is_for_evaluators=True,
        caveat="Rises with membership: read it beside the share in the largest component. " + MISSING,
    ),
    _open_shape(
        "diameter",
        "Diameter",
        "Steps between the two members of the largest component who are farthest apart.",
        "the longest of the shortest paths in the largest component, in either direction; of those from 200 members "
        "drawn at random, seeded, where it has over 2,000",
        "Steps of the longest shortest path",
        "None",
        interval=f"{_OPEN}. {_BEYOND} bounds and no confidence interval: the longest path met, and twice the steps in "
        "which one of the 200 reaches everybody",
        span=POSSIBLE,
        caveat=f"{_BEYOND} an estimate, and a low one: the diameter is at least so long. {MISSING}",
        version=3,
    ),
    _open_shape(
        "path_length",
        "Mean path length",
        "Steps between two members of the largest component, on average.",
        "Σ shortest paths / pairs, in the largest component, in either direction; over the paths from 200 members drawn "
        "at random, seeded, where it has over 2,000",
        "Sum of the shortest paths",
        "Pairs of members of the largest component",
        interval=f"{_OPEN}. {_BEYOND}: {_SAMPLED}",
        caveat=f"{_BEYOND} an estimate. {MISSING}",
        version=3,
    ),
    _open_shape(
        "centralisation",
        "Degree centralisation",
        "How far ties run through one member: 1 for a star, 0 where all have as many partners.",
        "Σ(max k − kᵢ) / ((n − 1)(n − 2)), k partners in either direction",
        "Sum of the differences from the highest number of partners",
        "The same sum in a star",
        unit="coefficient",
        source="Freeman 1978",
    ),
    _shape(
        "modularity",
        "Modularity",
        "How much more ties lie within communities found in the network than random ties would.",
        "Σ over communities of (m_c / m − (d_c / 2m)²), communities by the Leiden algorithm, seeded, the best of 20 runs "
        "up to 1,000 members",
        "Share of ties within communities less the share expected",
        "All ties, in either direction",
        unit="coefficient",
        source="Newman & Girvan 2004; Traag, Waltman & van Eck 2019",
        caveat="Sparse random networks have communities too: above 0.3 is no proof of any. " + MISSING,
        version=1,
    ),
    _shape(
        "communities",
        "Communities",
        "Communities of two members or more that are tied more within than to others.",
        "number of communities by the Leiden algorithm on modularity, seeded, the best of 20 runs up to 1,000 members",
        "Communities",
        "None",
        source="Traag, Waltman & van Eck 2019",
        caveat="Other partitions can be nearly as good: read it as a description. " + MISSING,
        version=1,
    ),
    _open_shape(
        "degree_assortativity",
        "Assortativity by ties",
        "Whether members with many partners are tied to others with many: −1 to +1.",
        "correlation of the partner counts on the two sides of a tie, each tie both ways",
        "Covariance of the partner counts",
        "Variance of the partner counts",
        unit="coefficient",
        source="Newman 2002",
    ),
)

HIGHEST_BETWEENNESS = make_connection(
    "betweenness_highest",
    "Highest betweenness",
    "Shortest paths between others that run through the member through whom most run. " + _PLACE,
    "max over members of Σ shortest paths through the member / shortest paths, along the direction of ties if any; where "
    "the largest component has over 2,000 members, N / 200 times the same over the paths from 200 of the N members with a "
    "tie, drawn at random, seeded",
    "Shortest paths through the member",
    "None",
    unit="number",
    estimator="computed",
    direction="neutral",
    excluded=SELF
    + " Waves in which fewer than 65 % answered, or with more than 100,000 members: it would take too long.",
    caveat=f"Depends on who answered more than any other figure. {_BEYOND} an estimate; the highest of many estimates "
    "leans high, by a fifth and more where nobody stands out, and the interval is wide. " + MISSING,
    source="Freeman 1977; estimate: Brandes & Pich 2007",
    interval=f"{_NAMED}. {_BEYOND}: {_SAMPLED}",
    least_response=TOO_FEW_ANSWERED,
    version=3,
    is_of_one=True,
    read=read_highest_betweenness,
)

IMPUTED_DEGREE = make_connection(
    "ties_if_all_answered",
    "Ties per member, had everybody answered",
    "Mean number of partners when the ties of missing respondents are made up, the mean of the draws; as named where "
    "nobody is missing.",
    f"mean over {_DRAWS} of 2m / n, m pairs with a tie in either direction",
    "Twice the pairs with a tie, named or made up",
    "Members in the wave, whether or not they answered",
    unit="ties",
    estimator="computed",
    excluded=f"{SELF} Waves with a missing respondent and more than 100,000 ties: it would take too long.",
    caveat="Supposes that those who did not answer name as many as those who did.",
    source="Huisman 2009; Smith, Morgan & Moody 2022",
    interval=_IMPUTED,
    span=MADE_UP,
    is_whole=True,
    read=read_imputed_degree,
)


def _census(id: str, title: str, words: str, formula: str, counted: str, *, is_of_triads: bool) -> Indicator:
    return make_connection(
        id,
        title,
        f"Share of all {counted} of members who answered that have each kind of ties: {words}.",
        formula,
        f"{counted.capitalize()} of the kind",
        f"{counted.capitalize()} of members who answered",
        unit="share",
        estimator="computed",
        direction="neutral",
        excluded=SELF + " Members who did not answer: whether they would have returned a tie is not known.",
        caveat="Nearly all are without ties in a community of some size: read the others beside one another, and not as shares of all.",
        source="Holland & Leinhardt 1970; Davis & Leinhardt 1972; Batagelj & Mrvar 2001",
        interval="None: it describes the ties named",
        measures=("relation", "part"),
        is_whole=True,
        is_for_evaluators=True,
        read=partial(read_census, is_of_triads=is_of_triads),
    )


CENSUSES = (
    _census(
        "dyad_census",
        "Dyad census",
        "mutual, one way (asymmetric), none (null)",
        "M, A, N with M + A + N = n(n − 1) / 2",
        "pairs",
        is_of_triads=False,
    ),
    _census(
        "triad_census",
        "Triad census",
        "16 classes named by their mutual, asymmetric and null pairs, with D down, U up, T transitive and C cyclic",
        "triples of the class / (n(n − 1)(n − 2) / 6)",
        "triples",
        is_of_triads=True,
    ),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return (*PLACES, *SHAPES, HIGHEST_BETWEENNESS, IMPUTED_DEGREE, *CENSUSES)
