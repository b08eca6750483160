"""Real membership lists through the commands: a user group, the terms of senators, and the 6-MP trial's median.

P: published by others; R: recomputed once elsewhere. The data lie beside the project, see ../shared/real/README.md there.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from statsmodels.duration.survfunc import SurvfuncRight

from tests.oracles.retention import Observed
from tests.real.networks import REAL, load, read_figures, read_rows, write_mapping, write_table

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
LAST = date(2013, 10, 1)
Term = dict[str, Any]


def test_chicago_r_user_group(tmp_path: Path, ask: Any) -> None:
    """P: 3,606 members. R: joins a year, and 1,802 who attended at least once."""
    folder = tmp_path / "in"
    rows = read_rows("chicago_r_user_group/member_list.csv")
    there = [row for row in rows if int(row["Meetups.attended"]) > 0]
    # The export gives the last of the meetups and how many there were: that is one activity of so many.
    activities = [
        (row["Member.ID"], f"{row['Last.Attended']}T12:00:00Z", "attended", row["Meetups.attended"])
        for row in there
    ]
    write_table(folder, "activities", "member_id at kind amount", activities)
    columns = {"member_id": "Member.ID", "joined_on": "Joined.Group.on"}
    mapping = write_mapping(tmp_path / "mapping.toml", ("member_list.csv", "members", columns, {}))
    export = REAL / "chicago_r_user_group" / "member_list.csv"
    data = load(folder, export, mapping=mapping, complete_to="2019-05-29")

    (members,) = ask(data, "members")
    assert (members["value"], members["n"]) == (3606, 3606)
    joined = {record["period"]: record["value"] for record in ask(data, "joiners", "--period", "year")}
    years = [105, 112, 324, 314, 372, 436, 389, 621, 742, 191]
    assert joined == {str(2010 + place): count for place, count in enumerate(years)}
    assert [record["value"] for record in ask(data, "leavers", "--period", "year")] == [0] * 10
    grown = {record["period"]: record["value"] for record in ask(data, "members", "--period", "year")}
    assert grown == {str(2010 + place): sum(years[: place + 1]) for place in range(10)}

    (active,) = ask(data, "active_members")
    assert (active["numerator"], active["denominator"]) == (1802, 3606)
    early = [row["Member.ID"] for row in there if row["Last.Attended"] < row["Joined.Group.on"]]
    assert len(early) == 1  # who attended before joining counts among the 1,802, as in the README
    # Nobody ever left, so that there is no median and everybody of a year is still there at its end.
    (median,) = ask(data, "membership_median")
    assert median["status"] == "no_data"
    kept = ask(data, "period_retention", "--period", "2015")
    assert [(record["value"], record["n"]) for record in kept] == [(1, sum(years[:5]))]


@pytest.fixture(scope="module")
def terms() -> list[Term]:
    found = []
    for row in read_rows("senators/canadian_senators.csv"):
        has_ended = row["observed"] == "True"
        found.append(
            {
                "person": f"{row['Name']}, {row['Province / Territory']}",
                "province": row["Province / Territory"],
                "joined_on": date.fromisoformat(row["start_date"][:10]),
                "left_on": date.fromisoformat(row["end_date"][:10]) if has_ended else None,
                "days": int(row["diff_days"]),
                "has_ended": has_ended,
            }
        )
    return found


@pytest.fixture(scope="module")
def by_term(tmp_path_factory: pytest.TempPathFactory, terms: list[Term]) -> Path:
    """A member a term, because it is terms that the source counts."""
    folder = tmp_path_factory.mktemp("terms") / "in"
    rows = [
        (f"term {place}", term["province"], term["joined_on"], term["left_on"] or "")
        for place, term in enumerate(terms)
    ]
    write_table(folder, "members", "member_id region joined_on left_on", rows)
    return load(folder, complete_to=LAST.isoformat())


def test_terms_of_senators(by_term: Path, terms: list[Term], ask: Any) -> None:
    """P: 933 terms, 834 ended, 99 still open; and the curve of lifelines on its own data."""
    assert [ask(by_term, name)[0]["value"] for name in ("joiners", "leavers", "members")] == [933, 834, 99]
    records = ask(by_term, "membership_retention")
    days, ended = [term["days"] for term in terms], [term["has_ended"] for term in terms]
    fitted = KaplanMeierFitter().fit(days, ended)
    assert [int(record["dimensions"]["time_days"]) for record in records] == sorted(set(days))
    for record in records:
        day = int(record["dimensions"]["time_days"])
        limits = fitted.confidence_interval_.loc[day]
        assert record["value"] == pytest.approx(fitted.survival_function_.loc[day].iloc[0], abs=1e-9)
        if 0 < record["value"] < 1:
            assert (record["low"], record["high"]) == pytest.approx(tuple(limits), abs=1e-9)
        assert record["numerator"] == sum(d == day and e for d, e in zip(days, ended, strict=True))
        assert record["denominator"] == sum(d >= day for d in days)
    (median,) = ask(by_term, "membership_median")
    assert median["value"] == fitted.median_survival_time_
    (test,) = ask(by_term, "logrank_region")
    expected = multivariate_logrank_test(days, [term["province"] for term in terms], ended)
    assert (test["value"], test["numerator"]) == pytest.approx((expected.p_value, expected.test_statistic))


@pytest.mark.parametrize("year", [1896, 1950, 2009])
def test_a_year_of_senators_with_late_entry(by_term: Path, terms: list[Term], ask: Any, year: int) -> None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    observed: list[Observed] = []
    for term in terms:
        end = term["left_on"]
        if term["joined_on"] > last or (end is not None and end < first):
            continue
        entry = (first - timedelta(days=1) - term["joined_on"]).days if term["joined_on"] < first else -1
        has_ended = end is not None and end <= last
        observed.append((entry, ((end if has_ended else last) - term["joined_on"]).days, has_ended))
    entries, exits, ended = (np.array(column) for column in zip(*observed, strict=True))
    fitted = SurvfuncRight(
        exits, ended.astype(int), entry=entries
    )  # lifelines refuses a curve that starts so thin
    expected = dict(zip(fitted.surv_times.tolist(), fitted.surv_prob.tolist(), strict=True))
    records = ask(by_term, "membership_retention", "--period", str(year))
    assert len(records) == len(set(exits.tolist()))
    assert sum(record["numerator"] for record in records) == ended.sum()
    for record in records:
        day = int(record["dimensions"]["time_days"])
        assert record["denominator"] == ((entries < day) & (exits >= day)).sum()
        if record["numerator"]:
            assert record["value"] == pytest.approx(expected[day], abs=1e-9)


def test_senators_as_people(tmp_path: Path, terms: list[Term], ask: Any) -> None:
    """A person with several terms is one member with spells; two of one name from two provinces are two people.

    Those of 1990 and later: two of them resigned in spring 2011 and were back in May.
    """
    people: dict[str, list[Term]] = {}
    for term in sorted(terms, key=lambda term: term["joined_on"]):
        if term["joined_on"].year >= 1990:
            people.setdefault(term["person"], []).append(term)
    assert [own[0]["person"].split(",")[0] for own in people.values() if len(own) > 1] == ["Manning", "Smith"]
    folder = tmp_path / "in"
    write_table(
        folder,
        "members",
        "member_id joined_on",
        [(name, own[0]["joined_on"]) for name, own in people.items()],
    )
    spells = [
        (name, term["joined_on"], term["left_on"] or "") for name, own in people.items() for term in own
    ]
    write_table(folder, "memberships", "member_id joined_on left_on", spells)
    data = load(folder, complete_to=LAST.isoformat())
    (joiners,) = ask(data, "joiners")
    assert joiners["value"] == len(people)
    (members,) = ask(data, "members")
    assert members["value"] == sum(own[-1]["left_on"] is None for own in people.values())
    kept, lost = (
        ask(data, "period_retention", "--period", "2011", "--set", f"returners={word}")[0]
        for word in ("kept", "lost")
    )
    assert kept["denominator"] == lost["denominator"] == ask(data, "members", "--period", "2010")[0]["value"]
    assert kept["numerator"] - lost["numerator"] == 2
    first = [own[0] for own in people.values()]
    fitted = KaplanMeierFitter().fit([term["days"] for term in first], [term["has_ended"] for term in first])
    records = ask(data, "membership_retention")
    days = [int(record["dimensions"]["time_days"]) for record in records]
    expected = fitted.survival_function_.loc[days].iloc[:, 0].tolist()
    assert read_figures(records) == pytest.approx(expected, abs=1e-9)
    assert sum(record["numerator"] for record in records) == sum(term["has_ended"] for term in first)


def test_six_mercaptopurine_median(tmp_path: Path, ask: Any) -> None:
    """P: Freireich 1963, the 6-MP arm: median 23 weeks; its lower limit by R's survfit (log) is 16, the upper open."""
    folder = tmp_path / "in"
    end = date(2001, 1, 1)
    patients = [
        (row["pair"], end - timedelta(weeks=int(row["t2"])), end if row["relapse"] == "1" else "")
        for row in read_rows("survival_6mp/drug6mp.csv")
    ]
    write_table(folder, "members", "member_id joined_on left_on", patients)
    data = load(folder, complete_to=end.isoformat())
    (median,) = ask(data, "membership_median", "--set", "interval=log")
    assert (median["value"], median["low"], median["high"]) == (23 * 7, 16 * 7, None)
    assert (median["n"], median["numerator"]) == (21, 9)
    assert read_figures(ask(data, "membership_median")) == [23 * 7]
