"""What a mapping says of an export that is known and that finds nothing there."""

from __future__ import annotations

from etl.reading.mapping import Mapping
from etl.reading.types import Reading, Wording

_WITH_CHOICES = ("google_forms", "microsoft_forms")


def tell_unused(mapping: Mapping, reading: Reading, file: str, title: str) -> list[str]:
    """A sentence for each question of `choices` and `questions` and item of `order` that the file does not have, and for choices that it does
    not need."""
    if mapping.is_survey or mapping.table:
        return []
    texts = list(dict.fromkeys(one.text for one in reading.asked))
    items = list(dict.fromkeys(item.item_id for item in reading.items))
    said = []
    for key in mapping.choices:
        if reading.source not in _WITH_CHOICES:
            why = f"and in {title} each option is read as the file has it: take it out"
        elif not any(text == key or text.startswith(f"{key} [") for text in texts):
            why = f"which is no question there, so that it was not used: write it as the heading is. There are: {_list(texts)}"
        else:
            continue
        said.append(
            f"{mapping.source or 'The mapping'} says '{key[:60]}' of {file} in [file.choices], {why}."
        )
    said += [
        f"{mapping.source or 'The mapping'} says '{words[:60]}' of {file} in [file.questions], which is no question there, so that it was not used: "
        f"write it as the heading is. There are: {_list(texts)}"
        for words in mapping.questions.values()
        if not any(is_asked(one, words) for one in reading.asked)
    ]
    return said + [
        f"{mapping.source or 'The mapping'} says {key[:60]} of {file} in [file.order], which is no item there, so that it was not used: "
        f"correct it. There are: {_list(items)}."
        for key in mapping.order
        if key not in items
    ]


def is_asked(one: Wording, words: str) -> bool:
    """Whether a mapping means this question: by its short name, its heading or its text."""
    return words.strip() in (one.item_id, one.heading.strip(), one.text.strip())


def _list(names: list[str]) -> str:
    return f"{', '.join(name[:60] for name in names)[:300] or 'none'}"
