"""Files given over the dashboard: checked and loaded as the command does, in a private folder that always goes."""

from __future__ import annotations

import logging
import shutil
import threading
from pathlib import Path

import pytest

import etl.load
from etl.command.upload import How, Upload
from etl.load import load_paths
from etl.reading.types import Options
from tests.app.small_programme import write_programme, write_table
from warehouse.release import Release, current_id, find_release

NEW = b"member_id,at,kind\nm1,2015-11-17T09:00:00Z,post\nm2,2015-11-17T09:00:00Z,post\nnobody,2015-11-17T09:00:00Z,post\n"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small programme, loaded once."""
    root = tmp_path_factory.mktemp("upload")
    load_paths([write_programme(root / "raw", members=12)], root / "data")
    return root / "data"


@pytest.fixture
def data(loaded: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(loaded, tmp_path / "data")
    return tmp_path / "data"


def count_rows(release: Release) -> int:
    return int(release.manifest["tables"]["activities"])


def list_private(data: Path) -> list[Path]:
    return list((data / "state").glob("load-*"))


def list_all(data: Path) -> set[str]:
    return {str(path.relative_to(data)) for path in data.rglob("*")}


def check(data: Path, *files: tuple[str, bytes], how: How | None = None) -> Upload[int]:
    upload: Upload[int] = Upload(data)
    upload.check(files, how or How(), count_rows)
    upload.wait()
    return upload


def test_a_check_says_what_a_load_would_give_and_changes_nothing(data: Path) -> None:
    live, before = current_id(data), list_all(data)
    upload = check(data, ("later.csv", NEW))
    assert upload.state == "checked"
    assert upload.checked is not None
    (count,) = upload.checked.counts
    assert (count.read, count.loaded, count.quarantined) == (3, 2, 1)
    assert count.met is not None
    assert (count.met.members, [one.external for one in count.met.unmet]) == (2, ["nobody"])
    assert upload.checked.seen == count_rows(find_release(data)) + 2
    (folder,) = list_private(data)
    assert folder.stat().st_mode & 0o077 == 0
    assert current_id(data) == live
    upload.cancel()
    assert upload.state == "empty"
    assert list_all(data) == before


def test_a_load_publishes_what_was_checked_says_who_and_leaves_no_folder(data: Path) -> None:
    rows = count_rows(find_release(data))
    upload = check(data, ("later.csv", NEW))
    upload.load("ann@example.org")
    upload.wait()
    assert (upload.state, upload.is_new, upload.release_id) == ("loaded", True, current_id(data))
    release = find_release(data)
    assert count_rows(release) == rows + 2
    assert release.manifest["loaded_by"] == "ann@example.org"
    assert list_private(data) == []


def test_what_the_check_foresees_is_what_the_load_publishes(data: Path) -> None:
    seen: list[dict[str, object]] = []
    upload: Upload[None] = Upload(data)
    upload.check([("later.csv", NEW)], How(), lambda release: seen.append(release.manifest))
    upload.wait()
    upload.load("")
    upload.wait()
    released = find_release(data).manifest
    assert {name: released[name] for name in ("content", "hashes", "tables", "remarks")} == {
        name: seen[0][name] for name in ("content", "hashes", "tables", "remarks")
    }
    assert "loaded_by" not in released


def test_a_file_that_cannot_be_taken_stops_the_load_with_the_sentence_of_the_command(
    data: Path, tmp_path: Path
) -> None:
    live = current_id(data)
    write_table(tmp_path, "odd", ("colour", "shape"), [("red", "round")])
    upload = check(data, ("odd.csv", (tmp_path / "odd.csv").read_bytes()), ("later.csv", NEW))
    assert upload.checked is not None
    assert upload.checked.stopping == ("odd.csv",)
    assert upload.checked.seen is None
    with pytest.raises(etl.load.Refused) as refused:
        load_paths([tmp_path / "odd.csv"], data)
    (words,) = next(count.warnings for count in upload.checked.counts if count.staged.name == "odd.csv")
    assert words == str(refused.value)
    upload.load("")
    upload.wait()
    assert (upload.state, current_id(data)) == ("checked", live)
    upload.cancel()
    assert list_private(data) == []


CRM = b"Ref,First name,Surname,Joined,Team\nx1,Ann,Quillfeather,03/04/2015,A\nx2,Bob,Ray,13/04/2015,A\nx3,Cat,Oak,14/04/2015,B\n"


def test_columns_are_said_of_a_file_that_nobody_knows_and_proposed_for_the_next_one(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = find_release(data).manifest["tables"]["members"]
    upload = check(data, ("crm-09.csv", CRM))
    (draft,) = upload.proposals
    assert (upload.state, draft.kind, draft.lacking) == ("refused", "members", [])
    beside = check(data, ("crm-09.csv", CRM), ("later.csv", NEW))
    assert beside.checked is not None
    assert (beside.checked.stopping, [one.name for one in beside.proposals]) == (
        ("crm-09.csv",),
        ["crm-09.csv"],
    )
    beside.cancel()
    assert beside.proposals == ()
    upload.check([("crm-09.csv", CRM)], How(drafts=(draft,)), count_rows)
    upload.wait()
    assert (upload.state, upload.proposals) == ("checked", (draft,))
    upload.load("")
    upload.wait()
    assert (upload.state, upload.proposals) == ("loaded", ())
    assert find_release(data).manifest["tables"]["members"] == before + 3
    (next_one,) = check(data, ("crm-10.csv", CRM.replace(b"Ann", b"Eve"))).proposals
    assert (next_one.like, next_one.roles) == ("crm-09.csv", draft.roles)
    assert "Quillfeather" not in caplog.text + repr(draft)


def test_what_is_said_of_columns_stays_where_the_check_refuses_it(data: Path) -> None:
    ambiguous = CRM.replace(b"13/04", b"12/04").replace(b"14/04", b"11/04")
    (draft,) = check(data, ("crm.csv", ambiguous)).proposals
    upload = check(data, ("crm.csv", ambiguous), how=How(drafts=(draft,)))
    assert upload.state == "refused"
    assert "--date-order" in upload.words
    assert upload.proposals == (draft,)


def test_an_option_that_a_file_asks_for_settles_it(data: Path) -> None:
    ambiguous = b"member_id,at,kind\nm1,03/04/2015,post\n"
    assert check(data, ("later.csv", ambiguous)).state == "refused"
    settled = check(data, ("later.csv", ambiguous), how=How(Options(date_order="dmy")))
    assert settled.state == "checked"
    settled.cancel()


def test_a_refusal_names_no_path_of_the_server_and_leaves_nothing(data: Path) -> None:
    before = list_all(data)
    upload = check(data, ("notes.pdf", b"%PDF"))
    assert upload.state == "refused"
    assert upload.words.startswith("There is no CSV, XLSX, Parquet or SPSS file in what was chosen")
    assert "notes.pdf was passed over: it holds no table" in upload.words
    assert str(data) not in upload.words
    assert list_all(data) == before


@pytest.mark.parametrize(
    "name", ["../later.csv", "/etc/later.csv", ".later.csv", "", "a\nb.csv", "x" * 300 + ".csv"]
)
def test_a_name_that_is_no_name_is_refused(data: Path, name: str) -> None:
    upload = check(data, (name, NEW))
    assert upload.state == "refused"
    assert "cannot be kept" in upload.words
    assert list_private(data) == []


def test_two_files_of_one_name_are_refused(data: Path) -> None:
    upload = check(data, ("later.csv", NEW), ("later.csv", NEW))
    assert "Two files are called later.csv" in upload.words


def test_another_load_under_way_is_said_without_a_path(data: Path) -> None:
    upload = check(data, ("later.csv", NEW))
    with etl.load.lock_data(data):
        upload.load("")
        upload.wait()
    assert upload.state == "refused"
    assert (
        upload.words
        == "Another load is writing to the data folder: wait until it has finished, then try again."
    )


def test_a_release_that_went_live_since_is_no_longer_what_was_checked(data: Path, tmp_path: Path) -> None:
    upload = check(data, ("later.csv", NEW))
    write_table(tmp_path, "more", ("member_id", "at", "kind"), [("m5", "2015-11-16T09:00:00Z", "post")])
    load_paths([tmp_path / "more.csv"], data)
    live = current_id(data)
    upload.load("")
    upload.wait()
    assert "check them again" in upload.words
    assert (current_id(data), list_private(data)) == (live, [])


def test_checked_files_are_checked_again_beside_a_release_that_went_live_since(
    data: Path, tmp_path: Path
) -> None:
    upload = check(data, ("later.csv", NEW))
    assert not upload.is_outdated
    write_table(tmp_path, "more", ("member_id", "at", "kind"), [("m5", "2015-11-16T09:00:00Z", "post")])
    load_paths([tmp_path / "more.csv"], data)
    assert (upload.is_outdated, upload.state) == (True, "checked")
    upload.check_again(count_rows)
    upload.wait()
    assert (upload.is_outdated, upload.state) == (False, "checked")
    upload.load("")
    upload.wait()
    assert (upload.state, upload.release_id, list_private(data)) == ("loaded", current_id(data), [])
    names = [file["name"] for file in find_release(data).manifest["files"]]
    assert {"later.csv", "more.csv"} <= set(names)


@pytest.mark.parametrize(
    ("what", "step"),
    [
        ("check", "Taking the files"),
        ("check", "Checking activities"),
        ("check", "Publishing"),
        ("check", "Comparing the headline figures"),
        ("load", "Staging files"),
        ("load", "Checking activities"),
        ("load", "Publishing"),
    ],
)
def test_a_cancel_at_a_step_leaves_nothing(data: Path, what: str, step: str) -> None:
    live, before = current_id(data), list_all(data)
    upload: Upload[int] = Upload(data)
    go_on, wanted = upload._step, what
    reached: list[str] = []

    def cancel(words: str) -> None:
        if words == step and upload.state == f"{wanted}ing":
            reached.append(words)
            upload._cancelling.set()
        go_on(words)

    upload._step = cancel  # type: ignore[method-assign]
    upload.check([("later.csv", NEW)], How(), count_rows)
    upload.wait()
    if what == "load":
        upload.load("")
        upload.wait()
    assert reached == [step]
    assert upload.state == "empty"
    assert current_id(data) == live
    assert list_all(data) == before


def test_a_cancel_while_it_runs_ends_it_at_its_next_step(data: Path) -> None:
    before, reached, go_on = list_all(data), threading.Event(), threading.Event()

    def look(release: Release) -> int:
        reached.set()
        assert go_on.wait(60)
        return 0

    upload: Upload[int] = Upload(data)
    upload.check([("later.csv", NEW)], How(), look)
    assert reached.wait(60)
    assert list_private(data), "control: it is there while it runs"
    upload.cancel()
    assert upload.is_ending
    go_on.set()
    upload.wait()
    assert (upload.state, list_all(data)) == ("empty", before)


def test_a_fault_of_the_software_is_said_plainly_and_logged(
    data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(release: Release) -> int:
        raise ValueError(f"{release.path} is odd")

    upload: Upload[int] = Upload(data)
    upload.check([("later.csv", NEW)], How(), fail)
    upload.wait()
    assert upload.words.startswith("Something failed here that should not have")
    assert "is odd" in caplog.text
    assert list_private(data) == []


def test_a_load_that_is_refused_keeps_no_copy_of_its_files(data: Path, tmp_path: Path) -> None:
    before = list_all(data)
    write_table(tmp_path, "odd", ("colour", "shape"), [("red", "round")])
    write_table(tmp_path, "later", ("member_id", "at", "kind"), [("m1", "2015-11-17T09:00:00Z", "post")])
    with pytest.raises(etl.load.Refused):
        load_paths([tmp_path / "later.csv", tmp_path / "odd.csv"], data)
    assert list_all(data) == before
    load_paths([tmp_path / "later.csv"], data)
    assert len(list_all(data)) > len(before), "control"
