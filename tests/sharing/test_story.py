"""The programme's own words: kept, checked, and sealed with what a link shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.load import load_paths
from sharing.refresh import find_stamp
from sharing.sealing.extract import read_extract, write_extract
from sharing.sealing.preflight import Request, prepare_link
from sharing.store.links import open_links
from sharing.store.story import LONGEST_PART, BadStory, Story, read_story
from tests.sharing.known_programme import write_programme

STORY = Story(
    "The circle", "Who <b>we</b> are", "Ten events.\n\nOne more.", "", ("attendance_rate", "members")
)


def test_words_are_kept_as_they_are_written_and_replaced_as_a_whole(tmp_path: Path) -> None:
    links = open_links(tmp_path)
    assert links.read_story() == Story()
    links.tell_story(STORY)
    assert links.read_story() == STORY
    links.tell_story(Story(title="  Another "))
    assert links.read_story() == Story(title="Another")
    links.close()


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (Story(about="x" * (LONGEST_PART + 1)), "shorten it to 1200"),
        (Story(title="x" * 101), "shorten it to 100"),
        (Story(claims=("a", "b", "c", "d", "e")), "take 1 away"),
    ],
)
def test_what_does_not_fit_a_page_is_refused_and_changes_nothing(
    tmp_path: Path, story: Story, why: str
) -> None:
    links = open_links(tmp_path)
    links.tell_story(STORY)
    with pytest.raises(BadStory, match=why):
        links.tell_story(story)
    assert links.read_story() == STORY
    links.close()


def test_a_link_carries_the_words_and_the_targets_and_is_due_when_they_change(tmp_path: Path) -> None:
    raw = write_programme(tmp_path / "raw")
    (raw / "targets.csv").write_text(
        "indicator_id,period,baseline,target\nattendance_rate,all,,0.4\n", encoding="utf-8"
    )
    data = tmp_path / "data"
    load_paths([raw], data)
    links = open_links(data)
    before = find_stamp(data, links)
    links.tell_story(STORY)
    assert find_stamp(data, links) != before
    extract = prepare_link(data, links, Request("The Foundation")).extract
    write_extract(data, extract)
    read = read_extract(data, extract.link_id)
    assert read.story == STORY
    assert read.targets == {"attendance_rate": 0.4}
    links.close()


def test_a_page_sealed_before_there_were_stories_has_none() -> None:
    assert read_story({}) == Story()
