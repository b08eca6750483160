"""The export tools that can be read, one module each, and which of them a file is of."""

from __future__ import annotations

from etl.reading.types import Refused, Sample, Source
from etl.sources import spss, template
from etl.sources.lists import edges, eventbrite, kumu, matrix, participants, settled
from etl.sources.meetings import teams, zoom
from etl.sources.surveys import google_forms, limesurvey, microsoft_forms, qsf, qualtrics, surveymonkey

SOURCES: tuple[Source, ...] = (
    teams,
    zoom,
    qualtrics,
    qsf,
    limesurvey,
    surveymonkey,
    microsoft_forms,
    google_forms,
    spss,
    eventbrite,
    participants,
    settled,
    kumu,
    edges,
    matrix,
    template,
)


TITLES = ", ".join(source.TITLE for source in SOURCES)


def recognise_file(sample: Sample) -> Source | None:
    """The source whose file this is, by content; None where no source knows it, Refused where two claim it."""
    found = [source for source in SOURCES if source.recognise(sample)]
    if len(found) > 1:
        titles = " and a ".join(source.TITLE for source in found)
        raise Refused(f"{sample.name} could be a {titles}: remove the headings that do not belong to it.")
    return found[0] if found else None


def explain_unknown(sample: Sample) -> str:
    """Why a file is of no source: what is missing to the one that it comes nearest to."""
    if words := surveymonkey.explain(sample.text):
        return f"{sample.name} {words}"
    if sample.text.lstrip()[:1] in ("{", "["):
        return f"{sample.name} is JSON, but of no tool that is known: export it as CSV or .xlsx."
    return template.explain(sample.name, sample.text, TITLES)
