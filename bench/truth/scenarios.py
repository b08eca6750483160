"""Simulated communities whose truth is known, drawn straight to what an estimator takes: intervals and truths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from indicators.statistics import estimators
from indicators.statistics.change import ALL_WHO_ANSWERED, WHO_ANSWERED, WITHIN_PANEL, Moments, split_change
from indicators.statistics.estimators import Floats, Interval
from indicators.statistics.scales import estimate_alpha
from indicators.statistics.survival import estimate_median
from indicators.statistics.weighting import Codes, estimate_gaps, estimate_weighted, rake_cells

MEMBERS, RESPONSE = 231, 0.70
HORIZON = 720
LIKERT = np.array([0.05, 0.10, 0.20, 0.40, 0.25])

Bounds = tuple[Floats, Floats, float]
Draw = Callable[[Generator, int], Bounds]


@dataclass(frozen=True)
class Scenario:
    """An interval of the estimators, a community to draw, and how: low and high of each replication, and the truth."""

    interval: str
    community: str
    draw: Draw


def _bound(interval: Interval, truth: float) -> Bounds:
    return interval.low, interval.high, truth


def _answering(random: Generator, size: int, response: float = RESPONSE) -> NDArray[np.int64]:
    return random.binomial(MEMBERS, response, size)


def _sum_clusters(x: Floats, w: Floats, members: int | None = None) -> tuple[Floats, ...]:
    """n, Σx, Σw, Σx², Σxw, Σw² of each replication (rows) over its members (columns) with any w."""
    has = w > 0
    return (
        has.sum(axis=1).astype(np.float64),
        *(np.asarray(part.sum(axis=1), dtype=np.float64) for part in (x, w, x * x, x * w, w * w)),
    )


def proportion(truth: float) -> Draw:
    def draw(random: Generator, size: int) -> Bounds:
        n = _answering(random, size)
        x = random.binomial(n, truth)
        return _bound(estimators.estimate_proportion(x.astype(float), n.astype(float)), truth)

    return draw


def composition(random: Generator, size: int) -> Bounds:
    """The third of five groups."""
    n = _answering(random, size)
    counts = random.multinomial(n, LIKERT)
    return _bound(estimators.estimate_proportion(counts[:, 2].astype(float), n.astype(float)), LIKERT[2])


def mean(random: Generator, size: int) -> Bounds:
    n = _answering(random, size)
    counts, steps = random.multinomial(n, LIKERT), np.arange(1.0, 6.0)
    found = estimators.estimate_mean(n.astype(float), counts @ steps, counts @ steps**2)
    return _bound(found, float(LIKERT @ steps))


def mean_of_ties(random: Generator, size: int) -> Bounds:
    """Partners a member: skewed, negative binomial with mean 4 and variance 12."""
    ties = random.negative_binomial(2.0, 1 / 3, (size, MEMBERS)).astype(float)
    total, squares = ties.sum(axis=1), (ties * ties).sum(axis=1)
    return _bound(estimators.estimate_mean(np.full(size, float(MEMBERS)), total, squares), 4.0)


def attendance(alpha: float, beta: float, *, is_tied: bool) -> Draw:
    """Each member attends an event with a chance of its own, Beta(α, β): correlation within members 1/(α + β + 1).

    Where `is_tied` those who come more often had more events to come to.
    """
    p = alpha / (alpha + beta)
    square = p * (alpha + 1) / (alpha + beta + 1)

    def draw(random: Generator, size: int) -> Bounds:
        chance = random.beta(alpha, beta, (size, MEMBERS))
        held = random.integers(1, 9, chance.shape)
        if is_tied:
            held = 1 + random.binomial(7, chance)
        attended = random.binomial(held, chance).astype(float)
        truth = (p + 7 * square) / (1 + 7 * p) if is_tied else p
        return _bound(estimators.estimate_share(*_sum_clusters(attended, held.astype(float))), truth)

    return draw


def attendance_of(events: int) -> Draw:
    """Every member is expected at the same number of events and comes with a chance of its own, Beta(½, 1)."""

    def draw(random: Generator, size: int) -> Bounds:
        attended = random.binomial(events, random.beta(0.5, 1.0, (size, MEMBERS))).astype(float)
        held = np.full_like(attended, float(events))
        return _bound(estimators.estimate_share(*_sum_clusters(attended, held)), 1 / 3)

    return draw


def minutes(random: Generator, size: int) -> Bounds:
    """Minutes an attendance: each member comes 0 to 8 times and stays for a time of its own, lognormal."""
    times = random.binomial(8, random.beta(1.0, 1.0, (size, MEMBERS))).astype(float)
    usual = random.lognormal(3.5, 0.5, times.shape)
    stayed = np.where(times > 0, usual * times * random.lognormal(0.0, 0.2, times.shape), 0.0)
    truth = float(np.exp(3.5 + 0.5**2 / 2) * np.exp(0.2**2 / 2))
    return _bound(estimators.estimate_ratio(*_sum_clusters(stayed, times)), truth)


def external_internal(random: Generator, size: int) -> Bounds:
    """E-I of ties: a member has 1 + Poisson(4) partners, across groups with a chance of its own, Beta(2, 3)."""
    ties = 1 + random.poisson(4, (size, MEMBERS))
    across = random.binomial(ties, random.beta(2.0, 3.0, ties.shape))
    share = estimators.estimate_share(*_sum_clusters(across.astype(float), ties.astype(float)))
    return 2 * share.low - 1, 2 * share.high - 1, 2 * 0.4 - 1


def net_of_item(random: Generator, size: int) -> Bounds:
    n = _answering(random, size)
    positive, negative, _ = random.multinomial(n, [0.55, 0.15, 0.30]).T.astype(float)
    people, x, xx = n.astype(float), positive - negative, positive + negative
    return _bound(estimators.estimate_net(people, x, people, xx, x, people), 0.40)


def net_of_construct(random: Generator, size: int) -> Bounds:
    """Four items, of which a respondent gives 1 to 4; answers lean the respondent's own way."""
    leaning = random.dirichlet([1.1, 0.6, 0.3], (size, int(MEMBERS * RESPONSE)))
    given = random.integers(1, 5, leaning.shape[:2])
    signs = random.multinomial(given, leaning)
    x = (signs[..., 0] - signs[..., 2]).astype(float)
    return _bound(estimators.estimate_net(*_sum_clusters(x, given.astype(float))), 0.40)


