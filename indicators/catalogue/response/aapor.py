"""The further outcome rates of AAPOR: response with eligibility unknown, cooperation, refusal, contact."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from indicators.catalogue.bases import INVITED
from indicators.catalogue.response.rates import INVITED_NEEDS
from indicators.definition import Direction, Indicator, Parameter
from indicators.engine.computed import make_figure
from indicators.statistics.estimators import estimate_proportion

ALLOCATED = "allocated"
_COUNTED = {
    "complete": "I",
    "partial": "P",
    "refused": "R",
    "non_contact": "NC",
    "other": "O",
    "unknown_eligibility": "U",
    "ineligible": "N",
}
# Of each rate what is above and below the line; eU are those of unknown eligibility times the share taken for eligible.
Rates = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
_KNOWN = ("I", "P", "R", "NC", "O")
RESPONSE: Rates = {
    "RR3": (("I",), (*_KNOWN, "eU")),
    "RR4": (("I", "P"), (*_KNOWN, "eU")),
    "RR5": (("I",), _KNOWN),
    "RR6": (("I", "P"), _KNOWN),
}
COOPERATION: Rates = {
    "COOP1": (("I",), ("I", "P", "R", "O")),
    "COOP2": (("I", "P"), ("I", "P", "R", "O")),
    "COOP3": (("I",), ("I", "P", "R")),
    "COOP4": (("I", "P"), ("I", "P", "R")),
}
REFUSAL: Rates = {
    "REF1": (("R",), (*_KNOWN, "U")),
    "REF2": (("R",), (*_KNOWN, "eU")),
    "REF3": (("R",), _KNOWN),
}
CONTACT: Rates = {
    "CON1": (("I", "P", "R", "O"), (*_KNOWN, "U")),
    "CON2": (("I", "P", "R", "O"), (*_KNOWN, "eU")),
    "CON3": (("I", "P", "R", "O"), _KNOWN),
}


def _compute(rates: Rates, eligible: str, cell: pd.DataFrame) -> pd.DataFrame:
    """Each rate of which anybody is below the line."""
    found = cell.groupby("disposition")["n"].sum()
    counts = {letter: float(found.get(name, 0.0)) for name, letter in _COUNTED.items()}
    known = sum(counts[letter] for letter in _KNOWN)
    if eligible == ALLOCATED:
        share = known / (known + counts["N"]) if known + counts["N"] else 1.0
    else:
        share = float(eligible)
    counts["eU"] = share * counts["U"]
    rows = []
    for place, (name, (above, below)) in enumerate(rates.items()):
        part, whole = (sum(counts[letter] for letter in letters) for letters in (above, below))
        if whole:
            figures = estimate_proportion(np.array([part]), np.array([whole]))
            rows.append(
                make_figure(
                    *(float(bound[0]) for bound in figures),
                    n=float(found.sum()),
                    numerator=part,
                    denominator=whole,
                    position=place,
                    part=name,
                )
            )
    return pd.DataFrame(rows)


def _write_formula(rates: Rates) -> str:
    return "; ".join(f"{name} = {_join(above)} / {_join(below)}" for name, (above, below) in rates.items())


def _join(letters: Sequence[str]) -> str:
    return letters[0] if len(letters) == 1 else f"({' + '.join(letters)})"


def _make(
    id: str,
    title: str,
    definition: str,
    counted: str,
    direction: Direction,
    rates: Rates,
    eligible: str = ALLOCATED,
) -> Indicator:
    has_e = any("eU" in below for _, below in rates.values())
    allocated = "e the share of eligible among those of known eligibility (proportional allocation, CASRO)"
    stated = allocated if eligible == ALLOCATED else f"e = {eligible}, stated"
    meaning = "How many of those whose eligibility is unknown count as eligible: as many as of the others, or a stated share"
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=definition,
        formula=_write_formula(rates)
        + ", by disposition I complete, P partial, R refused, NC no contact, O other, U eligibility unknown"
        + (f"; {stated}" if has_e else ""),
        numerator=counted,
        denominator="Invited members as each formula says",
        excluded="Invitations found ineligible, but for e. Invitations whose eligibility is unknown where the formula has no U.",
        caveat="That e is not known but estimated or stated is not in the interval. A high rate does not rule out that those who "
        "answered differ from those who did not."
        if has_e
        else "A high rate does not rule out that those who answered differ from those who did not.",
        source="AAPOR, Standard Definitions, 10th ed. 2023; interval: Wilson 1927",
        unit="share",
        direction=direction,
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=INVITED,
        tables=("invitations", "waves"),
        attributes="as_at_wave",
        measures=("part",),
        sums=("disposition",),
        needs=INVITED_NEEDS,
        interval="Wilson, 95 %, over what is below the line",
        is_for_evaluators=True,
        compute=partial(_compute, rates, eligible),
        parameters=(
            Parameter("eligible", meaning, eligible, ALLOCATED, (ALLOCATED, "1", "0.75", "0.5", "0.25", "0")),
        )
        if has_e
        else (),
        rebuild=partial(_make, id, title, definition, counted, direction, rates) if has_e else None,
    )


_INDICATORS = (
    _make(
        "response_rates",
        "Response rates where eligibility is unknown (RR3 to RR6)",
        "Share of the invited who completed the survey (RR3, RR5) or part of it (RR4, RR6), counting of those whose eligibility is "
        "unknown a share (RR3, RR4) or none (RR5, RR6).",
        "Invited members who completed the survey, or part of it",
        "up",
        RESPONSE,
    ),
    _make(
        "cooperation_rates",
        "Cooperation rates (COOP1 to COOP4)",
        "Share of those who were reached who completed the survey (COOP1, COOP3) or part of it (COOP2, COOP4); those who could not "
        "take part (other) are left out of COOP3 and COOP4.",
        "Invited members who completed the survey, or part of it",
        "up",
        COOPERATION,
    ),
    _make(
        "refusal_rates",
        "Refusal rates (REF1 to REF3)",
        "Share of the invited who refused, counting those whose eligibility is unknown all (REF1), a share of them (REF2) or none (REF3).",
        "Invited members who refused",
        "down",
        REFUSAL,
    ),
    _make(
        "contact_rates",
        "Contact rates (CON1 to CON3)",
        "Share of the invited who were reached, counting those whose eligibility is unknown all (CON1), a share of them (CON2) or none (CON3).",
        "Invited members who completed the survey or part of it, refused, or were reached without either",
        "up",
        CONTACT,
    ),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
