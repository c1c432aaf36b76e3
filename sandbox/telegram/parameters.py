"""
The parameters of a request, however they came: JSON, a form with JSON in its fields, or multipart.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from sandbox.telegram.refusals import Refusal, bad_request

MOST_UPLOAD_BYTES = 50 * 1024 * 1024
_TRUE = frozenset({"true", "yes", "1"})


@dataclass(slots=True)
class Parameters:
    """
    Attributes:
        values: Parameter name to what was sent: a string from a form, any JSON from a JSON body.
        files: Part name to the bytes of an uploaded file.
    """

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """What was sent, or None."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """A string; empty if it was not sent."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number; *default* if it was not sent, 0 if it is none (as the real server)."""
        sent = self.text(name)
        if not sent:
            return default
        try:
            return int(sent)
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        """A boolean; False if it was not sent."""
        return self.text(name).lower() in _TRUE

    def structure(self, name: str, complaint: str) -> Any:
        """
        An object or array, which in a form stands as JSON; None if it was not sent.

        Raises:
            Refusal: 400 with *complaint*.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(complaint) from None

    def required(self, name: str) -> str:
        """
        A string that must be there.

        Raises:
            Refusal: 400.
        """
        value = self.text(name)
        if not value:
            raise bad_request(f'Parameter "{name}" is required')
        return value


async def read_parameters(request: web.Request) -> Parameters:
    """
    Read query and body. The body counts over the query.

    Raises:
        Refusal: a body that cannot be read (400), or is too large (413).
    """
    parameters = Parameters(dict(request.query))
    kind = request.content_type
    if kind == "multipart/form-data":
        await _read_parts(request, parameters)
    elif request.body_exists and kind == "application/json":
        parameters.values |= _json_object(await request.read())
    elif request.body_exists:
        form = await request.post()
        parameters.values |= {name: value for name, value in form.items() if isinstance(value, str)}
    return parameters


def _json_object(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        decoded = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("can't parse JSON object")
    return decoded


async def _read_parts(request: web.Request, parameters: Parameters) -> None:
    """Part by part, so that the application's limit on bodies does not bound an upload."""
    total = 0
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytearray()
        while chunk := await part.read_chunk():
            total += len(chunk)
            if total > MOST_UPLOAD_BYTES:
                raise Refusal(413, "Request Entity Too Large")
            content += chunk
        if part.filename is None:
            parameters.values[part.name] = content.decode("utf-8")
        else:
            parameters.files[part.name] = bytes(content)
