"""What the {names} in a sentence stand for. Called by the screen while it fills a sentence in."""


class Variables:
    """`variables["agent"]` as bytes. KeyError: no such name."""

    def __init__(self, desk, word):
        self.desk = desk
        self._word = word  # text of the pack for a key

    def __getitem__(self, name):
        desk = self.desk
        if name in ("agent", "name"):
            return getattr(desk, name).encode()
        if name in ("seat", "caller"):
            return getattr(desk.context, name).encode()
        if name == "hello":
            hello = desk.context.hello
            return self._word("hello_" + hello if hello else "hello")
        if name == "wish":
            wish = desk.context.wish
            return self._word("wish." + wish) if wish else b""
        if name == "reason":
            return self._word("reason.%d" % desk.reason)
        if name == "kind":
            return desk.callbacks.word()
        if name == "cb":
            return str(desk.callbacks.number).encode()
        if name == "n":
            return str(desk.leave).encode()
        raise KeyError(name)
