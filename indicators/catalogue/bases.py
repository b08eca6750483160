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
LOSSES = Base("losses", "pid")
EVERYBODY_BEFORE = Others(
    Base(
        "stays",
        "pid",
        kind="standing",
        points="SELECT pid, CASE WHEN grain = 'all' THEN starts_day ELSE starts_day - 1 END AS day FROM calendar_periods",
    ),
    x="1",
)
STREAMS = Base("streams", "pid", (Measure("activity_kind", "kid", _KINDS),))
VISITS = Base("period_visits", "pid", (EVENT, EVENT_KIND), is_finer=True)
_EVENT_TIMES = "SELECT d.pid, e.eid FROM events_on e JOIN day_periods d ON d.day = e.day"
EVENT_VISITS = Base("visits", "pid", (EVENT, EVENT_KIND), points=_EVENT_TIMES)
_STARTS = "SELECT pid, starts_day AS day FROM calendar_periods"
_AT_START = Base("stays", "pid", kind="standing", points=_STARTS)
_EACH_EVENT = "SELECT d.pid, e.eid AS event, e.ekid AS event_kind, e.day FROM events_on e JOIN day_periods d ON d.day = e.day"
_AT_EVENT = Base(
    "stays",
    "pid",
    (Measure("event", "f.event"), Measure("event_kind", "f.event_kind")),
    kind="standing",
    points=_EACH_EVENT,
)
TURNOUTS = Base("(SELECT * FROM turnouts WHERE ekid = 0)", "pid", replaces="b.replaces")
KIND_TURNOUTS = Base("(SELECT * FROM turnouts WHERE ekid > 0)", "pid", (EVENT_KIND,), replaces="b.replaces")
WEEK_TURNOUTS = Base("week_turnouts", "pid", replaces="b.replaces")
# Members throughout a period who were never seen: as many occasions each as the period holds.
UNSEEN = Others(_AT_START, w="p.held", found="SELECT pid, held FROM held_in WHERE ekid = 0")
UNSEEN_BY_KIND = Others(
    _AT_START, w="p.held", found="SELECT pid, ekid AS event_kind, held FROM held_in WHERE ekid > 0"
)
UNSEEN_ON_SUNDAYS = Others(_AT_START, w="p.held", found="SELECT pid, held FROM sundays_in")
UNSEEN_AT_EVENT = Others(_AT_EVENT)

STAGES = ("Invited", "Registered", "Registered and attended")
_STAGES = ", ".join(f"({place}, '{stage}', {place}.0)" for place, stage in enumerate(STAGES, 1))
_STAGE = Measure("stage", "stage", f"SELECT * FROM (VALUES {_STAGES}) AS v(code, word, position)")
_BY_STAGE = "CROSS JOIN (VALUES (1), (2), (3)) AS g(stage)"
_STAGED = """SELECT t.pid, t.mid, t.ekid, g.stage, t.replaces,
  CASE g.stage WHEN 1 THEN t.recorded WHEN 2 THEN t.registered ELSE t.registered - t.missed END AS reached, t.recorded AS held"""
_HELD_BY_STAGE = "h.recorded AS held, CASE g.stage WHEN 1 THEN h.recorded ELSE 0 END AS reached"
FUNNEL = Base(
    f"({_STAGED} FROM turnouts t {_BY_STAGE} WHERE t.ekid = 0)", "pid", (_STAGE,), replaces="b.replaces"
)
KIND_FUNNEL = Base(
    f"({_STAGED} FROM turnouts t {_BY_STAGE} WHERE t.ekid > 0)",
    "pid",
    (_STAGE, EVENT_KIND),
    replaces="b.replaces",
)
UNSEEN_IN_FUNNEL = Others(
    _AT_START,
    x="p.reached",
    w="p.held",
    found=f"SELECT h.pid, g.stage, {_HELD_BY_STAGE} FROM held_in h {_BY_STAGE} WHERE h.ekid = 0 AND h.recorded > 0",
)
UNSEEN_IN_KIND_FUNNEL = Others(
    _AT_START,
    x="p.reached",
    w="p.held",
    found=f"SELECT h.pid, g.stage, h.ekid AS event_kind, {_HELD_BY_STAGE} FROM held_in h {_BY_STAGE} WHERE h.ekid > 0 AND h.recorded > 0",
)
_EVENT_STAGES = f"""SELECT v.mid, v.eid, v.ekid, g.stage,
  CASE WHEN g.stage = 1 OR g.stage = 2 AND v.registered OR g.stage = 3 AND v.registered AND v.attended THEN 1 ELSE 0 END AS reached
FROM visits v {_BY_STAGE} JOIN events_recorded r ON r.eid = v.eid"""
EVENT_FUNNEL = Base(f"({_EVENT_STAGES})", "pid", (_STAGE, EVENT, EVENT_KIND), points=_EVENT_TIMES)
UNSEEN_IN_EVENT_FUNNEL = Others(
    Base(
        "stays",
        "pid",
        (Measure("stage", "f.stage"), Measure("event", "f.event"), Measure("event_kind", "f.event_kind")),
        kind="standing",
        points=f"""SELECT d.pid, g.stage, e.eid AS event, e.ekid AS event_kind, e.day FROM events_on e
        JOIN day_periods d ON d.day = e.day {_BY_STAGE} JOIN events_recorded r ON r.eid = e.eid""",
    ),
    x="CASE WHEN p.stage = 1 THEN 1 ELSE 0 END",
)
VISITORS = Base("(SELECT DISTINCT pid, mid, first_day, starts_day FROM period_visits WHERE attended)", "pid")

