from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.reading.transcode import decode, plain_text
from etl.reading.types import Refused

TEXTS = st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"]))
MARKED = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(MARKED))
def test_a_byte_order_mark_decides(text: str, marked: tuple[bytes, str]) -> None:
    mark, encoding = marked
    content = mark + text.encode(encoding)
    assert decode(content, "a.csv", None) == plain_text(text)
    assert decode(content, "a.csv", encoding) == plain_text(text)


@settings(deadline=None)
@given(TEXTS)
def test_valid_utf_8_is_utf_8_with_or_without_the_option(text: str) -> None:
    assert decode(text.encode(), "a.csv", None) == plain_text(text)
    assert decode(text.encode(), "a.csv", "cp1252") == plain_text(text)


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([None, "cp1252", "utf-16-le", "shift_jis"]))
def test_bytes_are_text_or_refused_in_one_sentence(content: bytes, encoding: str | None) -> None:
    try:
        outcome = decode(content, "a.csv", encoding)
    except Refused as refusal:
        outcome = str(refusal)
        is_sentence = outcome.startswith("a.csv ") and outcome.endswith(".")
    else:
        is_sentence = True
    assert is_sentence


def test_other_encodings_are_read_only_when_named() -> None:
    content = "member’s café".encode("cp1252")
    with pytest.raises(Refused) as refusal:
        decode(content, "survey.csv", None)
    assert str(refusal.value) == (
        "survey.csv is not UTF-8 (byte 0x92 at position 6): say which encoding it has, "
        "for example --encoding cp1252."
    )
    assert decode(content, "survey.csv", "cp1252") == "member’s café"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_only_when_named(encoding: str) -> None:
    content = "Name\tEmail\r\nAda\ta@b".encode(encoding)
    with pytest.raises(Refused, match=f"--encoding {encoding}"):
        decode(content, "teams.csv", None)
    assert decode(content, "teams.csv", encoding) == "Name\tEmail\r\nAda\ta@b"
    with pytest.raises(Refused, match="utf-16-le"):
        decode(content, "teams.csv", "utf-16")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (codecs.BOM_UTF8 + b"a", "cp1252"),
        (codecs.BOM_UTF16_LE + b"a\0", "utf-8"),
        (codecs.BOM_UTF16_LE + b"a\0", "utf-16-be"),
        (codecs.BOM_UTF16_BE + b"\0a", "latin-1"),
    ],
)
def test_an_option_that_contradicts_the_mark_is_refused(content: bytes, encoding: str) -> None:
    with pytest.raises(Refused, match="leave the option out"):
        decode(content, "a.csv", encoding)


@pytest.mark.parametrize(
    ("content", "encoding", "words"),
    [
        (b"\x81", "cp1252", "cannot be read as cp1252"),
        (codecs.BOM_UTF16_LE + b"a", None, "cannot be read as utf-16-le"),
        (codecs.BOM_UTF8 + b"\xff", None, "cannot be read as utf-8"),
        (b"\xe9", "utf-8", "cannot be read as utf-8"),
        (b"\xe9", "klingon", "no encoding 'klingon'"),
        (b"\xe9", "hex", "cannot be read as hex"),
    ],
)
def test_bytes_that_do_not_fit_are_refused(content: bytes, encoding: str | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        decode(content, "a.csv", encoding)


def test_nul_characters_that_fill_up_the_end_go_others_stay_to_be_said_and_a_file_of_them_is_refused() -> (
    None
):
    text = "Attendee Report,\0\nAda,Yes\n"
    assert decode(f"{text}\0\0".encode(), "a.csv", None) == text
    assert decode(f"{text}Ben\0".encode(), "a.csv", None) == f"{text}Ben\0"
    with pytest.raises(Refused, match="NUL"):
        decode(b"\0" * 50 + b"a", "a.csv", None)
