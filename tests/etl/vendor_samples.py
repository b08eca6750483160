"""Small synthetic exports of every layout, and how tests read them. Names, addresses and answers are invented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl.reading.types import Options, RawFile, Reading, Sample, Source

TEAMS_NUMBERED = """1. Summary
Meeting title\tQ design event 1
Attended participants\t3
Start time\t14/07/15, 09:30:00
End time\t14/07/15, 11:00:00
Meeting duration\t1h 30m
Average attendance time\t53m 24s

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Okoro, Ada (EXT)\t14/07/15, 09:30:00\t14/07/15, 10:55:00\t1h 15m\tAda@trust.example\tada.okoro@trust.example\tOrganizer
Ben Marsh\t14/07/15, 09:40:00\t14/07/15, 10:00:07\t20m 7s\tben@charity.example\tben@charity.example\tPresenter
Cara\t14/07/15, 09:30:00\t14/07/15, 10:35:05\t1h 5m 5s\t\t\tPresenter

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Okoro, Ada (EXT)\t14/07/15, 09:30:00\t14/07/15, 10:00:00\t30m\tada@trust.example\tOrganizer
Okoro, Ada (EXT)\t14/07/15, 10:10:00\t14/07/15, 10:55:00\t45m\tada@trust.example\tOrganizer
Ben Marsh\t14/07/15, 09:40:00\t14/07/15, 10:00:07\t20m 7s\tben@charity.example\tPresenter
Cara\t14/07/15, 09:30:00\t14/07/15, 10:35:05\t1h 5m 5s\t\tPresenter

4. Meeting Engagement
Name\tType\tDetail
Ben Marsh\tReaction\t"said ""yes\"""
Ben Marsh\tHand
"""

TEAMS_POLISH = """1. Podsumowanie
Tytuł spotkania\tSpotkanie Q
Uczestnicy\t1
Godzina rozpoczęcia\t14.07.2015, 09:30:00
Godzina zakończenia\t14.07.2015, 10:42:45

2. Uczestnicy
Kto\tKiedy przyszedł\tKiedy wyszedł\tIle\tPoczta\tUPN\tRola
Ewa Łęcka\t14.07.2015, 09:30:00\t14.07.2015, 10:42:45\t1 godz. 12 min 45 sek.\tewa@trust.example\tewa@trust.example\tPrezenter

3. Działania podczas spotkania
Kto\tWejście\tWyjście\tIle\tPoczta\tRola
Ewa Łęcka\t14.07.2015, 09:30:00\t14.07.2015, 10:42:45\t1 godz. 12 min 45 sek.\tewa@trust.example\tPrezenter
"""

TEAMS_COMMA = """1. Summary,,,,,,
Meeting title,"Design, part 2",,,,,
Attended participants,1,,,,,
Start time,"7/14/15, 9:30:00 AM",,,,,
End time,"7/14/15, 1:00:00 PM",,,,,
,,,,,,
2. Participants,,,,,,
Name,First join,Last leave,In-meeting duration,Email,Participant ID (UPN),Role
"Okoro, Ada","7/14/15, 9:30:00 AM","7/14/15, 1:00:00 PM",3h 26s,ada@trust.example,ada@trust.example,Organizer
"""

TEAMS_OLDER = """Meeting Summary
Total Number of Participants\t2
Meeting Title\tCommunity call
Meeting Start Time\t7/14/2015, 9:30:00 AM
Meeting End Time\t7/14/2015, 10:00:00 AM
Meeting Id\t0a1b

Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)
Ada Okoro\t7/14/2015, 9:30:00 AM\t7/14/2015, 9:59:22 AM\t29m 22s\tada@trust.example\tOrganizer\tada@trust.example
Ben Marsh\t7/14/2015, 9:31:00 AM\t7/14/2015, 9:32:00 AM\t1m\tben@charity.example\tAttendee\tben@charity.example
"""

TEAMS_ACTIONS = """Full Name\tUser Action\tTimestamp
Ada Okoro\tJoined before\t7/14/2015, 9:30:00 AM
Ben Marsh\tJoined\t7/14/2015, 9:31:00 AM
Ben Marsh\tLeft\t7/14/2015, 9:41:00 AM
Ben Marsh\tJoined\t7/14/2015, 9:45:00 AM
Ben Marsh\tLeft\t7/14/2015, 9:50:30 AM
Cara\tLeft\t7/14/2015, 9:51:00 AM
"""

ZOOM_TOTALS = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
01,Community call,07/14/2015 09:30:00 AM,07/14/2015 10:30:00 AM,host@example.org,60,3,

Name (Original Name),User Email,Total Duration (Minutes),Guest
Ada Okoro,ada@trust.example,60,
Ben's iPad (Ben Marsh),,53,
Cara (she/her),,41,
"""

