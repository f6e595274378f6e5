"""A telephone system's queue_log read: lines, visits, figures. Every verb, logs that begin in the middle."""

import pytest
from deskunit.agents import Agent
from deskunit.errors import DeskunitError
from deskunit.queue_log.figures import Figures, Tally
from deskunit.queue_log.kept import counted
from deskunit.queue_log.people import People, given, plain
from deskunit.queue_log.row import Row, parsed, written
from deskunit.queue_log.visits import Visit, visits

CALL = "1366720340.303267"


def rows(*lines: str) -> list[Row]:
    found = [parsed(line) for line in lines]
    assert None not in found, lines
    return [row for row in found if row is not None]


def told(*lines: str) -> list[Visit]:
    return list(visits(rows(*lines)))


def figures(*lines: str, within_s: int = 20) -> Figures:
    tally = Tally(within_s)
    list(counted(rows(*lines), tally))
    return tally.figures()


def answered(call: str, at_s: int, wait_s: int, talk_s: int, queue: str = "q") -> list[str]:
    return [
        f"{at_s}|{call}|{queue}|NONE|ENTERQUEUE||139|1",
        f"{at_s + wait_s}|{call}|{queue}|Agent/1001|CONNECT|{wait_s}|x.1|3",
        f"{at_s + wait_s + talk_s}|{call}|{queue}|Agent/1001|COMPLETECALLER|{wait_s}|{talk_s}|1",
    ]


def left(call: str, at_s: int, wait_s: int, verb: str = "ABANDON") -> list[str]:
    return [
        f"{at_s}|{call}|q|NONE|ENTERQUEUE||139|1",
        f"{at_s + wait_s}|{call}|q|NONE|{verb}|1|1|{wait_s}",
    ]


# --- a line ------------------------------------------------------------------------------------


def test_a_line_as_asterisk_documents_it() -> None:
    row = parsed("1366720340|1366720340.303267|MYQUEUE|SIP/8007|RINGNOANSWER|1000\r\n")
    assert row == Row(1_366_720_340_000, CALL, "MYQUEUE", "SIP/8007", "RINGNOANSWER", ("1000",))
    assert row is not None and written(row) == (
        "1366720340|1366720340.303267|MYQUEUE|SIP/8007|RINGNOANSWER|1000"
    )


@pytest.mark.parametrize(
    ("text", "utc_ms"),
    [
        ("1366720340.5|NONE|NONE|NONE|QUEUESTART|", 1_366_720_340_500),
        ("1366720340.123456|NONE|NONE|NONE|QUEUESTART|", 1_366_720_340_123),
        ("\ufeff1366720340|NONE|NONE|NONE|QUEUESTART", 1_366_720_340_000),
    ],
)
def test_fractions_a_byte_order_mark_and_no_fifth_pipe(text: str, utc_ms: int) -> None:
    row = parsed(text)
    assert row is not None
    assert (row.utc_ms, row.call, row.queue, row.agent) == (utc_ms, "", "", "")


@pytest.mark.parametrize(
    "text",
    [
        *("", "rubbish", "1366720340|a|b|c", "x|a|b|c|CONNECT|1", "|a|b|c|CONNECT|1"),
        *("-5|a|b|c|CONNECT|1", "1e9|a|b|c|CONNECT|1", "nan|a|b|c|CONNECT|", "1..2|a|b|c|CONNECT|"),
        *("1366720340|a|b|c||1", "1366720340|a|b|c|12|1", "9999999999999999|a|b|c|CONNECT|1"),
        *("١٢٣|a|b|c|CONNECT|1", "²|a|b|c|CONNECT|1"),
    ],
)
def test_a_broken_line_is_none(text: str) -> None:
    assert parsed(text) is None


def test_an_unknown_verb_is_a_row_like_any_other() -> None:
    row = parsed("1366720340|NONE|q|Agent/1|SITE_SPECIAL|a|b")
    assert row is not None and (row.verb, row.params) == ("SITE_SPECIAL", ("a", "b"))


# --- visits ------------------------------------------------------------------------------------


def test_an_answered_call_waits_talks_and_is_on_hold() -> None:
    (one,) = told(
        "100|c|q|NONE|ENTERQUEUE||139|1",
        "130|c|q|Agent/1001|CONNECT|30|x.1|4",
        "150|c|q|Agent/1001|CALLERONHOLD|",
        "170|c|q|Agent/1001|CALLEROFFHOLD|20",
        "200|c|q|Agent/1001|COMPLETEAGENT|30|70|1",
    )
    assert (one.outcome, one.wait_ms, one.talk_ms) == ("answered", 30_000, 70_000)
    assert (one.holds, one.hold_ms, one.ended_by) == (1, 20_000, "agent")


