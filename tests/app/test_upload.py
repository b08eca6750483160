"""Loading files from the page: checked, seen in what they would change, loaded, given up; what leads see of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.load import load_paths
from etl.sources.proposals.draft import KINDS, list_roles
from indicators.gate.disclosure import Role
from tests.app.page_words import OpenPage, Uploads, read_tables, read_words, wait_for
from tests.app.pseudo_language import PSEUDO, list_outside
from tests.app.small_programme import write_table
from ui.blocks.upload.columns.roles import say_kind, say_role
from warehouse.release import current_id, find_release

ACTIVE = b"member_id,at,kind\n" + b"".join(b"m%d,2015-11-11T10:00:00Z,post\n" % n for n in range(40))
LATER = ("later.csv", ACTIVE + b"nobody,2015-11-17T09:00:00Z,post\n", "text/csv")
Give = Callable[..., AppTest]


@pytest.fixture
def data(releases: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the sample, which the test may load into."""
    shutil.copytree(releases["sample"], tmp_path / "data")
    releases["own"] = tmp_path / "data"
    return tmp_path / "data"


@pytest.fixture
def give(data: Path, open_data_as: OpenPage, uploads: Uploads) -> Give:
    """Open the page, choose files, press Check, and wait until they are checked."""

    def choose(files: Sequence[tuple[str, bytes, str]], role: Role = "admin", **query: str) -> AppTest:
        app = open_data_as("own", role, **query)
        app.file_uploader[0].set_value(files)
        app.run()
        app.button(key="upload-check").click().run()
        wait_for(uploads)
        return app.run()

    return choose


def read_table(app: AppTest, column: str) -> list[dict[str, object]]:
    """The rows of the first table with a column of this name."""
    return next((frame.to_dict("records") for frame in read_tables(app) if column in frame.columns), [])


def list_private(data: Path) -> list[Path]:
    return list((data / "state").glob("load-*"))


def test_a_check_shows_files_people_reasons_and_the_figures_that_would_move(data: Path, give: Give) -> None:
    live = current_id(data)
    app = give([LATER])
    (file,) = read_table(app, "Not members")
    assert (file["File"], file["Read"], file["Loaded"], file["Set aside"]) == ("later.csv", 41, 40, 1)
    assert (file["Members"], file["Not members"]) == (40, 1)
    assert [row["Lines"] for row in read_table(app, "Lines")] == ["42"]
    assert [row["Identifier"] for row in read_table(app, "Identifier")] == ["nobody"]
    moved = {str(row["Figure"]): row for row in read_table(app, "After loading")}
    assert list(moved) == ["Active members"]
    assert str(moved["Active members"]["Now"]).startswith("week 46, 2015: 28 %")
    assert current_id(data) == live


def test_a_load_makes_what_was_checked_live_and_lets_the_files_go(
    data: Path, give: Give, uploads: Uploads
) -> None:
    app = give([LATER])
    told = read_table(app, "After loading")[0]["After loading"]
    app.button(key="upload-load").click().run()
    wait_for(uploads)
    app.run()
    release = find_release(data)
    assert f"Release {release.id} is live." in [one.value for one in app.success]
    assert release.manifest["loaded_by"] == "Local administrator"
    assert list_private(data) == []
    assert not app.file_uploader[0].value
    again = give([LATER])
    assert "None of them would move." in read_words(again)
    app = again.switch_page("pages/programme/this_week.py").run()
    assert str(told).split(" (")[0].split(": ")[1] in read_words(app), "the figure it said"


def test_a_cancel_leaves_nothing(data: Path, give: Give, uploads: Uploads) -> None:
    live = current_id(data)
    app = give([LATER])
    assert list_private(data), "control"
    app.button(key="upload-cancel").click().run()
    assert uploads[-1].state == "empty"
    assert (current_id(data), list_private(data)) == (live, [])
    assert not app.file_uploader[0].value
    assert not [one for one in app.button if one.key == "upload-load"]


def test_files_are_kept_and_checked_again_where_another_tab_has_loaded_since(
    data: Path, give: Give, uploads: Uploads, tmp_path: Path
) -> None:
    app = give([LATER])
    write_table(tmp_path, "other", ("member_id", "at", "kind"), [("m3", "2015-11-17T10:00:00Z", "post")])
    load_paths([tmp_path / "other.csv"], data)
    live = current_id(data)
    app.button(key="upload-load").click().run()
    wait_for(uploads)
    app.run()
    assert current_id(data) == live, "what was checked beside another release is not loaded"
    assert any("Another release has gone live" in one.value for one in app.warning)
    assert not app.error
    assert not [one for one in app.button if one.key == "upload-load"]
    app.button(key="upload-again").click().run()
    wait_for(uploads)
    app.run()
    assert not app.warning
    app.button(key="upload-load").click().run()
    wait_for(uploads)
    app.run()
    assert {"other.csv", "later.csv"} <= {one["name"] for one in find_release(data).manifest["files"]}
    assert list_private(data) == []


