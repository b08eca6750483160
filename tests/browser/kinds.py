"""One export of each importer, of four people, with the tables that they are read by and a mapping that says what they do not."""

from __future__ import annotations

from pathlib import Path

from tests.etl.layout_samples import KUMU_JSON, LAYOUTS, PHYSICAL, QSF, write_sav

MEMBERS = """member_id,email,name,joined_on,external_id
M1,ada@trust.example,Ada Okoro,2015-01-01,m-1
M2,ben@charity.example,Ben Marsh,2015-01-01,HR-2
M3,cara@trust.example,Cara,2015-01-01,HR-3
M4,jo@trust.example,Jo Smith,2015-01-01,HR-4
"""
EVENTS = """event_id,title,starts_at,kind
E1,Workshop,2015-03-10T10:00:00Z,workshop
E2,Call,2015-07-14T10:00:00Z,call
"""
EXPORTS = {
    "teams": "teams, numbered",
    "zoom": "zoom, joins",
    "qualtrics": "qualtrics, three rows",
    "limesurvey": "limesurvey, codes",
    "surveymonkey": "surveymonkey, two rows",
    "microsoft_forms": "microsoft forms",
    "google_forms": "google forms",
    "eventbrite": "eventbrite",
    "limesurvey_participants": "limesurvey participants",
    "kumu": "kumu",
    "edges": "edges, gephi",
    "matrix": "matrix, adjacency",
    "people_settled": "people settled",
    "template": "series",
}
SURVEYS = ("qualtrics", "limesurvey", "surveymonkey", "microsoft_forms", "google_forms", "spss")
TIES = ("kumu", "kumu_book", "kumu_project", "edges", "matrix")


def write_base(folder: Path) -> Path:
    """Members, events, and a wave for each file of answers or ties."""
    folder.mkdir(parents=True)
    (folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
    (folder / "events.csv").write_text(EVENTS, encoding="utf-8")
    waves = [f"{name},{name},2015-07-01,2015-07-31" for name in (*SURVEYS, *TIES)]
    (folder / "waves.csv").write_text(
        "wave_id,survey_id,opened_on,closed_on\n" + "\n".join(waves) + "\n", encoding="utf-8"
    )
    return folder


def write_kinds(folder: Path) -> list[Path]:
    """One file of each importer, and of each form that it comes in beside a table."""
    folder.mkdir(parents=True, exist_ok=True)
    _, write, _ = PHYSICAL["comma"]
    for source, layout in EXPORTS.items():
        write(LAYOUTS[layout][1], folder / f"{source}.csv")
    _, write, _ = PHYSICAL["workbook"]
    write(LAYOUTS["sumapp"][1], folder / "kumu_book.xlsx")
    (folder / "kumu_project.json").write_text(KUMU_JSON, encoding="utf-8")
    (folder / "qsf.qsf").write_text(QSF, encoding="utf-8")
    write_sav(folder / "spss.sav")
    return sorted(folder.iterdir())


def write_mapping(path: Path) -> Path:
    """What the files do not say themselves, by name."""
    said = {
        "limesurvey_participants.csv": 'wave_id = "limesurvey"',
        "eventbrite.csv": 'event_id = "E1"',
        "zoom.csv": 'event_id = "E2"',
        **{f"{name}.*": f'wave_id = "{name}"' for name in TIES},
        "qsf.qsf": 'survey_id = "qualtrics"',
        **{f"{name}*": f'survey_id = "{name}"\nwave_id = "{name}"' for name in SURVEYS},
    }
    entries = [f'[[file]]\nname = "{name}"\n[file.options]\n{options}\n' for name, options in said.items()]
    path.write_text("\n".join(entries), encoding="utf-8")
    return path
