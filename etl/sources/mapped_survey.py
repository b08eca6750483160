"""A survey in any delimited file with a column for each question, read through the items of a saved mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.checking.surveys.choices import clean_label, describe_choices, describe_tick, order_words
from etl.reading.mapped import find_places, write_time
from etl.reading.mapping import Mapping as Saved
from etl.reading.records import fit_cells
from etl.reading.shapes.respondents import describe_respondent
from etl.reading.shapes.responses import (
    NOT_CHOSEN,
    Question,
    Response,
    make_raw_answers,
    make_response,
    part_read,
    pick_answers,
)
from etl.reading.types import DateOrder, Item, RawFile, Reading, Refused, Reject, Wording
from etl.reading.written.dates import settle_order
from etl.reading.written.ticks import is_nothing, read_tick
from etl.sources.surveys.questions import split_choices

NAME = "mapped_survey"
TITLE = "Survey answers, by mapping"


@dataclass(frozen=True)
class _Part:
    """What one row says in one wave ('' where the mapping names none): the questions, and the options that several are ticked of."""

    wave: str
    questions: Sequence[Question]
    ticks: Sequence[tuple[Question, str]] = ()
    listed: Sequence[tuple[int, str, Sequence[tuple[Question, str]]]] = ()

    def pick(self, cells: Sequence[str]) -> tuple[tuple[Question, str], ...]:
        """The answers; of a question of several choices, once any is chosen, what was left is "Not chosen"."""
        found = [
            (question, cells[question.place]) for question in self.questions if cells[question.place].strip()
        ]
        stems = {
            question.item_id.rpartition("_")[0]
            for question, _ in self.ticks
            if not is_nothing(cells[question.place])
        }
        for question, option in self.ticks:
            if question.item_id.rpartition("_")[0] in stems:
                cell = cells[question.place]
                is_chosen = not is_nothing(cell) and read_tick(cell) is not False
                found.append((question, option if is_chosen else NOT_CHOSEN))
        for place, mark, options in self.listed:
            chosen = set(split_choices(cells[place], mark))
            if chosen:
                found += [
                    (question, option if option in chosen else NOT_CHOSEN) for question, option in options
                ]
        return tuple(found)


def read_survey(file: RawFile, mapping: Saved) -> Reading:
    """Read the responses: one row of `raw_answers` an answer to a mapped item, an item for each.

    A response without a `respondent_id` is known by its line. Cells that the mapping calls missing are unanswered. Where it names
    waves, a row is a response in each of them, of one person; items asked once are of the last. Raises Refused where a column that
    the mapping names is not there.
    """
    records, width, found, warnings, _ = find_places(file.text, file.name, mapping.named, mapping.delimiter)
    places = {role: found[column] for role, column in mapping.columns.items()}
    missing = {cell.strip() for cell in mapping.missing}
    values = {found[column]: mapping.values.get(item, {}) for item, column in _list_asked(mapping)}
    values |= {
        found[column]: mapping.values.get(item, {})
        for item, several in mapping.several.items()
        for column in several.columns
    }
    rejects: list[Reject] = []
    fitting = []
    count = 0
    heading = next(records)
    for record in records:
        count += 1
        reason = fit_cells(record, width, heading)
        if reason:
            rejects.append(Reject(record.line, reason))
        else:
            cells = ["" if cell.strip() in missing else cell for cell in record.cells]
            for place, words in values.items():
                cells[place] = words.get(cells[place].strip(), cells[place])
            if "submitted_at" in places:
                place = places["submitted_at"]
                cells[place] = write_time(mapping, "submitted_at", cells[place])
            fitting.append((record.line, cells))
    _check_ticks(mapping, found, [cells for _, cells in fitting], file.name)
    parts = _list_parts(mapping, found, [cells for _, cells in fitting], file.options.wave_id or "")
    dates = [cells[places["submitted_at"]] for _, cells in fitting] if "submitted_at" in places else []
    order = settle_order(dates, file.name, file.options.date_order)
    responses: list[Response] = []
    own = [Question(found[column], name, column) for name, column in mapping.respondent.items()]
    for line, cells in fitting:
        given = {role: cells[place].strip() for role, place in places.items()}
        said = [_read_response(line, part, cells, given, order, file.options.zone) for part in parts]
        kept = [
            replace(one, answers=(*one.answers, *pick_answers(own, cells)))
            for one in said
            if isinstance(one, Response)
        ]
        responses += kept
        rejects += [one for one in said if isinstance(one, Reject)][:1] if not kept else []
    responses = part_read(responses, rejects)
    items = (
        *_describe(mapping, parts, [cells for _, cells in fitting]),
        *(describe_respondent(question.item_id, question.text) for question in own),
    )
    raw = {"raw_answers": make_raw_answers(responses)}
    return Reading(
        NAME,
        count,
        raw,
        tuple(rejects),
        tuple(warnings),
        items=items,
        asked=tuple(_word(mapping, parts)),
        missing=tuple(sorted(missing)),
    )


def _list_asked(mapping: Saved) -> Iterator[tuple[str, str]]:
    """(item, column) of all questions with one answer."""
    yield from mapping.items.items()
    for items in mapping.waves.values():
        yield from items.items()


def _check_ticks(mapping: Saved, found: Mapping[str, int], rows: Sequence[Sequence[str]], name: str) -> None:
    """Refused where an option's column has several words of which none is known to mean that it was left."""
    for item, several in mapping.several.items():
        for column in several.columns:
            cells = {" ".join(row[found[column]].casefold().split()) for row in rows}
            words = sorted(cell for cell in cells if not is_nothing(cell) and read_tick(cell) is not False)
            is_marked = all(read_tick(word) for word in words) and (
                "x" not in words or not {"✓", "✔"} & set(words)
            )
            if len(words) > 1 and not is_marked:
                shown = ", ".join(f"'{word[:40]}'" for word in words[:4])
                raise Refused(
                    f"{name}: the column {column[:60]} has {shown}, so that it is open which mean that the option was chosen: "
                    f'say in the mapping what means that it was left, as [file.values.{item}] with "{words[-1][:40]}" = "0".'
                )