def test_the_holdtime_of_connect_is_wait_and_never_hold() -> None:
    (one,) = told(*answered("c", 100, 45, 60))
    assert (one.wait_ms, one.hold_ms, one.holds) == (45_000, 0, 0)


@pytest.mark.parametrize(
    ("line", "outcome", "wait_ms"),
    [
        ("160|c|q|NONE|ABANDON|1|2|60", "abandoned", 60_000),
        ("160|c|q|NONE|EXITWITHTIMEOUT|1|2|60", "timed_out", 60_000),
        (
            "160|c|q|NONE|EXITWITHTIMEOUT|1",
            "timed_out",
            60_000,
        ),  # Asterisk 1.2 gave the position alone
        ("160|c|q|NONE|EXITEMPTY|1|2|60", "emptied", 60_000),
        ("160|c|q|NONE|EXITWITHKEY|9|1|2|60", "key", 60_000),
        ("160|c|q|Agent/1|SYSCOMPAT|", "failed", 60_000),
        ("160|c|q|NONE|JOINEMPTY|", "turned_away", None),
    ],
)
def test_how_a_call_leaves_the_queue(line: str, outcome: str, wait_ms: int | None) -> None:
    (one,) = told("100|c|q|NONE|ENTERQUEUE||139|1", line)
    assert (one.outcome, one.wait_ms, one.ended_utc_ms) == (outcome, wait_ms, 160_000)


@pytest.mark.parametrize(
    ("line", "talk_ms"),
    [
        ("200|c|q|Agent/1|TRANSFER|600|default", 70_000),
        ("200|c|q|Agent/1|TRANSFER|600|default|30|69|1", 69_000),
        ("200|c|q|Agent/1|BLINDTRANSFER|600|default|30|69|1", 69_000),
        ("200|c|q|Agent/1|ATTENDEDTRANSFER|BRIDGE|abc|30|69|1", 69_000),
        ("200|c|q|Agent/1|ATTENDEDTRANSFER|LINK|SIP/1|SIP/2|30|69|1", 69_000),
    ],
)
def test_a_transfer_ends_the_agents_part(line: str, talk_ms: int) -> None:
    entered, connected, _ = answered("c", 100, 30, 0)
    (one,) = told(entered, connected, line)
    assert (one.ended_by, one.talk_ms, one.wait_ms) == ("transfer", talk_ms, 30_000)


def test_a_call_transferred_into_another_queue_is_one_call_and_two_visits() -> None:
    found = figures(
        *answered("c", 100, 10, 20)[:2],
        "130|c|q|Agent/1001|BLINDTRANSFER|600|default|10|20|1",
        *answered("c", 131, 40, 60, queue="r"),
    )
    total = found.total
    assert (total.dialled, total.answered, total.offered, total.in_time) == (1, 1, 2, 1)
    assert [(one.name, one.dialled) for one in found.queues] == [("q", 1), ("r", 1)]
    assert found.agents[0].transferred == 1


def test_an_overflowing_call_is_answered_once_though_one_queue_missed_it() -> None:
    total = figures(
        *left("c", 100, 60, "EXITWITHTIMEOUT"), *answered("c", 160, 5, 60, queue="r")
    ).total
    assert (total.dialled, total.asked, total.answered, total.offered) == (1, 1, 1, 2)
    assert total.connect_rate.share == 1 and total.service_level.share == 0.5


# --- a log that begins or ends in the middle ---------------------------------------------------


def test_connect_without_enterqueue_has_its_wait_from_its_parameter() -> None:
    (one,) = told(*answered("c", 100, 45, 60)[1:])
    assert one.is_partial and (one.wait_ms, one.talk_ms) == (45_000, 60_000)


def test_complete_without_connect_has_its_beginning_from_its_parameters() -> None:
    (one,) = told("200|c|q|Agent/1001|COMPLETEAGENT|45|60|1")
    assert (one.outcome, one.wait_ms, one.connected_utc_ms) == ("answered", 45_000, 140_000)


def test_abandon_without_enterqueue_counts() -> None:
    assert figures("200|c|q|NONE|ABANDON|1|1|45").total.abandon_rate.share == 1


def test_who_still_waits_at_the_end_is_in_no_ratio() -> None:
    total = figures(*answered("c", 100, 5, 60), "170|d|q|NONE|ENTERQUEUE||139|1").total
    assert (total.dialled, total.offered, total.outcomes["waiting"]) == (1, 1, 1)


def test_who_still_talks_at_the_end_was_answered() -> None:
    (one,) = told(*answered("c", 100, 5, 60)[:2])
    assert (one.outcome, one.ended_utc_ms) == ("answered", None)


def test_a_restart_cuts_off_what_ran() -> None:
    total = figures("100|c|q|NONE|ENTERQUEUE||139|1", "110|NONE|NONE|NONE|QUEUESTART|").total
    assert (total.dialled, total.offered, total.outcomes["cut"]) == (0, 0, 1)


