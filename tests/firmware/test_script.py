"""unit.script: which step comes next, by a tap and by time, which sentence it says, and what lies over it."""

import unittest

from unit import states
from unit.context import Context
from unit.script import Script
from unit.settings import Settings

GREETING = "hello,o,0,1,0,1,1,-,\nmore,c,0,1,1,-1,-1,-,"
SILENT = "ask,g,255,2,0,2,1,-,\nbye,c,0,1,1,-1,-1,-,\nheard,l,0,1,2,-1,-1,-,"
LOOP = "wait,l,5,1,0,1,1,-,\nask,g,4,2,0,2,2,-,\nlast,c,3,1,2,-1,-1,-,"
SOME = (
    "day,o,0,1,0,1,1,-,d=h h=8-18|d=e|\nnight,g,0,1,1,2,2,-,h=22-6\n"
    "teach,g,0,1,2,3,3,-,l=tc\nkeep,r,0,1,3,-1,-1,fault,"
)
ENDS = "first,o,2,1,0,1,1,-,\nnever,c,0,1,1,-1,-1,-,d=h"


class Pack:
    """The texts of a pack that a script asks for."""

    def __init__(self, **steps):
        self.texts = {"steps." + name: steps[name] for name in steps}

    def text(self, key):
        found = self.texts.get(key)
        return None if found is None else found.encode()


class Told:
    """A script on a desk of paper: what it was told to be shown, in order."""

    def __init__(self, pack=None):
        self.settings = Settings()
        self.context = Context()
        self.agent = "1001"
        self.level = "s"
        self.shown = []
        self.script = Script(self.settings, self._applies, self._arrived)
        self.script.use(
            pack or Pack(greeting=GREETING, silent=SILENT, loop=LOOP, some=SOME, ends=ENDS)
        )

    def _applies(self, condition):
        return self.context.applies(condition, self.agent, self.level)

    def _arrived(self, at_ms, by):
        self.shown.append((self.script.step_id().decode(), by))

    def begin(self, scenario):
        self.script.begin(states.TALKING, True, 0)
        self.script.choose(scenario, 0)
        self.shown = []
        return self.script

    def steps(self):
        return " ".join([step + ":" + by for step, by in self.shown])


class TestTaps(unittest.TestCase):
    def test_a_call_begins_with_the_greeting(self):
        told = Told()
        told.script.begin(states.TALKING, True, 0)
        self.assertEqual(told.steps(), "hello:btn")
        self.assertEqual(told.script.key(), "say.greeting.0.0")

    def test_pages_come_before_steps_and_the_first_after_the_last(self):
        told = Told()
        script = told.begin("greeting")
        script.next(2, 0)
        self.assertEqual((script.shown_page, script.step), (1, 0))
        script.next(2, 0)
        self.assertEqual((script.shown_page, script.step), (0, 1))
        script.next(1, 0)
        self.assertEqual(told.steps(), "more:btn hello:btn")

    def test_a_tap_may_lead_elsewhere_than_time(self):
        told = Told()
        told.begin("silent").next(1, 0)
        self.assertEqual(told.steps(), "heard:btn")

    def test_a_step_that_promises_tells_the_kind_when_it_is_left(self):
        told = Told()
        script = told.begin("some")
        self.assertEqual(script.next(1, 0), "")
        self.assertEqual(script.step_id(), b"keep")
        self.assertEqual(script.next(1, 0), "fault")


