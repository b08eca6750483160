"""Attitude a second time: statsmodels, scipy and pandas where they have the figure, else slow Python over people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.descriptivestats import sign_test
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from tests.adjusting import adjust_p
from tests.hand_formulas import work_out_share, work_out_variance, work_out_wilson
from tests.indicators.random_community import Community
from tests.oracles.oracle import Cells, Oracle
from tests.oracles.survey import (
    BEFORE,
    FIRST,
    Answer,
    collect,
    list_answers,
    score_constructs,
    score_items,
)

LIMITS = ("value", "low", "high", "n")
Scores = Callable[[Community], Mapping[tuple[str, str, str], float]]


def find_interval(values: list[float]) -> tuple[float, float | None, float | None, int]:
    if len(values) < 2:
        return values[0], None, None, len(values)
    described = DescrStatsW(np.array(values, dtype=float))
    low, high = described.tconfint_mean()
    return float(described.mean), float(low), float(high), len(values)


def find_share(clusters: list[tuple[float, float]]) -> tuple[float, float | None, float | None, int]:
    if len(clusters) < 2:
        return clusters[0][0] / clusters[0][1], None, None, 1
    return *work_out_share(clusters), len(clusters)


def find_net(clusters: list[tuple[float, float]]) -> tuple[float, float | None, float | None, int]:
    net = sum(x for x, _ in clusters) / sum(w for _, w in clusters)
    if len(clusters) < 2:
        return net, None, None, 1
    share, variance = (1 + net) / 2, work_out_variance(clusters) / 4
    size = share * (1 - share) / variance if variance > 1e-15 else len(clusters)
    low, high = work_out_wilson(share, size, float(stats.t.ppf(0.975, len(clusters) - 1)))
    return net, 2 * low - 1, 2 * high - 1, len(clusters)


def find_proportion(successes: list[bool]) -> tuple[float, float, float, int]:
    low, high = proportion_confint(sum(successes), len(successes), method="wilson")
    return sum(successes) / len(successes), float(low), float(high), len(successes)


def _likert(community: Community) -> list[Answer]:
    return [one for one in list_answers(community) if one.kind == "likert"]


def _item_distribution(community: Community) -> Cells:
    items = {row["item_id"]: row for row in community.tables.get("items", [])}
    cells: dict[tuple[str, ...], Any] = {}
    for (wave, item), steps in collect(
        ((one.wave, one.item), one.step) for one in list_answers(community)
    ).items():
        row = items[item]
        words = dict(part.split("=") for part in (row["labels"] or "").split("|") if part)
        for step in range(row["scale_min"], row["scale_max"] + 1):
            label = words.get(str(step), str(step))
            cells[wave, item, label] = find_proportion([given == step for given in steps])
    return cells


def _item_positive(community: Community) -> Cells:
    given = collect(((one.wave, one.item), one.is_positive) for one in _likert(community))
    return {key: find_proportion(answers) for key, answers in given.items()}


def _item_agreement(community: Community) -> Cells:
    given = collect(((one.wave, one.item), one.step > (one.low + one.high) / 2) for one in _likert(community))
    return {key: find_proportion(answers) for key, answers in given.items()}


def _item_net(community: Community) -> Cells:
    given = collect(((one.wave, one.item), (float(one.side), 1.0)) for one in _likert(community))
    return {key: find_net(clusters) for key, clusters in given.items()}


def _item_nps(community: Community) -> Cells:
    given = collect(
        ((one.wave, one.item), (float((one.score >= 9) - (one.score <= 6)), 1.0))
        for one in list_answers(community)
        if one.kind == "nps" and one.high == 10
    )
    return {key: find_net(clusters) for key, clusters in given.items()}


def _cluster(
    community: Community, value: Callable[[Answer], float], construct: str | None = None
) -> dict[tuple[str, ...], list[tuple[float, float]]]:
    """(Σ value, answers) of each respondent by wave and construct; by wave alone where one construct is meant."""
    own = collect(
        ((one.wave, str(one.construct), one.person), value(one))
        for one in _likert(community)
        if one.construct and construct in (None, one.construct)
    )
    return collect(
        ((wave, name) if construct is None else (wave,), (float(sum(values)), float(len(values))))
        for (wave, name, _), values in own.items()
    )


def _construct_distribution(community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    scales = collect(((str(one.construct),), (one.low, one.high)) for one in _likert(community))
    for step in range(0, 11):
        clusters = _cluster(community, lambda one, step=step: float(one.score == step))  # type: ignore[misc]
        for (wave, construct), people in clusters.items():
            low, high = scales[construct,][0]
            if low <= step <= high:
                cells[wave, construct, str(step)] = find_share(people)
    return cells


def _construct_positive(community: Community) -> Cells:
    return {
        key: find_share(people) for key, people in _cluster(community, lambda one: one.is_positive).items()
    }


def _share_of(construct: str, community: Community) -> Cells:
    clusters = _cluster(community, lambda one: one.is_positive, construct)
    return {key: find_share(people) for key, people in clusters.items()}


def _construct_net(community: Community) -> Cells:
    return {key: find_net(people) for key, people in _cluster(community, lambda one: one.side).items()}


def _mean_of(scores: Scores, community: Community) -> Cells:
    given = collect(((wave, measure), score) for (wave, measure, _), score in scores(community).items())
    return {key: find_interval(values) for key, values in given.items()}


def list_changes(
    scores: Mapping[tuple[str, str, str], float], earlier: Mapping[str, str]
) -> dict[tuple[str, ...], list[float]]:
    return collect(
        ((wave, measure), score - scores[earlier[wave], measure, person])
        for (wave, measure, person), score in scores.items()
        if wave in earlier and (earlier[wave], measure, person) in scores
    )


def _change_of(scores: Scores, earlier: Mapping[str, str], community: Community) -> Cells:
    changes = list_changes(scores(community), earlier)
    return {key: find_interval(values) for key, values in changes.items()}


def score_positive(community: Community) -> dict[tuple[str, str, str], float]:
    return {(one.wave, one.item, one.person): float(one.is_positive) for one in _likert(community)}


def _positive_change(earlier: Mapping[str, str], community: Community) -> Cells:
    cells = {}
    for key, changes in list_changes(score_positive(community), earlier).items():
        n, up, down = len(changes), changes.count(1.0), changes.count(-1.0)
        half = 1.959963984540054 * (up + down - (up - down) ** 2 / n) ** 0.5 / n
        if not up + down:
            half = 1.959963984540054**2 / (n + 1.959963984540054**2)
        value = (up - down) / n
        cells[key] = (value, max(-1.0, value - half), min(1.0, value + half), n)
    return cells


def score_shares(community: Community) -> dict[tuple[str, str, str], float]:
    """The share of each one's answers to a construct that are favourable."""
    given = collect(
        ((one.wave, one.construct, one.person), float(one.is_positive))
        for one in _likert(community)
        if one.construct
    )
    return {
        (wave, name, person): sum(answers) / len(answers) for (wave, name, person), answers in given.items()
    }