def test_a_call_that_enters_again_without_leaving_is_cut_and_begun_anew() -> None:
    found = told("100|c|q|NONE|ENTERQUEUE||139|1", *answered("c", 150, 5, 60))
    assert [one.outcome for one in found] == ["cut", "answered"]


def test_rows_of_no_call_make_no_visit() -> None:
    assert not told(
        "100|NONE|NONE|Agent/1|PAUSEALL|break",
        "100|REALTIME|q|SIP/1|ADDMEMBER|",
        "100|NONE|NONE|NONE|CONFIGRELOAD|",
        "100|c|q|SIP/1|RINGNOANSWER|15000",
        "100|c|q|SIP/1|AGENTDUMP|",
    )


# --- figures -----------------------------------------------------------------------------------


def test_rates_of_a_day_reckoned_by_hand() -> None:
    """Answered after 5, 20, 21, 60 s, abandoned after 10, 20, 50 s; one each of the other ends."""
    found = figures(
        *answered("a1", 100, 5, 60),
        *answered("a2", 200, 20, 60),
        *answered("a3", 300, 21, 60),
        *answered("a4", 400, 60, 180),
        *(line for n, wait in enumerate((10, 20, 50)) for line in left(f"b{n}", 500 + n, wait)),
        *left("c", 600, 90, "EXITWITHTIMEOUT"),
        "700|d|q|NONE|ENTERQUEUE||139|1",
        "705|d|q|NONE|EXITWITHKEY|1|1|1|5",
        "800|e|q|NONE|JOINEMPTY|",
        "900|f|q|NONE|DID|95598",
    )
    total = found.total
    assert (total.connect_rate.part, total.connect_rate.whole) == (4, 11)
    assert (total.answer_rate.part, total.answer_rate.whole) == (4, 8)
    assert (total.service_level.part, total.service_level.whole) == (2, 8)
    assert (total.abandon_rate.part, total.abandoned_early) == (3, 2)
    assert total.wait.average_s == (5 + 20 + 21 + 60) / 4 and total.wait.longest_ms == 60_000
    assert total.talk.average_s == (60 + 60 + 60 + 180) / 4


def test_without_calls_every_rate_is_undefined() -> None:
    total = figures("100|NONE|NONE|NONE|QUEUESTART|").total
    assert total.connect_rate.share is None and total.service_level.share is None
    assert total.answer_rate.share is None and total.wait.average_s is None


def test_did_and_enterqueue_of_one_call_are_one_call() -> None:
    total = figures("99|c|q|NONE|DID|95598", *answered("c", 100, 5, 60)).total
    assert (total.dialled, total.outcomes["no_queue"]) == (1, 0)


def test_the_seconds_of_the_service_level_are_those_asked_for() -> None:
    log = [*answered("a", 100, 25, 60), *answered("b", 200, 31, 60)]
    assert [figures(*log, within_s=t).total.in_time for t in (24, 25, 30, 31)] == [0, 1, 1, 2]


def test_ringnoanswer_is_in_milliseconds() -> None:
    (agent,) = figures(*answered("c", 100, 5, 60), "103|c|q|Agent/1001|RINGNOANSWER|15000").agents
    assert agent.missed_ring.average_s == 15
    assert (agent.answer_rate.part, agent.answer_rate.whole) == (1, 2)


# --- who is who --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("Agent/1001", "SIP/1001", "PJSIP/1001", "Local/1001@from-queue/n", "Local/1001@agents"),
        *("SIP/1001-0000002a", "1001", "pjsip/1001-0000ab12;1"),
    ],
)
def test_channels_of_one_agent(name: str) -> None:
    assert plain(name) == "1001"


def test_an_id_that_looks_like_a_channel_number_stays_whole() -> None:
    assert plain("Agent/anna-maria") == "anna-maria" and plain("Li Na/2") == "Li Na/2"


def test_names_count_when_only_one_agent_has_them_and_the_sites_list_first() -> None:
    agents = [Agent("1001", "李娜"), Agent("1002", "王伟"), Agent("1003", "王伟")]
    people = People(agents, given("日志名,工号\nPJSIP/77,1002\n".encode()))
    assert people.id_of("李娜") == "1001"
    assert people.id_of("王伟") == "王伟"
    assert people.id_of("PJSIP/77") == "1002"
    assert people.id_of("SIP/4711") == "4711"


@pytest.mark.parametrize(
    ("text", "key"),
    [("name,agent_id\nPJSIP/77,\n", "queue_agents_gap"),
     ("name,agent_id\na,1\na,2\n", "queue_agents_twice")],
)  # fmt: skip
def test_a_mistake_in_the_sites_list_is_named(text: str, key: str) -> None:
    with pytest.raises(DeskunitError) as caught:
        given(text.encode())
    assert caught.value.key == key and caught.value.values["line"] in (2, 3)
