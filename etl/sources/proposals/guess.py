"""What a file seems to be by its headings and cells, or by an earlier file with the same columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from etl.reading.mapping import Mapping as Saved
from etl.reading.records import DELIMITERS
from etl.reading.types import Refused
from etl.reading.written.headings import EMAIL, WHOLE, find_role
from etl.sources.proposals.columns import Column, find_missing, read_columns
from etl.sources.proposals.draft import KINDS, MANY, NAME_PARTS, QUESTION, SEVERAL, SURVEY, Draft, list_roles
from warehouse.contracts import ATTRIBUTE, WEIGHT

MOST_ATTRIBUTES, _LEAST_OWN, _ENOUGH = 12, 2, 4
_CAME = re.compile(r"checked in|attended|yes|true|1|present|came", re.IGNORECASE)
# Headings by which a table is known, and those that its other columns have.
_MARKS: Mapping[str, Mapping[str, str]] = {
    "members": {"joined_on": r"(date )?join(ed|ing)?\b.*|member since|start( date)?"},
    "ties": {
        "from_member_id": r"from|source|ego|sender|respondent|nominator",
        "to_member_id": r"to|target|alter|receiver|nominee|knows",
    },
    "attendance": {
        "event_id": r"event( id| code)?|session|meeting( id)?",
        "attended": r"attend(ed|ance)|status|present|checked in|came",
    },
    "events": {
        "title": r"title|event( name)?|topic",
        "starts_at": r"starts?( at| time| date)?|date|when",
    },
    "measurements": {
        "period": r"period|month|week|quarter|year",
        "value": r"value|count|total|number|visits",
    },
    "activities": {"at": r"at|when|date|time(stamp)?", "kind": r"kind|type|activity|action"},
}
_FURTHER: Mapping[str, Mapping[str, str]] = {
    "members": {
        "member_id": r"(member(ship)?|constituent|contact|supporter|mitglieds) ?-?(id|no|nr|num(ber)?|nummer|code|ref(erence)?|#)\.?",
        "left_reason": r"reason.*(leav|left|resign|laps).*|(leav|left|resign|laps)\w* reason",
        "left_on": r"left\b.*|leav(ing|er).*|(date (of )?|membership )?(left|leaving|resign(ed|ation)|ceased|cancelled|lapsed|terminat(ed|ion)|"
        r"exit(ed)?|end(ed|s)?)( (on|date))?",
        "region": r"region|nation|area",
        "profession": r"profession|role|job.*|occupation",
        "organisation": r"organi[sz]ation|employer|trust|company",
        "cohort": r"cohort|intake",
    },
    "ties": {
        "wave_id": r"wave|round|survey",
        "strength": r"strength|weight",
        "relation": r"relation(ship)?|type",
    },
    "attendance": {"minutes": r"minutes.*|duration.*", "registered": r"registered|signed up"},
    "measurements": {
        "denominator": r"denominator|out of|of|base",
        "series": r"series|indicator|measure|name",
    },
    "invitations": {
        "wave_id": r"wave|round|survey",
        "invited_at": r"invited.*|sent.*",
        "disposition": r"disposition|outcome|status",
    },
}
_OF_RESPONDENTS = {
    **{name: _FURTHER["members"][name] for name in ("region", "profession", "organisation", "cohort")},
    WEIGHT: r"wt|weight(ing)?",
}
_NAME = re.compile(r"(full |your |participant )?name|who|person|member")
# Tables whose rows are of one person each, by whatever says who it is.
_OF_PEOPLE = ("members", "attendance", "activities", "invitations")


def propose(name: str, text: str, kept: Mapping[str, Saved] | None = None) -> Draft | None:
    """What a file seems to be, as one of the `kept` mappings, by the file that it was for, has it where its columns are all there.

    None where the text has no heading with at least two columns and a row.
    """
    delimiter, columns = read_columns(text)
    if len(columns) < 2 or not any(column.cells for column in columns):
        return None
    draft = Draft(name, columns, "" if delimiter in DELIMITERS else delimiter)
    fitting = [(len(one.named), file, one) for file, one in (kept or {}).items() if _fits(draft, file, one)]
    for _, file, mapping in sorted(fitting, key=lambda one: one[:2], reverse=True):
        if found := remember(draft, file, mapping):
            return found
    return guess(draft, _find_kind(columns))


def _fits(draft: Draft, file: str, mapping: Saved) -> bool:
    """Whether a file has the columns of an earlier one, and enough of them not to have them by chance."""
    headings, named = {column.name for column in draft.columns}, set(mapping.named)
    is_enough = len(named) >= _ENOUGH or 2 * len(named) >= len(headings) or draft.name == file
    return bool(named) and named <= headings and is_enough


def guess(draft: Draft, kind: str) -> Draft:
    """What the columns of a file seem to be if it is of this kind."""
    missing = find_missing(draft.columns)
    plain = replace(
        draft,
        kind=kind,
        called={},
        constants={},
        options={},
        missing=missing,
        came=(),
        order={},
        asks={"missing": "do these cells mean that there is no answer?"} if missing else {},
        like="",
    )
    return _guess_survey(plain) if kind == SURVEY else _guess_table(plain)


def _find_kind(columns: Sequence[Column]) -> str:
    """The table all of whose marks are among the headings, or of most of whose own columns; a survey where there is none."""
    for table, marks in _MARKS.items():
        if set(marks) <= set(_match(marks, columns)):
            return table
    own = {table: len(_find_own(table, columns)) for table in KINDS if table != SURVEY}
    nearest = max(own, key=own.__getitem__)
    return nearest if own[nearest] >= _LEAST_OWN else SURVEY


def _find_own(table: str, columns: Sequence[Column]) -> dict[str, Column]:
    """The columns that are called as those of the table."""
    told = list_roles(table)
    named = {one.name.casefold(): one for one in columns}
    return {role: named[role] for role in told if role in named and role != ATTRIBUTE}


def _match(patterns: Mapping[str, str], columns: Sequence[Column]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for role, pattern in patterns.items():
        left = (one for one in columns if one not in found.values() and re.fullmatch(pattern, one.word))
        if match := next(left, None):
            found[role] = match
    return found


def _find_people(columns: Sequence[Column]) -> dict[str, Column]:
    """The columns that say who it is."""
    found = {
        "email": next((one for one in columns if one.is_email or find_role(one.name) == EMAIL), None),
        "name": next(
            (one for one in columns if _NAME.fullmatch(one.word) or find_role(one.name) == WHOLE), None
        ),
        "id": next((one for one in columns if one.is_id), None),
    }
    if found["name"] is found["email"]:
        found["name"] = None
    return {role: one for role, one in found.items() if one}


def _guess_table(draft: Draft) -> Draft:
    table, asks = draft.kind, dict(draft.asks)
    named = _find_own(table, draft.columns)
    patterns = {**_MARKS.get(table, {}), **_FURTHER.get(table, {})}
    left = [one for one in draft.columns if one not in named.values()]
    named |= _match({role: one for role, one in patterns.items() if role not in named}, left)
    left = [one for one in draft.columns if one not in named.values()]
    people = _find_people(left)
    if table == "members":
        parts = {find_role(one.name).replace(" ", "_"): one for one in reversed(left)}
        named |= {part: parts[part] for part in NAME_PARTS if part in parts}
    if table in _OF_PEOPLE:
        before = "" if table == "members" else "person_"
        said = {"member_id" if role == "id" else f"{before}{role}": one for role, one in people.items()}
        named = said | named if table == "members" else named | said
    elif table == "events" and "id" in people:
        named.setdefault("event_id", people["id"])
    roles = {one.name: role for role, one in named.items()}
    if table == "members":
        groups = [one for one in draft.columns if one.name not in roles and one.are_groups]
        roles |= {one.name: ATTRIBUTE for one in groups[:MOST_ATTRIBUTES]}
    constants = {}
    if table == "ties" and "relation" not in named:
        constants["relation"] = "connected"
        asks["constants"] = "what does a tie mean?"
    came: tuple[str, ...] = ()
    if "attended" in named:
        came = list_came(named["attended"])
        asks["values.attended"] = "which of these came?"
    return replace(draft, roles=roles, constants=constants, came=came, asks=asks)


def list_came(column: Column) -> tuple[str, ...]:
    """Its cells that seem to be of who was there."""
    return tuple(word for word in column.words if _CAME.fullmatch(word))


def _guess_survey(draft: Draft) -> Draft:
    people = _find_people(draft.columns)
    roles = {one.name: "respondent_id" if role == "id" else f"person_{role}" for role, one in people.items()}
    if when := next((one for one in draft.columns if one.name not in roles and one.is_when), None):
        roles[when.name] = "submitted_at"
    left = [one for one in draft.columns if one.name not in roles and one.cells]
    roles |= {one.name: role for role, one in _match(_OF_RESPONDENTS, left).items()}
    asked = [one for one in left if one.name not in roles]
    roles |= {one.name: SEVERAL if one.are_several else QUESTION for one in asked}
    asks = {**draft.asks, "options": "which survey is it of, and which wave?"}
    if SEVERAL in roles.values():
        asks["several"] = "are these several choices in one cell? If not, make it one of the items."
    return replace(draft, roles=roles, options=_name_survey(draft.name), asks=asks)


def _name_survey(name: str) -> dict[str, str]:
    """The survey and the wave that a file's name may say: answers-2015-09.csv is of answers, wave answers-2015-09."""
    stem = re.sub(r"[\W_]+", "-", PurePath(name).stem.casefold()).strip("-") or SURVEY
    return {"survey_id": re.sub(r"[-\d]*\d[-\d]*", "-", stem).strip("-") or SURVEY, "wave_id": stem}


