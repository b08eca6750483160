"""The export tools that can be read, one module each, and which of them a file is of."""

from __future__ import annotations

from etl.reading.types import Refused, Sample, Source
from etl.sources import limesurvey, qualtrics, spss, surveymonkey, teams, template, zoom

SOURCES: tuple[Source, ...] = (
    teams,
    zoom,
    qualtrics,
    limesurvey,
    surveymonkey,
    spss,
    template,
)


def recognise_file(sample: Sample) -> Source | None:
    """The source whose file this is, by content; None where no source knows it, Refused where two claim it."""
    found = [source for source in SOURCES if source.recognise(sample)]
    if len(found) > 1:
        titles = " and a ".join(source.TITLE for source in found)
        raise Refused(f"{sample.name} could be a {titles}: remove the headings that do not belong to it.")
    return found[0] if found else None
