"""The member's journey: attending, new ties, staying; as association and not cause.

Staying is no stage of a funnel: who is left over in one that has narrowed before has not gone. It is compared between those who
did and did not, from a day on which both are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from indicators.definition import TWO_WAVES, Indicator, Parameter
from indicators.engine.computed import make_figure
from indicators.statistics.estimators import estimate_difference, estimate_mean_difference

_ASSOCIATION = "What goes together, not what causes what: those who come may differ from those who do not in other ways as well."
_TIES = f"ties of {TWO_WAVES} of a survey (ties.csv, waves.csv)"
_ATTENDANCE = "attendance (events.csv with attendance.csv, Teams or Zoom reports)"
_BOTH_WAVES = "Members who did not answer two waves of ties in a row."
_LAST_PAIR = "each member's last two waves in a row in which both were answered"
_TABLES = ("ties", "waves", "invitations", "attendance", "events", "members", "memberships")
_ATTENDED = """
        attended AS (
          SELECT a.member_id, e.on_date FROM attendance a JOIN event_days e ON e.event_id = a.event_id WHERE a.attended
        )"""

JOURNEY_STAGES = Indicator(
    id="journey_stages",
    title="From joining to new ties",
    theme="journey",
    outcome="connecting",
    definition="Share of those who joined who then attended an event; who then answered two waves of ties in a row, the "
    "later opened on that day or later; and who named a new tie in one of these.",
    formula="p = members who reached the stage and all before it / members who joined",
    numerator="Members who reached the stage and all before it",
    denominator="Everybody who joined, whether or not still a member",
    excluded="Attendance before joining.",
    baseline="Joined",
    caveat=f"{_ASSOCIATION} A new tie can be seen only of those who answered two waves in a row: set the last stage against the one "
    "before it, and not against all who joined. Those who joined "
    "lately have had less time for every stage: compare by cohort. Who is not in the last stage has not left: see staying.",
    source="Membership list, attendance reports and surveys of ties; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="all",
    estimator="proportion",
    chart="bars",
    facts=f"""
        WITH {_ATTENDED},
        joined AS (
          SELECT s.member_id, s.starts_on, c.complete_to FROM spells s CROSS JOIN calendar c
          WHERE s.spell = 1 AND s.starts_on <= c.complete_to
        ),
        came AS (
          SELECT j.member_id, min(a.on_date) AS on_date FROM joined j
          JOIN attended a ON a.member_id = j.member_id AND a.on_date BETWEEN j.starts_on AND j.complete_to
          GROUP BY j.member_id
        ),
        answered AS (
          SELECT c.member_id, max(t.new) AS new FROM came c
          JOIN tie_changes t ON t.member_id = c.member_id
          JOIN wave_order w ON w.wave_id = t.wave_id AND w.opened_on >= c.on_date
          GROUP BY c.member_id
        ),
        reached AS (
          SELECT j.member_id, CASE WHEN c.member_id IS NULL THEN 1.0 WHEN n.member_id IS NULL THEN 2.0 WHEN n.new > 0 THEN 4.0 ELSE 3.0 END AS place
          FROM joined j
          LEFT JOIN came c ON c.member_id = j.member_id
          LEFT JOIN answered n ON n.member_id = j.member_id
        )
        SELECT 'all' AS period, r.member_id, g.stage, g.position,
          CASE WHEN r.place >= g.position THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM reached r
        CROSS JOIN (VALUES ('Joined', 1.0), ('Attended an event', 2.0), ('Answered two waves in a row', 3.0),
          ('Named a new tie', 4.0)) AS g(stage, position)
        WHERE EXISTS (SELECT 1 FROM attended) AND EXISTS (SELECT 1 FROM tie_changes)""",
    tables=_TABLES,
    measures=("stage",),
    of_records=("Joined", "Attended an event"),
    version=3,
    needs=f"the members list (members.csv), {_ATTENDANCE} and {_TIES}",
)

JOURNEY_TIES_BY_ATTENDANCE = Indicator(
    id="journey_ties_by_attendance",
    title="New ties by events attended",
    theme="journey",
    outcome="connecting",
    definition=f"New ties per member between {_LAST_PAIR}, by how many events the member had attended before the later one.",
    formula="mean of the ties named in the later wave and not in the earlier one",
    numerator="New ties, those of several relations together",
    denominator="Members who answered both waves",
    excluded=f"{_BOTH_WAVES} Ties to people who were not asked in both waves. Events from the later wave's first day on.",
    caveat=f"{_ASSOCIATION} A person named in two relations counts twice. Who joined earlier had more events to attend.",
    source="Surveys of ties and attendance reports; interval: Student's t",
    unit="ties",
    direction="up",
    time_axis="all",
    estimator="mean",
    chart="bars",
    facts=f"""
        WITH {_ATTENDED},
        placed AS (
          SELECT t.member_id, t.relation, t.new, w.opened_on,
            rank() OVER (PARTITION BY t.member_id ORDER BY w.opened_on DESC, t.wave_id DESC) AS place
          FROM tie_changes t JOIN wave_order w ON w.wave_id = t.wave_id
        ),
        latest AS (SELECT * FROM placed WHERE place = 1),
        visits AS (
          SELECT l.member_id, count(*) AS events FROM (SELECT DISTINCT member_id, opened_on FROM latest) l
          JOIN attended a ON a.member_id = l.member_id AND a.on_date < l.opened_on GROUP BY l.member_id
        )
        SELECT 'all' AS period, l.member_id, l.relation,
          CASE coalesce(v.events, 0) WHEN 0 THEN 'None' WHEN 1 THEN 'One' ELSE 'Two or more' END AS attended,
          CAST(least(coalesce(v.events, 0), 2) AS DOUBLE) AS position, l.new AS x, 1.0 AS w
        FROM latest l LEFT JOIN visits v ON v.member_id = l.member_id
        WHERE EXISTS (SELECT 1 FROM attended)""",
    tables=_TABLES,
    measures=("attended",),
    breakdowns=("relation",),
    values=("None", "One", "Two or more"),
    needs=f"{_ATTENDANCE} and {_TIES}",
)

_COMPLETE_TO = "complete-to"


def _staying_by_ties(until: str = _COMPLETE_TO) -> Indicator:
    is_open = until == _COMPLETE_TO
    day = "c.complete_to" if is_open else f"coalesce(w.closed_on, w.opened_on) + {int(until)}"
    when = "on the complete-to day" if is_open else f"{until} days after the later wave closed"
    return Indicator(
        id="journey_staying_by_ties",
        title="Staying by new ties",
        theme="journey",
        outcome="connecting",
        definition=f"Share still members {when}, by whether the member named any new tie between {_LAST_PAIR}.",
        formula=f"p = members {when} / members on the day the later wave closed",
        numerator=f"Those still members {when}",
        denominator="Members on the day the later wave closed who answered both waves",
        excluded=f"{_BOTH_WAVES} "
        + (
            "Waves that had not closed by the complete-to day."
            if is_open
            else f"Waves that closed less than {until} days before the complete-to day."
        ),
        caveat=_ASSOCIATION
        + (" Members are followed for as long as their wave lies back." if is_open else ""),
        source="Surveys of ties and membership list; interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="all",
        estimator="proportion",
        chart="bars",
        facts=f"""
        WITH placed AS (
          SELECT t.member_id, t.new, coalesce(w.closed_on, w.opened_on) AS closed_on, {day} AS until,
            rank() OVER (PARTITION BY t.member_id ORDER BY w.opened_on DESC, t.wave_id DESC) AS place
          FROM tie_changes t JOIN wave_order w ON w.wave_id = t.wave_id CROSS JOIN calendar c
          WHERE {day} <= c.complete_to AND coalesce(w.closed_on, w.opened_on) <= c.complete_to
        ),
        latest AS (
          SELECT member_id, closed_on, until, sum(new) AS new FROM placed WHERE place = 1 GROUP BY member_id, closed_on, until
        )
        SELECT 'all' AS period, l.member_id, CASE WHEN l.new > 0 THEN 'Some' ELSE 'None' END AS new_ties,
          CASE WHEN l.new > 0 THEN 1.0 ELSE 0.0 END AS position,
          CASE WHEN e.member_id IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM latest l
        JOIN spells b ON b.member_id = l.member_id AND b.starts_on <= l.closed_on
          AND (b.ends_on IS NULL OR b.ends_on > l.closed_on)
        LEFT JOIN spells e ON e.member_id = l.member_id AND e.starts_on <= l.until
          AND (e.ends_on IS NULL OR e.ends_on > l.until)""",
        tables=("ties", "waves", "invitations", "members", "memberships"),
        measures=("new_ties",),
        values=("None", "Some"),
        needs=f"{_TIES} and the members list with leaving days (members.csv)",
        parameters=(
            Parameter(
                "until",
                "When it is asked whether they are still members: on the complete-to day, or days after the wave closed",
                until,
                _COMPLETE_TO,
                (_COMPLETE_TO, "90", "180"),
            ),
        ),
        rebuild=_staying_by_ties,
    )


_LANDMARK_SOURCE = "Landmark analysis: Anderson, Cain & Gelber 1983; immortal time: Suissa 2008; interval: "
_NOBODY_GAINS = (
    " Both groups are followed from the same day after joining, on which it is known who had attended, so that nobody counts as "
    "having attended because of having stayed longer. Events attended after that day do not count."
)


def _follow_from_landmark(landmark: str, until: str) -> str:
    """SQL of the first stays that reached the landmark: whether the member attended by then, and still is one afterwards."""
    start, end = f"s.starts_on + {int(landmark)}", f"s.starts_on + {int(landmark) + int(until)}"
    return f"""
        WITH {_ATTENDED},
        followed AS (
          SELECT s.member_id, s.starts_on, CASE WHEN s.ends_on IS NULL OR s.ends_on > {end} THEN 1.0 ELSE 0.0 END AS x
          FROM spells s CROSS JOIN calendar c
          WHERE s.spell = 1 AND (s.ends_on IS NULL OR s.ends_on > {start}) AND {end} <= c.complete_to
            AND EXISTS (SELECT 1 FROM event_days d WHERE d.on_date BETWEEN s.starts_on AND {start})
        )
        SELECT 'all' AS period, s.member_id, CASE WHEN a.member_id IS NULL THEN 'None' ELSE 'One or more' END AS attended,
          CASE WHEN a.member_id IS NULL THEN 0.0 ELSE 1.0 END AS position, s.x, 1.0 AS w
        FROM followed s LEFT JOIN (
          SELECT DISTINCT s.member_id FROM followed s
          JOIN attended a ON a.member_id = s.member_id AND a.on_date BETWEEN s.starts_on AND {start}) a
          ON a.member_id = s.member_id
        WHERE EXISTS (SELECT 1 FROM attended)"""


def _list_landmarks(landmark: str, until: str) -> tuple[Parameter, ...]:
    return (
        Parameter(
            "landmark",
            "Days after joining by which it is asked who had attended",
            landmark,
            "90",
            ("60", "90", "180"),
        ),
        Parameter(
            "until",
            "Days from then on after which it is asked whether they are still members",
            until,
            "90",
            ("90", "180", "365"),
        ),
    )


def _staying_by_attendance(landmark: str = "90", until: str = "90") -> Indicator:
    return Indicator(
        id="journey_staying_by_attendance",
        title="Staying by events attended early",
        theme="journey",
        outcome="connecting",
        definition=f"Share still members {until} days later of those who were members {landmark} days after joining, by whether they "
        "had attended an event by then.",
        formula=f"p = members {landmark} + {until} days after joining / members {landmark} days after joining",
        numerator=f"Those who had not left {landmark} + {until} days after joining",
        denominator=f"Members who had not left {landmark} days after joining",
        excluded=f"Those who left in the first {landmark} days; those who joined less than {landmark} + {until} days before the "
        f"complete-to day; those in whose first {landmark} days no event was held. Later stays of people who came back.",
        caveat=_ASSOCIATION + _NOBODY_GAINS,
        source=f"{_LANDMARK_SOURCE}Wilson 1927",
        unit="share",
        direction="up",
        time_axis="all",
        estimator="proportion",
        chart="bars",
        facts=_follow_from_landmark(landmark, until),
        tables=("members", "memberships", "attendance", "events"),
        measures=("attended",),
        needs=f"the members list with leaving days (members.csv) and {_ATTENDANCE}",
        parameters=_list_landmarks(landmark, until),
        rebuild=_staying_by_attendance,
    )


def _subtract(
    cell: pd.DataFrame, measure: str, more: str, less: str, part: str, is_share: bool
) -> pd.DataFrame:
    """The share, or mean, of the group `more` less that of the group `less`; nothing without both, of means two of each."""
    summed = cell.groupby(["member_id", measure])["x"].sum().reset_index(measure)
    one, other = (summed.loc[summed[measure] == group, "x"].to_numpy(dtype=float) for group in (more, less))
    if min(len(one), len(other)) < (1 if is_share else 2):
        return pd.DataFrame()
    if is_share:
        gap = estimate_difference(
            *(np.array([part]) for part in (one.sum(), len(one), other.sum(), len(other)))
        )
    else:
        gap = estimate_mean_difference(one, other)
    value, low, high = (float(figure[0]) for figure in (gap.value, gap.low, gap.high))
    return pd.DataFrame([make_figure(value, low, high, n=float(len(one) + len(other)), part=part)])


def _make_gap(
    compared: Indicator,
    id: str,
    title: str,
    definition: str,
    groups: tuple[str, str, str],
    part: str,
    rebuild: Callable[..., Indicator] | None,
) -> Indicator:
    """The difference of two groups of a comparison: `groups` are its measure, and which less which.

    Of what is told in confidence it is for evaluators: beside the groups' own figures it would tell more than these.
    """
    is_share = compared.unit == "share"
    measure, more, less = groups
    return replace(
        compared,
        id=id,
        title=title,
        definition=definition,
        formula=f"{'p' if is_share else 'x̄'}₁ − {'p' if is_share else 'x̄'}₀ of {compared.title.lower()}",
        numerator="None: it is a difference",
        denominator="None: it is a difference",
        source=compared.source.rpartition(": ")[0] + (": Newcombe 1998" if is_share else ": Welch 1947"),
        unit="net" if is_share else "difference",
        estimator="computed",
        chart="change",
        measures=("part",),
        breakdowns=(),
        is_for_evaluators=compared.is_protected,
        interval="Newcombe's hybrid of two Wilson intervals, 95 %" if is_share else "Welch's t, 95 %",
        compute=partial(_subtract, measure=measure, more=more, less=less, part=part, is_share=is_share),
        rebuild=rebuild,
    )


def _staying_gap(landmark: str = "90", until: str = "90") -> Indicator:
    return _make_gap(
        _staying_by_attendance(landmark, until),
        "journey_staying_gap",
        "Staying: those who attended early less those who did not",
        f"Share still members {until} days later of those who had attended an event {landmark} days after joining, less "
        "that of those who had not.",
        ("attended", "One or more", "None"),
        "Attended early",
        _staying_gap,
    )


def _staying_by_ties_gap(until: str = _COMPLETE_TO) -> Indicator:
    return _make_gap(
        _staying_by_ties(until),
        "journey_staying_by_ties_gap",
        "Staying: those who named new ties less those who named none",
        f"Share still members of those who named any new tie between {_LAST_PAIR}, less that of those who named none.",
        ("new_ties", "Some", "None"),
        "Named new ties",
        _staying_by_ties_gap,
    )


_TIES_GAP = _make_gap(
    JOURNEY_TIES_BY_ATTENDANCE,
    "journey_ties_gap",
    "New ties: those who attended two events or more less those who attended none",
    f"New ties per member between {_LAST_PAIR}, of those who had attended two events or more before the later one, less "
    "that of those who had attended none.",
    ("attended", "Two or more", "None"),
    "Attended two or more",
    None,
)


_INDICATORS = (
    JOURNEY_STAGES,
    JOURNEY_TIES_BY_ATTENDANCE,
    _staying_by_ties(),
    _staying_by_attendance(),
    _staying_gap(),
    _TIES_GAP,
    _staying_by_ties_gap(),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
