"""The words of the synthetic sample: invented people, organisations, questions and comments."""

from __future__ import annotations

from dataclasses import dataclass

PROFESSIONS: dict[str, float] = {
    "Nurse": 0.19,
    "Doctor": 0.20,
    "Allied health professional": 0.13,
    "Manager": 0.16,
    "Improvement lead": 0.14,
    "Analyst": 0.07,
    "Patient leader": 0.06,
    "Researcher": 0.05,
}
REGIONS: dict[str, float] = {
    "North": 0.25,
    "Midlands and East": 0.22,
    "London": 0.17,
    "South": 0.19,
    "Scotland": 0.09,
    "Wales": 0.06,
    "Northern Ireland": 0.02,
}
ORGANISATION_TYPES: dict[str, float] = {
    "Acute trust": 0.34,
    "Community or mental health trust": 0.22,
    "Commissioner": 0.14,
    "University": 0.12,
    "Charity": 0.10,
    "Improvement body": 0.08,
}
TYPE_WORDS = ("Hospitals", "Community Care", "Commissioners", "University", "Fund", "Improvement Unit")
EXPERIENCE: dict[str, float] = {"Under 2 years": 0.3, "2 to 5 years": 0.4, "Over 5 years": 0.3}
LEAVING_REASONS: dict[str, float] = {
    "Moved to another post": 0.4,
    "No time": 0.3,
    "Retired": 0.1,
    "Expected something else": 0.2,
}
ACTIVITY_KINDS: dict[str, float] = {
    "post": 0.3,
    "download": 0.3,
    "group_call": 0.2,
    "coffee_trial": 0.14,
    "site_visit": 0.06,
}
COLOURS = ("Amber", "Teal", "Copper", "Violet", "Silver", "Indigo", "Scarlet", "Olive")
ANIMALS = (
    "Otter",
    "Heron",
    "Fox",
    "Swan",
    "Hare",
    "Wren",
    "Badger",
    "Finch",
    "Lynx",
    "Newt",
    "Plover",
    "Stoat",
)
# fmt: off
FIRST_NAMES = (
    "Aisha", "Alan", "Anjali", "Beatriz", "Brendan", "Carys", "Catriona", "Chidi", "Dafydd", "Deborah",
    "Eilidh", "Emeka", "Farah", "Fergus", "Gareth", "Grace", "Hannah", "Hassan", "Imogen", "Ines",
    "Jakub", "Joanna", "José", "Karen", "Kofi", "Leila", "Liam", "Margaret", "Mateusz", "Mei", "Nadia",
    "Niamh", "Oliver", "Olwen", "Patrick", "Priya", "Renée", "Ruth", "Samir", "Seán", "Siân", "Tariq",
    "Tomás", "Ursula", "Victoria", "Yusuf", "Zoë", "Zuzana",
)
LAST_NAMES = (
    "Abbott", "Adeyemi", "Ahmed", "Baker", "Begum", "Bell", "Bennett", "Byrne", "Campbell", "Castañeda",
    "Chowdhury", "Clarke", "Cooper", "Davies", "Dubois", "Eccles", "Evans", "Farrell", "Fletcher",
    "García", "Ghosh", "Gordon", "Griffiths", "Hall", "Hughes", "Hussain", "Iqbal", "Jackson", "Jenkins",
    "Kaur", "Kelly", "Khan", "Kowalczyk", "Lewis", "Lindqvist", "MacLeod", "Marsh", "Mensah", "Morgan",
    "Müller", "Murphy", "Ng", "Novák", "O'Brien", "O'Neill", "Okafor", "Owen", "Patel", "Pérez", "Quinn",
    "Rahman", "Roberts", "Shah", "Sharma", "Singh", "Stewart", "Taylor", "Thomas", "Walsh", "Wright",
)
# fmt: on
MAIDEN_NAME = "Thistlewood"
LABELS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
COMMENTS = (
    "Thank you, this was useful.",
    "I would like more time in small groups, less in plenary.",
    'The session called "What next?" was the best part.',
    "Two things:\nshorter calls, please\nand the slides beforehand.",
    "I met a colleague from another region; we now write every week.",
    "More about measurement, and café-style tables like last time.",
    "No comments.",
    'My manager asked "what is it for?" and I could not say it in one sentence.',
    "Travel is difficult for us, so the online calls matter.",
    "Très bien, as my French colleague would say.",
)


@dataclass(frozen=True)
class Question:
    """An item of the attitude survey; Likert items have a construct and the five labels."""

    item_id: str
    text: str
    construct: str = ""
    is_reversed: bool = False


CONSTRUCTS = ("Connecting", "Supporting", "Developing", "Collaborating")
QUESTIONS: tuple[Question, ...] = (
    Question("connecting_1", "Through the community I know people whom I can ask for advice.", "Connecting"),
    Question(
        "connecting_2",
        "I have met people outside my own organisation whom I stay in touch with.",
        "Connecting",
    ),
    Question(
        "connecting_3",
        "It is hard to find people here who work on the same things as I do.",
        "Connecting",
        True,
    ),
    Question("supporting_1", "The community helps me with my improvement work.", "Supporting"),
    Question("supporting_2", "When I ask for help here, I get it.", "Supporting"),
    Question("supporting_3", "My organisation values that I take part.", "Supporting"),
    Question("developing_1", "I am learning skills that I can use.", "Developing"),
    Question("developing_2", "Little of what is offered here is new to me.", "Developing", True),
    Question(
        "developing_3", "I feel more confident in leading improvement than before I joined.", "Developing"
    ),
    Question("collaborating_1", "I work with other members on a shared problem.", "Collaborating"),
    Question("collaborating_2", "Ideas from other members have changed what we do locally.", "Collaborating"),
    Question(
        "collaborating_3", "I know how to start a project together with other members.", "Collaborating"
    ),
)
RECOMMEND = Question("recommend", "How likely are you to recommend the community to a colleague? (0 to 10)")
COMMENT = Question("comments", "Is there anything else that you would like to tell us?")
