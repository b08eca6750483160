"""Attitude at each wave: for each item and construct the distribution, the positive share, net agreement, the mean."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from indicators.catalogue.bases import ANSWER_STEPS, ANSWERS, CONSTRUCT_STEPS, RESPONDENTS, TOPICS
from indicators.definition import Base, Indicator, Parameter

NEEDS = "survey answers with a codebook (items.csv, waves.csv and an answers, Qualtrics or LimeSurvey file)"
TABLES = ("answers", "items", "waves", "invitations")
Cut = Literal["half", "top"]
UNANSWERED = "People who were not asked, did not answer, or gave an answer without a value (not applicable)."
WHO = "Describes those who answered; see the response rate before reading it as the view of all members."
TURNED_ROUND = " A reversed item is turned round, and named by what the number counts."
# Over the answers as they are counted: f the answer, q its question.
TURNED = "CASE WHEN q.reversed THEN q.scale_min + q.scale_max - f.value ELSE f.value END"
LIKERT = "q.kind = 'likert' AND q.positive_from IS NOT NULL"
SCORED = f"q.kind IN ('likert', 'nps', 'number') AND ({TURNED}) IS NOT NULL"
IS_FAVOURABLE = {
    "half": f"CASE WHEN {TURNED} >= q.positive_from THEN 1 ELSE 0 END",
    "top": f"CASE WHEN {TURNED} >= q.scale_max THEN 1 ELSE 0 END",
}
_SIDE = (
    f"CASE WHEN {TURNED} >= q.positive_from THEN 1 "
    f"WHEN {TURNED} <= q.scale_min + q.scale_max - q.positive_from THEN -1 ELSE 0 END"
)
HAS_SCORE = {
    "one": "b.score IS NOT NULL",
    "half": "b.score IS NOT NULL AND b.answered * 2 >= b.items",
    "all": "b.score IS NOT NULL AND b.answered >= b.items",
}
CUT_WORDS = {
    "half": "in the favourable half of its scale: the top two of five, three of seven",
    "top": "at the most favourable step of its scale",
}


def list_cuts(cut: str) -> tuple[Parameter, ...]:
    """The choice of which answers are favourable."""
    return (
        Parameter(
            "cut", "Favourable answers: half of the scale, or its top step only", cut, "half", ("half", "top")
        ),
    )


def list_least(least: str) -> tuple[Parameter, ...]:
    """The choice of how many of a construct's items a respondent must have answered to have a score."""
    meaning = "Items of the construct that a respondent must have answered: at least one, half, or all"
    return (Parameter("least", meaning, least, "half", ("one", "half", "all")),)


def tell_enough(least: str) -> str:
    """In words how many of a construct's items a respondent with a score has answered."""
    return {"one": "at least one", "half": "at least half", "all": "all"}[least] + " of the construct's items"


ITEM_DISTRIBUTION = Indicator(
    id="item_distribution",
    title="Answers to each item",
    theme="attitude",
    outcome="learning",
    definition="Share of those who answered the item who chose each answer of its scale, as asked.",
    formula="p = answers of this value / answers with a value",
    numerator="Respondents who chose the answer",
    denominator="Respondents who answered the item with a value",
    excluded=UNANSWERED,
    caveat=WHO + " Reversed items are shown as asked.",
    source="Survey; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="wave",
    estimator="proportion",
    chart="likert",
    base=ANSWER_STEPS,
    x="CASE WHEN f.value = p.value THEN 1 ELSE 0 END",
    where="q.kind <> 'number'",
    tables=TABLES,
    attributes="as_at_wave",
    measures=("item", "answer"),
    needs=NEEDS,
)


def make_item_positive(cut: Cut = "half") -> Indicator:
    return Indicator(
        id="item_positive",
        title="Positive answers to each item",
        theme="attitude",
        outcome="learning",
        definition=f"Share of those who answered the item {CUT_WORDS[cut]}.",
        formula="p = favourable answers / answers with a value, reversed items turned round",
        numerator="Respondents with a favourable answer",
        denominator="Respondents who answered the item with a value",
        excluded=UNANSWERED,
        caveat=WHO + TURNED_ROUND,
        source="Civil Service People Survey (% positive); interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="proportion",
        chart="bars",
        base=ANSWERS,
        x=IS_FAVOURABLE[cut],
        where=LIKERT,
        tables=TABLES,
        attributes="as_at_wave",
        measures=("item",),
        turned=cut,
        needs=NEEDS,
        parameters=list_cuts(cut),
        rebuild=make_item_positive,
    )


