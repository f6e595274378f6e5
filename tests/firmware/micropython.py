"""What the firmware uses of MicroPython and CPython lacks: const, and two functions of sys and gc."""

import gc
import sys
import traceback


def const(value):
    """A constant is a name like any other here."""
    return value


def heap_lock():
    """On MicroPython nothing can be allocated until heap_unlock."""


def heap_unlock():
    pass


def print_exception(error, out):
    traceback.print_exception(error, file=out)


sys.print_exception = print_exception
gc.mem_free = int
