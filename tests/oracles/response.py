"""Response a second time: statsmodels for proportions, linear programming and raking person by person for weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from tests.hand_formulas import work_out_wilson
from tests.indicators.random_community import WAVES, Community
from tests.oracles.attitude import LIMITS, find_interval, find_proportion
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.survey import (
    Asked,
    list_answers,
    list_asked,
    list_given,
    list_invited,
    name_group,
    score_constructs,
)
from warehouse.contracts import MEMBER_DIMENSIONS

MARGINS = ("profession", "region", "cohort")
WEIGHT_PARTS = (
    "Respondents with a weight",
    "Respondents without a weight",
    "Effective number of respondents",
    "Design effect",
    "Smallest weight",
    "Largest weight",
)
MOST_ROUNDS = 200_000
SCALED = ("likert", "nps", "single", "number")


def _rate(counted: tuple[str, ...], community: Community) -> Cells:
    cells = {}
    for wave in WAVES:
        eligible = [one for one in list_invited(community, wave) if one.disposition != "ineligible"]
        if eligible:
            cells[wave,] = find_proportion([one.disposition in counted for one in eligible])
    return cells


def _dispositions(community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave in WAVES:
        counted = Counter(str(one.disposition) for one in list_invited(community, wave))
        for name, count in counted.items():
            low, high = proportion_confint(count, counted.total(), method="wilson")
            cells[wave, name] = (count / counted.total(), float(low), float(high), counted.total())
    return cells


# Written out as in AAPOR's Standard Definitions; e is worked out from the others.
RATES: dict[str, dict[str, Callable[..., tuple[float, float]]]] = {
    "response_rates": {
        "RR3": lambda i, p, r, nc, o, u, e: (i, (i + p) + (r + nc + o) + e * u),
        "RR4": lambda i, p, r, nc, o, u, e: (i + p, (i + p) + (r + nc + o) + e * u),
        "RR5": lambda i, p, r, nc, o, u, e: (i, (i + p) + (r + nc + o)),
        "RR6": lambda i, p, r, nc, o, u, e: (i + p, (i + p) + (r + nc + o)),
    },
    "cooperation_rates": {
        "COOP1": lambda i, p, r, nc, o, u, e: (i, (i + p) + r + o),
        "COOP2": lambda i, p, r, nc, o, u, e: (i + p, (i + p) + r + o),
        "COOP3": lambda i, p, r, nc, o, u, e: (i, (i + p) + r),
        "COOP4": lambda i, p, r, nc, o, u, e: (i + p, (i + p) + r),
    },
    "refusal_rates": {
        "REF1": lambda i, p, r, nc, o, u, e: (r, (i + p) + (r + nc + o) + u),
        "REF2": lambda i, p, r, nc, o, u, e: (r, (i + p) + (r + nc + o) + e * u),
        "REF3": lambda i, p, r, nc, o, u, e: (r, (i + p) + (r + nc + o)),
    },
    "contact_rates": {
        "CON1": lambda i, p, r, nc, o, u, e: ((i + p) + r + o, (i + p) + r + o + nc + u),
        "CON2": lambda i, p, r, nc, o, u, e: ((i + p) + r + o, (i + p) + r + o + nc + e * u),
        "CON3": lambda i, p, r, nc, o, u, e: ((i + p) + r + o, (i + p) + r + o + nc),
    },
}
LETTERS = ("complete", "partial", "refused", "non_contact", "other", "unknown_eligibility")


def work_out_rates(id: str, dispositions: list[str], e: float | None = None) -> dict[str, Any]:
    """Each rate with Wilson's interval, by what came of each invitation; without e as among the others."""
    counts = [float(dispositions.count(name)) for name in LETTERS]
    known, found_out = sum(counts[:5]), sum(counts[:5]) + dispositions.count("ineligible")
    share = e if e is not None else known / found_out if found_out else 1.0
    cells = {}
    for name, rate in RATES[id].items():
        part, whole = rate(*counts, share)
        if whole:
            low, high = proportion_confint(part, whole, method="wilson")
            cells[name] = (part / whole, float(low), float(high), part, whole)
    return cells


