"""Whether the events made the ties: new ties of pairs who met beside those of the others, over pairs of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import inf
from typing import Any

from indicators.catalogue.connections.ties import make_connection
from indicators.definition import TWO_WAVES, Indicator, Parameter
from indicators.network.dyads.figures import (
    ANSWERED,
    NOW,
    STABILITY,
    THEN,
    read_adequacy,
    read_odds,
    read_p,
    read_shares,
)

_TABLES = ("ties", "waves", "invitations", "members", "attendance", "events")
_READS = ("arcs", "frames", "ties", "waves", "wave_order", "wave_groups", "attendance", "event_days")
_PAIRS = "pairs of members who both answered the wave and the one before it, without a tie in either direction then"
_MET = "attended the same event after the opening day of the wave before and before that of this one"
_ALIKE = "whether the two have the same organisation, region, profession and cohort"
_HELD = f"{_ALIKE}, their partners before, a common partner before{{events}}"
_EXCLUDED = "Pairs of which either did not answer both waves, and those tied before. Events before the first wave, and on the days on which waves opened. Waves with fewer than five new ties of such pairs have no odds."
_ASSOCIATION = (
    "What goes together, not what causes what: people who meant to work together may have come to the same event. "
    "Read it beside the adequacy of the two waves. "
)
_DRAWN = "Of more than 40,000 pairs all with a new tie and 40,000 others drawn at random, seeded. "
_NEEDS = f"ties of {TWO_WAVES} of a survey (ties.csv, waves.csv) and who attended events between them (events.csv with attendance)"
_SOURCE = "Firth 1993; Aronow, Samii & Assenova 2015; Angrist & Pischke 2009; Prentice & Pyke 1979"


def _make(*words: str, **further: Any) -> Indicator:
    """A figure of pairs: `words` and `further` as of any figure of ties."""
    made = make_connection(
        *words,
        estimator="computed",
        excluded=_EXCLUDED,
        direction="neutral",
        needs=_NEEDS,
        is_whole=True,
        is_for_evaluators=True,
        **further,
    )
    return replace(made, tables=_TABLES, reads=_READS)


def _list_choices(events: str) -> tuple[Parameter, ...]:
    meaning = "Whether pairs are compared who attended as many events each"
    return (Parameter("events", meaning, events, "held", ("held", "left out")),)


def _tell_held(events: str) -> str:
    return _HELD.format(events=" and how many events each attended" if events == "held" else "")


def _odds(events: str = "held") -> Indicator:
    made = _make(
        "event_ties_odds",
        "Odds of a new tie for pairs who met at an event",
        f"How many times as large the odds of a new tie are for pairs who {_MET}, as they are and adjusted for "
        f"{_tell_held(events)}; of {_PAIRS}.",
        f"exp β of logit P(tie) = α + β met + Σγz, z of {_tell_held(events)} (partners as ln(1 + x), both as the sum over the two), by Firth's penalised "
        "likelihood",
        "New ties of pairs who met",
        "Pairs at risk who met",
        unit="coefficient",
        measures=("relation", "part"),
        read=partial(read_odds, is_attendance_held=events == "held"),
        interval="Student's t on the logarithm, the error the larger of the model's and of one in which pairs that share a member go together, 95 %",
        caveat=f"1: no difference. {_ASSOCIATION}{_DRAWN}",
        source=_SOURCE,
    )
    return replace(made, parameters=_list_choices(events), rebuild=_odds)


def _test(events: str = "held") -> Indicator:
    made = _make(
        "event_ties_p",
        "Test of new ties of pairs who met at an event",
        f"How surprising the adjusted odds of pairs who {_MET} would be if who met had nothing to do with new ties; of {_PAIRS}.",
        "p = (1 + permutations of the members at least as far from none) / (1 + 499), seeded (199 where pairs are drawn); permuted is what is left of who "
        f"met after {_tell_held(events)} (double semi-partialling), the statistic a score over its dyadic cluster-robust error",
        "None: a p-value is no ratio",
        "None: a p-value is no ratio",
        unit="p",
        measures=("relation",),
        read=partial(read_p, is_attendance_held=events == "held"),
        interval="None: it is a p-value",
        caveat=f"{_ASSOCIATION}Many tests find something by chance. {_DRAWN}",
        source="Dekker, Krackhardt & Snijders 2007",
    )
    return replace(made, parameters=_list_choices(events), rebuild=_test)


SHARES = _make(
    "event_ties_share",
    "New ties by what the two attended",
    "Share of pairs that came to have a tie, by whether the two attended the same event between the waves, others, or none; "
    f"of {_PAIRS}.",
    "pairs with a new tie / pairs at risk",
    "Pairs with a new tie",
    "Pairs at risk",
    unit="share",
    measures=("relation", "attended"),
    read=read_shares,
    interval="Wilson at the effective sample size, pairs that share a member going together, 95 %",
    caveat=f"{_ASSOCIATION}{_DRAWN}",
    source="Aronow, Samii & Assenova 2015; Korn & Graubard 1998",
)

# Of each part the least and the most that is advised.
ADVISED = {STABILITY: (0.3, inf), ANSWERED: (0.8, inf), THEN: (2.0, 20.0), NOW: (2.0, 20.0)}
ADEQUACY = replace(
    _make(
        "tie_change_adequacy",
        "Can these waves carry a model of change?",
        "Of the pairs of members who answered a wave and the one before it: the stability of ties (Jaccard), the share of those "
        "asked in both who answered both, and partners among them in each.",
        "kept / (kept + new + lost); answered both / asked in both; 2 × ties / members, in either direction",
        "Kept ties; members who answered both; twice the ties",
        "Kept, new and lost ties; members asked in both; members who answered both",
        unit="coefficient",
        measures=("relation", "part"),
        read=read_adequacy,
        interval="None: it describes the waves",
        caveat="RSiena's authors advise a Jaccard of 0.3 and more (under 0.2 the waves lie too far apart), at least 0.8 who answered, "
        "and some 2 to 20 partners.",
        source="Ripley, Snijders, Boda, Vörös & Preciado, RSiena manual; Jaccard 1901",
    ),
    tables=("ties", "waves", "invitations", "members"),
    needs=f"ties of {TWO_WAVES} of a survey (ties.csv, waves.csv)",
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return (SHARES, _odds(), _test(), ADEQUACY)