def remember(draft: Draft, earlier: str, mapping: Saved) -> Draft | None:
    """What a file is by the mapping of an earlier one, called so; None where that says what a draft cannot."""
    kind = mapping.table or SURVEY
    if kind not in KINDS or mapping.is_survey != (kind == SURVEY):
        return None
    told = list_roles(kind)
    asked = {**mapping.items, **{item: one.column for item, one in mapping.several.items()}}
    # The last one stands: an address that is the identifier too is an address.
    said = sorted({**mapping.columns, **mapping.respondent}.items(), key=lambda one: one[0] != "member_id")
    roles = {column: role if kind == SURVEY or role in told else ATTRIBUTE for role, column in said}
    roles |= {column: SEVERAL if item in mapping.several else QUESTION for item, column in asked.items()}
    names = {column: name for name, column in (*said, *asked.items())}
    options = dict(mapping.options)
    if "wave_id" in options and draft.name != earlier:
        options["wave_id"] = _name_survey(draft.name)["wave_id"]
    found = replace(
        draft,
        kind=kind,
        roles=roles,
        called={column: name for column, name in names.items() if roles[column] in MANY},
        constants=mapping.constants,
        options=options,
        missing=tuple(mapping.missing),
        came=tuple(word for word, is_so in mapping.values.get("attended", {}).items() if is_so == "true"),
        order={mapping.items[item]: words for item, words in mapping.order.items() if item in mapping.items},
        like=earlier,
    )
    try:
        made = found.make_mapping()
    except Refused:
        return None
    passing: dict[str, Any] = {"name": "", "options": {}, "times": {}, "delimiter": "", "values": {}}
    is_whole = replace(made, **passing) == replace(mapping, **passing)
    return found if is_whole and set(mapping.values) <= {"attended"} else None
