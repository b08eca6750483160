"""What the tools of these tests have to give: small, in the layout of each interface."""

from __future__ import annotations

from collections.abc import Sequence

from tests.etl.pulling.conftest import TOKEN
from tests.etl.pulling.served import Tool, speak_eventbrite, speak_limesurvey, speak_qualtrics, speak_zoom

LIME_HEADING = (
    '"id","submitdate","lastpage","startlanguage","seed","token","startdate","datestamp","email","Q1"\n'
)
LIME = LIME_HEADING + "".join(
    f'"{number}","2015-03-1{number} 10:00:00","3","en","77","t{number}","2015-03-10 09:50:00","2015-03-10 10:00:00","{address}","{answer}"\n'
    for number, address, answer in ((1, "ann@able.example", 5), (2, "sam@east.example", 2))
)
QUALTRICS = """StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,RecipientEmail,Q1
Start Date,End Date,Response Type,Progress,Finished,Recorded Date,Response ID,Recipient Email,How useful?
"{""ImportId"":""startDate"",""timeZone"":""Z""}","{""ImportId"":""endDate"",""timeZone"":""Z""}","{""ImportId"":""status""}","{""ImportId"":""progress""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate"",""timeZone"":""Z""}","{""ImportId"":""_recordId""}","{""ImportId"":""recipientEmail""}","{""ImportId"":""QID1""}"
2015-03-10 09:50:00,2015-03-10 10:00:00,0,100,1,2015-03-10 10:00:01,R_1,ann@able.example,4
2015-03-11 09:50:00,2015-03-11 10:00:00,0,100,1,2015-03-11 10:00:01,R_2,jane@care.example,1
"""


def attend(number: int, name: str, address: str, status: str) -> dict[str, object]:
    """An attendee as Eventbrite describes one, with what is not taken."""
    first, _, last = name.partition(" ")
    return {
        "id": str(number),
        "order_id": f"9{number}",
        "event_id": "77",
        "created": "2015-03-01T10:00:00Z",
        "quantity": 1,
        "ticket_class_name": "Member",
        "checked_in": status == "Checked In",
        "cancelled": False,
        "refunded": False,
        "status": status,
        "profile": {
            "first_name": first,
            "last_name": last,
            "name": name,
            "email": address,
            "addresses": {"home": {}},
        },
        "costs": {"gross": {"display": "£0.00"}},
        "answers": [{"question": "Diet?", "answer": "Nuts make me ill"}],
    }


ATTENDEES = (
    attend(1, "Ann Able", "ann@able.example", "Checked In"),
    attend(2, "Sam Lee", "sam@east.example", "Attending"),
    attend(3, "Jane Smith", "jane@care.example", "Not Attending"),
)


def meet(day: str, topic: str = "Weekly call") -> dict[str, object]:
    return {
        "uuid": "x",
        "id": 98,
        "type": 8,
        "topic": topic,
        "start_time": f"{day}T09:00:00Z",
        "end_time": f"{day}T10:00:00Z",
        "duration": 60,
        "participants_count": 2,
    }


def join(
    day: str, name: str, address: str, start: int, end: int, status: str = "in_meeting"
) -> dict[str, object]:
    return {
        "id": "",
        "user_id": "1",
        "name": name,
        "user_email": address,
        "join_time": f"{day}T09:{start:02}:00Z",
        "leave_time": f"{day}T09:{end:02}:00Z",
        "duration": (end - start) * 60 - 5,
        "failover": False,
        "status": status,
    }


# The second begins with what has to be encoded twice in an address; Ann came twice to the first, Jane was never let in.
MEETINGS = {
    "Vg8IdgluR5W/eWIkpJlElQ==": (
        meet("2015-07-06"),
        [
            join("2015-07-06", "Ann Able", "ann@able.example", 0, 10),
            join("2015-07-06", "Ann Able", "ann@able.example", 20, 30),
            join("2015-07-06", "Sam Lee", "", 1, 58),
            join("2015-07-06", "Jane Smith", "jane@care.example", 5, 6, "in_waiting_room"),
        ],
    ),
    "/ajXp112Q//uoJ4854875==": (
        meet("2015-07-13"),
        [join("2015-07-13", "Jane Smith", "jane@care.example", 0, 45)],
    ),
}


def make_tool(kind: str, token: str = TOKEN, attendees: Sequence[dict[str, object]] = ATTENDEES) -> Tool:
    """The tool of a kind with what it has to give."""
    match kind:
        case "limesurvey":
            return speak_limesurvey(LIME, token)
        case "qualtrics":
            return speak_qualtrics(QUALTRICS, token)
        case "eventbrite":
            return speak_eventbrite(attendees, token)
    return speak_zoom(MEETINGS, token)
