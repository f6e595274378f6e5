"""Draws and measures single screens with the unit's own code. Runs in the interpreter, not on a board.

drawer.mjs starts it and calls `opened`, `laid` and `drawn`, each with a JSON text and answered by one.
Beside pack, text and screen it has a desk without buttons, journal or link.
"""

import json

import board
from unit import actions, context, desk, menus, pack, screen, settings, text

packs = {}


class Link:
    """To the screen: the host is there."""

    session = True


class Journal:
    """To the screen: the host has everything."""

    mark = 2
    top = 0


def opened(asked):
    """Take the pack that drawer.mjs has just written; ValueError: the unit would refuse it."""
    lang = json.loads(asked)["lang"]
    packs[lang] = pack.Pack(board.storage, lang, ".site")
    return "{}"


def closed(asked):
    """Let go of a pack whose file is about to be replaced."""
    old = packs.pop(json.loads(asked)["lang"], None)
    if old:
        old.close()
    return "{}"


def laid(asked):
    """The lines that the unit makes of one text, and how wide they are."""
    one = json.loads(asked)
    used = packs[one["lang"]]
    font = used.large if one["large"] else used.font
    lines = text.lines(font, text.fill(one["text"].encode(), one["values"]), one["room"])
    answer = {"lines": [line.decode() for line in lines]}
    answer["widths"] = [font.width(line) for line in lines]
    answer["pages"] = len(text.pages(lines, menus.LINES))
    return json.dumps(answer)


def drawn(asked):
    """Show a scene on the display, at ms 0; drawer.mjs takes the picture from there."""
    scene = json.loads(asked)
    desk = desk_of(scene)
    shown = screen.Screen(board.canvas, desk, Link, Journal)
    shown.use(packs[scene["lang"]])
    font = shown.pack.font  # the large one asks it for what it lacks
    font.missing = []
    font._noted = []
    pages = shown.pages(desk.script.key())
    if scene["menu"]:
        getattr(actions.Actions(desk, None, None), "choose_" + scene["menu"])(0)
        desk.over.at = scene["entry"]
    while shown.step(0) == 0:
        pass
    return json.dumps({"pages": pages, "missing": font.missing})


def desk_of(scene):
    """A desk in the scene's state and with its sentence."""
    made = desk.Desk(settings.Settings(), context.Context(), ignore, ignore)
    made.context.seat = scene["seat"]
    made.context.hello = scene["hello"]
    made.agent = scene["agent"]
    made.name = scene["name"]
    made.state = scene["state"]
    made.since_ms = -1000 * scene["clock_s"]
    made.script.begin(made.state, True)
    if scene["prompt"]:
        made.script.show(scene["prompt"])
    made.script.page = scene["page"]
    return made


def ignore(*_):
    """Where a desk's events and snapshots go that no host hears of."""
