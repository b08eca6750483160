"""Questions of an evaluator's own: a SELECT over the tables of the release is answered, everything else is refused in a sentence."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import warehouse.questions.ask as asking
from tests.conftest import MakeRelease
from warehouse.questions.__main__ import open_question
from warehouse.questions.ask import ask_rows
from warehouse.questions.check import BadQuestion, check_question
from warehouse.release import Release

MEMBERS = """member_id | name  | region | joined_on
             m1        | Ada   | Wales  | 2015-01-05
             m2        | Bob   | Wales  | 2015-01-05
             m3        | Carl  | London | 2015-02-05"""


@pytest.fixture
def release(make_release: MakeRelease) -> Release:
    return make_release({"members": MEMBERS}).release


def ask(release: Release, sql: str) -> list[tuple[object, ...]]:
    rows, is_more = ask_rows(release, sql, look=lambda share: None)
    assert not is_more
    return [tuple(row) for row in rows.to_numpy().tolist()]


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        (
            "SELECT region, count(*) AS n FROM members GROUP BY ALL ORDER BY n DESC",
            [("Wales", 2), ("London", 1)],
        ),
        ("WITH far AS (FROM members WHERE region <> 'London') SELECT count(*) FROM far -- a remark", [(2,)]),
        ("SELECT unnest([1, 2]) AS one;", [(1,), (2,)]),
        ("SELECT max(joined_on) > DATE '2015-02-01' FROM main.members", [(True,)]),
    ],
)
def test_a_question_is_answered(release: Release, sql: str, answer: list[tuple[object, ...]]) -> None:
    assert ask(release, sql) == answer


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("", "one question at a time"),
        ("SELECT 1; SELECT 2", "one question at a time"),
        ("SELEC 1", "not SQL that can be read"),
        ("DROP TABLE members", "Only a SELECT"),
        ("COPY members TO 'taken.csv'", "Only a SELECT"),
        ("INSERT INTO members SELECT * FROM members", "Only a SELECT"),
        ("ATTACH 'other.duckdb'", "Only a SELECT"),
        ("SET memory_limit = '100GB'", "Only a SELECT"),
        ("CALL pragma_version()", "Only a SELECT"),
        ("SHOW ALL TABLES", "Only tables"),
        ("SELECT * FROM (DESCRIBE members)", "Only tables"),
        ("FROM read_text('/etc/passwd')", "read_text is not for use"),
        ("SELECT (SELECT content FROM read_text('/etc/passwd'))", "read_text is not for use"),
        ("FROM members UNION ALL BY NAME FROM glob('/*')", "glob is not for use"),
        ("FROM members WHERE member_id IN (FROM glob('/*'))", "glob is not for use"),
        ("WITH a AS (FROM duckdb_settings()) FROM a", "duckdb_settings is not for use"),
        ("FROM query('FROM read_text(''/etc/passwd'')')", "query is not for use"),
        ("FROM query_table(['members'])", "query_table is not for use"),
        ("FROM '/etc/passwd'", "no table /etc/passwd"),
        ("FROM aliases", "no table aliases"),
        ("FROM coded_answers", "no table coded_answers"),
        ("FROM information_schema.tables", "no table tables"),
        ("FROM (WITH duckdb_views AS (SELECT 1) SELECT 2), duckdb_views", "no table duckdb_views"),
        ("FROM (WITH sqlite_master AS (SELECT 1) SELECT 2), sqlite_master", "no table sqlite_master"),
        ("SELECT current_setting('allowed_paths')", "current_setting is not for use"),
        ("SELECT list_transform([1], x -> getenv('HOME'))", "getenv is not for use"),
        ("SELECT pg_get_viewdef(x::INT) FROM range(9) t(x)", "pg_get_viewdef is not for use"),
        (
            "SELECT json_serialize_plan('SELECT current_setting(''threads'')', optimize := true)",
            "is not for use",
        ),
        ('SELECT * FROM (WITH "a.parquet" AS (SELECT 1) SELECT 1), "a.parquet"', "no table a.parquet"),
        ("SELECT * FROM (" * 400 + "SELECT 1" + ")" * 400, "nested too deeply"),
    ],
)
def test_what_is_no_question_of_the_tables_is_refused(release: Release, sql: str, why: str) -> None:
    with open_question(release.path) as connection, pytest.raises(BadQuestion) as refused:
        check_question(connection, sql)
    assert why in str(refused.value)


def test_no_name_of_a_person_can_be_asked_for(release: Release) -> None:
    assert "Ada" not in str(ask(release, "FROM members"))
    with pytest.raises(BadQuestion, match="name"):
        ask(release, "SELECT m.name FROM members m")


def test_the_connection_itself_reads_and_writes_nothing_else(release: Release, tmp_path: Path) -> None:
    """The second wall, behind what is read of the question: opened as it is, without the check."""
    connection = open_question(release.path)
    with pytest.raises(Exception, match="ermission"):
        connection.execute("FROM read_text('/etc/passwd')").fetchall()
    with pytest.raises(Exception, match="ermission"):
        connection.execute(f"COPY members TO '{tmp_path / 'taken.csv'}'")
    with pytest.raises(Exception, match="locked"):
        connection.execute("SET enable_external_access = true")
    assert connection.execute("SELECT count(*) FROM members").fetchone() == (3,)
    connection.close()


def test_more_rows_than_are_shown_are_said(release: Release) -> None:
    rows, is_more = ask_rows(release, f"SELECT * FROM range({asking.MOST_ROWS + 1})", look=lambda share: None)
    assert (len(rows), is_more) == (asking.MOST_ROWS, True)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT len(list(range)) FROM range(3_000_000_000)",
        "SELECT list_sum(range(2_000_000_000))",
        "SELECT len(repeat('a', 4_000_000_000))",
    ],
)
def test_what_needs_more_memory_than_there_is_is_refused(release: Release, sql: str) -> None:
    with pytest.raises(BadQuestion, match="memory"):
        ask(release, sql)


def test_no_path_of_the_server_stands_in_what_is_asked_or_refused(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadQuestion) as refused:
        ask(release, "SELECT nothing FROM members")
    assert "nothing" in str(refused.value)
    monkeypatch.chdir(release.path)
    with open_question(Path()) as connection:
        told = connection.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()
    assert "tables/members.parquet" in str(told), "the views are among what was looked at"
    assert str(release.path.parent) not in str(told) + str(refused.value)


def test_whoever_waits_can_end_a_question(release: Release) -> None:
    class Gone(Exception):
        pass

    looks: list[float] = []

    def look(share: float) -> None:
        looks.append(share)
        raise Gone

    before = threading.active_count()
    with pytest.raises(Gone):
        ask_rows(release, "SELECT count(*) FROM range(100_000_000_000) a, range(10) b", look=look)
    assert looks
    assert threading.active_count() == before


def test_a_question_that_takes_too_long_is_stopped(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_SECONDS", asking.LOOK_SECONDS)
    with pytest.raises(BadQuestion, match="stopped"):
        ask(release, "SELECT count(*) FROM range(100_000_000_000) a, range(10) b")
