"""A document from the network, because the user typed its address. In: an http(s) address. Out: its text. Bounded in
size, time and redirects; a redirect may not leave https. Nothing that a document names is ever fetched."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from calltune.errors import ContractError

_TIMEOUT_S = 30.0
_MOST_REDIRECTS = 5
_CHUNK_BYTES = 1 << 16


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = _MOST_REDIRECTS

    def redirect_request(
        self, request: urllib.request.Request, file: IO[bytes], code: int, text: str, headers: HTTPMessage, address: str
    ) -> urllib.request.Request | None:
        schemes = urlsplit(request.full_url).scheme, urlsplit(address).scheme
        if schemes[1] != "https" and schemes != ("http", "http"):
            raise urllib.error.URLError(f"it redirects to {address[:200]!r}, which is not https")
        return super().redirect_request(request, file, code, text, headers, address)


def download(address: str, *, max_bytes: int, timeout_s: float = _TIMEOUT_S) -> str:
    """The text at an address, in UTF-8. ContractError where there is none in time."""
    try:
        parts = urlsplit(address)
        request = urllib.request.Request(
            address, headers={"User-Agent": "calltune", "Accept": "application/json, application/yaml, */*;q=0.5"}
        )
    except ValueError as error:
        raise ContractError(f"{address} could not be read: {error}.") from error
    if parts.username or parts.password:
        raise ContractError(
            "an address with a user name or a password is not read.", hint="Download the document and give the file."
        )
    ends = time.monotonic() + timeout_s
    try:
        with urllib.request.build_opener(_Redirects).open(request, timeout=timeout_s) as response:
            data = bytearray()
            while chunk := response.read1(_CHUNK_BYTES):
                data += chunk
                if len(data) > max_bytes:
                    raise ContractError(f"{address} answers more than {max_bytes >> 20} MiB; that is no list of tools.")
                if time.monotonic() > ends:
                    raise ContractError(f"{address} did not answer whole in {timeout_s:g} seconds.")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(f"{address} answers no text in UTF-8.") from error
    except urllib.error.HTTPError as error:
        error.close()
        raise ContractError(
            f"{address} answers {error.code} {error.reason}.",
            hint="Open it in a browser, or download the document and give the file.",
        ) from error
    except (OSError, HTTPException, ValueError) as error:  # URLError is an OSError; the last: an address that is none
        reason = getattr(error, "reason", None) or error
        raise ContractError(f"{address} could not be read: {reason}.") from error
