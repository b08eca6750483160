"""A round of pulls: every source is asked, what it gives is loaded as a file of its name, and its status is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from commands import Refusal
from etl.filling import Progress
from etl.load import Loaded, load_paths
from etl.pulling import eventbrite, limesurvey, qualtrics, zoom
from etl.pulling.configured import EVENTBRITE, LIMESURVEY, QUALTRICS, WEBINAR, ZOOM, Pull
from etl.pulling.status import Status, read_known, write_moment, write_statuses
from etl.reading.types import Options
from etl.staging import open_work

FETCHES: dict[str, Callable[[Pull, str], bytes | None]] = {
    LIMESURVEY: limesurvey.fetch,
    QUALTRICS: qualtrics.fetch,
    EVENTBRITE: eventbrite.fetch,
    ZOOM: zoom.fetch,
    WEBINAR: zoom.fetch,
}
Load = Callable[[Sequence[Pull]], Loaded]


def pull_round(
    data: Path,
    pulls: Sequence[Pull],
    configured: Sequence[Pull],
    zone: str,
    *,
    progress: Progress = lambda step: None,
    tell: Callable[[Loaded], object] = lambda loaded: None,
) -> list[Status]:
    """Pull these sources once, and give the status of each; that of one that is not `configured` any more goes.

    What fails changes nothing but its status; `tell` is given what was loaded. Files lie in a private folder that goes afterwards:
    a release keeps its copy as of any file.
    """
    state = data / "state"
    kept = read_known(state)
    fetched, statuses = list[Pull](), dict[str, Status]()
    with open_work(state) as work:
        folder = work / "files"
        folder.mkdir(mode=0o700)
        for pull in pulls:
            progress(f"Asking for {pull.name}")
            rows = kept[pull.name].rows if pull.name in kept else None
            statuses[pull.name] = Status(pull.name, pull.kind, "", "", rows)
            try:
                content = FETCHES[pull.kind](pull, pull.read_token())
            except Refusal as fault:
                statuses[pull.name] = replace(statuses[pull.name], error=str(fault))
                continue
            if content is not None:
                _write(folder / pull.file, content)
                fetched.append(pull)
            elif rows:
                words = f"{pull.name}: {pull.title} gives no rows any more; what was loaded before stays."
                statuses[pull.name] = replace(statuses[pull.name], error=words)
            else:
                statuses[pull.name] = replace(statuses[pull.name], rows=0)

        def load(some: Sequence[Pull]) -> Loaded:
            loaded = load_paths(
                [folder / pull.file for pull in some],
                data,
                options=Options(zone=zone),
                mappings=[pull.mapping for pull in some],
                zone=zone,
                must_be_whole=True,
                progress=progress,
            )
            tell(loaded)
            return loaded

        for pull, rows, error in _load(fetched, load):
            error = error.replace(f"{folder}/", "").replace(str(data), "the data folder")
            if " --" in error:
                error += " What is an option there stands under [source.options] in pull.toml."
            before = statuses[pull.name]
            statuses[pull.name] = replace(before, rows=before.rows if rows is None else rows, error=error)
    now = datetime.now(UTC)
    done = {
        pull.name: replace(statuses[pull.name], last=write_moment(now), next=write_moment(now + pull.every))
        for pull in pulls
    }
    known = {**read_known(state), **done}
    write_statuses(state, [known[pull.name] for pull in configured if pull.name in known])
    return list(done.values())


def _load(pulls: Sequence[Pull], load: Load) -> list[tuple[Pull, int | None, str]]:
    """Load the files of these at once, or, where one of them is refused, each by itself: the rows of each, or why it is not loaded."""
    if not pulls:
        return []
    try:
        loaded = load(pulls)
    except Refusal as fault:
        if len(pulls) > 1:
            return [told for pull in pulls for told in _load([pull], load)]
        return [(pulls[0], None, str(fault))]
    rows = {file.staged.name: file.read for file in loaded.files}
    return [(pull, rows.get(pull.file), "") for pull in pulls]


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(content)
