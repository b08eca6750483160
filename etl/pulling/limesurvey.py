"""LimeSurvey's RemoteControl 2: the responses of a survey as CSV, with question codes and answer codes."""

from __future__ import annotations

import binascii

from citric import Client
from citric.exceptions import LimeSurveyError, LimeSurveyStatusError, ResponseMismatchError

from etl.pulling.configured import Pull
from etl.pulling.web import Unanswered, Web

_NOBODY = "No Data"
_SAID = 100


def fetch(pull: Pull, token: str) -> bytes | None:
    """The export, complete and incomplete responses; None where there is none yet. Raises Unanswered."""
    if not pull.id.isdecimal():
        raise Unanswered(f"{pull.name}: {pull.id} is no survey id of LimeSurvey: write its digits.")
    web = Web(pull, {})
    try:
        with Client(pull.address, pull.user, token, requests_session=web) as client:
            return client.export_responses(int(pull.id), file_format="csv")
    except LimeSurveyStatusError as fault:
        words = str(fault)
        if words.startswith(_NOBODY):
            return None
        said = "" if token in words else f" ({words[:_SAID].rstrip('.')})"
        raise Unanswered(
            f"{pull.name}: LimeSurvey refuses it{said}: check user, id and the password that {pull.token} is set to, and that this "
            "user may export responses."
        ) from None
    except (
        LimeSurveyError,
        ResponseMismatchError,
        binascii.Error,
        ValueError,
        TypeError,
        LookupError,
        RecursionError,
    ):
        raise Unanswered(
            f"{pull.name}: what answers is no RemoteControl interface that speaks JSON-RPC: check the address in pull.toml, and that "
            "the interface is on in LimeSurvey's global settings; nothing was loaded."
        ) from None