def adjust(own: Mapping[tuple[str, ...], float]) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for wave in {key[0] for key in own}:
        keys = [key for key in own if key[0] == wave]
        adjusted = adjust_p([own[key] for key in keys], "holm")
        for key, p in zip(keys, adjusted, strict=True):
            cells[key] = (float(p), own[key], len(keys))
    return cells


def _change_p(earlier: Mapping[str, str], community: Community) -> Cells:
    changes = list_changes(score_items(community), earlier)
    tested = {key: values for key, values in changes.items() if len(set(values)) > 1}
    return adjust({key: float(stats.ttest_1samp(values, 0).pvalue) for key, values in tested.items()})


def _positive_p(earlier: Mapping[str, str], community: Community) -> Cells:
    changes = list_changes(score_positive(community), earlier)
    return adjust(
        {
            key: min(1.0, float(mcnemar([[0, values.count(1.0)], [values.count(-1.0), 0]]).pvalue))
            for key, values in changes.items()
        }
    )


def _sign_p(earlier: Mapping[str, str], community: Community) -> Cells:
    changes = list_changes(score_items(community), earlier)
    return adjust(
        {
            key: float(sign_test(np.array(values))[1]) if any(values) else 1.0
            for key, values in changes.items()
        }
    )


def _list_sides(
    community: Community, earlier: Mapping[str, str]
) -> dict[tuple[str, str], tuple[dict[str, float], dict[str, float]]]:
    """By wave and construct everybody's score then and now, where both waves have one."""
    scores = score_constructs(community)
    cells = {}
    for wave, before in earlier.items():
        for construct in {key[1] for key in scores}:
            then, now = (
                {
                    person: score
                    for (at, name, person), score in scores.items()
                    if (at, name) == (one, construct)
                }
                for one in (before, wave)
            )
            if then and now:
                cells[wave, construct] = (then, now)
    return cells


