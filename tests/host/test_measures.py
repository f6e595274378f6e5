"""The measures, with the numbers of the issue and of HANDBOOK §4."""

from dataclasses import replace

import pytest
from deskunit import measures, words
from deskunit.agents import Agent
from deskunit.measures import FAMILIES, MEASURES, Figure, Group, Limits, Period, by, measured
from deskunit.measures.catalogue import words_of
from log_paper import MIN, NINE, LogPaper, S, by_start

HOUR = Period(NINE, NINE + 60 * MIN)


def seat_hour() -> LogPaper:
    paper = LogPaper().state("not_ready", 10 * MIN).state("ready", 14 * MIN)
    return paper.call(24 * MIN, 4 * MIN, wrap_up=8 * MIN).state("ready", 0)


def shown(paper: LogPaper, *keys: str) -> list[str]:
    found = measured(paper.pieces, paper.happenings)
    return [found.figure(key).text for key in keys]


def test_a_seat_hour() -> None:
    found = measured(seat_hour().pieces)
    assert found.figure("occupancy") == Figure("share", 36 * MIN, 50 * MIN)
    assert found.figure("occupancy").text == "72.0 %"
    assert found.states_ms == 60 * MIN == found.signed_in_ms
    assert measures.check_invariant(found) == 0
    assert {state: one.part // MIN for state, one in found.family("state_time").items()} == {
        "not_ready": 10, "ready": 14, "talking": 24, "hold": 4, "wrap_up": 8, "unknown": 0,
    }  # fmt: skip
    assert shown(seat_hour(), "not_ready_share", "unspecified_share") == ["16.7 %", "100.0 %"]


def ten_calls() -> LogPaper:
    paper = LogPaper().state("not_ready", MIN)
    for holds in ((60 * S,), (50 * S, 70 * S), *[()] * 8):
        paper.state("ready", MIN).call(100 * S, *holds, wrap_up=20 * S)
    return paper.state("ready", MIN)


def test_ten_calls_of_which_two_were_held() -> None:
    found = measured(ten_calls().pieces)
    assert found.figure("hold_per_held_call").value == 90
    assert found.figure("hold_per_handled_call").value == 18
    assert (found.hold_episodes, found.calls_held, found.calls_handled) == (3, 2, 10)
    assert found.figure("average_handle_time").value == (10 * 120 + 180) / 10
    assert (found.figure("average_hold").value, found.figure("longest_hold").value) == (60, 70)
    assert found.hold_bins == [0, 0, 0, 1, 2, 0, 0, 0, 0]  # 50 s in 45–60, 60 and 70 in 60–90


@pytest.mark.parametrize("key", [*MEASURES])
def test_of_nothing_no_ratio_is_a_number(key: str) -> None:
    figure = measured([]).figure(key)
    assert figure.kind != "share" or (figure.value, figure.text) == (None, "–")
    assert figure.value in (None, 0)


def test_how_figures_are_written() -> None:
    assert measures.Figure("share", 50, 70).text == "71.4 %"
    assert measures.Figure("share", 1, 2000).text == "0.1 %"  # halves away from zero
    assert measures.Figure("seconds", 90_061_500, 1).text == "25:01:02"
    assert measures.Figure("seconds", 180_000, 0).text == "–"
    assert measures.Figure("count", 7).text == "7"


# -- unknown, and who is where


def test_unknown_is_its_own_column_and_in_the_signed_in_time() -> None:
    paper = LogPaper().state("not_ready", MIN).state("talking", MIN, end_inferred=True)
    paper.state("unknown", 2 * MIN).state("ready", MIN)
    found = measured(paper.pieces)
    assert found.state_ms["unknown"] == 2 * MIN and found.signed_in_ms == 5 * MIN
    assert shown(paper, "unknown_share", "occupancy") == ["40.0 %", "50.0 %"]


def test_time_that_belongs_to_nobody_is_nobodys() -> None:
    paper = LogPaper().state("not_ready", MIN).state("signed_out", MIN)
    paper.state("unknown", MIN).last(sign_in=None, agent_id=None)
    paper.sign_in = None
    found = measured(paper.state("not_ready", MIN).pieces)
    assert found.signed_in_ms == found.states_ms == found.state_ms["not_ready"] == 2 * MIN


