"""Response over a closed list of members (AAPOR Standard Definitions): rates, dispositions, gaps, bounds, burden."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.items import CUT_WORDS, IS_FAVOURABLE, LIKERT, Cut, list_cuts
from indicators.catalogue.bases import (
    ANSWERS_OF_ASKED,
    DISPOSITIONS,
    EVERY_RESPONDENT,
    EVERYBODY_ASKED,
    INVITED,
    ITEMS_GIVEN,
)
from indicators.definition import Base, Chart, Indicator, Measure, Parameter, Unit
from indicators.engine.computed import make_figure
from indicators.selection import word_attribute
from indicators.statistics.estimators import Floats, estimate_proportion
from indicators.statistics.weighting import estimate_gaps
from warehouse.engine import quote_name, quote_text

INVITED_NEEDS = "who was invited to each wave and what came of it (invitations.csv)"
_ANSWERS = (
    "survey answers with a codebook (items.csv, waves.csv and an answers, Qualtrics or LimeSurvey file)"
)
_NOT_RULED_OUT = (
    "A high response rate does not rule out that those who answered differ from those who did not."
)
INELIGIBLE = "Members found ineligible, and respondents who were not asked."


def _response_rate(id: str, title: str, definition: str, formula: str, counted: str) -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=definition,
        formula=formula,
        numerator="Invited members whose disposition is " + counted.replace("', '", " or ").strip("'"),
        denominator="Invited members, without those found ineligible",
        excluded="Ineligible invitations. Those whose eligibility is unknown (U) count as eligible.",
        caveat=_NOT_RULED_OUT,
        source="AAPOR Standard Definitions; interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="proportion",
        chart="bars",
        base=INVITED,
        x=f"CASE WHEN b.disposition IN ({counted}) THEN 1 ELSE 0 END",
        where="b.disposition <> 'ineligible'",
        tables=("invitations", "waves"),
        attributes="as_at_wave",
        needs=INVITED_NEEDS,
    )


RESPONSE_DISPOSITIONS = Indicator(
    id="dispositions",
    title="What came of the invitations",
    theme="response",
    outcome="learning",
    definition="Share of all invited by final disposition: complete, partial, refused, non-contact, other, eligibility unknown; those found "
    "ineligible apart.",
    formula="p = invitations of this disposition / all invitations; ineligible ones are in no response rate",
    numerator="Invited members with the disposition",
    denominator="All invited members, those found ineligible among them",
    excluded="Nobody who was invited.",
    caveat="An invitation without a disposition counts as complete where there is an answer, else as non-contact.",
    source="AAPOR Standard Definitions; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="wave",
    estimator="composition",
    chart="bars",
    base=INVITED,
    tables=("invitations", "waves"),
    attributes="as_at_wave",
    measures=("disposition",),
    values=DISPOSITIONS,
    needs=INVITED_NEEDS,
)

ITEM_NONRESPONSE = Indicator(
    id="item_nonresponse",
    title="Items left unanswered",
    theme="response",
    outcome="learning",
    definition="Share of the wave's respondents who left the item unanswered; not applicable is an answer.",
    formula="respondents without any answer to the item / respondents of the wave",
    numerator="Respondents who left the item empty",
    denominator="Respondents of the wave: whoever answered any item",
    excluded="Members who answered nothing. Items that nobody answered in the wave, open texts and questions with several "
    "ticks, where empty can be an answer.",
    caveat="An item that was shown only to some counts as unanswered for the others.",
    source="AAPOR Standard Definitions (item nonresponse); interval: Wilson 1927",
    unit="share",
    direction="down",
    time_axis="wave",
    estimator="proportion",
    chart="bars",
    base=ITEMS_GIVEN,
    x="0",
    others=EVERY_RESPONDENT,
    tables=("answers", "items", "waves"),
    attributes="as_at_wave",
    measures=("item",),
    needs=_ANSWERS,
)


def _positive_bounds(cut: Cut = "half") -> Indicator:
    return Indicator(
        id="item_positive_bounds",
        title="Positive answers, at least and at most",
        theme="response",
        outcome="learning",
        definition=f"Share who answered the item {CUT_WORDS[cut]}; from what it would be if everybody else asked were "
        "unfavourable, to what it would be if all of them were favourable.",
        formula="known: x / w; least x / n, most (x + n − w) / n, x of w favourable among those who answered, n asked",
        numerator="Members asked with a favourable answer",
        denominator="Members asked who answered the item with a value",
        excluded=INELIGIBLE,
        caveat="Not an interval: no assumption at all on those who did not answer, nor on those who said not applicable. "
        "Where the range is wide the answers alone cannot settle the question.",
        source="Manski 1989",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="bounds",
        chart="bars",
        base=ANSWERS_OF_ASKED,
        x=IS_FAVOURABLE[cut],
        where=LIKERT,
        others=EVERYBODY_ASKED,
        tables=("answers", "items", "waves", "invitations"),
        attributes="as_at_wave",
        measures=("item",),
        turned=cut,
        needs=_ANSWERS,
        parameters=list_cuts(cut),
        rebuild=_positive_bounds,
    )


def _survey_burden(window: str = "12") -> Indicator:
    return Indicator(
        id="survey_burden",
        title="Survey contacts per member",
        theme="response",
        outcome="learning",
        definition=f"Mean number of times that a member invited to the wave was contacted about surveys in the {window} "
        "months up to its opening: the invitations, this one among them, and their reminders.",
        formula="x̄ = Σ (1 + reminders) over the member's invitations of the window / members invited, with Student's t",
        numerator="Invitations and reminders",
        denominator="Members invited to the wave",
        excluded="Members who were not invited to the wave. Contacts about anything but a survey.",
        caveat="All of a wave's reminders count from its opening, those still to come too. Not what members felt about it.",
        source="Porter, Whitcomb & Weitzer 2004 (survey fatigue); interval: Student's t",
        unit="number",
        direction="down",
        time_axis="wave",
        estimator="mean",
        chart="bars",
        facts=f"""
        SELECT w.wave_id AS period, a.member_id, 0.0 AS position,
          CAST(sum(1 + coalesce(i.reminders, 0)) AS DOUBLE) AS x, 1.0 AS w
        FROM waves w
        JOIN invitations a ON a.wave_id = w.wave_id
        JOIN invitations i ON i.member_id = a.member_id
        JOIN waves v ON v.wave_id = i.wave_id AND v.opened_on <= w.opened_on
          AND v.opened_on > w.opened_on - INTERVAL {int(window)} MONTH
        GROUP BY w.wave_id, a.member_id""",
        tables=("invitations", "waves"),
        attributes="as_at_wave",
        needs=INVITED_NEEDS,
        parameters=(Parameter("window", "Months before the wave that count", window, "12", ("6", "12")),),
        rebuild=_survey_burden,
    )


def _count_groups(cell: pd.DataFrame) -> tuple[list[str], Floats, Floats]:
    """Groups in order, and of each those asked and those who answered."""
    ordered = cell.sort_values("answer")
    asked, answered = (ordered[name].to_numpy(dtype=np.float64) for name in ("n", "x"))
    return [str(name) for name in ordered["answer"]], asked, answered


def _tell_both(asked: float, answered: float) -> dict[str, float | str]:
    """A figure of the answered beside the asked tells both, so that the fewer decide whether it may be shown."""
    return {"people_in": answered, "people_out": asked - answered}


def _compute_gaps(cell: pd.DataFrame) -> pd.DataFrame:
    """Each group's share among those who answered less its share among those asked; nothing where nobody answered."""
    groups, asked, answered = _count_groups(cell)
    if not answered.sum():
        return pd.DataFrame()
    figures = np.column_stack(estimate_gaps(asked, answered))
    return pd.DataFrame(
        make_figure(*map(float, row), n=people, numerator=those, denominator=people, group=group)
        | _tell_both(people, those)
        for group, row, people, those in zip(groups, figures, asked, answered, strict=True)
    )


