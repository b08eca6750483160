"""What does not change is made once for each release, and shared by all sessions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from ui.words.language import find_language
from warehouse.engine import Engine

T = TypeVar("T")


class Once(Generic[T]):
    """Values by key for each engine of a release, let go with it; of more than `most` the one unused for longest goes.

    A key says all that a value depends on besides the release, and the language that is spoken: where it holds figures, the scope
    they were made for. What has no words of the interface is the same in every language (`has_words` is off). Keys are
    compared, not hashed by their content as Streamlit does: a look-up is a few microseconds.
    """

    def __init__(self, most: int, *, has_words: bool = True) -> None:
        self._most = most
        self._has_words = has_words
        self._lock = threading.Lock()
        self._kept: WeakKeyDictionary[Engine, OrderedDict[Hashable, Future[T]]] = WeakKeyDictionary()

    def get(self, engine: Engine, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made by whoever asks first while others wait; what failed is made again by the next."""
        if self._has_words:
            key = (find_language(), key)
        while True:
            mine: Future[T] = Future()
            with self._lock:
                kept = self._kept.setdefault(engine, OrderedDict())
                found = kept.setdefault(key, mine)
                kept.move_to_end(key)
                while len(kept) > self._most:
                    kept.popitem(last=False)
            if found is mine:
                return self._make(mine, kept, key, make)
            try:
                return found.result()
            except CancelledError:
                continue

    def _make(
        self, mine: Future[T], kept: OrderedDict[Hashable, Any], key: Hashable, make: Callable[[], T]
    ) -> T:
        try:
            value = make()
        except BaseException:
            with self._lock:
                kept.pop(key, None)
            mine.cancel()
            raise
        mine.set_result(value)
        return value
