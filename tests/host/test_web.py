"""The page's server over real loopback HTTP, on a floor in memory: what it shows, does, refuses."""

import base64
import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser
from deskunit import words
from deskunit.errors import DeskunitError
from deskunit.health import AlarmHealth, CallbackHealth, Health, PortHealth, UnitHealth
from deskunit.web import serve
from deskunit.web.app import STATIC
from deskunit.web.floor import Alarm
from deskunit.web.server import Handle
from memory_floor import MemoryFloor, MemoryScreen
from prometheus_client.parser import text_string_to_metric_families

UID = "a4cf12b3d0e8"
REAL = "a4cf12b3d0e9"
SHARED = json.loads((Path(__file__).parents[1] / "vectors" / "states.json").read_text("utf-8"))
STATES = [one["state"] for one in SHARED["states"]]


@pytest.fixture
def floor() -> MemoryFloor:
    floor = MemoryFloor()
    floor.add(UID)
    floor.add(REAL, "serial", confirmed=False)
    floor.enter(UID, "signed_out")
    return floor


@pytest.fixture
def handle(floor: MemoryFloor) -> Iterator[Handle]:
    handle = serve(floor, port=0)
    handle.start()
    yield handle
    handle.stop()


@pytest.fixture
def browser(handle: Handle) -> Browser:
    return Browser(handle.port)


# --- what it shows


def test_the_page_comes_with_its_token_and_fetches_nothing_from_outside(
    handle: Handle, browser: Browser
) -> None:
    page = browser.get("/")
    assert page.status == 200
    assert f'content="{handle.page.token}"' in page.body.decode()
    assert b"http://" not in page.body and b"https://" not in page.body
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("fr", "en")],
)
def test_the_page_starts_in_the_browsers_language(
    browser: Browser, wanted: str, given: str
) -> None:
    page = browser.request("GET", "/", {"Accept-Language": wanted})
    assert f'<html lang="{given}">' in page.body.decode()


def test_every_file_that_the_page_names_is_served(browser: Browser) -> None:
    for name, kind in {
        "main.js": "text/javascript",
        "page.css": "text/css",
        "device.css": "text/css",
        "icon.svg": "image/svg+xml",
    }.items():
        answer = browser.get(f"/static/{name}")
        assert answer.status == 200 and answer.headers["content-type"].startswith(kind)


def test_words_of_the_page_come_in_both_languages(browser: Browser) -> None:
    zh, en = browser.get("/words/zh.json").json(), browser.get("/words/en.json").json()
    assert set(zh) == set(en)
    assert (zh["state.hold"], en["state.hold"]) == ("保持", "hold")
    assert not any(key.startswith("error.") for key in zh)
    assert browser.get("/words/xx.json").status == 404


def test_the_page_uses_the_words_that_there_are() -> None:
    files = [file for file in STATIC.iterdir() if file.suffix in (".js", ".html")]
    source = "".join(file.read_text("utf-8") for file in files)
    said = {key.removeprefix("page.") for key in words.table("en") if key.startswith("page.")}
    quoted = set(re.findall(r'(?:data-word=|data-label=|"page\.|\? |: )"?(\w+)"', source))
    by_state = {f"hint_{state}" for state in STATES} - {"hint_signed_out"}
    power = {f"power_{what}_label" for what in ("pull", "plug")}
    assert said - quoted - by_state - power == set()
    named = set(re.findall(r'data-(?:word|label)="(\w+)"|"page\.(\w+)"', source))
    assert {one or other for one, other in named} | by_state | power <= said


def test_the_log_of_a_unit_with_todays_totals(floor: MemoryFloor, browser: Browser) -> None:
    floor.enter(UID, "ready")
    answer = browser.get(f"/api/units/{UID}/log").json()
    assert [row["state"] for row in answer["intervals"]] == ["ready", "signed_out"]
    assert answer["intervals"][0]["end_utc_ms"] is None
    assert set(answer["today"]["totals_s"]) == {"signed_out"}
    assert answer["now_utc_ms"] >= answer["intervals"][0]["start_utc_ms"]


def test_the_screen_is_the_units_own(floor: MemoryFloor, browser: Browser) -> None:
    floor.show(UID, MemoryScreen(bytes(range(256)) * 4, inverted=True))
    answer = browser.get(f"/api/units/{UID}/screen").json()
    assert base64.b64decode(answer["pixels"]) == bytes(range(256)) * 4
    assert (answer["inverted"], answer["on"]) == (True, True)
    assert browser.get(f"/api/units/{REAL}/screen").json()["pixels"] is None


def test_an_unknown_unit_is_a_sentence_in_the_pages_language(browser: Browser) -> None:
    answer = browser.get("/api/units/000000000000/log", **{"X-Deskunit-Language": "zh"})
    assert answer.status == 404
    assert answer.json()["sentence"] == DeskunitError("unknown_unit", uid="0" * 12).sentence("zh")