def _list_parts(
    mapping: Saved, found: Mapping[str, int], rows: Sequence[Sequence[str]], stated: str
) -> list[_Part]:
    """What a row says in each wave; items without one are of the wave that is `stated` for the file, else of the last that is named."""

    def ask(items: Mapping[str, str]) -> list[Question]:
        return [
            Question(found[column], item, column if column != item else "") for item, column in items.items()
        ]

    ticks, listed = [], []
    for item, several in mapping.several.items():
        for number, column in enumerate(several.columns, start=1):
            ticks.append((Question(found[column], f"{item}_{number:02d}", column), clean_label(column)))
        if several.column:
            place = found[several.column]
            options = sorted(
                {option for cells in rows for option in split_choices(cells[place], several.split)}
            )
            named = [
                (Question(place, f"{item}_{number:02d}", f"{several.column} [{option}]"), option)
                for number, option in enumerate(options, start=1)
            ]
            listed.append((place, several.split, named))
    parts = [_Part(wave, ask(items)) for wave, items in mapping.waves.items()]
    if parts and stated and stated not in mapping.waves:
        parts.append(_Part(stated, []))
    at = list(mapping.waves).index(stated) if stated in mapping.waves else -1
    last = parts.pop(at) if parts else _Part("", [])
    twice = sorted({one.item_id for one in last.questions} & set(mapping.items))
    if twice:
        raise Refused(
            f"The mapping asks {twice[0]} of wave {last.wave} in two columns: take one of them out."
        )
    return [
        *parts,
        replace(last, questions=[*last.questions, *ask(mapping.items)], ticks=ticks, listed=listed),
    ]


def _read_response(
    line: int, part: _Part, cells: Sequence[str], given: Mapping[str, str], order: DateOrder, zone: str
) -> Response | Reject:
    known = given.get("respondent_id", "")
    response = make_response(
        line,
        part.pick(cells),
        given.get("submitted_at", ""),
        order,
        zone,
        response_id=known,
        external=given.get("person_external", "") or known,
        email=given.get("person_email", ""),
        names=(given.get("person_name", ""),),
    )
    if isinstance(response, Response):
        response = replace(response, wave_id=part.wave or given.get("wave_id", ""))
    return response


def _word(mapping: Saved, parts: Sequence[_Part]) -> Iterator[Wording]:
    """How the columns ask: each is named by the mapping, but for options that stand in the cells of one."""
    named = {wave: dict(items) for wave, items in mapping.waves.items()}
    for part in parts:
        columns = {**mapping.items, **named.get(part.wave, {})}
        for question in part.questions:
            yield Wording(question.item_id, columns[question.item_id], question.text, part.wave)
        for question, _ in part.ticks:
            yield Wording(question.item_id, question.text, question.text, part.wave)
        for _, _, options in part.listed:
            for question, _ in options:
                yield Wording(question.item_id, question.text, question.text, part.wave, is_found=True)


def _describe(mapping: Saved, parts: Sequence[_Part], rows: Sequence[Sequence[str]]) -> Iterator[Item]:
    """An item for each question, its words in the order that the mapping states."""
    answers: dict[str, set[str]] = {}
    texts: dict[str, str] = {}
    for part in parts:
        for question in part.questions:
            said = {clean_label(cells[question.place]) for cells in rows if cells[question.place].strip()}
            answers.setdefault(question.item_id, set()).update(said)
            texts.setdefault(question.item_id, question.text or question.item_id)
        for question, option in (*part.ticks, *(pair for _, _, options in part.listed for pair in options)):
            yield describe_tick(question.item_id, question.text, option, NOT_CHOSEN)
    for item, said in answers.items():
        yield order_words(describe_choices(item, texts[item], sorted(said)), mapping.order.get(item, ()))