def test_a_lost_piece_and_a_doubled_one_are_seen_by_the_invariant() -> None:
    pieces = ten_calls().pieces
    assert measures.check_invariant(measured(pieces)) == 0
    lost = pieces[:5] + pieces[6:]
    assert measures.check_invariant(measured(lost)) == -pieces[5].duration_ms
    doubled = measured([*pieces[:6], *pieces[5:]])
    assert measures.check_invariant(doubled) == pieces[5].duration_ms


def test_a_unit_whose_clock_is_fast_keeps_the_invariant_by_its_own_clock() -> None:
    paper = LogPaper(ppm=100).state("not_ready", 100 * MIN).state("ready", 100 * MIN)
    found = measured(paper.pieces)
    assert found.states_ms == 200 * MIN + 1200 and found.difference_ms == 0


def test_signed_in_at_two_units_the_later_one_counts() -> None:
    first = LogPaper().state("not_ready", 10 * MIN).state("ready", 20 * MIN)
    second = LogPaper(uid="b0", at=NINE + 20 * MIN).state("not_ready", 5 * MIN)
    pieces = by_start(first, second)
    found = measured(pieces)
    assert (found.signed_in_ms, found.overlap_ms) == (30 * MIN, 5 * MIN)
    assert (found.state_ms["ready"], found.state_ms["not_ready"]) == (15 * MIN, 15 * MIN)
    assert found.difference_ms == 0
    assert [one.overlap_ms for one in measures.sign_ins(pieces)] == [5 * MIN, 0]


def test_a_clock_set_back_is_no_second_unit_and_shows_in_the_difference() -> None:
    paper = LogPaper().state("not_ready", 10 * MIN).state("signed_out", MIN)
    paper.at -= 6 * MIN
    found = measured(paper.state("not_ready", 10 * MIN).pieces)
    assert (found.overlap_ms, found.states_ms, found.difference_ms) == (0, 20 * MIN, 5 * MIN)


def test_two_people_without_a_name_are_not_one() -> None:
    first = LogPaper("?").state("not_ready", 10 * MIN)
    found = measured(by_start(first, LogPaper("?", uid="b0").state("not_ready", 10 * MIN)))
    assert (found.signed_in_ms, found.overlap_ms, found.difference_ms) == (20 * MIN, 0, 0)


def test_a_sign_in_of_which_a_part_was_somebody_elses() -> None:
    paper = LogPaper().state("not_ready", 10 * MIN).state("ready", 20 * MIN)
    whole = paper.pieces[1]
    cut = whole.start_utc_ms + 5 * MIN
    other = replace(
        whole, start_utc_ms=cut, duration_ms=15 * MIN, part=2, agent_id="1002", correction=1
    )
    mine = replace(whole, end_utc_ms=cut, duration_ms=5 * MIN)
    groups = by([paper.pieces[0], mine, other], who="agent")
    assert {group.who: m.signed_in_ms for group, m in groups.items()} == {
        "1001": 15 * MIN, "1002": 15 * MIN,
    }  # fmt: skip
    assert {m.difference_ms for m in groups.values()} == {0}


# -- the period


def test_a_call_belongs_to_the_period_in_which_its_handling_ended_with_all_of_it() -> None:
    paper = LogPaper(at=NINE - 15 * MIN).state("not_ready", 5 * MIN)
    paper.call(20 * MIN, 2 * MIN, wrap_up=MIN).state("ready", 30 * MIN)
    paper.call(30 * MIN, wrap_up=MIN).state("ready", MIN)
    found = measured(paper.pieces, period=HOUR)
    assert (found.calls_handled, found.handle_ms) == (1, 23 * MIN)
    assert found.state_ms["talking"] == 10 * MIN + 17 * MIN  # cut to the hour
    assert found.states_ms == found.signed_in_ms == 60 * MIN
    after = measured(paper.pieces, period=Period(HOUR.to_utc_ms, HOUR.to_utc_ms + 60 * MIN))
    assert (after.calls_handled, after.handle_ms, after.difference_ms) == (1, 31 * MIN, 0)


def test_a_call_that_ends_at_the_bound_is_of_the_next_period() -> None:
    paper = LogPaper(at=NINE - 3 * MIN).state("not_ready", MIN).call(2 * MIN).state("ready", MIN)
    before = Period(NINE - 60 * MIN, NINE)
    assert measured(paper.pieces, period=before).calls_handled == 0
    assert measured(paper.pieces, period=HOUR).calls_handled == 1