def test_the_csv_is_a_download(floor: MemoryFloor, browser: Browser) -> None:
    floor.enter(UID, "ready")
    answer = browser.get("/states.csv?range=today")
    assert answer.headers["content-disposition"].startswith('attachment; filename="states-today-')
    assert answer.body.startswith("\ufeff".encode()) and answer.body.count(b"\r\n") == 3


def test_the_metrics_are_in_prometheus_form_with_their_labels_escaped(
    floor: MemoryFloor, browser: Browser
) -> None:
    seat = 'a"b\\c\nd'
    unit = UnitHealth(
        UID, seat, True, True, 5_000, "0.1", 3, 1, 7, 0, True, queue=4, round_trip_ms=12
    )
    port = PortHealth("/dev/ttyUSB0", UID, True, True, 10, 1, 99, 2, None)
    alarm = AlarmHealth("disk_full", "", 1, {"zh": "", "en": ""})
    floor.figures = Health(True, [alarm], [port], [unit], CallbackHealth(7, 2))
    answer = browser.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.body.decode()
    assert (
        "# HELP deskunit_frames_total Good frames received\n# TYPE deskunit_frames_total counter"
        in text
    )
    families = {one.name: one for one in text_string_to_metric_families(text)}
    of_unit = {"uid": UID, "seat": seat}
    wanted = {
        "deskunit_frames": ({"port": "/dev/ttyUSB0", "uid": UID}, 10),
        "deskunit_unit_queue": (of_unit, 4),
        "deskunit_unit_lost_events": (of_unit, 7),
        "deskunit_unit_round_trip_seconds": (of_unit, 0.012),
        "deskunit_unit_info": ({**of_unit, "firmware": "0.1"}, 1),
        "deskunit_alarm": ({"word": "disk_full", "where": ""}, 1),
        "deskunit_callbacks_open": ({}, 7),
        "deskunit_callbacks_overdue": ({}, 2),
    }
    for name, (labels, value) in wanted.items():
        (sample,) = families[name].samples
        assert (sample.labels, sample.value) == (labels, value), name
    assert families["deskunit_unit_clock_slope_ppm"].samples == [], "nobody knows it"


def test_the_metrics_are_for_this_computer_and_this_page_only(browser: Browser) -> None:
    assert browser.get("/metrics", Host="evil.example").status == 421
    assert browser.get("/metrics", Origin="http://evil.example").status == 403
    assert browser.get("/metrics", **{"Sec-Fetch-Site": "cross-site"}).status == 403


# --- the stream


def test_the_stream_tells_the_alarms_that_are_on_and_each_change(
    floor: MemoryFloor, browser: Browser
) -> None:
    on: Alarm = {
        "word": "repl",
        "where": "p",
        "since_utc_ms": 5,
        "sentence": {"zh": "一", "en": "o"},
    }
    floor.alarm(on)
    with browser.events() as stream:
        assert stream.next("alarms")[1] == {"alarms": [on]}
        floor.alarm()
        assert stream.next("alarms")[1] == {"alarms": []}


def test_the_stream_begins_with_everything_and_goes_on_with_what_changes(
    floor: MemoryFloor, browser: Browser
) -> None:
    with browser.events() as stream:
        name, hello = stream.next()
        assert name == "hello"
        assert [unit["uid"] for unit in hello["units"]] == [UID, REAL]
        floor.enter(UID, "ready")
        closed, opened = stream.next("interval")[1], stream.next("interval")[1]
        assert closed["state"] == "signed_out" and closed["end_utc_ms"] is not None
        assert opened["state"] == "ready" and opened["end_utc_ms"] is None
        assert stream.next("unit")[1]["state"] == "ready"


def test_a_new_screen_arrives_and_the_last_one_is_the_truth(
    floor: MemoryFloor, browser: Browser
) -> None:
    with browser.events() as stream:
        stream.next("screen")
        for shade in range(200):
            floor.show(UID, MemoryScreen(bytes([shade]) * 1024))
        seen = b""
        while seen != bytes([199]) * 1024:
            seen = base64.b64decode(stream.next("screen")[1]["pixels"])


# --- what it does


def test_presses_reach_the_unit_in_their_order(
    floor: MemoryFloor, handle: Handle, browser: Browser
) -> None:
    with browser.events() as stream:
        channel = stream.next("hello")[1]["channel"]
        presses = [
            {"button": button, "down": down, "at_ms": at_ms}
            for button, down, at_ms in [("READY", True, 0), ("BUSY", True, 1), ("READY", False, 2)]
        ]
        body = {"channel": channel, "uid": UID, "presses": presses}
        assert browser.post("/api/press", handle.page.token, body).status == 204
        last = {**body, "presses": [{"button": "BUSY", "down": False, "at_ms": 3}]}
        assert browser.post("/api/press", handle.page.token, last).status == 204
    assert floor.pressed == [
        (UID, "READY", True),
        (UID, "BUSY", True),
        (UID, "READY", False),
        (UID, "BUSY", False),
    ]


