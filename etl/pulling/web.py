"""How a tool is asked: patiently, over https, and never so that a token gets to another host or into words."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import sleep
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.util.retry import Retry

from etl.pulling.configured import Pull, is_loopback
from etl.reading.types import Refused

CONNECT_SECONDS, READ_SECONDS, LONGEST_WAIT = 10, 60, 120
TRIES = 4
MOST_PAGES = 2_000
# What they say of a try that is made again is no sentence.
logging.getLogger("urllib3").setLevel(logging.ERROR)
T = TypeVar("T")


class Unanswered(Refused):
    """A tool that cannot be asked, or answers something else than what it documents; `status` is that of HTTP, 0 where there is none."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class Headed(AuthBase):
    """Headers that say who asks; in their place nothing is taken from a .netrc."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


class Web(requests.Session):
    """A session for one pull: it tries again where a tool is busy, waits as long as it is told, and follows no redirect to another
    host, port or scheme."""

    def __init__(self, pull: Pull, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.auth = Headed(headers)
        # A proxy of the environment is for other machines: what is asked here without https must not pass through one.
        self.trust_env = not is_loopback(urlsplit(pull.address).hostname or "")
        self.pull = pull
        patient = Retry(
            total=TRIES,
            read=1,
            backoff_factor=1,
            status_forcelist=(429, 502, 503, 504),
            allowed_methods=None,
            raise_on_status=False,
            retry_after_max=LONGEST_WAIT,
        )
        for scheme in ("https://", "http://"):
            self.mount(scheme, HTTPAdapter(max_retries=patient))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and _find_origin(_join(resp.url, target)) != _find_origin(resp.url):
            raise Unanswered(
                f"{self.pull.name}: {_find_origin(resp.url)} sends on to another address, which is not followed, so that the token "
                "does not get there: write the right address in pull.toml."
            )
        return target

    def request(self, method: str, url: str, **given: Any) -> requests.Response:  # type: ignore[override]
        """The whole answer, of status 200. Unanswered says what else came."""
        given.setdefault("timeout", (CONNECT_SECONDS, READ_SECONDS))
        with self.explain():
            answer = super().request(method, url, **given)
        if answer.status_code != 200:
            raise Unanswered(f"{self.pull.name}: {_explain_status(answer)}", answer.status_code)
        return answer

    @contextmanager
    def explain(self) -> Iterator[None]:
        """What is wrong on the way, in a sentence; the words of the library, which may quote what was sent, are left out."""
        where = f"{self.pull.name}: {urlsplit(self.pull.address).hostname}"
        try:
            yield
        except requests.exceptions.SSLError:
            raise Unanswered(f"{where} has no valid certificate, so that it is not asked.") from None
        except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
            raise Unanswered(f"{where} broke off in the middle of its answer: pull it again.") from None
        except (requests.exceptions.ConnectionError, requests.exceptions.Timeout):
            raise Unanswered(
                f"{where} does not answer, or not in time: check the address in pull.toml, and the network."
            ) from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError):
            raise Unanswered(
                f"{where} answers in a way that is not HTTP as it should be: check the address."
            ) from None

    def ask(self, method: str, url: str, **given: Any) -> dict[str, Any]:
        """The JSON object that is the answer."""
        try:
            found = self.request(method, url, **given).json()
        except (ValueError, RecursionError):
            found = None
        return pick({"answer": found}, "answer", dict, self.pull)


def pick(record: Mapping[str, Any], name: str, kind: type[T], pull: Pull) -> T:
    """A value of an answer by name. Unanswered where it is not there, or something else."""
    value = record.get(name)
    if not isinstance(value, kind):
        raise Unanswered(
            f"{pull.name}: the answer of {pull.title} is not as it documents it ({name} is missing or of another kind): check address "
            "and id in pull.toml; nothing was loaded."
        )
    return value


def pick_text(record: Mapping[str, Any], name: str) -> str:
    """A value in words; '' where there is none."""
    value = record.get(name)
    return "" if value is None or isinstance(value, dict | list) else str(value)


def list_rows(
    web: Web,
    url: str,
    rows: str,
    key: str,
    find_next: Callable[[dict[str, Any]], str],
    given: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """What the pages of an answer list under `rows`; `find_next` tells of a page what the parameter `key` of the next one is, '' after the last."""
    seen: set[str] = set()
    parameters, listed = dict(given or {}), list[dict[str, Any]]()
    while True:
        page = web.ask("GET", url, params=parameters)
        for row in pick(page, rows, list, web.pull):
            listed.append(pick({rows: row}, rows, dict, web.pull))
        following = find_next(page)
        if not following:
            return listed
        if following in seen or len(seen) > MOST_PAGES:
            raise Unanswered(
                f"{web.pull.name}: the pages of {web.pull.title} never end; nothing was loaded. Pull it again."
            )
        seen.add(following)
        parameters[key] = following


def wait(seconds: float) -> None:
    """Let a tool work."""
    sleep(seconds)


def write_csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as tools export it, in UTF-8; half a character, which JSON can hold, is written as its number."""
    written = io.StringIO()
    csv.writer(written).writerows([heading, *rows])
    return written.getvalue().encode("utf-8", "backslashreplace")


def check_header(token: str, pull: Pull) -> str:
    """A token that can stand in a header. Refused, without it, where it cannot."""
    if not token.isascii() or not token.isprintable() or " " in token:
        raise Refused(f"{pull.name} is not pulled: {pull.token} holds characters that no token has.")
    return token


def _find_origin(url: str) -> str:
    """Scheme, host and port; '' of what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _join(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        return ""


def _explain_status(answer: requests.Response) -> str:
    host = urlsplit(answer.url).hostname
    match answer.status_code:
        case 401:
            return f"{host} does not know the token (401): it may have ended; set a new one."
        case 403:
            return f"{host} does not let this token read it (403): give it the rights that docs/sources.md names."
        case 404:
            return f"{host} has nothing of this id (404): check id and address in pull.toml."
        case 429:
            return f"{host} is asked too often (429): pull it less often."
        case status if status >= 500:
            return f"{host} is out of order ({status}): it is tried again with the next pull."
        case status:
            return f"{host} refuses the question ({status}): check id and address in pull.toml."
