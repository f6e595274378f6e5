"""Draws and measures single screens with the unit's own code. Runs in the interpreter, not on a board.

drawer.mjs starts it and calls `opened`, `laid`, `drawn`, `called` and `second`, each with a JSON text and
answered by one. Around pack, script and screen it has a desk without buttons, journal or link.
"""

import json

import board
from unit import actions, context, desk, pack, screen, settings, text

BODY_ROWS = 36
packs = {}
call = None  # the desk and screen of the film that is being made


class Link:
    """To the screen: the host is there."""

    session = True


class Journal:
    """To the screen: the host has everything."""

    mark = 2
    top = 0


class Uses:
    """To the menus: nothing was used yet."""

    def order(self, ids, count):
        return ids

    def add(self, scenario):
        pass


class Scene:
    """A desk in the state that is asked for, its screen and what its buttons do."""

    def __init__(self, asked):
        used = packs[asked["lang"]]
        self.missing = used.missing
        while self.missing:
            self.missing.pop()
        for font in (used.font, used.large()):
            if font:
                font._noted = []  # each picture tells its own
        self.desk = desk.Desk(settings.Settings(), surroundings(asked), ignore, ignore)
        self.desk.settings.large_text = int(asked["large"])
        self.desk.agent = asked["agent"]
        self.desk.name = asked["name"]
        self.desk.level = asked["level"][:1]
        self.screen = screen.Screen(board.canvas, self.desk, Link, Journal)
        self.actions = actions.Actions(self.desk, None, self.screen.pages, Uses)
        self.screen.use(used)
        self.desk.use(used, 0)

    def pages(self):
        return self.screen.pages(self.desk.script.key())

    def show(self, now_ms):
        """The display gets all of it; drawer.mjs takes the picture from there."""
        while self.screen.step(now_ms) == 0:
            pass


def surroundings(asked):
    """What the host would have told the unit."""
    made = context.Context()
    made.seat = asked["seat"]
    made.caller = asked["caller"]
    made.hello = asked["hello"]
    made.wish = asked["wish"]
    made.hour = asked["hour"]
    made.day = asked["day"].encode()
    return made


def ignore(*_):
    """Where a desk's events and snapshots go that no host hears of."""


# -- packs and texts


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
    """The lines that the unit makes of one text, how wide they are, and the pages that they fill."""
    one = json.loads(asked)
    used = packs[one["lang"]]
    font = (one["large"] and used.large()) or used.font
    lines = text.lines(font, text.fill(one["text"].encode(), one["values"]), one["room"])
    answer = {"lines": [line.decode() for line in lines]}
    answer["widths"] = [font.width(line) for line in lines]
    answer["pages"] = len(text.pages(lines, BODY_ROWS // font.rows))
    return json.dumps(answer)


# -- single screens


def drawn(asked):
    """Show one scene, with its clock at the second that is asked for."""
    asked = json.loads(asked)
    scene = Scene(asked)
    refuse_unknown(scene.screen.pack, asked)
    stand(scene.desk, asked)
    if asked["text"] is not None:
        say_instead(scene.screen, scene.desk.script.key(), asked["text"].encode())
    pages = scene.pages()
    if asked["menu"]:
        choose(scene, asked)
    scene.show(0)
    return json.dumps({"pages": pages, "missing": scene.missing})


def refuse_unknown(used, asked):
    """ValueError: the pack has no such scenario or sentence."""
    wanted = [asked["prompt"], asked["said"] if asked["text"] is None else None]
    if asked["scenario"]:
        wanted.append("steps." + asked["scenario"])
    for key in wanted:
        if key and used.text(key) is None:
            raise ValueError(used.lang + ".pack has no " + key)


def say_instead(shown, key, sentence):
    """Let the screen find `sentence` under `key`: somebody is writing it, and no pack has it yet."""
    word = shown._word
    shown._word = lambda wanted: sentence if wanted == key else word(wanted)


def stand(made, asked):
    """Put the desk into a state and its script to a sentence, whether or not the unit would choose it now."""
    made.state = asked["state"]
    made.reason = asked["reason"]
    made.since_ms = -1000 * asked["clock_s"]
    script = made.script
    script.begin(made.state, True, 0)
    if asked["scenario"]:
        script.choose(asked["scenario"], 0)
        script.step = asked["step"]
    if asked["said"]:
        script._said = asked["said"]
    script.page = asked["page"]
    if asked["prompt"]:
        made.show(asked["prompt"])
    script._over_page = asked["page"]
    made.alerts.restart("step", script.wait_s() if made.state == "talking" else 0, 0)


def choose(scene, asked):
    """Open a menu and put its cursor where it is wanted."""
    if asked["menu"] in ("group", "scenario"):
        scene.actions.choose_scenario(0)
    else:
        getattr(scene.actions, "choose_" + asked["menu"])(0)
    if asked["menu"] == "scenario":
        groups = [value for value, _ in scene.desk.over.entries]
        scene.desk.over.at = groups.index(asked["group"])
        scene.actions.confirm(0)
    scene.desk.over.at = asked["entry"]


# -- a scenario as a film


def called(asked):
    """A call begins and its agent chooses a scenario, at ms 0."""
    global call
    asked = json.loads(asked)
    refuse_unknown(packs[asked["lang"]], asked)
    call = Scene(asked)
    call.desk.new_call(0)
    call.desk.script.choose(asked["scenario"], 0)
    return "{}"


def second(asked):
    """What the unit shows at a moment of the call, after the agent's tap if there is one."""
    asked = json.loads(asked)
    now_ms = asked["at_ms"]
    call.desk.run(now_ms)
    if asked["tap"]:
        menu = call.desk.over
        (call.actions.confirm if menu else call.actions.next)(now_ms)
        call.desk.version += 1
    call.show(now_ms)
    script = call.desk.script
    due_ms = call.desk.alerts.find_ms("step")
    answer = {"step": script.step, "page": script.page, "pages": call.pages()}
    answer["left_ms"] = 0 if due_ms is None else due_ms - now_ms
    answer["menu"] = call.desk.over.kind if call.desk.over else ""
    return json.dumps(answer)