class TestTime(unittest.TestCase):
    def test_a_timed_step_is_said_again_then_the_next_comes(self):
        told = Told()
        script = told.begin("silent")
        self.assertEqual(script.wait_s(), 3)
        told.settings.silent_step_s = 7
        self.assertEqual(script.wait_s(), 7)
        script.go_on(0)
        script.go_on(0)
        self.assertEqual(told.steps(), "ask:tmr bye:tmr")
        self.assertEqual(script.wait_s(), 0)

    def test_a_loop_over_two_steps_ends(self):
        told = Told()
        script = told.begin("loop")
        for _ in range(4):
            script.go_on(0)
        self.assertEqual(told.steps(), "ask:tmr wait:tmr ask:tmr last:tmr")

    def test_the_last_timed_step_stays(self):
        told = Told()
        script = told.begin("loop")
        for _ in range(9):
            script.go_on(0)
        self.assertEqual(told.shown[-1], ("last", "tmr"))
        self.assertEqual(len(told.shown), 4)

    def test_time_never_goes_round_past_a_step_that_does_not_apply(self):
        told = Told()
        told.begin("ends").go_on(0)
        self.assertEqual(told.steps(), "")

    def test_nothing_counts_down_beneath_an_apology(self):
        script = Told().begin("silent")
        script.show("prompt.hold_back")
        self.assertEqual(script.wait_s(), 0)
        script.next(1, 0)
        self.assertEqual(script.wait_s(), 3)


class TestConditions(unittest.TestCase):
    def sentence(self, wish, hour):
        told = Told()
        told.context.set("wish", wish)
        told.context.set("hour", hour)
        return told.begin("some").key()

    def test_the_first_sentence_whose_condition_holds(self):
        self.assertEqual(self.sentence("national", 9), "say.some.0.0")
        self.assertEqual(self.sentence("weekend", 9), "say.some.0.1")
        self.assertEqual(self.sentence("national", 19), "say.some.0.2")
        self.assertEqual(self.sentence("", 9), "say.some.0.2")

    def test_without_a_host_nothing_of_the_calendar_holds(self):
        told = Told()
        told.context.set("wish", "national")
        told.context.set("hour", 9)
        told.context.forget()
        self.assertEqual(told.begin("some").key(), "say.some.0.2")

    def test_hours_may_cross_midnight(self):
        for hour, count in ((21, 2), (22, 3), (0, 3), (5, 3), (6, 2)):
            told = Told()
            told.context.set("hour", hour)
            self.assertEqual(told.begin("some").position(), (1, count), hour)

    def test_a_trainee_has_more_steps(self):
        told = Told()
        self.assertEqual(told.begin("some").position(), (1, 2))
        told.level = "t"
        script = told.begin("some")
        self.assertEqual(script.position(), (1, 3))
        script.next(1, 0)
        self.assertEqual((script.step_id(), script.position()), (b"teach", (2, 3)))

    def test_short_forms_are_for_those_who_work_alone(self):
        for short_forms, level, key in (
            (1, "s", "short.greeting.0.0"),
            (1, "c", "say.greeting.0.0"),
            (0, "s", "say.greeting.0.0"),
        ):
            pack = Pack(greeting=GREETING)
            pack.texts["short.greeting.0.0"] = "short"
            told = Told(pack)
            told.settings.short_forms = short_forms
            told.level = level
            self.assertEqual(told.begin("greeting").key(), key)


class TestAnotherPack(unittest.TestCase):
    def test_a_step_that_it_has_too_stays_where_it_is(self):
        told = Told()
        script = told.begin("silent")
        script.go_on(0)
        script.go_on(0)
        moved = "new,o,0,1,0,1,1,-,\n" + SILENT.replace(",2,1,-", ",3,2,-")
        script.use(Pack(greeting=GREETING, silent=moved))
        self.assertEqual((script.step_id(), script.step), (b"bye", 2))

    def test_else_no_scenario_is_begun(self):
        script = Told().begin("silent")
        script.use(Pack(greeting=GREETING))
        self.assertEqual((script.scenario, script.position()), ("", (0, 0)))

    def test_without_a_pack_there_are_no_steps(self):
        told = Told()
        script = Script(told.settings, told._applies, told._arrived)
        script.begin(states.TALKING, True, 0)
        self.assertEqual((script.next(1, 0), script.wait_s(), told.shown), ("", 0, []))
