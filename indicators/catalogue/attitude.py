"""Attitude: for each item and construct the distribution, the positive share, the mean and the panel's change."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Indicator

_NEEDS = "survey answers with a codebook (items.csv, waves.csv and an answers, Qualtrics or LimeSurvey file)"
_TABLES = ("answers", "items", "waves", "invitations")
_ANSWERED = "People who were not asked, did not answer, or gave an answer without a value (not applicable)."
_WHO = "Describes those who answered; see the response rate before reading it as the view of all members."
_HALF = "Respondents who answered fewer than half of the construct's items."

_CONSTRUCT_SCORES = """
        SELECT s.wave_id, s.member_id, s.construct, avg(s.favourable) AS score
        FROM scores s
        JOIN (SELECT survey_id, construct, count(*) AS item_count FROM items
              WHERE kind IN ('likert', 'number') AND construct IS NOT NULL GROUP BY survey_id, construct) c
          ON c.survey_id = s.survey_id AND c.construct = s.construct
        WHERE s.kind IN ('likert', 'number')
        GROUP BY s.wave_id, s.member_id, s.construct, c.item_count
        HAVING count(*) * 2 >= c.item_count"""
_ITEM_SCORES = """
        SELECT s.wave_id, s.member_id, s.item_id AS item, s.favourable AS score
        FROM scores s WHERE s.kind IN ('likert', 'nps', 'number') AND s.favourable IS NOT NULL"""

ITEM_DISTRIBUTION = Indicator(
    id="item_distribution",
    title="Answers to each item",
    theme="attitude",
    outcome="learning",
    definition="Share of those who answered the item who chose each answer of its scale, as asked.",
    formula="p = answers of this value / answers with a value",
    numerator="Respondents who chose the answer",
    denominator="Respondents who answered the item with a value",
    excluded=_ANSWERED,
    caveat=_WHO + " Reversed items are shown as asked.",
    source="Survey; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="wave",
    estimator="proportion",
    chart="likert",
    facts="""
        SELECT s.wave_id AS period, s.member_id, s.item_id AS item, p.label AS answer, p.value AS position,
          CASE WHEN s.value = p.value THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM scores s JOIN scale_points p ON p.survey_id = s.survey_id AND p.item_id = s.item_id
        WHERE s.kind <> 'number'""",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("item", "answer"),
    needs=_NEEDS,
)

ITEM_POSITIVE = Indicator(
    id="item_positive",
    title="Positive answers to each item",
    theme="attitude",
    outcome="learning",
    definition="Share of those who answered the item in the favourable half of its scale: the top two of five, three of seven.",
    formula="p = answers in the favourable half / answers with a value, reversed items turned round",
    numerator="Respondents with a favourable answer",
    denominator="Respondents who answered the item with a value",
    excluded=_ANSWERED,
    caveat=_WHO,
    source="Civil Service People Survey (% positive); interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="wave",
    estimator="proportion",
    chart="bars",
    facts="""
        SELECT s.wave_id AS period, s.member_id, s.item_id AS item, 0.0 AS position,
          CASE WHEN s.favourable >= s.positive_from THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM scores s WHERE s.kind = 'likert' AND s.positive_from IS NOT NULL""",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("item",),
    needs=_NEEDS,
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
    excluded=_ANSWERED,
    caveat=_WHO + " Treats the steps of the scale as equal.",
    source="Survey; interval: Student's t",
    unit="score",
    direction="up",
    time_axis="wave",
    estimator="mean",
    chart="bars",
    facts=f"SELECT wave_id AS period, member_id, item, 0.0 AS position, score AS x, 1.0 AS w FROM ({_ITEM_SCORES})",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("item",),
    needs=_NEEDS,
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
    excluded=_ANSWERED,
    caveat=_WHO + " Step 1 is the least favourable.",
    source="Survey; interval: Wilson at the effective sample size (linearised variance of a ratio)",
    unit="share",
    direction="neutral",
    time_axis="wave",
    estimator="share",
    chart="likert",
    facts="""
        SELECT s.wave_id AS period, s.member_id, s.construct,
          CAST(CAST(p.value AS BIGINT) AS VARCHAR) AS answer, p.value AS position,
          sum(CASE WHEN s.favourable = p.value THEN 1.0 ELSE 0.0 END) AS x, CAST(count(*) AS DOUBLE) AS w
        FROM scores s JOIN scale_points p ON p.survey_id = s.survey_id AND p.item_id = s.item_id
        WHERE s.kind = 'likert' AND s.construct IS NOT NULL
        GROUP BY s.wave_id, s.member_id, s.construct, p.value""",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("construct", "answer"),
    needs=_NEEDS,
)

CONSTRUCT_POSITIVE = Indicator(
    id="construct_positive",
    title="Positive answers by construct",
    theme="attitude",
    outcome="learning",
    definition="Share of all answers to the construct's items that are favourable.",
    formula="p = Σ favourable answers / Σ answers with a value, the respondent as the cluster",
    numerator="Favourable answers",
    denominator="Answers with a value to the construct's items",
    excluded=_ANSWERED,
    caveat=_WHO,
    source="Civil Service People Survey (theme score); interval: Wilson at the effective sample size",
    unit="share",
    direction="up",
    time_axis="wave",
    estimator="share",
    chart="line",
    facts="""
        SELECT s.wave_id AS period, s.member_id, s.construct, 0.0 AS position,
          sum(CASE WHEN s.favourable >= s.positive_from THEN 1.0 ELSE 0.0 END) AS x, CAST(count(*) AS DOUBLE) AS w
        FROM scores s WHERE s.kind = 'likert' AND s.positive_from IS NOT NULL AND s.construct IS NOT NULL
        GROUP BY s.wave_id, s.member_id, s.construct""",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("construct",),
    needs=_NEEDS,
)

CONSTRUCT_MEAN = Indicator(
    id="construct_mean",
    title="Mean score by construct",
    theme="attitude",
    outcome="learning",
    definition="Mean over respondents of each one's mean of the construct's items, reversed items turned round.",
    formula="x̄ = Σ respondent scores / n; a respondent's score is the mean of the items answered, if at least half are",
    numerator="Sum of the respondents' scores",
    denominator="Respondents who answered at least half of the construct's items",
    excluded=_HALF,
    caveat=_WHO + " Treats the steps of the scale as equal.",
    source="Survey; interval: Student's t",
    unit="score",
    direction="up",
    time_axis="wave",
    estimator="mean",
    chart="line",
    facts=f"""SELECT wave_id AS period, member_id, construct, 0.0 AS position, score AS x, 1.0 AS w
        FROM ({_CONSTRUCT_SCORES})""",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("construct",),
    needs=_NEEDS,
)


def _change(measure: str, scores: str, excluded: str, earlier: str, suffix: str, since: str) -> Indicator:
    return Indicator(
        id=f"{measure}_change{suffix}",
        title=f"Change of each {measure} since {since}",
        theme="attitude",
        outcome="learning",
        definition=f"Mean change of the score since {since}, among those who answered in both waves (the matched panel).",
        formula="d̄ = Σ(score now − score then) / n, with the paired t interval",
        numerator="Sum of the changes",
        denominator="Respondents with a score in both waves",
        excluded="People who answered in only one of the two waves. " + excluded,
        caveat="The panel's change only: it says nothing about those who answered in one wave. "
        "Two shown means may differ by one in the last digit from their shown change.",
        source="Survey; interval: paired Student's t",
        unit="difference",
        direction="up",
        time_axis="wave",
        estimator="mean",
        chart="change",
        facts=f"""
        WITH scored AS ({scores})
        SELECT w.wave_id AS period, b.member_id, b.{measure}, 0.0 AS position, b.score - a.score AS x, 1.0 AS w
        FROM wave_order w
        JOIN scored b ON b.wave_id = w.wave_id
        JOIN scored a ON a.wave_id = w.{earlier} AND a.member_id = b.member_id AND a.{measure} = b.{measure}
        WHERE w.{earlier} <> w.wave_id""",
        tables=_TABLES,
        attributes="as_at_wave",
        measures=(measure,),
        needs="the same items answered by the same people in at least two waves",
    )


_INDICATORS = (
    ITEM_DISTRIBUTION,
    ITEM_POSITIVE,
    ITEM_MEAN,
    _change("item", _ITEM_SCORES, _ANSWERED, "previous_wave_id", "", "the wave before"),
    _change("item", _ITEM_SCORES, _ANSWERED, "first_wave_id", "_since_first", "the first wave"),
    CONSTRUCT_DISTRIBUTION,
    CONSTRUCT_POSITIVE,
    CONSTRUCT_MEAN,
    _change("construct", _CONSTRUCT_SCORES, _HALF, "previous_wave_id", "", "the wave before"),
    _change("construct", _CONSTRUCT_SCORES, _HALF, "first_wave_id", "_since_first", "the first wave"),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