ZOOM_JOINS = """Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Ada Okoro,ada@trust.example,07/14/2015 09:30:00 AM,07/14/2015 09:45:00 AM,15,No,,No
Ada Okoro,ada@trust.example,07/14/2015 09:40:00 AM,07/14/2015 10:00:00 AM,20,No,,No
Ben Marsh,,07/14/2015 09:29:00 AM,07/14/2015 09:30:00 AM,1,Yes,,Yes
"""

ZOOM_LOWER = """Topic,ID,Duration (minutes),Start time,End time,Participants
Community call,01 02,60,07/14/2015 09:30:00 AM,07/14/2015 10:30:00 AM,1

Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer response,In waiting room
Ada Okoro,ada@trust.example,07/14/2015 09:30:00 AM,07/14/2015 09:45:00 AM,15,No,OK,No
"""

ZOOM_ADMIN = """Topic,Meeting ID,User Name,User Email,Department,Start Time,End Time,Duration (Minutes),Participants,Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Call A,01,Host,host@example.org,,07/14/2015 09:30:00 AM,07/14/2015 10:30:00 AM,60,2,Ada Okoro,ada@trust.example,07/14/2015 09:30:00 AM,07/14/2015 10:30:00 AM,60,No
Call A,01,Host,host@example.org,,07/14/2015 09:30:00 AM,07/14/2015 10:30:00 AM,60,2,Ben Marsh,,07/14/2015 09:40:00 AM,07/14/2015 10:30:00 AM,50,No
Call B,02,Host,host@example.org,,07/15/2015 09:30:00 AM,07/15/2015 09:40:00 AM,10,1,Ada Okoro,ada@trust.example,07/15/2015 09:30:00 AM,07/15/2015 09:40:00 AM,10,No
"""

ZOOM_WEBINAR = """Attendee Report,
Report Generated:,"Jul 20, 2015 8:05 AM",
Topic,Webinar ID,Actual Start Time,Actual Duration (minutes),# Registered,# Cancelled,Unique Viewers,Total Users,Max Concurrent Views
Q webinar,328-972,"Jul 14, 2015 8:30 AM",60,3,0,1,3,1
Host Details,
Attended,User Name,Email,Join Time,Leave Time,Time in Session (minutes),Country/Region Name,
Yes,Host,host@example.org,"Jul 14, 2015 08:30:00","Jul 14, 2015 09:30:00",60,United Kingdom,
Panelist Details,
Attended,User Name (Original Name),Email,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
No,Ada Okoro,ada@trust.example,--,--,--,--,--,
Attendee Details,
Attended,User Name (Original Name),First Name,Last Name,Email,Phone,Registration Time,Approval Status,Join Time,Leave Time,Time in Session (minutes),Is Guest,Country/Region Name,
Yes,ben,Ben,Marsh,ben@charity.example,,"Jul 1, 2015 10:00:00",approved,"Jul 14, 2015 08:31:00","Jul 14, 2015 08:41:00",10,No,United Kingdom,
No,--,Cara,Dow,cara@trust.example,,"Jul 2, 2015 10:00:00",approved,--,--,--,--,--,
No,--,Dai,Rees,dai@trust.example,,"Jul 2, 2015 10:00:00",cancelled by self,--,--,--,--,--,
"""

_QUALTRICS_NAMES = (
    "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,"
    "RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,LocationLatitude,LocationLongitude,"
    "DistributionChannel,UserLanguage,Q1,Q2_1,Q2_2_TEXT,Q3_First Click,Region"
)
_QUALTRICS_TEXTS = (
    "Start,End,Type,IP,Progress,Seconds,Finished,Recorded,Response,Last,First,Email,Reference,Lat,Lon,Channel,"
    'Language,"How useful\nwas it?",Who - Ada Okoro,Who - Other,Timing - First Click,Region'
)
_IDS = [
    "startDate",
    "endDate",
    "status",
    "ipAddress",
    "progress",
    "duration",
    "finished",
    "recordedDate",
    "_recordId",
    "recipientLastName",
    "recipientFirstName",
    "recipientEmail",
    "externalDataReference",
    "locationLatitude",
    "locationLongitude",
    "distributionChannel",
    "userLanguage",
    "QID1",
    "QID2_1",
    "QID2_2_TEXT",
    "QID3_FIRST_CLICK",
    "Region",
]
_QUALTRICS_IDS = ",".join(
    '"{""ImportId"":""'
    + name
    + '""'
    + (',""timeZone"":""America/New_York""' if "Date" in name else "")
    + '}"'
    for name in _IDS
)
_QUALTRICS_ROWS = """2015-07-14 09:00:00,2015-07-14 09:05:00,0,192.0.2.9,100,300,1,2015-07-14 09:05:01,R_1,Okoro,Ada,ada@trust.example,m-1,51.5,-0.1,email,EN,5,NA,"two
lines",1.5,London
2015-07-14 09:00:00,2015-07-14 09:05:00,1,192.0.2.9,100,300,1,2015-07-14 09:05:01,R_2,,,,,51.5,-0.1,preview,EN,5,,,1.5,London
2015-07-14 09:00:00,2015-07-14 09:05:00,0,192.0.2.9,40,300,0,2015-07-21 09:05:01,R_3,,,,,51.5,-0.1,anonymous,EN,,None,,1.5,London
2015-07-14 09:00:00,2015-07-14 09:05:00,0,192.0.2.9,5,300,0,2015-07-21 09:05:01,R_4,,,,,51.5,-0.1,anonymous,EN,,,,1.5,London
2015-07-14 09:00:00,2015-07-14 09:05:00,8,192.0.2.9,100,300,1,2015-07-14 09:05:01,R_5,,,,,51.5,-0.1,anonymous,EN,5,,,1.5,London
"""
QUALTRICS = f"{_QUALTRICS_NAMES}\n{_QUALTRICS_TEXTS}\n{_QUALTRICS_IDS}\n{_QUALTRICS_ROWS}"

