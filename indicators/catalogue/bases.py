"""The bases that indicators share: each a fact of `warehouse.facts` with the measures that it can be read by."""

from __future__ import annotations

from indicators.definition import Base, Measure, Others

_ITEMS = "SELECT iid AS code, item_id AS word, 0.0 AS position FROM item_codes"
_CONSTRUCTS = "SELECT DISTINCT cid AS code, construct AS word, 0.0 AS position FROM questions WHERE construct IS NOT NULL"
_RELATIONS = "SELECT rid AS code, relation AS word, 0.0 AS position FROM relation_codes"
_KINDS = "SELECT kid AS code, kind AS word, 0.0 AS position FROM kind_codes"
_EVENTS = "SELECT eid AS code, event_id AS word, 0.0 AS position FROM event_codes"
_EVENT_KINDS = "SELECT DISTINCT ekid AS code, kind AS word, 0.0 AS position FROM events_on"

ITEM = Measure("item", "iid", _ITEMS)
CONSTRUCT = Measure("construct", "cid", _CONSTRUCTS)
RELATION = Measure("relation", "rid", _RELATIONS)
EVENT = Measure("event", "eid", _EVENTS)
EVENT_KIND = Measure("event_kind", "ekid", _EVENT_KINDS)

AT_END = "SELECT pid, as_at_day AS day FROM calendar_periods"
PRESENT = Base("stays", "pid", kind="standing", points=AT_END)
JOINED = Base("joinings", "pid")
DEPARTED = Base("departures", "pid")
DOINGS = Base("doings", "pid")
STREAMS = Base("streams", "pid", (Measure("activity_kind", "kid", _KINDS),))
VISITS = Base("period_visits", "pid", (EVENT, EVENT_KIND), is_finer=True)
VISITORS = Base("(SELECT DISTINCT pid, mid, first_day, starts_day FROM period_visits WHERE attended)", "pid")

DISPOSITIONS = ("complete", "partial", "refused", "non_contact", "other", "ineligible")
_DISPOSITIONS = ", ".join(f"('{name}', '{name}', {place}.0)" for place, name in enumerate(DISPOSITIONS))
_DISPOSITION = Measure(
    "disposition", "disposition", f"SELECT * FROM (VALUES {_DISPOSITIONS}) AS v(code, word, position)"
)
INVITED = Base("invited", "wid", (_DISPOSITION,))
ASKED = Base("people_asked", "wid")
RESPONDED = Base("people_given", "wid")
ITEMS_GIVEN = Base("items_given", "wid", (ITEM,))

QUESTION = "JOIN questions q ON q.iid = f.item"
ANSWERS = Base("ratings", "wid", (ITEM,), "counted", ("value",), QUESTION)
ANSWERS_OF_ASKED = Base("asked_ratings", "wid", (ITEM,), "counted", ("value",), QUESTION)
ANSWER_STEPS = Base(
    "ratings",
    "wid",
    (ITEM, Measure("answer", "p.label", position="p.value")),
    "counted",
    ("value",),
    f"{QUESTION} JOIN scale_points p ON p.survey_id = q.survey_id AND p.item_id = q.item_id",
)
MOVES = Base("moves", "wid", (ITEM,), "counted", ("since", "value_then", "value_now"), QUESTION)
TESTED_MOVES = Base(
    "moves",
    "wid",
    (Measure("answer", "iid", _ITEMS),),
    "counted",
    ("since", "value_then", "value_now"),
    "JOIN questions q ON q.iid = f.answer",
)
RESPONDENTS = Base("respondents", "wid", (CONSTRUCT,))
TOPICS = Base("respondents", "wid", is_finer=True)
SHIFTS = Base("shifts", "wid", (CONSTRUCT,))

PLACES = Base("places", "wid", (RELATION,))
TIE_CHANGES = Base("tie_counts", "wid", (RELATION,))
STRENGTHS = Base("strengths", "wid", (RELATION,), is_finer=True)
TIE_ENDS = Base("tie_ends", "wid", (RELATION,))

EVERYBODY_PRESENT = Others(PRESENT)