def paired(random: Generator, size: int) -> Bounds:
    n = random.binomial(MEMBERS, RESPONSE**2, size)
    turned = random.multinomial(n, [0.15, 0.08, 0.77]).astype(float)
    found = estimators.estimate_paired(
        n.astype(float), turned[:, 0] - turned[:, 1], turned[:, 0] + turned[:, 1]
    )
    return _bound(found, 0.07)


def survival(day: int, band: estimators.Band, yearly: float = 0.25) -> Draw:
    """The curve at `day`: joining over two years, leaving at a constant rate, watched to the end of the two years."""
    hazard = -np.log(1 - yearly) / 365

    def draw(random: Generator, size: int) -> Bounds:
        truth = float(np.exp(-hazard * day))
        bounds = np.full((size, 2), np.nan)
        for place in range(size):
            ended, at_risk = _watch(random, hazard)
            found = estimators.estimate_survival(ended[: day + 1], at_risk[: day + 1], band)
            bounds[place] = found.low[-1], found.high[-1]
        return bounds[:, 0], bounds[:, 1], truth

    return draw


def survival_in_a_year(day: int, yearly: float = 0.25) -> Draw:
    """The curve at `day` from one year's events alone: who joined in the two years before enters late."""
    hazard = -np.log(1 - yearly) / 365

    def draw(random: Generator, size: int) -> Bounds:
        bounds = np.full((size, 2), np.nan)
        for place in range(size):
            ended, at_risk = _watch_a_year(random, hazard)
            found = estimators.estimate_survival(ended[: day + 1], at_risk[: day + 1])
            bounds[place] = found.low[-1], found.high[-1]
        return bounds[:, 0], bounds[:, 1], float(np.exp(-hazard * day))

    return draw


def _watch_a_year(random: Generator, hazard: float) -> tuple[Floats, Floats]:
    """As `_watch`, of those not gone before the year: entry on its first day, or on joining in it."""
    joined = random.integers(-HORIZON, 365, MEMBERS)
    lasting = np.ceil(random.exponential(1 / hazard, MEMBERS)).astype(np.int64)
    is_there = joined + lasting >= 0
    joined, lasting = joined[is_there], lasting[is_there]
    watched, length = 364 - joined, HORIZON + 365
    out = np.minimum(watched, lasting)
    ended = np.bincount(out[lasting <= watched], minlength=length).astype(float)
    entered = np.bincount(-joined[joined < 0], minlength=length)
    came = np.concatenate([[float((joined >= 0).sum())], entered[1:]]).cumsum()
    went = np.bincount(out + 1, minlength=length)[:length].cumsum()
    return ended, came - went


