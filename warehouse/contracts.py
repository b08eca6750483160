"""The tables of the programme: the only home of a column's name, type, unit, allowed values, key and description.

The same objects drive the template, the validation, the Parquet schema and the data dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "integer", "number", "boolean", "date", "timestamp"]

DUCKDB_TYPES: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `references` names the (table, column) whose values it must hold; `personal` columns stay in the
    identity file and never reach a release; `is_person` columns are resolved to a member and pseudonymised. A value is
    `minimum` or more, and more than `above`.
    """

    name: str
    type: Type
    description: str
    required: bool = False
    unit: str = ""
    allowed: tuple[str, ...] = ()
    references: tuple[str, str] | None = None
    personal: bool = False
    is_person: bool = False
    minimum: float | None = None
    above: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns, pairs in order (start <= end), and a pair that must differ."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    ordered: tuple[tuple[str, str], ...] = ()
    different: tuple[str, str] | None = None
    has_attributes: bool = False

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError names the table and the columns it has."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}; it has {', '.join(self.column_names)}")

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


def _member(name: str = "member_id", description: str = "The member.") -> Column:
    return Column(name, "text", description, required=True, is_person=True)


MEMBER_DIMENSIONS: tuple[str, ...] = (
    "cohort",
    "profession",
    "region",
    "organisation_type",
    "organisation",
)
NOT_RECORDED = "Not recorded"
# Kinds of items that are no questions: what a survey itself says of whoever answered.
ATTRIBUTE, WEIGHT = OF_RESPONDENTS = ("attribute", "weight")

_ATTRIBUTES = (
    Column("organisation", "text", "Organisation the member works for."),
    Column("organisation_type", "text", "Kind of organisation, such as acute trust or charity."),
    Column("profession", "text", "Professional group of the member."),
    Column("region", "text", "Region or nation where the member works."),
    Column("cohort", "text", "Intake in which the member joined."),
)

MEMBERS = Table(
    "members",
    "Everybody who is or was a member, one row a person. Several rows of a person in one file are stays and groups: the first join, "
    "every stay and, in one value, all groups of the latest stay are held. Any further column becomes an attribute that can break figures down.",
    ("member_id",),
    (
        _member(
            description="Identifier of the member in the programme's own list; replaced by a keyed pseudonym."
        ),
        Column("name", "text", "Full name; used to resolve people, never released.", personal=True),
        Column("email", "text", "E-mail address; used to resolve people, never released.", personal=True),
        *_ATTRIBUTES,
        Column("joined_on", "date", "First day of membership.", required=True),
        Column("left_on", "date", "First day no longer a member; empty while still a member."),
        Column("left_reason", "text", "Why the member left, as recorded."),
    ),
    ordered=(("joined_on", "left_on"),),
    has_attributes=True,
)

MEMBERSHIPS = Table(
    "memberships",
    "Spells of membership, for people who leave and return.",
    ("member_id", "joined_on"),
    (
        _member(),
        Column("joined_on", "date", "First day of the spell.", required=True),
        Column("left_on", "date", "First day after the spell; empty while it lasts."),
        Column("left_reason", "text", "Why the spell ended, as recorded."),
    ),
    ordered=(("joined_on", "left_on"),),
)

ALIASES = Table(
    "aliases",
    "Other ways in which a member appears in exports. Read by the load only, never released.",
    ("kind", "value"),
    (
        Column(
            "member_id",
            "text",
            "The member.",
            required=True,
            references=("members", "member_id"),
            is_person=True,
        ),
        Column(
            "kind", "text", "What the alias is.", required=True, allowed=("email", "upn", "name", "external")
        ),
        Column("value", "text", "The alias as it appears in exports.", required=True, personal=True),
    ),
)

EVENTS = Table(
    "events",
    "Meetings, workshops and calls, one row an event.",
    ("event_id",),
    (
        Column("event_id", "text", "Identifier of the event.", required=True),
        Column("title", "text", "Title of the event.", required=True),
        Column("kind", "text", "Kind of event, such as design event or community call."),
        Column("series", "text", "Series that the event belongs to."),
        Column("mode", "text", "How people took part.", allowed=("in_person", "online", "hybrid")),
        Column("starts_at", "timestamp", "Start, UTC.", required=True),
        Column("ends_at", "timestamp", "End, UTC."),
        Column("region", "text", "Region where the event took place."),
        Column("capacity", "integer", "Number of places.", unit="people", minimum=0),
    ),
    ordered=(("starts_at", "ends_at"),),
)