def test_a_long_press_that_arrives_in_one_request_is_still_long(
    floor: MemoryFloor, handle: Handle, browser: Browser
) -> None:
    with browser.events() as stream:
        presses = [
            {"button": "READY", "down": True, "at_ms": 5_000.5},
            {"button": "READY", "down": False, "at_ms": 5_850.5},
        ]
        body = {"channel": stream.next("hello")[1]["channel"], "uid": UID, "presses": presses}
        assert browser.post("/api/press", handle.page.token, body).status == 204
        assert stream.next("unit")[1]["state"] == "not_ready"


def test_two_taps_of_no_length_are_longer_than_a_bounce(
    floor: MemoryFloor, handle: Handle, browser: Browser
) -> None:
    moments: list[float] = []
    floor_press = floor.press

    def press(uid: str, button: str, down: bool) -> None:
        moments.append(time.monotonic())
        floor_press(uid, button, down)

    floor.press = press  # type: ignore[method-assign]
    with browser.events() as stream:
        levels = (True, False, True, False)
        presses = [{"button": "BUSY", "down": down, "at_ms": 7} for down in levels]
        body = {"channel": stream.next("hello")[1]["channel"], "uid": UID, "presses": presses}
        assert browser.post("/api/press", handle.page.token, body).status == 204
    between = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert len(between) == 3 and min(between) > 0.04  # under 0.02 s the unit takes it for bounce


def test_a_button_is_let_go_when_its_page_goes(
    floor: MemoryFloor, handle: Handle, browser: Browser
) -> None:
    released = threading.Event()
    floor_press = floor.press

    def press(uid: str, button: str, down: bool) -> None:
        floor_press(uid, button, down)
        if not down:
            released.set()

    floor.press = press  # type: ignore[method-assign]
    with browser.events() as stream:
        down = [{"button": "HOLD", "down": True, "at_ms": 0}]
        body = {"channel": stream.next("hello")[1]["channel"], "uid": UID, "presses": down}
        assert browser.post("/api/press", handle.page.token, body).status == 204
        assert not released.is_set()
    assert released.wait(10)
    assert floor.pressed == [(UID, "HOLD", True), (UID, "HOLD", False)]


def test_a_press_needs_the_page_that_is_open(handle: Handle, browser: Browser) -> None:
    body = {"channel": "gone", "uid": UID, "presses": []}
    answer = browser.post("/api/press", handle.page.token, body)
    assert (answer.status, answer.json()["error"]) == (409, "page_gone")


def test_a_real_units_buttons_are_on_the_desk(handle: Handle, browser: Browser) -> None:
    with browser.events() as stream:
        down = [{"button": "READY", "down": True, "at_ms": 0}]
        body = {"channel": stream.next("hello")[1]["channel"], "uid": REAL, "presses": down}
        answer = browser.post("/api/press", handle.page.token, body)
    assert (answer.status, answer.json()["error"]) == (409, "not_virtual")


def test_language_power_and_confirmation(
    floor: MemoryFloor, handle: Handle, browser: Browser
) -> None:
    token = handle.page.token
    unit, real = floor.desks[UID].unit, floor.desks[REAL].unit
    assert browser.post(f"/api/units/{UID}/language", token, {"language": "en"}).status == 204
    assert unit["language"] == "en"
    assert browser.post(f"/api/units/{UID}/power", token, {"on": False}).status == 204
    assert not unit["powered"]
    assert browser.post(f"/api/units/{UID}/power", token, {"on": True}).status == 204
    assert unit["powered"]
    assert browser.post(f"/api/units/{REAL}/confirm", token, {}).status == 204
    assert real["confirmed"]


def test_the_caller_is_told_in_a_call_alone(
    floor: MemoryFloor, handle: Handle, browser: Browser
) -> None:
    path, token = f"/api/units/{UID}/caller", handle.page.token
    answer = browser.post(path, token, {"caller": "王女士"})
    assert (answer.status, answer.json()["error"]) == (409, "no_call")
    floor.enter(UID, "talking", call_no=1)
    assert browser.post(path, token, {"caller": "王女士"}).status == 204
    assert floor.desks[UID].unit["caller"] == "王女士"
    assert browser.post(path, token, {"caller": 7}).status == 400
    assert browser.post(path, "forged", {"caller": ""}).status == 403
    assert floor.desks[UID].unit["caller"] == "王女士"
    assert browser.post(f"/api/units/{'0' * 12}/caller", token, {"caller": ""}).status == 404


