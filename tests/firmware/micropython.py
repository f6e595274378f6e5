"""MicroPython's const for CPython, where a constant is a name like any other."""


def const(value):
    return value
