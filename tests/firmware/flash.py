"""Flash of paper: a board's storage whose files hold what was flushed or closed, through power cuts.

`left` operations (flush, rename, remove) may still happen, then the power is gone: what follows has no
effect. `fault` is an errno that every write gives.
"""


class Flash:
    def __init__(self):
        self.files = {}
        self.fault = None
        self.left = None
        self.room = 1 << 20
        self.operations = 0
        self.counted = 0  # how often free() was asked, which is slow on LittleFS

    def open(self, name, mode="r"):
        if "r" in mode:
            if name not in self.files:
                raise OSError(2)
            return _Reading(self.files[name])
        return _Writing(self, name, self.files.get(name, b"") if "a" in mode else b"")

    def rename(self, old, new):
        if old not in self.files:
            raise OSError(2)
        if self.happens():
            self.files[new] = self.files.pop(old)

    def remove(self, name):
        if name not in self.files:
            raise OSError(2)
        if self.happens():
            del self.files[name]

    def listdir(self):
        return list(self.files)

    def free(self):
        self.counted += 1
        return self.room - sum([len(content) for content in self.files.values()])

    def happens(self):
        """One more operation; False when the power is gone. OSError when flash refuses."""
        if self.fault:
            raise OSError(self.fault)
        if self.left is not None:
            if self.left <= 0:
                return False
            self.left -= 1
        self.operations += 1
        return True


class _Reading:
    def __init__(self, content):
        self._content = content
        self._at = 0

    def seek(self, at, whence=0):
        self._at = len(self._content) if whence == 2 else at
        return self._at

    def read(self, size=-1):
        end = len(self._content) if size < 0 else self._at + size
        got = self._content[self._at : end]
        self._at += len(got)
        return got

    def readinto(self, buffer):
        got = self.read(len(buffer))
        buffer[: len(got)] = got
        return len(got)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class _Writing:
    """What is written counts at flush or close."""

    def __init__(self, flash, name, content):
        self._flash = flash
        self._name = name
        self._content = content

    def write(self, data):
        self._content += data
        return len(data)

    def flush(self):
        if self._flash.files.get(self._name) != self._content and self._flash.happens():
            self._flash.files[self._name] = self._content

    def close(self):
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