DISPOSITIONS = ("complete", "partial", "refused", "non_contact", "other", "unknown_eligibility", "ineligible")
_DISPOSITIONS = ", ".join(f"('{name}', '{name}', {place}.0)" for place, name in enumerate(DISPOSITIONS))
_DISPOSITION = Measure(
    "disposition", "disposition", f"SELECT * FROM (VALUES {_DISPOSITIONS}) AS v(code, word, position)"
)
INVITED = Base("invited", "wid", (_DISPOSITION,))
ASKED = Base("people_asked", "wid")
RESPONDED = Base("people_given", "wid")
ITEMS_GIVEN = Base("items_given", "wid", (ITEM,))

QUESTION = "JOIN questions q ON q.iid = f.iid"
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
CONSTRUCT_STEPS = Base(
    "choices",
    "wid",
    (CONSTRUCT, Measure("answer", "CAST(CAST(f.value AS BIGINT) AS VARCHAR)", position="f.value")),
    "counted",
    ("value", "at_step", "of_steps"),
)
MOVES = Base("moves", "wid", (ITEM,), "counted", ("since", "value_then", "value_now"), QUESTION)
TESTED_MOVES = Base(
    "moves",
    "wid",
    (Measure("answer", "iid", _ITEMS),),
    "counted",
    ("since", "value_then", "value_now"),
    QUESTION,
)
# How many moved from which answer to which: 1000 × the one then + the one now.
MOVE_TABLES = Base(
    "moves",
    "wid",
    (Measure("answer", "iid", _ITEMS), Measure("stage", "f.value_then * 1000 + f.value_now")),
    "counted",
    ("since", "value_then", "value_now"),
    QUESTION,
)
RESPONDENTS = Base("respondents", "wid", (CONSTRUCT,))
TOPICS = Base("respondents", "wid", is_finer=True)
SHIFTS = Base("shifts", "wid", (CONSTRUCT,))

RETESTED = Base("shifts", "wid", (Measure("answer", "cid", _CONSTRUCTS),))

PLACES = Base("places", "wid", (RELATION,))
TIE_CHANGES = Base("tie_counts", "wid", (RELATION,))
STRENGTHS = Base("strengths", "wid", (RELATION,), is_finer=True)
TIE_ENDS = Base("tie_ends", "wid", (RELATION,))

EVERYBODY_PRESENT = Others(PRESENT)
EVERYBODY_BY_KIND = Others(PRESENT, found="SELECT DISTINCT pid, kid AS activity_kind FROM streams")
EVERY_RESPONDENT = Others(RESPONDED, x="1", found="SELECT DISTINCT wid, iid AS item FROM items_given")
EVERYBODY_ASKED = Others(
    ASKED,
    w="0",
    found="SELECT DISTINCT r.wid, r.iid AS item FROM ratings r JOIN questions q ON q.iid = r.iid "
    "WHERE q.kind = 'likert' AND q.positive_from IS NOT NULL",
)

_MOST_MONTHS = 120
_PERIODS = "SELECT pid AS code, period AS word, 0.0 AS position FROM calendar_periods"


def follow_lives(cohort: str) -> Base:
    """First stays by the month or quarter in which they began, once for each month that they have been observed."""
    return Base(
        "lives",
        "pid",
        (
            Measure("joined_period", f"{cohort}_pid", _PERIODS),
            Measure("periods_since", "CAST(k.months AS VARCHAR)", position="CAST(k.months AS DOUBLE)"),
        ),
        "counted",
        ("observed", "lasted"),
        f"JOIN (SELECT unnest(range({_MOST_MONTHS + 1})) AS months) k ON k.months <= f.observed",
    )
