"""Ties across groups against random mixing, assortativity and brokerage, per wave and relation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from indicators.catalogue.connections.ties import MISSING, SELF, make_connection
from indicators.definition import Indicator, Parameter
from indicators.network.figures import read_assortativity, read_mixing, read_mixing_p
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
    "Expected: its mean ± 1.96 standard deviations of random mixing, within what there can be; the difference likewise; "
    "none for the observed"
)
_CHANCE = "Above the expected: more open than chance would make it, given who is active. Chance names the same member twice now and then, which nobody does: it counts in dense networks of a few members. "
ROLES = ("Coordinator", "Consultant", "Gatekeeper", "Representative", "Liaison")


def _list_mixing(attribute: str) -> list[Indicator]:
    words = attribute.replace("_", " ")
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
            "",
            unit="index",
            estimator="computed",
            measures=("relation", "part"),
            is_whole=True,
            excluded=excluded,
            caveat=_CHANCE + MISSING,
            source=_SOURCE,
            interval=_MIXING_INTERVAL,
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
            "",
            unit="share",
            estimator="computed",
            measures=("relation", "part"),
            is_whole=True,
            excluded=excluded,
            caveat=_CHANCE + MISSING,
            source=_SOURCE,
            interval=_MIXING_INTERVAL,
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
            "",
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
            "",
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
    ]


def _make_brokerage(attributes: Sequence[str]) -> Indicator:
    def rebuild(attribute: str = "organisation") -> Indicator:
        words = attribute.replace("_", " ")
        place = quote_name(attribute)
        roles = ", ".join(f"('{role}', {number}.0)" for number, role in enumerate(ROLES))
        return make_connection(
            "brokerage",
            f"Brokerage between members, by {words}",
            f"Of the paths i → j → k without a tie i → k, the share in which j has each role between groups of {words}.",
            "paths of the role / open paths; coordinator i = j = k, consultant i = k ≠ j, gatekeeper i ≠ j = k, "
            "representative i = j ≠ k, liaison all different; the broker as the cluster",
            "Open paths in which the broker has the role",
            "All open paths",
            f"""
        WITH open_paths AS MATERIALIZED (
          SELECT a.wave_id, a.relation, a.from_id, a.to_id AS member_id, b.to_id FROM arcs a
          JOIN arcs b ON b.wave_id = a.wave_id AND b.relation = a.relation AND b.from_id = a.to_id
          ANTI JOIN arcs c ON c.wave_id = a.wave_id AND c.relation = a.relation
            AND c.from_id = a.from_id AND c.to_id = b.to_id
          WHERE b.to_id <> a.from_id
        ),
        placed AS (
          SELECT wave_id, member_id, {place} AS place FROM frames WHERE {place} IS NOT NULL
        ),
        paths AS (
          SELECT p.wave_id, p.relation, p.member_id, f.place = m.place AS starts_within,
            t.place = m.place AS ends_within, f.place = t.place AS returns
          FROM open_paths p
          JOIN placed f ON f.wave_id = p.wave_id AND f.member_id = p.from_id
          JOIN placed m ON m.wave_id = p.wave_id AND m.member_id = p.member_id
          JOIN placed t ON t.wave_id = p.wave_id AND t.member_id = p.to_id
        ),
        counted AS (
          SELECT wave_id, relation, member_id, CASE
            WHEN starts_within AND ends_within THEN 'Coordinator' WHEN starts_within THEN 'Representative'
            WHEN ends_within THEN 'Gatekeeper' WHEN returns THEN 'Consultant' ELSE 'Liaison' END AS role,
            CAST(count(*) AS DOUBLE) AS paths
          FROM paths GROUP BY ALL
        ),
        brokers AS (
          SELECT wave_id, relation, member_id, sum(paths) AS paths FROM counted GROUP BY wave_id, relation, member_id
        )
        SELECT b.wave_id AS period, b.member_id, b.relation, r.role, r.position,
          coalesce(c.paths, 0.0) AS x, b.paths AS w
        FROM brokers b CROSS JOIN (VALUES {roles}) AS r(role, position)
        LEFT JOIN counted c ON c.wave_id = b.wave_id AND c.relation = b.relation
          AND c.member_id = b.member_id AND c.role = r.role""",
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