def _compute_shares(cell: pd.DataFrame) -> pd.DataFrame:
    """Each group's share among those who answered and among those asked; nothing where nobody answered."""
    groups, asked, answered = _count_groups(cell)
    if not answered.sum():
        return pd.DataFrame()
    rows = []
    for place, (part, people) in enumerate((("Respondents", answered), ("Frame", asked))):
        whole = np.full(len(people), people.sum())
        figures = zip(groups, *estimate_proportion(people, whole), people, asked, answered, strict=True)
        for group, value, low, high, own, of, those in figures:
            limits = (low, high) if part == "Respondents" else ()
            rows.append(
                make_figure(
                    value,
                    *limits,
                    n=whole[0],
                    numerator=own,
                    denominator=whole[0],
                    group=group,
                    part=part,
                    position=place,
                )
                | _tell_both(of, those)
            )
    return pd.DataFrame(rows)


def _represent(attribute: str, *, is_gap: bool) -> Indicator:
    words = word_attribute(attribute)
    known = f"SELECT code, value AS word, 0.0 AS position FROM group_words WHERE dimension = {quote_text(attribute)}"
    asked = f"""(
        SELECT a.wid, a.mid, a.is_respondent, g.{quote_name(attribute)} AS asked_group FROM people_asked a
        JOIN wave_groups g ON g.wid = a.wid AND g.mid = a.mid)"""
    gap_words = (
        f"representation_{attribute}",
        f"Over- and under-represented by {words}",
        f"Each {words}'s share among those who answered less its share among everybody asked.",
        "respondents of the group / respondents − asked of the group / asked",
        "Respondents of the group",
        "Members asked of the group, whom n counts",
        "Linearised over everybody asked, 95 %",
    )
    share_words = (
        f"respondents_{attribute}",
        f"Respondents beside everybody asked, by {words}",
        f"Each {words}'s share among those who answered, and among everybody asked (the frame).",
        "respondents of the group / respondents; asked of the group / asked",
        "Respondents of the group; members asked of the group",
        "Respondents; members asked",
        "Wilson, 95 %, for respondents; none for the frame, which is counted",
    )
    id, title, definition, formula, numerator, denominator, interval = gap_words if is_gap else share_words
    unit: Unit = "net" if is_gap else "share"
    chart: Chart = "change" if is_gap else "bars"
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=definition,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        excluded=INELIGIBLE,
        caveat="Alike in this respect, those who answered can still differ from the others in what they think.",
        source="AAPOR Standard Definitions; Groves & Peytcheva 2008",
        unit=unit,
        direction="neutral",
        time_axis="wave",
        estimator="computed",
        chart=chart,
        base=Base(asked, "wid", (Measure("answer", "asked_group", known),)),
        x="CASE WHEN b.is_respondent THEN 1 ELSE 0 END",
        tables=("answers", "invitations", "waves", "members"),
        attributes="as_at_wave",
        measures=("group",) if is_gap else ("group", "part"),
        sums=("answer",),
        needs=INVITED_NEEDS,
        interval=interval,
        n_words="asked" if is_gap else "",
        version=2,
        is_whole=True,
        compute=_compute_gaps if is_gap else _compute_shares,
    )


_INDICATORS = (
    _response_rate(
        "response_rate_rr1",
        "Response rate (RR1)",
        "Share of the invited who completed the survey (minimum response rate).",
        "RR1 = I / ((I + P) + (R + NC + O) + U)",
        "'complete'",
    ),
    _response_rate(
        "response_rate_rr2",
        "Response rate with partial answers (RR2)",
        "Share of the invited who completed the survey or part of it.",
        "RR2 = (I + P) / ((I + P) + (R + NC + O) + U)",
        "'complete', 'partial'",
    ),
    RESPONSE_DISPOSITIONS,
    ITEM_NONRESPONSE,
    _positive_bounds(),
    _survey_burden(),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part: those of the wave, and two for each attribute of members."""
    return (
        *_INDICATORS,
        *(_represent(attribute, is_gap=is_gap) for attribute in attributes for is_gap in (True, False)),
    )