def test_a_refused_file_stops_the_load_in_the_words_of_the_command(
    data: Path, give: Give, tmp_path: Path
) -> None:
    write_table(tmp_path, "odd", ("colour", "shape"), [("red", "round")])
    app = give([("odd.csv", (tmp_path / "odd.csv").read_bytes(), "text/csv"), LATER])
    assert any("A load would stop at odd.csv" in one.value.replace("\\", "") for one in app.error)
    assert not [one for one in app.button if one.key == "upload-load"]
    alone = give([("odd.csv", (tmp_path / "odd.csv").read_bytes(), "text/csv")])
    said = " ".join(one.value for one in alone.error).replace("\\", "")
    assert "odd.csv" in said
    for leak in ("Traceback", str(data), str(tmp_path), "load-"):
        assert leak not in said
    assert list_private(data) == []


GUESS = "wave_id,respondent_id,item_id,value,submitted_at\n"


def test_a_lead_cannot_find_out_an_answer_by_guessing_it(give: Give) -> None:
    right, wrong = (GUESS + f"w1,m3,q1,{value},2015-07-21T08:00:00Z\n" for value in (5, 4))
    roles: tuple[Role, ...] = ("evaluator", "lead")
    told: dict[Role, list[tuple[object, ...]]] = {role: [] for role in roles}
    for role in roles:
        for guess in (right, wrong):
            app = give([("guess.csv", guess.encode(), "text/csv")], role)
            tables = [
                read_table(app, column) for column in ("Not members", "Lines", "Identifier", "After loading")
            ]
            told[role].append((tables, [one.value for one in app.error], read_words(app)))
    assert told["evaluator"][0] != told["evaluator"][1], "control: an evaluator sees which guess is right"
    assert told["lead"][0] == told["lead"][1]


def test_a_lead_sees_kinds_of_faults_in_answers_and_the_figures_of_records_only(give: Give) -> None:
    bad = GUESS + "".join(f"w2,m{2 * n + 1},q1,my manager bullies me,\n" for n in range(7))
    app = give([("bad.csv", bad.encode(), "text/csv"), LATER], "lead")
    files = {str(row["File"]): row for row in read_table(app, "Not members")}
    assert files["bad.csv"]["Loaded"] == files["bad.csv"]["Duplicates"] == "not shown"
    assert files["later.csv"]["Loaded"] == "40"
    reasons = [str(row["Reason"]) for row in read_table(app, "Lines") if row["File"] == "bad.csv"]
    assert reasons
    assert not any("bullies" in one for one in reasons)
    assert [row["Figure"] for row in read_table(app, "After loading")] == ["Active members"]
    assert "worked out for leads once a release is published" in read_words(app)


CRM = (
    b"Contact ID,First Name,Surname,Job Title,Trust,Joined,Status\n17,Ann,Lee,Nurse,Leeds Trust,03/04/2015,Active\n"
    b"18,Bob,Ray,GP,York Trust,13/04/2015,Lapsed\n19,Cat,Oak,GP,York Trust,14/04/2015,Active\n"
)


def press(app: AppTest, uploads: Uploads, key: str) -> AppTest:
    app.button(key=key).click().run()
    wait_for(uploads)
    return app.run()


@pytest.mark.parametrize("role", ["evaluator", "lead"])
def test_the_columns_of_a_file_that_nobody_knows_are_said_on_the_page(
    data: Path, role: Role, give: Give, uploads: Uploads
) -> None:
    app = give([("crm.csv", CRM, "text/csv")], role)
    (fault,) = [one.value.replace("\\", "") for one in app.error]
    assert fault == "crm.csv is not known as it is: say below what its columns are, or take it out."
    boxes = {one.label.partition(", ")[0]: one for one in app.selectbox if ", " in one.label}
    assert {name: box.value for name, box in boxes.items()} == {
        "Contact ID": "member_id",
        "First Name": "first_name",
        "Surname": "last_name",
        "Job Title": "profession",
        "Trust": "organisation",
        "Joined": "joined_on",
        "Status": "attribute",
    }
    assert boxes["First Name"].label == "First Name, Ann, Bob, Cat"
    boxes["Joined"].set_value("left_on").run()
    assert app.button(key="upload-check-columns").disabled
    said = [one.value.replace("\\", "").replace("\u00a0", " ") for one in app.warning]
    assert "Still to be said: Day of joining." in said
    boxes["Joined"].set_value("joined_on").run()
    assert not [one for one in app.button if one.key == "upload-check"], "it would forget what was said"
    app = press(app, uploads, "upload-check-columns")
    assert not app.error
    box = next(one for one in app.selectbox if one.label.startswith("Status, "))
    box.set_value("").run()
    assert any("check with these columns" in one.value for one in app.warning)
    box.set_value("attribute").run()
    assert not app.warning
    app = press(app, uploads, "upload-check")
    (file,) = read_table(app, "Not members")
    assert (file["File"], file["Loaded"]) == ("crm.csv", "3" if role == "lead" else 3)
    app = press(app, uploads, "upload-load")
    release = find_release(data)
    assert f"Release {release.id} is live." in [one.value for one in app.success]
    assert release.manifest["tables"]["members"] == 63
    again = give([("crm.csv", CRM.replace(b"Joined", b"Member since"), "text/csv")], role)
    again.file_uploader[0].set_value([("crm.csv", CRM, "text/csv")]).run()
    assert not [one for one in again.button if one.key == "upload-check-columns"], "another file"
    again = give([("crm-2015-05.csv", CRM.replace(b"Active", b"Paused"), "text/csv")], role)
    assert "It has the columns of crm.csv, and is proposed as that was read." in read_words(again)