def _watch(random: Generator, hazard: float) -> tuple[Floats, Floats]:
    """Those who left and those at risk by day since joining."""
    watched = random.integers(0, HORIZON + 1, MEMBERS)
    lasting = np.ceil(random.exponential(1 / hazard, MEMBERS)).astype(np.int64)
    out = np.minimum(watched, lasting)
    exits = np.bincount(out, minlength=HORIZON + 1).astype(float)
    ended = np.bincount(out[lasting <= watched], minlength=HORIZON + 1).astype(float)
    return ended, exits[::-1].cumsum()[::-1]


def active_weeks(random: Generator, size: int) -> Bounds:
    """Member-weeks with activity over a quarter: Beta(0.5, 2) a member, who was a member for 1 to 13 of its weeks."""
    weeks = random.integers(1, 14, (size, MEMBERS))
    active = random.binomial(weeks, random.beta(0.5, 2.0, weeks.shape))
    return _bound(estimators.estimate_share(*_sum_clusters(active.astype(float), weeks.astype(float))), 0.2)


def median(random: Generator, size: int) -> Bounds:
    """Half leave within 200 days."""
    hazard = float(np.log(2) / 200)
    bounds = np.full((size, 2), np.nan)
    for place in range(size):
        ended, at_risk = _watch(random, hazard)
        exits = at_risk - np.append(at_risk[1:], 0.0)
        bounds[place] = estimate_median(np.arange(HORIZON + 1.0), ended, exits)[1:]
    return bounds[:, 0], bounds[:, 1], 200.0


def draw_frame(random: Generator) -> tuple[Codes, Codes, Floats]:
    """Cells of two margins (three professions, four regions) and the members of each."""
    first, second = (codes.ravel() for codes in np.meshgrid(np.arange(3), np.arange(4), indexing="ij"))
    shares = np.outer([0.5, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1]).ravel()
    return first, second, random.multinomial(MEMBERS, shares).astype(float)


def weighted(*, is_share: bool) -> Draw:
    """The raked figure where groups answer at 45 to 85 % and differ in what they answer; the frame is given."""
    frame = draw_frame(np.random.default_rng(1))
    first, second, asked = frame
    responding = np.array([0.85, 0.65, 0.45])[first]
    positive = np.array([0.4, 0.6, 0.75])[first] + np.array([0.0, 0.05, -0.05, 0.1])[second]
    truth = float((asked * positive).sum() / MEMBERS)

    def draw(random: Generator, size: int) -> Bounds:
        n, value, variance = np.empty((3, size))
        for place in range(size):
            answered = random.binomial(asked.astype(int), responding).astype(float)
            total, squares = _draw_answers(random, answered, positive, is_share)
            weights = rake_cells([first, second], asked, answered)
            assert weights is not None
            n[place] = answered.sum()
            value[place], variance[place] = estimate_weighted(
                weights, answered, total, squares, [first, second]
            )
        adjust = estimators.estimate_adjusted if is_share else estimators.estimate_from_variance
        return _bound(adjust(n, value, variance), truth if is_share else 1 + 4 * truth)

    return draw


def _draw_answers(
    random: Generator, answered: Floats, positive: Floats, is_share: bool
) -> tuple[Floats, Floats]:
    """Σx and Σx² of each cell: positive or not, or five steps with the mean 1 + 4p."""
    people = answered.astype(int)
    if is_share:
        total = random.binomial(people, positive).astype(float)
        return total, total
    given = [1.0 + random.binomial(4, p, size) for p, size in zip(positive, people, strict=True)]
    return np.array([one.sum() for one in given]), np.array([(one * one).sum() for one in given])


def gaps(random: Generator, size: int) -> Bounds:
    """A group of a fifth that answers at 50 % among 75 %: its share of those who answered less that of those asked."""
    groups = random.multinomial(MEMBERS, [0.2, 0.8], size)
    answered = random.binomial(groups, [0.50, 0.75])
    bounds = [estimate_gaps(*pair) for pair in zip(groups.astype(float), answered.astype(float), strict=True)]
    low, high = (np.array([found[side][0] for found in bounds]) for side in (1, 2))
    return low, high, 0.2 * 0.5 / (0.2 * 0.5 + 0.8 * 0.75) - 0.2