def test_what_is_to_be_read_for_a_period_begins_earlier_by_the_longest_call() -> None:
    assert HOUR.reading(Limits(call_max_s=600)) == Period(NINE - 10 * MIN, HOUR.to_utc_ms + 1)


# -- calls


def test_what_a_call_is() -> None:
    (call,) = measures.calls(seat_hour().pieces)
    assert (call.agent_id, call.uid, call.key) == ("1001", "a0", "a0-b-3")
    assert (call.start_utc_ms, call.end_utc_ms) == (NINE + 24 * MIN, NINE + 60 * MIN)
    assert (call.talk_ms, call.hold_ms, call.wrap_up_ms) == (24 * MIN, 4 * MIN, 8 * MIN)
    assert (call.holds, call.longest_hold_ms, call.handle_ms) == (1, 4 * MIN, 36 * MIN)
    assert (call.ending, call.is_complete, call.is_outbound) == ("over", True, False)


@pytest.mark.parametrize(
    ("before", "outbound"), [("ready", False), ("not_ready", True), ("wrap_up", None)]
)
def test_what_can_be_said_of_its_direction(before: str, outbound: bool | None) -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN).call(MIN)
    paper.state(before, MIN).call(MIN).state("ready", MIN)
    assert [call.is_outbound for call in measures.calls(paper.pieces)] == [False, outbound]


def test_a_call_that_keeps_a_callback_is_outbound_and_says_which() -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN)
    paper.tells("st", paper.at, to="talking", cb=57).seq -= 1
    (call,) = measures.calls(paper.call(MIN).state("ready", MIN).pieces, paper.happenings)
    assert (call.callback, call.is_outbound) == (57, True)


def test_a_call_cut_by_silence_is_counted_as_cut_and_in_nothing_else() -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN)
    paper.state("talking", MIN, end_inferred=True).state("unknown", MIN)
    paper.state("wrap_up", MIN, call_no=1).state("ready", MIN)
    (call,) = measures.calls(paper.pieces)
    assert (call.talk_ms, call.wrap_up_ms, call.is_complete) == (MIN, MIN, False)
    assert shown(paper, "calls_handled", "calls_cut", "average_handle_time") == ["0", "1", "–"]


def test_a_call_is_cut_where_the_last_word_heard_ends_it_though_nothing_unknown_follows() -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN)
    paper.state("talking", MIN, end_inferred=True).state("wrap_up", MIN).state("ready", MIN)
    assert [call.is_complete for call in measures.calls(paper.pieces)] == [False]


def test_a_call_that_begins_after_silence_may_have_begun_in_it() -> None:
    paper = LogPaper().state("not_ready", MIN, end_inferred=True).state("unknown", MIN)
    (call,) = measures.calls(paper.call(MIN).state("ready", MIN).pieces)
    assert (call.is_complete, call.began_from, call.is_outbound) == (False, None, None)


def test_a_call_of_which_the_beginning_was_not_read() -> None:
    pieces = seat_hour().pieces[3:]
    (call,) = measures.calls(pieces)
    assert not call.is_complete and measured(pieces).calls_cut == 1


def test_a_call_that_goes_on_is_in_no_count_yet() -> None:
    paper = LogPaper().state("not_ready", MIN).state("talking", MIN)
    paper.last(is_running=True, clipped_end=True)
    (call,) = measures.calls(paper.pieces)
    assert (call.ending, call.is_complete) == ("running", False)
    assert shown(paper, "calls_handled", "calls_cut") == ["0", "0"]


def test_a_correction_that_says_what_silence_was_makes_the_call_whole() -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN)
    paper.state("talking", MIN, end_inferred=True)
    paper.state("unknown", 2 * MIN).last(state="talking", correction=1, call_no=None)
    paper.state("wrap_up", MIN, call_no=1).state("ready", MIN)
    (call,) = measures.calls(paper.pieces)
    assert (call.talk_ms, call.wrap_up_ms, call.is_complete) == (3 * MIN, MIN, True)


