"""A draft as a mapping in TOML: what it says as it would be read, and a line "# ASK" where its owner has to say something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from etl.sources.proposals.draft import NOT_READ, Draft

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_toml(draft: Draft, name: str = "") -> str:
    """A [[file]] of TOML that is read as `make_mapping` of the draft is, of which nothing is left to be asked."""
    return "\n".join(_write_lines(replace(draft, asks={}), name)) + "\n"


def write_proposal(draft: Draft) -> str:
    """The same with what it rests on, for whoever completes it in an editor."""
    said = f"as {draft.like} was read" if draft.like else "a guess from its first rows"
    left = ", ".join(one.name for one in draft.list_with(NOT_READ))
    head = f"# {draft.name}: {said}. Read each line; every # ASK wants an answer."
    lines = [" ".join(head.split()), *_write_lines(draft)]
    for role in draft.lacking:
        lines.append(f'# ASK: which column is {role}? Name it under [file.columns]: {role} = "..."')
    if left:
        lines.append(f"# Not read: {' '.join(left.split())[:300]}")
    if scales := draft.list_scales():
        entry = draft.write_entry().get("items", {})
        items = {heading: item for item, heading in entry.items()}
        lines += [
            "# ASK: are these words a scale? Then put them in order from the lowest on, and take the # away.",
            "# [file.order]",
        ]
        lines += [
            f"# {_key(items[heading])} = {_value(list(words))}"
            for words, headings in scales.items()
            for heading in headings
        ]
    return "\n".join(lines) + "\n"


def _write_lines(draft: Draft, name: str = "") -> Iterator[str]:
    asks = dict(draft.asks)

    def ask(part: str) -> Iterator[str]:
        if part in asks:
            yield f"# ASK: {asks.pop(part)}"

    yield "[[file]]"
    entry = draft.write_entry(name)
    for key, value in entry.items():
        if not isinstance(value, dict):
            yield from ask(key)
            yield f"{key} = {_value(value)}"
    for key, value in entry.items():
        if not isinstance(value, dict):
            continue
        inner = {name: part for name, part in value.items() if isinstance(part, dict)}
        if len(inner) < len(value):
            yield f"[file.{key}]"
            yield from ask(key)
            yield from _write_pairs(value)
        for name, part in inner.items():
            yield f"[file.{key}.{_key(name)}]"
            yield from ask(f"{key}.{name}" if f"{key}.{name}" in asks else key)
            yield from _write_pairs(part)


def _write_pairs(pairs: Mapping[str, object]) -> Iterator[str]:
    return (f"{_key(name)} = {_value(value)}" for name, value in pairs.items() if not isinstance(value, dict))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: object) -> str:
    """Text, or a list of texts, as TOML has it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
