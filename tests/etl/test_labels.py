"""Labels of the codebook: what cannot be read in one way is set aside by name, and the shares of every item add up to 1."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl.__main__ import main
from etl.checking.surveys.choices import unite_items
from etl.load import load_paths
from etl.reading.types import Item
from tests.conftest import MakeRelease, write_drawn
from tests.figures import read_cells

HEADING = "survey_id,item_id,text,kind,scale_min,scale_max,labels\n"
MEMBERS = "member_id,joined_on\n" + "".join(f"m{number},2015-01-05\n" for number in range(10))
WAVES = "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n"
WORDS = (
    "Agree",
    "agree ",
    " AGREE",
    "Agree\u00a0",
    "Not  sure",
    "Not sure",
    "Never",
    "No",
    "3",
    "2",
    "",
    "x=y",
    "Don't know",
)


@pytest.mark.parametrize(
    ("scale", "labels", "reason"),
    [
        ("1,5", "1=No|1=Never|5=Yes", "step 1 is 'No' and 'Never': leave one, or give each a step of its own"),
        ("1,5", "1=No|4=Agree|5=agree ", "'agree' is step 4 and step 5: give each step words of its own"),
        ("1,5", "1=No|5=Not  sure|Not sure", "'Not sure' is step 5 and no step"),
        ("1,5", "1=No|6=Do not know", "step 6, 'Do not know', lies outside the scale (1 to 5): correct the scale, or write "
         "'Do not know' without a number where it is no step"),
        ("1,5", "0=No|5=Yes", "step 0, 'No', lies outside the scale (1 to 5)"),
        ("1,5", "1.5=No|5=Yes", "step 1.5, 'No', is no whole number"),
        ("1,5", "1=|5=Yes", "step 1 has no words"),
        ("1,5", "1=3|5=Yes", "step 1 is '3', which is another step that has no words"),
    ],
)  # fmt: skip
def test_labels_that_cannot_be_read_in_one_way_are_set_aside_by_name(
    scale: str, labels: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "raw"
    items = f"{HEADING}s,good,Good?,likert,1,5,1=No|5=Yes\ns,bad,Bad?,likert,{scale},{labels}\n"
    write_drawn(raw, {"members": MEMBERS, "waves": WAVES, "items": items})
    data = str(tmp_path / "data")
    assert main(["check", str(raw), "--data", data]) == 0
    said = f"items.csv line 3: labels: {reason}"
    assert said in capsys.readouterr().out
    assert main(["load", str(raw), "--data", data]) == 0
    assert said in capsys.readouterr().out


def test_the_same_label_twice_is_one(make_release: MakeRelease) -> None:
    engine = make_release(
        {
            "members": MEMBERS,
            "waves": WAVES,
            "items": f"{HEADING}s,q,Q?,likert,1,3,1=No|2=Maybe|3=Yes|3= yes |2=Maybe|Not asked|not asked\n",
            "answers": "wave_id,respondent_id,item_id,value\nw1,m0,q,3\nw1,m1,q,3\nw1,m2,q,1\n",
        }
    )
    assert read_cells(engine, "item_distribution") == {
        ("w1", "q", "No"): 1 / 3,
        ("w1", "q", "Maybe"): 0,
        ("w1", "q", "Yes"): 2 / 3,
    }


def test_items_that_files_describe_have_each_label_once() -> None:
    first = Item("q", "Q?", "likert", ((1, "No"), (2, "Yes")), 1, 2)
    second = Item(
        "q", "Q?", "likert", ((1, "no "), (2, "YES"), (None, "Not  asked"), (None, "not asked")), 1, 2
    )
    (item,) = unite_items([first, second])
    assert item.labels == ((1, "No"), (2, "Yes"), (None, "Not  asked"))


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_shares_of_an_item_add_up_to_1_whatever_its_labels(make_release: MakeRelease, seed: int) -> None:
    """Forty items with random labels: one that is not set aside counts every answer once."""
    random = Random(seed)
    items, answers = HEADING, "wave_id,respondent_id,item_id,value\n"
    for number in range(40):
        low, high = random.choice([(1, 3), (1, 5), (0, 3)])
        labels = "|".join(
            f"{random.choice([f'{random.randint(low, high)}=', f'{random.randint(0, 6)}=', ''])}{random.choice(WORDS)}"
            for _ in range(random.choice([1, 2, 2, 3]))
        )
        items += f"s,q{number},Q?,{random.choice(['likert', 'single'])},{low},{high},{labels}\n"
        answers += "".join(
            f"w1,m{member},q{number},{random.randint(low, high)}\n" for member in range(random.randint(1, 10))
        )
    engine = make_release({"members": MEMBERS, "waves": WAVES, "items": items, "answers": answers})
    kept = engine.query("SELECT item_id FROM items")["item_id"].tolist()
    sums: dict[str, float] = defaultdict(float)
    counted: dict[str, set[object]] = defaultdict(set)
    for (_, item, _), (numerator, denominator) in read_cells(
        engine, "item_distribution", "numerator", "denominator"
    ).items():
        sums[item] += numerator / denominator
        counted[item].add(denominator)
    assert 3 <= len(kept) < 40, "some are kept and some are set aside"
    assert sums == pytest.approx(dict.fromkeys(kept, 1.0))
    given_to = engine.query("SELECT item_id, count(*) AS n FROM answers GROUP BY item_id")
    assert counted == {item: {n} for item, n in zip(given_to["item_id"], given_to["n"], strict=True)}


def test_a_file_that_describes_an_item_in_two_ways_is_refused_in_one_sentence(tmp_path: Path) -> None:
    pyreadstat = pytest.importorskip("pyreadstat")
    import pandas as pd

    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"q1": [1.0, 3.0, 2.0]}),
        str(path),
        variable_value_labels={"q1": {1.0: "2", 3.0: "Yes"}},
        variable_measure={"q1": "ordinal"},
    )
    write_drawn(tmp_path / "raw", {"members": MEMBERS, "waves": WAVES})
    from etl.reading.types import Options, Refused

    options = Options(survey_id="s", wave_id="w1")
    with pytest.raises(Refused, match=r"answers\.sav describes the item q1 of s with labels: step 1 is '2'"):
        load_paths([tmp_path / "raw", path], tmp_path / "data", options=options)
