"""Who was erased is not mentioned either: in texts of others, in rows set aside, in what is not read of an export."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_erase import ADA, FILES, decode_all, load, read_tables
from vendor_samples import ZOOM_TOTALS

from etl.__main__ import main
from etl.checking.identity.mentions import Mentions, list_words
from etl.checking.identity.people import normalise_identity
from etl.erasing.erase import erase_member
from etl.load import load_paths
from etl.reading.types import Options

MENTIONS = {
    **{name: FILES[name] for name in ("members.csv", "aliases.csv", "waves.csv", "items.csv")},
    "answers.csv": "wave_id,respondent_id,item_id,value,text\n"
    'w1,M-BEN,Q2_1,,"Ask ADA okoro (Ada@Trust.example), or Okoro, Ada."\n'
    "w1,M-CARA,Q2_1,,Ada Okoro-Reed and x.ada@trust.example are others\n"
    "w1,M-CARA,Q2_2_TEXT,,M-ADA\nw1,M-BEN,Q1,5,\n",
    "events.csv": "event_id,title,starts_at\nE1,Workshop by Ada Okoro,2015-03-14T09:00:00Z\n",
    "attendance.csv": "event_id,member_id,attended\nE1,M-CARA,yes\nE1,Ada Okoro,perhaps\n",
    "ties.csv": "wave_id,from_member_id,to_member_id,relation\nw2,M-BEN,Ada at home,knows\nw2,M-BEN,M-CARA,knows\n",
    "activities.csv": "member_id,at,kind\nM-BEN,2015-04-02T09:00:00Z,ada@trust.example\nM-CARA,2015-04-02T09:00:00Z,post\n",
    "invitations.csv": "wave_id,member_id,disposition\nw1,M-BEN,complete\nw1,M-ADA,complete,one too many\n",
    "zoom.csv": ZOOM_TOTALS.replace("host@example.org", "ada.okoro@trust.example").replace(
        "Ada Okoro,ada@trust.example", "Ben Marsh,ben@charity.example"
    ),
}


@pytest.fixture
def mentioned(tmp_path: Path) -> Path:
    """A data folder in which the member is named beside her own rows: by others, in rows set aside, in what is not read."""
    raw, data = tmp_path / "in", tmp_path / "data"
    raw.mkdir()
    for name, text in MENTIONS.items():
        (raw / name).write_text(text, encoding="utf-8")
    load(raw, data)
    return data


def test_who_is_mentioned_by_others_or_in_what_is_not_read_is_gone_too(
    mentioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_tables(mentioned)
    assert main(["erase", "M-ADA", "--data", str(mentioned)]) == 0
    out = capsys.readouterr().out
    others = ("ada okoro-reed", "x.ada@trust.example")
    left = decode_all(mentioned).casefold()
    assert all(other in left for other in others)
    for other in others:
        left = left.replace(other, "")
    assert [word for word in ADA if word.casefold() in left] == []
    after = read_tables(mentioned)
    texts = {str(value) for row in after["answers.parquet"] for value in row}
    assert {"Ask [removed] ([removed]), or [removed].", "[removed]"} <= texts
    assert "Workshop by [removed]" in {value for row in after["events.parquet"] for value in row}
    for name, gone in (("answers", 0), ("events", 0), ("activities", 0), ("invitations", 0), ("members", 1)):
        assert len(after[f"{name}.parquet"]) == len(before[f"{name}.parquet"]) - gone, name
    assert "holds nothing of them" not in out
    for name, cells in (("answers", 2), ("events", 1), ("activities", 1)):
        assert (
            f'{name}.csv: cells of others that mentioned people who were erased now read "[removed]" there: {cells}.'
            in out
        )
    assert "Not looked for: a first name alone" in out
    assert "attendance.csv: 1 rows removed" in out
    assert "ties.csv: 1 rows removed" in out


def test_a_file_whose_own_name_names_the_member_is_said(
    mentioned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mentioned.parent / "in" / "activities_Ada_Okoro.csv"
    path.write_text(MENTIONS["activities.csv"].replace("post", "visit"), encoding="utf-8")
    load(path.parent, mentioned)
    assert main(["erase", "M-ADA", "--data", str(mentioned)]) == 0
    assert "The name of the file activities_Ada_Okoro.csv still names them" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Zoë Quuxley's talk", "[removed]'s talk"),
        ("ask ZOE\u0308 QUUXLEY.", "ask [removed]."),
        ("Quuxley, Zoë and zoe@x.example.", "[removed] and [removed]."),
        ("<zoe@x.example>", "<[removed]>"),
        ("J. P. O’Neil jr. came", "[removed] came"),
        ("Zoë; then Quuxley", None),
        ("Zoë and Quuxley; an Ann-Zoë Quuxley and Zoë Quuxley-Smith, Zoë of Quuxleyan", None),
        ("zoe@x.example.org", None),
    ],
)
def test_whole_words_of_a_name_and_whole_addresses_are_found(text: str, left: str | None) -> None:
    names = ("zoë quuxley", "j. p. o'neil jr.")
    known = {("address", "zoe@x.example"), *(("name", name) for name in names)}
    known |= {("word", word) for name in names for word in list_words(name)}
    finder = Mentions(lambda kind, value: (kind, normalise_identity(kind, value)) in known)
    assert finder.clean(text) == (left or text)


def test_a_second_load_of_exports_that_mention_the_member_does_not_bring_the_mentions_back(
    mentioned: Path,
) -> None:
    erase_member(mentioned, "M-ADA")
    erased = read_tables(mentioned)
    load_paths([mentioned.parent / "in"], mentioned, options=Options(date_order=None), is_fresh=True)
    assert read_tables(mentioned) == erased
    left = decode_all(mentioned).casefold().replace("ada okoro-reed", "").replace("x.ada@trust.example", "")
    assert [word for word in ADA if word.casefold() in left] == []


def test_a_name_that_somebody_else_has_is_nobodys_mention(mentioned: Path) -> None:
    raw = mentioned.parent / "in"
    (raw / "members.csv").write_text(
        MENTIONS["members.csv"] + "M-ADA2,Ada Okoro,ada@charity.example,Doctor,2015-01-01\n", encoding="utf-8"
    )
    load(raw, mentioned)
    erase_member(mentioned, "M-ADA")
    texts = {str(value) for row in read_tables(mentioned)["answers.parquet"] for value in row}
    assert "Ask ADA okoro ([removed]), or Okoro, Ada." in texts