QUALTRICS_DICT = """ResponseID,ResponseSet,IPAddress,StartDate,EndDate,RecipientEmail,ExternalDataReference,Finished,Status,Q1
ResponseID,ResponseSet,IPAddress,StartDate,EndDate,RecipientEmail,ExternalDataReference,Finished,Status,How useful?
{'ImportId': 'responseId'},{'ImportId': 'responseSetId'},{'ImportId': 'ipAddress'},{'ImportId': 'startDate'},{'ImportId': 'endDate'},{'ImportId': 'panel-RecipientEmail'},{'ImportId': 'panel-ExternalDataReference'},{'ImportId': 'finished'},{'ImportId': 'status'},{'ImportId': 'QID1'}
R_1,Default Response Set,192.0.2.9,2015-07-14 09:00:00,2015-07-14 09:05:00,ada@trust.example,m-1,1,0,4
"""

QUALTRICS_LEGACY = """V1,V2,V3,V4,V5,V6,V7,V8,V9,V10,Q1
ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,EndDate,Finished,How useful?
R_1,Default Response Set,"Okoro, Ada",m-1,ada@trust.example,192.0.2.9,0,2015-07-14 09:00:00,2015-07-14 09:05:00,1,4
R_2,Default Response Set,Anonymous,,,192.0.2.9,1,2015-07-14 09:00:00,2015-07-14 09:05:00,1,4
"""

LIMESURVEY_CODES = """id,submitdate,lastpage,startlanguage,seed,token,startdate,datestamp,ipaddr,firstname,lastname,email,attribute_1,Q1,Q2[SQ001],Q2[other],interviewtime,groupTime7
3,2015-07-14 09:05:00,2,en,99,m-1,2015-07-14 09:00:00,2015-07-14 09:05:00,192.0.2.9,Ada,Okoro,ada@trust.example,x,None,Y,"a
b",60.5,60.5
4,,1,en,98,,2015-07-14 09:00:00,2015-07-14 09:02:00,192.0.2.9,,,,x,,N,,20,20
5,,1,en,97,,2015-07-14 09:00:00,2015-07-14 09:02:00,192.0.2.9,,,,x,,,,20,20
"""

LIMESURVEY_TEXTS = """id. Response ID,submitdate. Date submitted,lastpage. Last page,startlanguage. Start language,seed. Seed,Q1. How useful?,Q2[SQ001]. Who did you meet? [Ada]
3,1980-01-01 00:00:00,2,en,99,NA,Y
"""

LIMESURVEY_ROWS = """,socio1. Where do you work?,affSat1. I enjoy my job
0,Wales,Agree
1,,Disagree
2,,
"""

SURVEYMONKEY = """RespondentID,CollectorID,StartDate,EndDate,IP Address,Email Address,First Name,LastName,Custom Data 1,<b>How useful</b><br>was it?,Which of these have you met? Please select all that apply.,,,How do you view them?,,Please rank,,Your age,Contact details,,Anything else?
,,,,,,,,,Response,Ada | Okoro,Ben,Other (please specify),Events,Calls,Events,Calls,Response,Name,Email Address,Open-Ended Response
101,7,07/14/2015 09:00:00 AM,07/14/2015 09:05:00 AM,192.0.2.9,ada@trust.example,Ada,Okoro,m-1,Very useful,Ada | Okoro,,,Very favorably,Unfamiliar (N/A),1,2,30-44,Ada,ada@trust.example,"Good, all
of it"
102,7,07/14/2015 09:00:00 AM,07/14/2015 09:06:00 AM,192.0.2.9,,,,,Not so useful,,Ben,Dai,Somewhat unfavorably,Very favorably,2,1,> 60,,,
103,7,07/14/2015 09:00:00 AM,07/14/2015 09:07:00 AM,192.0.2.9,,,,,,,,,,,,,18-29,,,
104,7,07/14/2015 09:00:00 AM,07/14/2015 09:08:00 AM,192.0.2.9,,,,,,,,,,,,,,,,
"""

