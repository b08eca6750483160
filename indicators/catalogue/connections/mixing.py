"""Ties across groups against random mixing, who names whom, assortativity and brokerage, per wave and relation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from indicators.catalogue.bases import RELATION
from indicators.catalogue.connections.ties import MISSING, SELF, make_connection
from indicators.definition import AT_RANDOM, MOST_VALUES, Base, Indicator, Measure, Parameter
from indicators.network.figures import read_assortativity, read_mixing, read_mixing_p
from indicators.selection import word_attribute
from warehouse.engine import quote_name

_RANDOM = (
    "random mixing, in which everybody sends and receives as many ties (undirected: has as many partners) and whom "
    "with is chance, but nobody with themselves"
)
_SOURCE = (
    "Krackhardt & Stern 1988; random mixing: Hoeffding 1951 (ends of ties dealt at random), Bollobás 1980 "
    "(undirected: ends paired at random)"
)
_EXPECTED = "expected: E T − E L · Cov(T, L) / Var L, T the ties within, L those to oneself, both where the ends of ties are dealt at random"
_MIXING_INTERVAL = (
    "No confidence interval. Expected: its mean ± 1.96 standard deviations of random mixing, within what there can be; the difference likewise; "
    "none for the observed"
)
_CHANCE = "Above the expected: more open than chance would make it, given who is active. Chance names the same member twice now and then, which nobody does: it counts in dense networks of a few members. "
ROLES = ("Coordinator", "Consultant", "Gatekeeper", "Representative", "Liaison")


def _list_mixing(attribute: str) -> list[Indicator]:
    words = word_attribute(attribute)
    excluded = f"{SELF} Ties in which the {words} of either side is not recorded."
    denominator = f"Ties in which the {words} of both sides is recorded"
    return [
        make_connection(
            f"mixing_{attribute}",
            f"E-I index by {words} against random mixing",
            f"E-I index by {words} beside its mean in {_RANDOM}.",
            f"(E − I) / (E + I); {_EXPECTED}; the difference of the two",
            "External less internal ties",
            denominator,
            unit="index",
            estimator="computed",
            measures=("relation", "part"),
            is_whole=True,
            excluded=excluded,
            caveat=_CHANCE + MISSING,
            source=_SOURCE,
            interval=_MIXING_INTERVAL,
            span=AT_RANDOM,
            version=2,
            read=partial(read_mixing, attribute=attribute, is_index=True),
        ),
        make_connection(
            f"mixing_cross_{attribute}",
            f"Ties across {words} against random mixing",
            f"Share of ties between members of different {words} beside its mean in {_RANDOM}.",
            f"external ties / all ties; {_EXPECTED}; the difference of the two",
            f"Ties between members of different {words}",
            denominator,
            unit="share",
            estimator="computed",
            measures=("relation", "part"),
            is_whole=True,
            excluded=excluded,
            caveat=_CHANCE + MISSING,
            source=_SOURCE,
            interval=_MIXING_INTERVAL,
            span=AT_RANDOM,
            version=2,
            read=partial(read_mixing, attribute=attribute, is_index=False),
        ),
        make_connection(
            f"mixing_p_{attribute}",
            f"Is mixing by {words} random?",
            f"Probability of an E-I index by {words} at least as far from the expected, in {_RANDOM}.",
            "p = 2 Φ(−|observed − expected| / sd), two-sided, Φ of the normal, sd² = (Var T − Cov(T, L)² / Var L) / m²; "
            + _EXPECTED,
            "None",
            "None",
            unit="p",
            estimator="computed",
            is_whole=True,
            direction="neutral",
            excluded=excluded,
            caveat="Small: mixing is not random, either way; it does not say why. Many tests find something by chance. "
            "The normal is rough with fewer than some 30 ties. " + MISSING,
            source=_SOURCE,
            interval="None: a p value, of the normal approximation",
            version=2,
            read=partial(read_mixing_p, attribute=attribute),
        ),
        make_connection(
            f"assortativity_{attribute}",
            f"Assortativity by {words}",
            f"How far ties stay within {words} beyond what the groups' numbers of ties make likely: 1 all, 0 as by chance.",
            "(Σeᵢᵢ − Σaᵢbᵢ) / (1 − Σaᵢbᵢ), e the shares of ties from group to group, a and b their sums",
            "Share of ties within less the share expected",
            "One less the share expected",
            unit="coefficient",
            estimator="computed",
            is_whole=True,
            direction="down",
            excluded=excluded,
            caveat="The test of whether it is chance is the comparison with random mixing. " + MISSING,
            source="Newman 2003",
            interval="None: it describes the ties named",
            read=partial(read_assortativity, attribute=attribute),
        ),
        _make_matrix(attribute),
    ]


def _count_cells_sql(attribute: str) -> str:
    """Of each member who named ties, how many went to each group that any tie went to, of all that they named.

    In steps that are kept, or the two sides would be joined with each other before the ties are.
    """
    name = quote_name(attribute)
    return f"""
        WITH sent AS MATERIALIZED (
          SELECT b.wave_id, b.relation, b.from_id AS member_id, b.to_id, f.{name} AS own FROM arcs b
          JOIN frames f ON f.wave_id = b.wave_id AND f.member_id = b.from_id WHERE f.{name} IS NOT NULL
        ),
        named AS MATERIALIZED (
          SELECT s.wave_id, s.relation, s.member_id, s.own, t.{name} AS other, count(*) AS ties FROM sent s
          JOIN frames t ON t.wave_id = s.wave_id AND t.member_id = s.to_id WHERE t.{name} IS NOT NULL
          GROUP BY s.wave_id, s.relation, s.member_id, s.own, t.{name}
        ),
        kept AS (
          SELECT wave_id, relation, g FROM (
            SELECT wave_id, relation, own AS g, ties FROM named UNION ALL SELECT wave_id, relation, other, ties FROM named)
          GROUP BY wave_id, relation, g
          QUALIFY row_number() OVER (PARTITION BY wave_id, relation ORDER BY sum(ties) DESC, g) <= {MOST_VALUES}
        ),
        senders AS (
          SELECT n.wave_id, n.relation, n.member_id, n.own, sum(n.ties) AS ties FROM named n
          JOIN kept k ON k.wave_id = n.wave_id AND k.relation = n.relation AND k.g = n.own
          GROUP BY n.wave_id, n.relation, n.member_id, n.own
        ),
        receivers AS (
          SELECT DISTINCT n.wave_id, n.relation, n.other FROM named n
          JOIN kept k ON k.wave_id = n.wave_id AND k.relation = n.relation AND k.g = n.other
        )
        SELECT s.wave_id AS period, s.member_id, s.relation, CAST(s.own AS VARCHAR) AS "group",
          CAST(r.other AS VARCHAR) AS part, 0.0 AS position, coalesce(CAST(n.ties AS DOUBLE), 0.0) AS x,
          CAST(s.ties AS DOUBLE) AS w
        FROM senders s JOIN receivers r ON r.wave_id = s.wave_id AND r.relation = s.relation
        LEFT JOIN named n ON n.wave_id = s.wave_id AND n.relation = s.relation AND n.member_id = s.member_id
          AND n.other = r.other"""


def _make_matrix(attribute: str) -> Indicator:
    words = word_attribute(attribute)
    made = make_connection(
        f"mixing_matrix_{attribute}",
        f"Whom members name, by {words}",
        f"Of the ties that members of a {words} name, the share that goes to members of each {words}.",
        "ties from the one group to the other / ties from the one; the member who names the tie as the cluster",
        f"Ties that members of the one {words} named with members of the other",
        f"Ties that members of the one {words} named, in which the {words} of both sides is recorded",
        unit="share",
        estimator="share",
        measures=("relation", "group", "part"),
        direction="neutral",
        is_whole=True,
        is_for_evaluators=True,
        excluded=f"{SELF} Ties in which the {words} of either side is not recorded. Of more than {MOST_VALUES} groups those with fewer ties.",
        caveat=f"A larger {words} is named more often by that alone: compare with its size, and a change with the change of sizes. "
        + MISSING,
        source="Newman 2003; variance: Cochran 1977, ch. 6",
    )
    return replace(made, facts=_count_cells_sql(attribute))


def _count_paths(attribute: str) -> Base:
    """The open paths through each member who has any, and how many of them in each role; a role is its place in ROLES."""
    place = quote_name(attribute)
    listed = ", ".join(f"({number}, '{role}', {number}.0)" for number, role in enumerate(ROLES))
    paths = f"""(
        WITH open_paths AS (
          SELECT a.wid, a.rid, a.sender, b.sender AS mid, b.receiver FROM tie_codes a
          JOIN tie_codes b ON b.wid = a.wid AND b.rid = a.rid AND b.sender = a.receiver
          ANTI JOIN tie_codes c ON c.wid = a.wid AND c.rid = a.rid AND c.sender = a.sender AND c.receiver = b.receiver
          WHERE b.receiver <> a.sender
        ),
        counted AS (
          SELECT p.wid, p.rid, p.mid,
            CASE WHEN f.{place} = m.{place} THEN CASE WHEN t.{place} = m.{place} THEN 0 ELSE 3 END
              WHEN t.{place} = m.{place} THEN 2 WHEN f.{place} = t.{place} THEN 1 ELSE 4 END AS played,
            count(*) AS paths
          FROM open_paths p
          JOIN wave_groups f ON f.wid = p.wid AND f.mid = p.sender AND f.{place} > 0
          JOIN wave_groups m ON m.wid = p.wid AND m.mid = p.mid AND m.{place} > 0
          JOIN wave_groups t ON t.wid = p.wid AND t.mid = p.receiver AND t.{place} > 0
          GROUP BY p.wid, p.rid, p.mid, played
        ),
        brokers AS (SELECT wid, rid, mid, sum(paths) AS paths FROM counted GROUP BY wid, rid, mid)
        SELECT b.wid, b.rid, b.mid, r.code AS played, coalesce(c.paths, 0) AS in_role, b.paths
        FROM brokers b CROSS JOIN (VALUES {listed}) AS r(code, word, position)
        LEFT JOIN counted c ON c.wid = b.wid AND c.rid = b.rid AND c.mid = b.mid AND c.played = r.code)"""
    role = Measure("role", "played", f"SELECT * FROM (VALUES {listed}) AS v(code, word, position)")
    return Base(paths, "wid", (RELATION, role))


def _make_brokerage(attributes: Sequence[str]) -> Indicator:
    def rebuild(attribute: str = "organisation") -> Indicator:
        words = word_attribute(attribute)
        return make_connection(
            "brokerage",
            f"Brokerage between members, by {words}",
            f"Of the paths i → j → k without a tie i → k, the share in which j has each role between groups of {words}.",
            "paths of the role / open paths; coordinator i = j = k, consultant i = k ≠ j, gatekeeper i ≠ j = k, "
            "representative i = j ≠ k, liaison all different; the broker as the cluster",
            "Open paths in which the broker has the role",
            "All open paths",
            base=_count_paths(attribute),
            x="b.in_role",
            w="b.paths",
            unit="share",
            estimator="share",
            measures=("relation", "role"),
            direction="neutral",
            excluded=f"{SELF} Paths on which the {words} of any of the three is not recorded.",
            caveat="For a group: the paths through its members. Small groups make liaisons likely by themselves. "
            + MISSING,
            source="Gould & Fernandez 1989",
            parameters=(
                Parameter(
                    "attribute",
                    "The groups between which members broker",
                    attribute,
                    "organisation",
                    tuple(attributes),
                ),
            ),
            rebuild=rebuild,
        )

    return rebuild()


def list_indicators(attributes: Iterable[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part: brokerage, and mixing by each attribute."""
    names = tuple(attributes)
    return (_make_brokerage(names), *(one for name in names for one in _list_mixing(name)))
