"""Seeded chance that is the same on both interpreters; MicroPython has no random.Random."""


class Chance:
    def __init__(self, seed):
        self._state = seed * 2 + 1

    def below(self, limit):
        """An integer from 0 to limit - 1."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % limit

    def data(self, length):
        return bytes([self.below(256) for _ in range(length)])
