"""What a file and its columns can be, in words."""

from __future__ import annotations

from etl.sources.proposals.draft import NOT_READ, QUESTION, SEVERAL, SURVEY
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import name_dimension
from warehouse.contracts import ATTRIBUTE, MEMBER_DIMENSIONS, WEIGHT

KINDS = {
    "members": gettext_noop("A list of members"),
    "events": gettext_noop("A list of events"),
    "attendance": gettext_noop("Who came to events"),
    "ties": gettext_noop("Connections between members"),
    "activities": gettext_noop("What members did, such as posts, downloads and visits"),
    "measurements": gettext_noop("A series that is counted elsewhere, such as visits to a site"),
    "invitations": gettext_noop("Who was asked in a survey"),
    SURVEY: gettext_noop("Answers to a survey, a column for each question"),
}
_ROLES = {
    NOT_READ: gettext_noop("Not read"),
    ATTRIBUTE: gettext_noop("An attribute, by which figures are broken down"),
    QUESTION: gettext_noop("A question"),
    SEVERAL: gettext_noop("A question with several choices in a cell, separated by ;"),
    WEIGHT: gettext_noop("Weight"),
    "member_id": gettext_noop("Identifier of the member"),
    "name": gettext_noop("Full name"),
    "first_name": gettext_noop("First name"),
    "last_name": gettext_noop("Last name"),
    "email": gettext_noop("E-mail address"),
    "organisation": gettext_noop("Organisation"),
    "organisation_type": gettext_noop("Organisation type"),
    "profession": gettext_noop("Profession"),
    "region": gettext_noop("Region"),
    "cohort": gettext_noop("Cohort"),
    "joined_on": gettext_noop("Day of joining"),
    "left_on": gettext_noop("Day of leaving"),
    "left_reason": gettext_noop("Why the member left"),
    "person_email": gettext_noop("E-mail address of the person"),
    "person_name": gettext_noop("Name of the person"),
    "person_upn": gettext_noop("Sign-in name of the person"),
    "person_external": gettext_noop("Another identifier of the person"),
    "event_id": gettext_noop("Identifier of the event"),
    "title": gettext_noop("Title of the event"),
    "kind": gettext_noop("Kind of event"),
    "activities.kind": gettext_noop("Kind of activity"),
    "series": gettext_noop("Series of events"),
    "measurements.series": gettext_noop("Name of the series"),
    "mode": gettext_noop("How people took part (in_person, online, hybrid)"),
    "starts_at": gettext_noop("Start"),
    "ends_at": gettext_noop("End"),
    "events.region": gettext_noop("Region of the event"),
    "capacity": gettext_noop("Number of places"),
    "registered": gettext_noop("Whether they had registered"),
    "attended": gettext_noop("Whether they came"),
    "minutes": gettext_noop("Minutes present"),
    "first_join_at": gettext_noop("When they joined the meeting"),
    "last_leave_at": gettext_noop("When they left the meeting"),
    "role": gettext_noop("Role at the event"),
    "wave_id": gettext_noop("Wave"),
    "observed_on": gettext_noop("Day of the connection"),
    "from_member_id": gettext_noop("Who named the connection"),
    "to_member_id": gettext_noop("Who was named"),
    "relation": gettext_noop("What the connection means"),
    "strength": gettext_noop("Strength"),
    "directed": gettext_noop("Whether it runs one way only"),
    "at": gettext_noop("When it was"),
    "amount": gettext_noop("How much"),
    "period": gettext_noop("Year, quarter, month or week"),
    "value": gettext_noop("Value"),
    "denominator": gettext_noop("How many it is a part of"),
    "invited_at": gettext_noop("When they were invited"),
    "reminders": gettext_noop("Number of reminders"),
    "disposition": gettext_noop("What came of it (complete, partial, refused …)"),
    "respondent_id": gettext_noop("Identifier of the response or the respondent"),
    "submitted_at": gettext_noop("When it was answered"),
    "survey_id": gettext_noop("Survey"),
}
# What is lacking where another column would do as well.
_LACKING = {
    "members.member_id": gettext_noop("an identifier of the member, or an e-mail address"),
    "member_id": gettext_noop("who it is, by an identifier, an e-mail address or a name"),
    "ties.wave_id": gettext_noop("the wave, or the day of the connection"),
}


def say_kind(kind: str) -> str:
    """What a file is."""
    return gettext(KINDS[kind])


def say_role(kind: str, role: str) -> str:
    """What a column of a file of a kind is."""
    if kind == SURVEY and (role not in _ROLES or role in (*MEMBER_DIMENSIONS, WEIGHT)):
        return gettext("{attribute} of the respondent").format(attribute=name_dimension(role))
    return gettext(_ROLES.get(f"{kind}.{role}") or _ROLES[role])


def say_lacking(kind: str, role: str) -> str:
    """What a file of a kind lacks."""
    words = _LACKING.get(f"{kind}.{role}") or _LACKING.get(role)
    return gettext(words) if words else say_role(kind, role)