ATTENDANCE = Table(
    "attendance",
    "Who registered for and who attended an event, one row a member and event.",
    ("event_id", "member_id"),
    (
        Column("event_id", "text", "The event.", required=True, references=("events", "event_id")),
        _member(),
        Column("registered", "boolean", "Whether the member had registered."),
        Column("attended", "boolean", "Whether the member was there.", required=True),
        Column(
            "minutes", "number", "Time present: the union of the join intervals.", unit="minutes", minimum=0
        ),
        Column("first_join_at", "timestamp", "First join, UTC."),
        Column("last_leave_at", "timestamp", "Last leave, UTC."),
        Column("role", "text", "Role at the event, such as presenter."),
    ),
    ordered=(("first_join_at", "last_leave_at"),),
)

WAVES = Table(
    "waves",
    "Waves of a survey: each time the same questions were asked.",
    ("wave_id",),
    (
        Column("wave_id", "text", "Identifier of the wave.", required=True),
        Column("survey_id", "text", "Survey that the wave belongs to.", required=True),
        Column("label", "text", "Name of the wave for readers."),
        Column("opened_on", "date", "Day the wave opened.", required=True),
        Column("closed_on", "date", "Day the wave closed."),
    ),
    ordered=(("opened_on", "closed_on"),),
)

ITEMS = Table(
    "items",
    "The codebook: which raw question is which item, on which scale, of which construct.",
    ("survey_id", "item_id"),
    (
        Column("survey_id", "text", "Survey that asks the item.", required=True),
        Column("item_id", "text", "Short name of the item, as in the export's columns.", required=True),
        Column("text", "text", "The question as asked.", required=True),
        Column("construct", "text", "Construct that the item measures."),
        Column(
            "kind",
            "text",
            "Kind of answer. attribute: what the survey itself says of whoever answered, under the name of an attribute of members; "
            "weight: their weight. Neither is a question.",
            required=True,
            allowed=("likert", "nps", "single", "multiple", "number", "text", *OF_RESPONDENTS),
        ),
        Column("scale_min", "integer", "Lowest value of the scale."),
        Column("scale_max", "integer", "Highest value of the scale."),
        Column("reversed", "boolean", "Whether a high value means a less favourable answer."),
        Column(
            "reversed_text",
            "text",
            "How a reversed item reads when it is turned round, such as “I rarely think of leaving”.",
        ),
        Column("labels", "text", "Words of the scale, as 1=Strongly disagree|2=Disagree|…"),
    ),
    ordered=(("scale_min", "scale_max"),),
)

INVITATIONS = Table(
    "invitations",
    "Who was asked in a wave and what came of it; attributes frozen as at the wave's opening.",
    ("wave_id", "member_id"),
    (
        Column("wave_id", "text", "The wave.", required=True, references=("waves", "wave_id")),
        _member(),
        Column("invited_at", "timestamp", "When the invitation went out, UTC."),
        Column("reminders", "integer", "Reminders sent.", minimum=0),
        Column(
            "disposition",
            "text",
            "Final disposition (AAPOR). unknown_eligibility: it could not be found out whether the person should have been asked.",
            allowed=(
                "complete",
                "partial",
                "refused",
                "non_contact",
                "other",
                "unknown_eligibility",
                "ineligible",
            ),
        ),
        Column(
            "weight",
            "number",
            "Weight of the member in this wave, as it came with the survey (a design weight), on any scale; empty is no weight.",
            above=0,
        ),
        *_ATTRIBUTES,
    ),
    has_attributes=True,
)

ANSWERS = Table(
    "answers",
    "Answers to survey items, one row a respondent and item.",
    ("wave_id", "respondent_id", "item_id"),
    (
        Column("wave_id", "text", "The wave.", required=True, references=("waves", "wave_id")),
        Column(
            "respondent_id",
            "text",
            "The member where known, otherwise the respondent's own pseudonym.",
            required=True,
            is_person=True,
        ),
        Column("item_id", "text", "The item.", required=True),
        Column("value", "number", "Answer on the scale, as asked (not reversed)."),
        Column("text", "text", "Answer in words, where the item has no scale."),
        Column("submitted_at", "timestamp", "When the answer was given, UTC."),
    ),
)

