"""The truth channel: what happened in the unit, told past its serial port."""

import threading
from pathlib import Path

from deskunit.virtual import Began, Fact, Made, Ticked, VirtualUnit
from talk import UID, MakeUnit, Talk


def told(tree: Path, **options: object) -> tuple[VirtualUnit, list[Fact]]:
    unit = VirtualUnit(tree, UID, time="virtual", truth=True, **options)
    facts: list[Fact] = []
    unit.on_truth = facts.append
    unit.power_on()
    return unit, facts


def test_events_and_ticks_are_told_in_their_order(demo_tree: Path) -> None:
    unit, facts = told(demo_tree)
    with unit:
        talk = Talk(unit)
        talk.line()
        talk.rest()
        assert facts == [Made("1-demo", 1, '["boot",0]'), Began("1-demo", 0)]
        talk.do("app.journal.add(7, 'ü'); app.screen.ticked = 1")
        talk.do("app.screen.ticked = 2; app.journal.add(9, 'st')")
        assert facts[2:] == [
            Made("1-demo", 2, '["ü",7]'),
            Ticked("1-demo", 1),
            Made("1-demo", 3, '["st",9]'),
            Ticked("1-demo", 2),
        ]


def test_a_method_that_a_part_took_with_it_is_told_too(demo_tree: Path) -> None:
    unit, facts = told(demo_tree)
    with unit:
        talk = Talk(unit)
        talk.line()
        talk.do("app.keep = app.journal.add")
        talk.do("app.keep(5, 'kept')")
        assert facts[-1] == Made("1-demo", 2, '["kept",5]')


def test_what_happens_after_the_power_is_gone_is_not_told(demo_tree: Path) -> None:
    unit, facts = told(demo_tree)
    with unit:
        talk = Talk(unit)
        talk.line()
        talk.rest()
        before = len(facts)
        unit.write(b"app.journal.add(1, 'alive'); app.save('x', '1'); app.journal.add(2, 'dead')\n")
        unit.cut_power(2)  # reading the line is one operation, the flush another
        unit.advance(unit.now_ms + 50)
        assert unit.figures()["state"] == "off"
        assert [fact.line for fact in facts[before:]] == ['["alive",1]']


def test_each_boot_tells_when_its_clock_stood_at_zero(demo_tree: Path) -> None:
    unit, facts = told(demo_tree)
    with unit:
        talk = Talk(unit)
        talk.line()
        unit.advance(5000)
        unit.cut_power()
        facts.clear()
        unit.power_on()
        talk.line()
        talk.rest()
        assert facts == [Made("1-demo", 1, '["boot",0]'), Began("1-demo", 5000)]


def test_real_time_tells_while_it_happens(demo_tree: Path, make_unit: MakeUnit) -> None:
    unit = make_unit(demo_tree, time="real", truth=True)
    seen = threading.Event()
    facts: list[Fact] = []

    def on_truth(fact: Fact) -> None:
        facts.append(fact)
        if fact == Ticked("1-demo", 1):
            seen.set()

    unit.on_truth = on_truth
    unit.write(b"app.journal.add(3, 'x'); app.screen.ticked = 1\n")
    assert seen.wait(10)
    assert Made("1-demo", 2, '["x",3]') in facts


def test_without_it_nothing_is_told(talk: Talk) -> None:
    talk.unit.on_truth = lambda fact: (_ for _ in ()).throw(AssertionError(fact))
    talk.do("app.journal.add(3, 'x'); app.screen.ticked = 1")
    assert talk.ask("app.journal.line(2)") == "b'[\"x\",3]'"