def _rates(id: str, community: Community) -> Cells:
    return {
        (wave, name): figures
        for wave in WAVES
        for name, figures in work_out_rates(
            id, [str(one.disposition) for one in list_invited(community, wave)]
        ).items()
    }


def _item_nonresponse(community: Community) -> Cells:
    kinds = {row["item_id"]: row["kind"] for row in community.tables.get("items", [])}
    cells: dict[tuple[str, ...], Any] = {}
    for wave in WAVES:
        given: dict[str, set[str]] = {}
        for row in community.tables.get("answers", []):
            if row["wave_id"] == wave and (row["value"] is not None or row["text"] is not None):
                given.setdefault(row["item_id"], set()).add(row["respondent_id"])
        people = list_given(community, wave)
        for item, those in given.items():
            if kinds[item] in SCALED:
                cells[wave, item] = find_proportion([person not in those for person in people])
    return cells


def _positive_bounds(community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    answers = [one for one in list_answers(community) if one.kind == "likert"]
    for wave, item in {(one.wave, one.item) for one in answers}:
        asked = {one.person for one in list_asked(community, wave)}
        known = [
            one.is_positive for one in answers if (one.wave, one.item) == (wave, item) and one.person in asked
        ]
        if known:
            # Everybody else against, then everybody else for.
            others = len(asked) - len(known)
            low, high = ((sum(known) + others * turn) / len(asked) for turn in (0, 1))
            cells[wave, item] = (sum(known) / len(known), low, high, len(asked))
    return cells


def _burden(community: Community) -> Cells:
    cells = {}
    invitations = community.tables.get("invitations", [])
    for wave, opened in WAVES.items():
        since = date(opened.year - 1, opened.month, opened.day)
        contacts = [
            sum(
                1 + (row["reminders"] or 0 if "reminders" in row else 0)
                for row in invitations
                if row["member_id"] == one.person and since < WAVES[row["wave_id"]] <= opened
            )
            for one in list_invited(community, wave)
        ]
        if contacts:
            cells[wave,] = find_interval([float(count) for count in contacts])
    return cells


def _list_frames(community: Community) -> list[tuple[str, list[Asked]]]:
    """The waves in which anybody responded, with everybody asked."""
    frames = [(wave, list_asked(community, wave)) for wave in WAVES]
    return [(wave, asked) for wave, asked in frames if any(one.has_responded for one in asked)]


def _representation(attribute: str, community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave, asked in _list_frames(community):
        groups = [name_group(community, wave, attribute, one.person) for one in asked]
        responded = np.array([float(one.has_responded) for one in asked])
        n = len(asked)
        for group in set(groups):
            is_in = np.array([float(own == group) for own in groups])
            among, share = (is_in * responded).sum() / responded.sum(), is_in.mean()
            influence = responded * (is_in - among) / responded.sum() - (is_in - share) / n
            low = high = None
            if n > 1:
                half = stats.t.ppf(0.975, n - 1) * np.sqrt(n / (n - 1) * (influence**2).sum())
                low, high = max(among - share - half, -1.0), min(among - share + half, 1.0)
            cells[wave, group] = (
                among - share,
                low,
                high,
                is_in.sum(),
            )
    return cells


def _both_shares(attribute: str, community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave, asked in _list_frames(community):
        everybody = Counter(name_group(community, wave, attribute, one.person) for one in asked)
        those = Counter(
            name_group(community, wave, attribute, one.person) for one in asked if one.has_responded
        )
        for group, count in everybody.items():
            low, high = proportion_confint(those[group], those.total(), method="wilson")
            cells[wave, group, "Respondents"] = (
                those[group] / those.total(),
                float(low),
                float(high),
                those.total(),
            )
            cells[wave, group, "Frame"] = (
                count / len(asked),
                None,
                None,
                len(asked),
            )
    return cells


def _list_groups(community: Community, wave: str, asked: list[Asked]) -> dict[str, dict[str, str]]:
    """Each margin's group of everybody asked."""
    return {
        margin: {one.person: name_group(community, wave, margin, one.person) for one in asked}
        for margin in MARGINS
    }


def find_weights(asked: list[Asked], groups: dict[str, dict[str, str]]) -> dict[str, float] | None:
    """Each respondent's weight, raked person by person; None where a linear programme finds no positive weights."""
    people = [one.person for one in asked if one.has_responded]
    targets: list[tuple[list[int], float]] = []
    for own in groups.values():
        met = {own[person] for person in people}
        everybody = Counter(group for group in own.values() if group in met)
        for group, count in everybody.items():
            places = [place for place, person in enumerate(people) if own[person] == group]
            targets.append((places, count * len(people) / everybody.total()))
    rows = [[float(place in places) for place in range(len(people))] for places, _ in targets]
    # Maximise t where every weight is at least t and every margin is met.
    programme = optimize.linprog(
        [0.0] * len(people) + [-1.0],
        A_eq=[[*row, 0.0] for row in rows],
        b_eq=[target for _, target in targets],
        A_ub=[[-float(place == own) for place in range(len(people))] + [1.0] for own in range(len(people))],
        b_ub=[0.0] * len(people),
    )
    if programme.status != 0 or programme.x[-1] < 1e-7:
        return None
    weights = [1.0] * len(people)
    for _ in range(MOST_ROUNDS):
        largest = 0.0
        for places, target in targets:
            factor = target / sum(weights[place] for place in places)
            largest = max(largest, abs(factor - 1))
            for place in places:
                weights[place] *= factor
        if largest < 1e-14:
            break
    return dict(zip(people, weights, strict=True))


def _weigh(community: Community, *, is_share: bool) -> Cells:
    if is_share:
        scores = {
            (one.wave, one.item, one.person): float(one.is_positive)
            for one in list_answers(community)
            if one.kind == "likert"
        }
    else:
        scores = score_constructs(community)
    cells: dict[tuple[str, ...], Any] = {}
    for wave, asked in _list_frames(community):
        groups = _list_groups(community, wave, asked)
        weights = find_weights(asked, groups)
        people = [one.person for one in asked if one.has_responded]
        for measure in {key[1] for key in scores if key[0] == wave}:
            own = [person for person in people if (wave, measure, person) in scores]
            if not own:
                continue
            values = [scores[wave, measure, person] for person in own]
            plain = find_proportion([value > 0 for value in values]) if is_share else find_interval(values)
            cells[wave, measure, "Unweighted"] = plain
            if weights is not None:
                cells[wave, measure, "Weighted"] = _find_weighted(
                    np.array(values),
                    np.array([weights[person] for person in own]),
                    [[group[person] for person in own] for group in groups.values()],
                    is_share=is_share,
                )
    return cells


def _find_weighted(values: Any, w: Any, groups: list[list[str]], *, is_share: bool) -> Any:
    n, mean = len(values), float(DescrStatsW(values, weights=w).mean)
    if n < 2:
        return mean, None, None, n
    marks = np.array(
        [[float(own == one) for own in group] for group in groups for one in sorted(set(group))]
    ).T
    residual = values - marks @ np.linalg.lstsq(marks, values, rcond=None)[0]
    influence = w * (residual - np.average(residual, weights=w)) / w.sum()
    variance = n / (n - 1) * float((influence**2).sum())
    quantile = float(stats.t.ppf(0.975, n - 1))
    if not is_share:
        half = quantile * variance**0.5
        return mean, mean - half, mean + half, n
    is_spread = variance > 1e-15 and 1e-12 < mean < 1 - 1e-12
    size = min(n, mean * (1 - mean) / variance) if is_spread else n
    return mean, *work_out_wilson(min(mean, 1.0), size, quantile), n


def _list_survey_weights(community: Community, wave: str) -> dict[str, float | None]:
    """The weight that came with the survey, of everybody invited who responded."""
    responded = {one.person for one in list_invited(community, wave) if one.has_responded}
    return {
        row["member_id"]: row["weight"]
        for row in community.tables.get("invitations", [])
        if row["wave_id"] == wave and row["member_id"] in responded and "weight" in row
    }


def _weigh_as_given(community: Community, *, is_share: bool) -> Cells:
    scores = (
        {
            (one.wave, one.item, one.person): float(one.is_positive)
            for one in list_answers(community)
            if one.kind == "likert"
        }
        if is_share
        else score_constructs(community)
    )
    cells: dict[tuple[str, ...], Any] = {}
    for wave in WAVES:
        weights = {person: w for person, w in _list_survey_weights(community, wave).items() if w is not None}
        for measure in {key[1] for key in scores if key[0] == wave}:
            own = [person for person in weights if (wave, measure, person) in scores]
            if own:
                values = np.array([scores[wave, measure, person] for person in own])
                everybody = [["everybody"] * len(own)]
                w = np.array([weights[person] for person in own])
                cells[wave, measure] = _find_weighted(values, w, everybody, is_share=is_share)
    return cells


def _summarise_weights(community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave in WAVES:
        found = _list_survey_weights(community, wave)
        weights = sorted(weight for weight in found.values() if weight is not None)
        if weights:
            effective = _count_effective(weights)
            values = (
                len(weights),
                len(found) - len(weights),
                effective,
                len(weights) / effective,
                weights[0],
                weights[-1],
            )
            for part, value in zip(WEIGHT_PARTS, values, strict=True):
                cells[wave, part] = (value, len(weights))
    return cells


def _cost(value: Callable[[list[float]], float], community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave, asked in _list_frames(community):
        weights = find_weights(asked, _list_groups(community, wave, asked))
        if weights is not None:
            cells[wave,] = (value(list(weights.values())), len(weights))
    return cells


def _count_effective(weights: list[float]) -> float:
    return sum(weights) ** 2 / sum(weight**2 for weight in weights)


def _find_effect(weights: list[float]) -> float:
    return len(weights) / _count_effective(weights)


def _coverage(community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave in WAVES:
        asked = list_asked(community, wave)
        for margin in MARGINS:
            met = {name_group(community, wave, margin, one.person) for one in asked if one.has_responded}
            if asked:
                cells[wave, margin] = find_proportion(
                    [name_group(community, wave, margin, one.person) in met for one in asked]
                )
    return cells


_WILSON = "statsmodels proportion_confint"
_PEOPLE = "slow Python over people"
_GIVEN = "statsmodels DescrStatsW and slow Python over people"
_RAKED = "scipy linprog and raking person by person"
ORACLES = (
    *(
        Oracle(
            name,
            "statsmodels.proportion_confint",
            partial(_rates, name),
            ("value", "low", "high", "numerator", "denominator"),
        )
        for name in RATES
    ),
    Oracle("response_rate_rr1", _WILSON, partial(_rate, ("complete",)), LIMITS),
    Oracle("response_rate_rr2", _WILSON, partial(_rate, ("complete", "partial")), LIMITS),
    Oracle("dispositions", _WILSON, _dispositions, LIMITS),
    Oracle("item_nonresponse", _WILSON, _item_nonresponse, LIMITS),
    Oracle("item_positive_bounds", _PEOPLE, _positive_bounds, LIMITS),
    Oracle("survey_burden", "statsmodels DescrStatsW", _burden, LIMITS),
    *(
        Oracle(f"representation_{name}", _PEOPLE, partial(_representation, name), LIMITS)
        for name in MEMBER_DIMENSIONS
    ),
    *(
        Oracle(f"respondents_{name}", _WILSON, partial(_both_shares, name), LIMITS)
        for name in MEMBER_DIMENSIONS
    ),
    Oracle("construct_mean_weighted", _RAKED, partial(_weigh, is_share=False), LIMITS),
    Oracle("item_positive_weighted", _RAKED, partial(_weigh, is_share=True), LIMITS),
    Oracle("effective_respondents", _RAKED, partial(_cost, _count_effective), ("value", "n")),
    Oracle("design_effect", _RAKED, partial(_cost, _find_effect), ("value", "n")),
    Oracle("construct_mean_survey_weighted", _GIVEN, partial(_weigh_as_given, is_share=False), LIMITS),
    Oracle("item_positive_survey_weighted", _GIVEN, partial(_weigh_as_given, is_share=True), LIMITS),
    Oracle("survey_weights", _PEOPLE, _summarise_weights, ("value", "n")),
    Oracle("weighting_coverage", _WILSON, _coverage, LIMITS),
)