TIES = Table(
    "ties",
    "Connections between members, one row a tie and wave.",
    ("wave_id", "from_member_id", "to_member_id", "relation"),
    (
        Column(
            "wave_id",
            "text",
            "The wave in which the tie was named.",
            required=True,
            references=("waves", "wave_id"),
        ),
        _member("from_member_id", "Member who named the tie."),
        _member("to_member_id", "Member who was named."),
        Column("relation", "text", "What the tie means, such as collaborates.", required=True),
        Column(
            "strength",
            "number",
            "Strength of the tie. Of a relation whose rows are contacts (sum_ties), the sum over its rows, 1 for a row without one; of files that overlap a contact would count twice.",
            minimum=0,
        ),
        Column("directed", "boolean", "Whether the tie runs one way only; empty counts as directed."),
        Column("observed_on", "date", "Day of the tie, for ties without waves: each day becomes a wave."),
    ),
    different=("from_member_id", "to_member_id"),
)

ACTIVITIES = Table(
    "activities",
    "What members did between events: posts, downloads, group meetings, site visits.",
    ("member_id", "at", "kind"),
    (
        _member(),
        Column("at", "timestamp", "When, UTC.", required=True),
        Column("kind", "text", "Kind of activity.", required=True),
        Column("amount", "number", "How much, in units of its kind.", minimum=0),
    ),
)

TARGETS = Table(
    "targets",
    "Baselines and targets that the programme set itself.",
    ("indicator_id", "period", "group"),
    (
        Column("indicator_id", "text", "The indicator.", required=True),
        Column("period", "text", "The period the target is for.", required=True),
        Column(
            "group",
            "text",
            "The group of the indicator's dimension that the target is for, as it stands in the output; empty for the whole.",
        ),
        Column("baseline", "number", "Value at the start."),
        Column("target", "number", "Value aimed at."),
    ),
)

MEASUREMENTS = Table(
    "measurements",
    "Series that are counted elsewhere, such as visits to a site: a value a period, and what it is out of where it is a share.",
    ("series", "period"),
    (
        Column("series", "text", "Name of the series; the file's name where it is empty.", required=True),
        Column(
            "period", "text", "Year, quarter, month or week: 2015, 2015-Q3, 2015-07, 2015-W37.", required=True
        ),
        Column("value", "number", "The value of the period.", required=True, minimum=0),
        Column(
            "denominator", "integer", "How many the value is a part of; empty for what is no share.", above=0
        ),
    ),
    ordered=(("value", "denominator"),),
)

ASKED = Table(
    "asked",
    "What the codebook and each export say of an item, as the load found it: in a release beside its tables, and in no template.",
    ("source", "file", "survey_id", "item_id", "wave_id"),
    (
        Column(
            "source", "text", "What says so.", required=True, allowed=("codebook", "definition", "export")
        ),
        Column("file", "text", "Name of the file.", required=True),
        Column("survey_id", "text", "Survey that asks the item.", required=True),
        Column("item_id", "text", "Item of the codebook.", required=True),
        Column(
            "wave_id", "text", "Wave that the file asks it in; empty where the file does not name its wave."
        ),
        Column(
            "is_named", "boolean", "Whether the load or a mapping named the wave, and not the day of answers."
        ),
        Column(
            "is_open", "boolean", "Whether a heading or a codebook says so, and not a cell with an answer."
        ),
        Column("heading", "text", "Heading of the item's column in the export."),
        Column("text", "text", "The question in the file's own words."),
        Column("kind", "text", "Kind of answer by the codebook."),
        Column("scale_min", "integer", "Lowest value of the scale."),
        Column("scale_max", "integer", "Highest value of the scale."),
        Column("reversed", "boolean", "Whether a high value means a less favourable answer."),
        Column("labels", "text", "Words of the scale, as the file numbers them."),
        Column("missing", "text", "Cells that are no answer, separated by |."),
        Column("form", "text", "What the answers came as.", allowed=("words", "numbers", "both")),
        Column("is_off_scale", "boolean", "Whether a tenth of the answers or more lie off the scale."),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        MEMBERS,
        MEMBERSHIPS,
        ALIASES,
        EVENTS,
        ATTENDANCE,
        WAVES,
        ITEMS,
        INVITATIONS,
        ANSWERS,
        TIES,
        ACTIVITIES,
        TARGETS,
        MEASUREMENTS,
    )
}
RELEASED: tuple[str, ...] = tuple(name for name in TABLES if name != "aliases")
# rows of files that say who people are whom other files name; read by the load only
SETTLED = "settled"