def test_a_call_that_only_a_correction_tells_of() -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN)
    for state in ("talking", "wrap_up", "talking"):
        paper.state(state, MIN, correction=1, call_no=None)
    first, second = measures.calls(paper.state("ready", MIN).pieces)
    assert (first.call_no, first.talk_ms, first.wrap_up_ms) == (None, MIN, MIN)
    assert (second.talk_ms, second.began_from) == (MIN, "wrap_up")


def test_wrap_up_has_both_denominators() -> None:
    paper = LogPaper().state("not_ready", MIN).state("ready", MIN).call(MIN, wrap_up=90 * S)
    paper.state("ready", MIN).call(MIN).state("ready", MIN)
    keys = ("wrap_up_per_handled_call", "wrap_up_per_wrapped_call", "wrap_up_over_share")
    assert shown(paper, *keys) == ["0:00:45", "0:01:30", "100.0 %"]


# -- holds


def test_a_declined_hold_is_no_episode_and_its_time_is_hold_time() -> None:
    paper = LogPaper().state("not_ready", MIN).state("talking", MIN)
    paper.state("hold", 5 * S, not_taken=True).state("talking", MIN).state("ready", MIN)
    found = measured(paper.pieces)
    assert (found.hold_episodes, found.holds_declined, found.calls_held) == (0, 1, 0)
    assert found.state_ms["hold"] == found.hold_ms == 5 * S
    assert shown(paper, "hold_per_held_call", "hold_per_handled_call") == ["–", "0:00:05"]


def held(length_ms: int, **more: object) -> LogPaper:
    paper = LogPaper().state("not_ready", MIN).state("talking", MIN)
    return paper.state("hold", length_ms, **more)


@pytest.mark.parametrize(
    ("tap_s", "end_s", "kept"),
    [(14, 60, 1), (15, 60, 1), (16, 60, 0), (None, 15, 1), (None, 16, 0)],
)
def test_a_reminder_is_kept_by_the_tap_or_the_end_within_its_grace(
    tap_s: int | None, end_s: int, kept: int
) -> None:
    paper = held((30 + end_s) * S)
    shown_at = paper.at - end_s * S
    paper.tells("remind", shown_at, hold=1, n=1)
    if tap_s is not None:
        paper.tells("spoke", shown_at + tap_s * S, hold=1, n=1)
    paper.state("talking", MIN).state("ready", MIN)
    found = measured(paper.pieces, paper.happenings)
    assert (found.reminders, found.reminders_kept, found.reminders_missed) == (1, kept, 1 - kept)
    longer = measured(paper.pieces, paper.happenings, limits=Limits(remind_grace_s=16))
    assert longer.reminders_kept == 1


def test_a_tap_before_the_reminder_does_not_keep_it() -> None:
    paper = held(60 * S)
    paper.tells("spoke", paper.at - 31 * S, hold=1, n=0)
    paper.tells("remind", paper.at - 30 * S, hold=1, n=1).state("talking", MIN).state("ready", MIN)
    (hold,) = measures.holds(paper.pieces, paper.happenings)
    assert (hold.reminders_kept, hold.reminders_missed) == (0, 1)


def test_a_reminder_after_which_the_log_breaks_off_says_nothing() -> None:
    paper = held(40 * S, end_inferred=True)
    paper.tells("remind", paper.at - 10 * S, hold=1, n=1).state("unknown", MIN)
    (hold,) = measures.holds(paper.pieces, paper.happenings)
    assert (hold.reminders, hold.reminders_kept, hold.reminders_missed) == (1, 0, 0)
    assert not hold.is_complete and shown(paper, "reminders_kept") == ["–"]


def test_an_event_belongs_to_the_hold_with_its_number_in_its_call() -> None:
    paper = held(40 * S).tells("remind", NINE + 150 * S, hold=1, n=1).state("talking", MIN)
    paper.state("hold", 40 * S).state("wrap_up", MIN).state("ready", MIN).call(MIN, 40 * S)
    paper.state("ready", MIN)
    counts = [one.reminders for one in measures.holds(paper.pieces, paper.happenings)]
    assert counts == [1, 0, 0]


@pytest.mark.parametrize(("length_s", "over"), [(120, 0), (121, 1)])
def test_a_hold_past_the_limit(length_s: int, over: int) -> None:
    paper = held(length_s * S).state("talking", MIN).state("ready", MIN)
    assert measured(paper.pieces).holds_over_limit == over
    told = held(100 * S).tells("limit", NINE + 200 * S, hold=1, lv=1)
    told.state("talking", MIN).state("ready", MIN)
    assert measured(told.pieces, told.happenings).holds_over_limit == 1