def _sides(earlier: Mapping[str, str], community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for key, (then, now) in _list_sides(community, earlier).items():
        panel = sorted(set(then) & set(now))
        parts = {
            "Everybody then": list(then.values()),
            "Everybody now": list(now.values()),
            "Panel then": [then[name] for name in panel],
            "Panel now": [now[name] for name in panel],
        }
        cells |= {(*key, part): find_interval(values) for part, values in parts.items() if values}
    return cells


def _split(earlier: Mapping[str, str], community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    for key, (then, now) in _list_sides(community, earlier).items():
        people, panel = sorted(set(then) | set(now)), set(then) & set(now)
        centre_then, centre_now = np.mean(list(then.values())), np.mean(list(now.values()))
        inside = np.mean([now[name] - then[name] for name in panel]) if panel else np.nan
        whole = np.array(
            [
                (name in now) * (now.get(name, 0.0) - centre_now) / len(now)
                - (name in then) * (then.get(name, 0.0) - centre_then) / len(then)
                for name in people
            ]
        )
        parts = {"All who answered": (centre_now - centre_then, whole, len(people), len(people))}
        if panel:
            within = np.array(
                [(now[name] - then[name] - inside) / len(panel) if name in panel else 0.0 for name in people]
            )
            parts["Within the panel"] = (inside, within, len(panel), len(panel))
            parts["Change in who answered"] = (
                centre_now - centre_then - inside,
                whole - within,
                len(people),
                len(people) - len(panel),
            )
        for part, (value, influence, persons, n) in parts.items():
            half = None
            if persons > 1:
                spread = persons / (persons - 1) * float((influence**2).sum())
                half = float(stats.t.ppf(0.975, persons - 1)) * spread**0.5
            low, high = (None, None) if half is None else (value - half, value + half)
            cells[*key, part] = (float(value), low, high, n)
    return cells


def _reliability(community: Community) -> Cells:
    cells: dict[tuple[str, ...], Any] = {}
    rows = pd.DataFrame(
        [
            (one.wave, one.construct, one.person, one.item, one.score)
            for one in _likert(community)
            if one.construct
        ],
        columns=["wave", "construct", "person", "item", "score"],
    )
    for key, cell in rows.groupby(["wave", "construct"]):
        wide = cell.pivot_table(index="person", columns="item", values="score")
        known = wide.notna().astype(int).to_numpy()
        k, fewest = wide.shape[1], int((known.T @ known).min())
        if k < 2 or fewest < 2:
            continue
        matrix = wide.cov().to_numpy()
        if matrix.sum() < 1e-9:
            continue
        alpha = k / (k - 1) * (1 - np.trace(matrix) / matrix.sum())
        limits = (
            1 - (1 - alpha) * stats.f.isf(tail, fewest - 1, (fewest - 1) * (k - 1)) for tail in (0.025, 0.975)
        )
        cells[str(key[0]), str(key[1])] = (float(alpha), *limits, fewest)
    return cells


_PEOPLE = "slow Python over people"
_T = "statsmodels DescrStatsW"
_P = ("value", "numerator", "denominator")
_index: Scores = partial(score_constructs, is_index=True)

ORACLES = (
    Oracle("item_distribution", "statsmodels proportion_confint", _item_distribution, LIMITS),
    Oracle("item_positive", "statsmodels proportion_confint", _item_positive, LIMITS),
    Oracle("item_agreement", "statsmodels proportion_confint", _item_agreement, LIMITS),
    Oracle("item_net", _PEOPLE, _item_net, LIMITS),
    Oracle("item_nps", _PEOPLE, _item_nps, LIMITS),
    Oracle("item_mean", _T, partial(_mean_of, score_items), LIMITS),
    Oracle("construct_distribution", _PEOPLE, _construct_distribution, LIMITS),
    Oracle("construct_positive", _PEOPLE, _construct_positive, LIMITS),
    Oracle("construct_net", _PEOPLE, _construct_net, LIMITS),
    Oracle("construct_mean", _T, partial(_mean_of, score_constructs), LIMITS),
    Oracle("construct_index", _T, partial(_mean_of, _index), LIMITS),
    Oracle("construct_reliability", "pandas DataFrame.cov", _reliability, LIMITS),
    Oracle("importance", _PEOPLE, partial(_share_of, "Importance"), LIMITS),
    Oracle("intention_to_stay", _PEOPLE, partial(_share_of, "Intention to stay"), LIMITS),
    *(
        oracle
        for suffix, earlier in (("", BEFORE), ("_since_first", FIRST))
        for oracle in (
            Oracle(
                f"item_change{suffix}", _T, partial(_change_of, score_items, earlier), LIMITS),
            Oracle(
                f"construct_change{suffix}", _T, partial(_change_of, score_constructs, earlier), LIMITS),
            Oracle(
                f"construct_positive_change{suffix}", _T, partial(_change_of, score_shares, earlier), LIMITS),
            Oracle(f"item_positive_change{suffix}", _PEOPLE, partial(_positive_change, earlier), LIMITS),
            Oracle(f"item_change_p{suffix}", "scipy ttest_1samp, statsmodels multipletests", partial(_change_p, earlier), _P),
            Oracle(f"item_positive_p{suffix}", "statsmodels mcnemar, multipletests", partial(_positive_p, earlier), _P),
            Oracle(f"item_sign_p{suffix}", "statsmodels sign_test, multipletests", partial(_sign_p, earlier), _P),
            Oracle(f"construct_sides{suffix}", _T, partial(_sides, earlier), LIMITS),
            Oracle(
                f"construct_change_split{suffix}", _PEOPLE, partial(_split, earlier), LIMITS),
        )
    ),
)  # fmt: skip
