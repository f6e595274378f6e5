"""What a browser does with the page's server, as far as HTTP goes: a plain client for the tests."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Stream:
    """An open EventSource: events one by one, the connection closed by the test."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response

    def next(self, wanted: str | None = None) -> tuple[str, Any]:
        """The next event (named `wanted`, others passed over). EOFError when the server ended it."""
        while True:
            name, data = self._one()
            if wanted in (None, name):
                return name, data

    def _one(self) -> tuple[str, Any]:
        name = data = ""
        while line := self._response.readline().decode():
            field, _, value = line.rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = value
            elif not field and name:
                return name, json.loads(data)
        raise EOFError("the stream ended")


class Browser:
    """One page on one server; every request has the Host of its port unless told otherwise."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"

    def request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        sent = {"Host": self.host, **(headers or {})}
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, sent)
        response = connection.getresponse()
        answer = Answer(response.status, dict(response.getheaders()), response.read())
        connection.close()
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers)

    def post(self, path: str, token: str, body: object, **headers: str) -> Answer:
        own = {"Content-Type": "application/json", "X-Deskunit-Token": token}
        return self.request("POST", path, {**own, **headers}, body)

    @contextmanager
    def events(self) -> Iterator[Stream]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_S)
        connection.request("GET", "/api/events", headers={"Host": self.host})
        try:
            yield Stream(connection.getresponse())
        finally:
            connection.close()