def split(part: str) -> Draw:
    """A part of the change of a mean, where those who are content answer more often the second time."""

    def draw(random: Generator, size: int) -> Bounds:
        bounds = np.empty((size, 2))
        for place in range(size):
            bounds[place] = split_change(*_draw_waves(random, MEMBERS))[part][1:]
        far = split_change(*_draw_waves(np.random.default_rng(1), 8_000_000))
        return bounds[:, 0], bounds[:, 1], far[part][0]

    return draw


def _draw_waves(random: Generator, members: int) -> tuple[Moments, Moments, Moments]:
    """The moments of those in both waves, in the first and in the second only."""
    outlook = random.normal(size=members)
    then = 3.4 + 0.6 * outlook + random.normal(0.0, 0.6, members)
    now = 3.6 + 0.6 * outlook + random.normal(0.0, 0.6, members)
    in_first = random.random(members) < RESPONSE
    in_second = random.random(members) < np.where(outlook > 0, 0.8, 0.6)

    def sum_up(chosen: NDArray[np.bool_]) -> Moments:
        x = now[chosen] * in_second[chosen]
        w = then[chosen] * in_first[chosen]
        return Moments(*map(float, (chosen.sum(), x.sum(), w.sum(), x @ x, x @ w, w @ w)))

    return sum_up(in_first & in_second), sum_up(in_first & ~in_second), sum_up(~in_first & in_second)


def alpha(random: Generator, size: int) -> Bounds:
    """Four items with correlation 0.5: α = 4 · 0.5/(1 + 3 · 0.5) = 0.8."""
    people = int(MEMBERS * RESPONSE)
    bounds = np.empty((size, 2))
    for place in range(size):
        common = random.normal(size=(people, 1))
        items = np.sqrt(0.5) * common + np.sqrt(0.5) * random.normal(size=(people, 4))
        bounds[place] = estimate_alpha(np.cov(items, rowvar=False), people)[1:]
    return bounds[:, 0], bounds[:, 1], 0.8


SCENARIOS = (
    Scenario("proportion, Wilson", "50 % positive", proportion(0.5)),
    Scenario("proportion, Wilson", "80 % positive", proportion(0.8)),
    Scenario("proportion, Wilson", "5 % positive", proportion(0.05)),
    Scenario("composition, Wilson", "one of five answers", composition),
    Scenario("mean, Student's t", "five-step item", mean),
    Scenario("mean, Student's t", "ties a member, skewed", mean_of_ties),
    Scenario("share, clustered Wilson", "attendance, correlation 0.6", attendance(0.3, 0.3, is_tied=False)),
    Scenario(
        "share, clustered Wilson", "attendance, 20 %, correlation 0.5", attendance(0.2, 0.8, is_tied=False)
    ),
    Scenario(
        "share, clustered Wilson", "attendance, more events for keen", attendance(0.5, 0.5, is_tied=True)
    ),
    Scenario("share, clustered Wilson", "attendance, no correlation", attendance(3e5, 7e5, is_tied=False)),
    Scenario("share, clustered Wilson", "weeks active, 20 %", active_weeks),
    Scenario("share, clustered Wilson", "attendance, 12 events, Beta(½, 1)", attendance_of(12)),
    Scenario("ratio, linearised t", "minutes an attendance, skewed", minutes),
    Scenario("index, clustered Wilson", "E-I, members differ", external_internal),
    Scenario("net, clustered Wilson", "an item", net_of_item),
    Scenario("net, clustered Wilson", "a construct, respondents differ", net_of_construct),
    Scenario("paired change of a share", "15 % up, 8 % down", paired),
    Scenario("survival, log-log", "90 days", survival(90, "log-log")),
    Scenario("survival, log-log", "180 days", survival(180, "log-log")),
    Scenario("survival, log-log", "365 days", survival(365, "log-log")),
    Scenario("survival, log", "365 days", survival(365, "log")),
    Scenario("survival, plain", "365 days", survival(365, "plain")),
    Scenario("survival, late entry", "90 days, one year's events", survival_in_a_year(90)),
    Scenario("survival, late entry", "365 days, one year's events", survival_in_a_year(365)),
    Scenario("survival median", "200 days", median),
    Scenario("raked share", "groups answer at 45–85 %", weighted(is_share=True)),
    Scenario("raked mean", "groups answer at 45–85 %", weighted(is_share=False)),
    Scenario("representation", "a group that answers less", gaps),
    Scenario("split of a change", "all who answered", split(ALL_WHO_ANSWERED)),
    Scenario("split of a change", "within the panel", split(WITHIN_PANEL)),
    Scenario("split of a change", "who answered", split(WHO_ANSWERED)),
    Scenario("alpha, Feldt", "four items, α = 0.8", alpha),
)
