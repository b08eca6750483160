"""The questions of the live release across waves, as CSV."""

from __future__ import annotations

import argparse
import csv
import sys

from indicators.codebook.questions import list_questions
from indicators.gate.disclosure import SCOPES
from warehouse.engine import Engine
from warehouse.release import NoRelease, find_release

_FIRST = ("survey_id", "item_id", "text", "construct", "scale", "reversed", "answers", "missing")


def print_codebook(given: argparse.Namespace) -> int:
    """One row an item, with a column for each wave, as the page Data and methods shows it to evaluators."""
    engine = Engine(find_release(given.data))
    try:
        codebook = list_questions(engine, SCOPES["evaluator"])
    finally:
        engine.close()
    if codebook is None:
        raise NoRelease(
            "This release was made before questions were kept: load any of its files again with python -m etl load."
        )
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*_FIRST, *(wave.wave_id for wave in codebook.waves), "in_other_files"])
    for one in codebook.questions:
        item = one.item
        told = [*(one.marks.get(wave.wave_id, ()) for wave in codebook.waves), one.at_all]
        writer.writerow(
            [
                item.survey_id,
                item.item_id,
                item.text,
                item.construct,
                one.scale,
                "true" if item.is_reversed else "false",
                "; ".join(one.synonyms),
                one.missing,
                *("; ".join(mark.words for mark in marks) for marks in told),
            ]
        )
    return 0