SURVEYMONKEY_BARE = """RespondentID,How useful?,Why?
,Response,Response
1,Yes,Because
2,No,
"""

SURVEYMONKEY_CODES = """respondent_id,collector_id,date_created,date_modified,ip_address,email_address,first_name,last_name,custom_1,q0001,q0002_0001,q0002_0002,q0003
1,7,2015-07-14 09:00:00,2015-07-14 09:05:00,192.0.2.9,ada@trust.example,Ada,Okoro,m-1,Yes,Events,,4
2,7,2015-07-14 09:00:00,2015-07-14 09:05:00,192.0.2.9,,,,,No,Events,Calls,5
"""

MICROSOFT_FORMS = """ID,Start time,Completion time,Email,Name,How useful?,Which topics?
1,7/14/15 9:00:00,7/14/15 9:05:00,anonymous,,5,Data;Coaching;
2,7/14/15 9:00:00,42199.38,ada@trust.example,Ada Okoro,4,Data;
"""

EVENTBRITE = """Order #,Order Date,First Name,Last Name,Email,Quantity,Price Tier,Ticket Type,Attendee #,Group,Order Type,Currency,Total Paid,Attendee Status
1,2015-03-01,Ada,Okoro,ada@trust.example,1,,General,1,,Free,GBP,0,Checked In
1,2015-03-01,Ben,Marsh,ada@trust.example,1,,General,2,,Free,GBP,0,Attending
2,2015-03-02,Cara,Dale,cara@trust.example,1,,General,3,,Free,GBP,0,Sold
"""

PARTICIPANTS = """tid,firstname,lastname,email,emailstatus,token,language,validfrom,validuntil,invited,reminded,remindercount,completed,usesleft
1,Ada,Okoro,ada@trust.example,OK,aaa,en,,,2015-07-01 09:00,N,0,2015-07-14 10:00,0
2,Ben,Marsh,ben@charity.example,OptOut,bbb,en,,,2015-07-01 09:00,2015-07-10 09:00,1,N,1
3,Cara,,cara@trust.example,OK,ccc,en,,,N,N,0,N,1
"""

KUMU = """From,To,Direction,Type,Strength
Ada Okoro,Ben Marsh|Cara,directed,advice,"3,5"
Ben Marsh,,mutual,advice,1
Cara,Ada Okoro,sideways,,2
"""

SETTLED = """identifier,address,name,is,files,rows
,j.smith@home.example,J Smith,M4,zoom.csv,2
HR-9,,,guest,attendance.csv,1
"""

VENDOR_FILES: dict[str, tuple[str, ...]] = {
    "teams": (TEAMS_NUMBERED, TEAMS_POLISH, TEAMS_COMMA, TEAMS_OLDER, TEAMS_ACTIONS),
    "zoom": (ZOOM_TOTALS, ZOOM_JOINS, ZOOM_LOWER, ZOOM_ADMIN, ZOOM_WEBINAR),
    "qualtrics": (QUALTRICS, QUALTRICS_DICT, QUALTRICS_LEGACY),
    "limesurvey": (LIMESURVEY_CODES, LIMESURVEY_TEXTS, LIMESURVEY_ROWS),
    "surveymonkey": (SURVEYMONKEY, SURVEYMONKEY_BARE, SURVEYMONKEY_CODES),
    "microsoft_forms": (MICROSOFT_FORMS,),
    "eventbrite": (EVENTBRITE,),
    "limesurvey_participants": (PARTICIPANTS,),
    "kumu": (KUMU,),
    "people_settled": (SETTLED,),
}


def sample(text: str, name: str = "export.csv") -> Sample:
    return Sample(name, text.encode(), text)


def read_text(source: Source, text: str, name: str = "export.csv", **options: Any) -> Reading:
    """What a source reads from `text`, having recognised it and keeping the line count honest."""
    assert source.recognise(sample(text))
    reading = source.read(RawFile(name, Path(name), text, Options(**options)))
    check_count(reading)
    return reading


def list_rows(reading: Reading, table: str) -> list[dict[str, Any]]:
    return reading.tables[table].to_pylist()


def check_count(reading: Reading) -> None:
    """Every record is in a table or rejected, never both, and `rows_read` counts them."""
    lines = {row["line"] for table in reading.tables.values() for row in table.to_pylist()} - {0}
    rejected = [reject.line for reject in reading.rejects]
    assert len(set(rejected)) == len(rejected)
    assert not lines & set(rejected)
    assert reading.rows_read == len(lines) + len(rejected)