@pytest.mark.parametrize("body", [{"language": "fr"}, {"language": 1}, {}, [], "zh"])
def test_a_body_of_another_form_is_refused(
    floor: MemoryFloor, handle: Handle, browser: Browser, body: object
) -> None:
    assert browser.post(f"/api/units/{UID}/language", handle.page.token, body).status == 400
    assert floor.desks[UID].unit["language"] == "zh"


# --- what it refuses


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""]
)
def test_another_name_for_this_machine_is_refused(browser: Browser, host: str) -> None:
    answer = browser.request("GET", "/", {"Host": host.format(port=browser.port)})
    assert answer.status == 421 and b"deskunit-token" not in answer.body


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_loopback_names_are_accepted(browser: Browser, name: str) -> None:
    assert browser.request("GET", "/", {"Host": f"{name}:{browser.port}"}).status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_origin_is_refused_for_every_method(
    floor: MemoryFloor, handle: Handle, browser: Browser, method: str, origin: str
) -> None:
    headers = {
        "Origin": origin,
        "Content-Type": "application/json",
        "X-Deskunit-Token": handle.page.token,
    }
    answer = browser.request(method, f"/api/units/{UID}/power", headers, {"on": False})
    assert answer.status == 403
    assert floor.desks[UID].unit["powered"]


def test_the_pages_own_origin_may_write(handle: Handle, browser: Browser) -> None:
    own = {"Origin": f"http://127.0.0.1:{browser.port}", "Sec-Fetch-Site": "same-origin"}
    path = f"/api/units/{UID}/power"
    assert browser.post(path, handle.page.token, {"on": False}, **own).status == 204


def test_another_site_may_link_to_the_page_but_embed_and_read_nothing(browser: Browser) -> None:
    visit = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert browser.get("/", **visit, **{"Sec-Fetch-Dest": "document"}).status == 200
    assert browser.get("/", **visit, **{"Sec-Fetch-Dest": "iframe"}).status == 403
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    for path in ("/states.csv", "/api/events", f"/api/units/{UID}/screen"):
        assert browser.get(path, **embedded).status == 403


@pytest.mark.parametrize("token", ["", "guess"])
def test_a_write_without_this_starts_token_is_refused(
    floor: MemoryFloor, browser: Browser, token: str
) -> None:
    answer = browser.post(f"/api/units/{UID}/power", token, {"on": False})
    assert answer.status == 403
    assert floor.desks[UID].unit["powered"]


def test_a_form_cannot_write(handle: Handle, browser: Browser) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/api/units/{UID}/power"
    assert browser.post(path, handle.page.token, {"on": False}, **form).status == 415


def test_an_endless_body_is_refused(handle: Handle, browser: Browser) -> None:
    body = {"on": False, "more": "x" * 20_000}
    assert browser.post(f"/api/units/{UID}/power", handle.page.token, body).status == 413


def test_files_beside_the_page_are_not_served(browser: Browser) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert browser.get(path).status == 404


def test_refusals_carry_the_security_headers(browser: Browser) -> None:
    answer = browser.request("GET", "/", {"Host": "evil.example"})
    assert "default-src 'none'" in answer.headers["content-security-policy"]


# --- start and stop


def test_a_taken_port_is_one_sentence_with_the_next_step(handle: Handle) -> None:
    with pytest.raises(DeskunitError) as refused:
        serve(MemoryFloor(), port=handle.port)
    assert refused.value.key == "port_taken"
    assert str(handle.port) in refused.value.sentence("zh")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::", "desk.example"])
def test_it_does_not_listen_beyond_loopback(host: str) -> None:
    with pytest.raises(DeskunitError) as refused:
        serve(MemoryFloor(), host=host, port=0)
    assert refused.value.key == "beyond_loopback"


def test_stopping_ends_open_streams_at_once_and_frees_the_port(floor: MemoryFloor) -> None:
    handle = serve(floor, port=0)
    handle.start()
    with Browser(handle.port).events() as one, Browser(handle.port).events() as other:
        one.next("hello")
        other.next("hello")
        stopping = threading.Thread(target=handle.stop)
        stopping.start()
        for stream in (one, other):
            with pytest.raises(EOFError):
                while True:
                    stream.next()
        stopping.join(2.0)  # well under the clock event's 5 s, which an unwoken stream would take
        assert not stopping.is_alive()
    with socket.create_server(("127.0.0.1", handle.port)):
        pass
    handle.stop()  # a second stop changes nothing


def test_a_token_is_good_for_one_start_only(floor: MemoryFloor) -> None:
    one, other = serve(floor, port=0), serve(floor, port=0)
    assert one.page.token != other.page.token and len(one.page.token) >= 32
    one.stop()
    other.stop()