ITEM_AGREEMENT = Indicator(
    id="item_agreement",
    title="Agreement with each item, as asked",
    theme="attitude",
    outcome="learning",
    definition="Share of those who answered the item in the upper half of its scale, as asked: the top two of five, three of "
    "seven. Reversed items are not turned round.",
    formula="p = answers in the upper half / answers with a value, as asked",
    numerator="Respondents who agree with the item as it was asked",
    denominator="Respondents who answered the item with a value",
    excluded=UNANSWERED,
    caveat=WHO
    + " Agreeing with a reversed item is unfavourable: Positive answers to each item counts who does not.",
    source="Survey; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="wave",
    estimator="proportion",
    chart="bars",
    base=ANSWERS,
    x="CASE WHEN f.value >= q.positive_from THEN 1 ELSE 0 END",
    where=LIKERT,
    tables=TABLES,
    attributes="as_at_wave",
    measures=("item",),
    needs=NEEDS,
)


ITEM_MEAN = Indicator(
    id="item_mean",
    title="Mean score of each item",
    theme="attitude",
    outcome="learning",
    definition="Mean of the answers on the item's own scale, reversed items turned round so that higher is more favourable.",
    formula="x̄ = Σx / n, with Student's t interval",
    numerator="Sum of the scores",
    denominator="Respondents who answered the item with a value",
    excluded=UNANSWERED,
    caveat=WHO + " Treats the steps of the scale as equal." + TURNED_ROUND,
    source="Survey; interval: Student's t",
    unit="score",
    direction="up",
    time_axis="wave",
    estimator="mean",
    chart="bars",
    base=ANSWERS,
    x=TURNED,
    where=SCORED,
    tables=TABLES,
    attributes="as_at_wave",
    measures=("item",),
    turned="score",
    needs=NEEDS,
)

CONSTRUCT_DISTRIBUTION = Indicator(
    id="construct_distribution",
    title="Answers to each construct",
    theme="attitude",
    outcome="learning",
    definition="Share of all answers to the construct's items at each step of the scale, reversed items turned round.",
    formula="p = Σ answers at this step / Σ answers with a value, the respondent as the cluster",
    numerator="Answers at the step",
    denominator="Answers with a value to the construct's items",
    excluded=UNANSWERED,
    caveat=WHO + " Step 1 is the least favourable.",
    source="Survey; interval: Wilson at the effective sample size (linearised variance of a ratio)",
    unit="share",
    direction="neutral",
    time_axis="wave",
    estimator="share",
    chart="likert",
    base=CONSTRUCT_STEPS,
    x="f.at_step",
    w="f.of_steps",
    tables=TABLES,
    attributes="as_at_wave",
    measures=("construct", "answer"),
    needs=NEEDS,
)


def make_construct_positive(cut: str = "half") -> Indicator:
    return Indicator(
        id="construct_positive",
        title="Positive answers by construct",
        theme="attitude",
        outcome="learning",
        definition=f"Share of all answers to the construct's items, each {CUT_WORDS[cut]}.",
        formula="p = Σ favourable answers / Σ answers with a value, the respondent as the cluster",
        numerator="Favourable answers",
        denominator="Answers with a value to the construct's items",
        excluded=UNANSWERED,
        caveat=WHO,
        source="Civil Service People Survey (theme score); interval: Wilson at the effective sample size",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="share",
        chart="line",
        base=RESPONDENTS,
        x=f"b.favourable_{cut}",
        w="b.given",
        where="b.given > 0",
        tables=TABLES,
        attributes="as_at_wave",
        measures=("construct",),
        needs=NEEDS,
        n_words="answers",
        parameters=list_cuts(cut),
        rebuild=make_construct_positive,
    )


def make_construct_mean(least: str = "half") -> Indicator:
    return Indicator(
        id="construct_mean",
        title="Mean score by construct",
        theme="attitude",
        outcome="learning",
        definition="Mean over respondents of each one's mean of the construct's items, reversed items turned round.",
        formula="x̄ = Σ respondent scores / n; a respondent's score is the mean of the items answered",
        numerator="Sum of the respondents' scores",
        denominator=f"Respondents who answered {tell_enough(least)}",
        excluded=f"Respondents who did not answer {tell_enough(least)}.",
        caveat=WHO + " Treats the steps of the scale as equal.",
        source="Survey; interval: Student's t",
        unit="score",
        direction="up",
        time_axis="wave",
        estimator="mean",
        chart="line",
        base=RESPONDENTS,
        x="b.score",
        where=HAS_SCORE[least],
        tables=TABLES,
        attributes="as_at_wave",
        measures=("construct",),
        needs=NEEDS,
        parameters=list_least(least),
        rebuild=make_construct_mean,
    )