def test_whatever_a_column_can_be_has_words_of_its_own() -> None:
    for kind in KINDS:
        said = [say_role(kind, role) for role in list_roles(kind)]
        assert say_kind(kind)
        assert len(set(said)) == len(said), kind
        assert "" not in said


TICKETS = (
    b"Event,Email,Status\ne1,m1@example.org,Checked In\ne1,m2@example.org,Late\ne1,m3@example.org,No show\n"
)
PULSE = b"When,How useful?,Team [a](b)\n2015-09-01,Low,A\n2015-09-02,Middle,B\n2015-09-02,Low,A\n2015-09-03,High,A\n"


def test_what_only_its_owner_knows_of_a_file_is_asked(give: Give, uploads: Uploads) -> None:
    app = give([("tickets.csv", TICKETS, "text/csv"), ("pulse.csv", PULSE, "text/csv"), LATER])
    assert "A load would stop at pulse.csv and tickets.csv" in app.error[0].value.replace("\\", "")
    came = next(one for one in app.get("button_group") if one.label == "Words that mean that somebody came")
    assert (came.options, came.value) == (["Checked In", "Late", "No show"], ["Checked In"])
    came.set_value(["Checked In", "Late"])
    scale = next(one for one in app.get("button_group") if "“How useful?”" in one.label)
    scale.set_value(["Low", "Middle", "High"])
    team = next(one for one in app.selectbox if one.label == "Team a b , A, B")
    team.set_value("cohort")
    named = {one.label.partition(":")[0]: one for one in app.text_input}
    named["Survey"].set_value("")
    app.run()
    assert app.button(key="upload-check-columns").disabled
    {one.label.partition(":")[0]: one for one in app.text_input}["Survey"].set_value("team pulse").run()
    app = press(app, uploads, "upload-check-columns")
    upload = uploads[-1]
    assert upload.checked is not None
    assert upload.checked.stopping == ()
    read = {count.staged.name: count.staged.mapping for count in upload.checked.counts}
    tickets, pulse = read["tickets.csv"], read["pulse.csv"]
    assert tickets is not None
    assert tickets.values == {"attended": {"Checked In": "true", "Late": "true", "No show": "false"}}
    assert pulse is not None
    assert pulse.options == {"survey_id": "team pulse", "wave_id": "pulse"}
    assert pulse.order == {"how_useful": ["Low", "Middle", "High"]}
    assert pulse.respondent == {"cohort": "Team [a](b)"}
    assert read["later.csv"] is None
    assert [one.key for one in app.button if one.key == "upload-load"]


FILES = {"later.csv": LATER[1], "crm.csv": CRM, "tickets.csv": TICKETS, "pulse.csv": PULSE}
# A control that stands beside its question has it as its name without brackets, those of this language too.
NAMED = "If the words of “How useful?” are a scale, press them from the lowest on"
# What stands in the files themselves.
GIVEN = (
    NAMED,
    "Team",
    "m1 at example.org",
    "m2 at example.org",
    "m3 at example.org",
    *FILES,
    *{cell for text in FILES.values() for line in text.decode().splitlines() for cell in line.split(",")},
)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("role", ["admin", "lead"])
def test_every_word_of_a_check_and_of_the_form_of_columns_is_in_the_catalogue(
    role: Role, data: Path, give: Give, uploads: Uploads
) -> None:
    for files in ([LATER], [(name, text, "text/csv") for name, text in FILES.items()]):
        app = give(files, role, lang=PSEUDO)
        checked = uploads[-1].checked
        assert checked is not None
        # What a load says of files is said as the command says it, as it then stands in the release.
        told = [*checked.remarks, *(aside.reason for count in checked.counts for aside in count.asides)]
        assert list_outside(app, data, *GIVEN, *told) == {}
