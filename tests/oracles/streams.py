"""The programme's other streams a second time: slow Python over activities."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial

from indicators.catalogue.engagement.streams import EXCHANGE
from tests.oracles.oracle import Cells
from tests.oracles.record import Record, give_proportion, give_share, give_whole, make_oracles


def work_out_streams(record: Record) -> Cells:
    members = record.members
    done = {(member, kind) for member, _, kind, _ in record.acts}
    if not members:
        return {}
    return {
        (record.period, kind): give_proportion(sum((name, kind) in done for name in members), len(members))
        for kind in {kind for _, kind in done}
    }


def work_out_coffee(record: Record) -> Cells:
    counts = Counter((member, kind) for member, _, kind, _ in record.acts)
    clusters = {
        member: (float(min(counts[member, "coffee_met"], matched)), float(matched))
        for (member, kind), matched in list(counts.items())
        if kind == "coffee_matched"
    }
    return {(record.period,): give_share(clusters)} if clusters else {}


def work_out_exchange(record: Record) -> Cells:
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for member, _, kind, amount in record.acts:
        sums[member, kind] += amount
    ideas = {member: count for (member, kind), count in sums.items() if kind == EXCHANGE[0]}
    if not ideas:
        return {}
    cells: dict[tuple[str, ...], object] = {(record.period, "Idea"): give_whole(dict.fromkeys(ideas, (1, 1)))}
    for stage, kind in zip(("Submitted", "Shortlisted", "Funded"), EXCHANGE[1:], strict=True):
        clusters = {member: (min(sums[member, kind], count), count) for member, count in ideas.items()}
        cells[record.period, stage] = give_share(clusters)
    return cells


def work_out_amount(record: Record) -> Cells:
    sums: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for _, _, kind, amount in record.acts:
        sums[record.period, kind] += amount
    return sums


def work_out_series(record: Record, is_share: bool) -> Cells:
    return {
        (record.period, row["series"]): give_proportion(row["value"], row["denominator"])
        if is_share
        else row["value"]
        for row in record.community.tables.get("measurements", [])
        if row["period"] == record.period and (row["denominator"] is not None) == is_share
    }


ORACLES = (
    *make_oracles("stream_members", work_out_streams),
    *make_oracles("coffee_trials", work_out_coffee, periods=("2015-Q2",)),
    *make_oracles("exchange_funnel", work_out_exchange, periods=("2015-Q2",)),
    *make_oracles("activity_amount", work_out_amount, ("value",)),
    *make_oracles(
        "series_values", partial(work_out_series, is_share=False), ("value",), ("2015-02", "2015-Q2")
    )[1:],
    *make_oracles("series_shares", partial(work_out_series, is_share=True), periods=("2015-02", "2015-Q2"))[
        1:
    ],
)