# -- not ready, away, moments


def test_away_by_reason_and_the_longest() -> None:
    paper = LogPaper()
    for code, minutes in ((1, 10), (7, 5), (1, 20), (2, 25), (50, 40)):
        paper.state("not_ready", minutes * MIN, reason_code=code)
    found = measured(paper.pieces)
    assert {code: one.part // MIN for code, one in found.family("away_by_reason").items()} == {
        1: 30, 2: 25,
    }  # fmt: skip
    assert shown(paper, "away_time", "away_share", "longest_away") == [
        "0:55:00",
        "55.0 %",
        "0:25:00",
    ]
    assert found.family("reason_share")[7].text == "5.0 %"
    assert found.family("reason_of_not_ready")[50].text == "40.0 %"


def test_moments_belong_to_the_agent_in_whose_row_they_came() -> None:
    paper = LogPaper().state("not_ready", MIN).tells("overrun", NINE + 30 * S, rc=0, s=300)
    paper.state("ready", MIN).tells("idle", NINE + 90 * S, s=600)
    paper.tells("refused", NINE + 91 * S, b="HOLD", g="long", st="ready")
    paper.state("signed_out", MIN).tells(
        "refused", paper.at - 1, b="BUSY", g="tap", st="signed_out"
    )
    paper.agent = "1002"
    paper.state("not_ready", MIN).tells("refused", paper.at - 1, b="BUSY", g="long", st="menu")
    groups = by(paper.pieces, paper.happenings, who="agent")
    counts = {g.who: (m.idle_alerts, m.overruns, m.refused_presses) for g, m in groups.items()}
    assert counts == {"1001": (1, {0: 1}, 1), "1002": (0, {}, 1)}
    only_first = [piece for piece in paper.pieces if piece.agent_id == "1001"]
    assert measured(only_first, paper.happenings, period=HOUR).refused_presses == 1


# -- groups and targets


def test_by_team_and_level() -> None:
    agents = [Agent("1001", "王", "A", "trainee"), Agent("1002", "李", "B")]
    pieces = by_start(seat_hour(), LogPaper("1002", "b0").state("not_ready", MIN))
    assert [group.who for group in by(pieces, who="team", agents=agents)] == ["A", "B"]
    levels = by(pieces, who="level", agents=agents)
    assert [(g.who, m.signed_in_ms // MIN) for g, m in levels.items()] == [
        ("solo", 1),
        ("trainee", 60),
    ]
    assert [*by(pieces, period=HOUR)] == [Group("", HOUR.from_utc_ms, HOUR.to_utc_ms)]


@pytest.mark.parametrize(
    ("key", "part", "target", "met"),
    [
        ("occupancy", 70, 70, True),
        ("occupancy", 69, 70, False),
        ("not_ready_share", 71, 70, False),
        ("not_ready_share", 70, 70, True),
        ("occupancy", 70, None, None),
    ],
)
def test_whether_a_target_is_met(key: str, part: int, target: int | None, met: bool | None) -> None:
    assert measures.is_met(key, Figure("share", part, 100), target) is met
    assert measures.is_met(key, Figure("share", 0, 0), target) is None


def test_times_are_held_against_seconds() -> None:
    assert measures.is_met("average_handle_time", Figure("seconds", 600_000, 2), 300) is True
    assert measures.is_met("average_handle_time", Figure("seconds", 600_002, 2), 300) is False


# -- words


@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("key", [*MEASURES, *FAMILIES])
def test_every_measure_is_told_with_formula_unit_and_source(key: str, language: str) -> None:
    told = words_of(key, language)
    assert told.name and told.formula and told.unit and told.source
    kind = (MEASURES.get(key) or FAMILIES[key]).kind
    assert (told.unit == "%") == (kind == "share") and (told.unit in ("s", "秒")) == (
        kind == "seconds"
    )


def test_every_measure_in_the_words_exists() -> None:
    told = {key.split(".")[1] for key in words.table("en") if key.startswith("measure.")}
    assert told == {*MEASURES, *FAMILIES}