def _net(unit: str, base: Base, x: str, w: str, where: str) -> Indicator:
    return Indicator(
        id=f"{unit}_net",
        title=f"Net favourable answers to each {unit}",
        theme="attitude",
        outcome="learning",
        definition=f"Share of favourable answers less share of unfavourable ones, of all answers to the {unit}.",
        formula="p₊ − p₋; p₊ the favourable half of the scale, p₋ as many steps at its other end, the middle in neither",
        numerator="Favourable less unfavourable answers",
        denominator="Answers with a value",
        excluded=UNANSWERED,
        caveat=WHO + " The same net can come from many for and against, or from few of either.",
        source="Survey; interval: Wilson at the effective sample size, the respondent as the cluster",
        unit="net",
        direction="up",
        time_axis="wave",
        estimator="net",
        chart="bars",
        base=base,
        x=x,
        w=w,
        where=where,
        tables=TABLES,
        attributes="as_at_wave",
        measures=(unit,),
        turned="net",
        needs=NEEDS,
    )


ITEM_NET = _net("item", ANSWERS, _SIDE, "1", LIKERT)
CONSTRUCT_NET = _net("construct", RESPONDENTS, "b.favourable_half - b.unfavourable", "b.given", "b.given > 0")
ITEM_NPS = Indicator(
    id="item_nps",
    title="Net promoter score",
    theme="attitude",
    outcome="learning",
    definition="Share who answered 9 or 10 less share who answered 0 to 6, for items asked as how likely on 0–10.",
    formula="promoters (9–10) − detractors (0–6), over all who answered; 7 and 8 count in the denominator only",
    numerator="Promoters less detractors",
    denominator="Respondents who answered the item with a value",
    excluded=UNANSWERED + " Items of kind nps whose scale does not end at 10.",
    caveat=WHO + " Throws away most of the scale: read it beside the distribution.",
    source="Reichheld 2003; interval: Wilson at the effective sample size",
    unit="net",
    direction="up",
    time_axis="wave",
    estimator="net",
    chart="bars",
    base=ANSWERS,
    x=f"CASE WHEN {TURNED} >= 9 THEN 1 WHEN {TURNED} <= 6 THEN -1 ELSE 0 END",
    where=f"q.kind = 'nps' AND coalesce(q.scale_max, 10) = 10 AND ({TURNED}) IS NOT NULL",
    tables=TABLES,
    attributes="as_at_wave",
    measures=("item",),
    turned="score",
    needs="answers to an item of kind nps on 0–10 (items.csv and the answers)",
)


def _construct_share(id: str, title: str, construct: str, about: str, cut: str = "half") -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="attitude",
        outcome="learning",
        definition=f"Share of the answers about {about} that are favourable, each {CUT_WORDS[cut]}.",
        formula="p = Σ favourable answers / Σ answers with a value, the respondent as the cluster",
        numerator="Favourable answers",
        denominator=f"Answers with a value to the items of the construct {construct}",
        excluded=UNANSWERED,
        caveat=WHO + " Who stays answers more readily than who is about to leave.",
        source="RAND RRA166-1 (members find Q important and want to stay); interval: Wilson at the effective sample size",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="share",
        chart="line",
        base=TOPICS,
        x=f"b.favourable_{cut}",
        w="b.given",
        where=f"b.given > 0 AND b.topic = '{construct.lower()}'",
        tables=TABLES,
        attributes="as_at_wave",
        needs=f"answers to items whose construct is {construct} (items.csv and the answers)",
        n_words="answers",
        parameters=list_cuts(cut),
        rebuild=partial(_construct_share, id, title, construct, about),
    )


IMPORTANCE = _construct_share("importance", "Find it important", "Importance", "how important it is")
INTENTION_TO_STAY = _construct_share(
    "intention_to_stay", "Intend to stay", "Intention to stay", "staying a member"
)

_INDICATORS = (
    ITEM_DISTRIBUTION,
    make_item_positive(),
    ITEM_AGREEMENT,
    ITEM_NET,
    ITEM_NPS,
    ITEM_MEAN,
    CONSTRUCT_DISTRIBUTION,
    make_construct_positive(),
    CONSTRUCT_NET,
    make_construct_mean(),
    IMPORTANCE,
    INTENTION_TO_STAY,
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
