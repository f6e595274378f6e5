"""Start of the unit: the board's six things, the app, and a loop that a watchdog guards.

A board runs this file as __main__; the virtual unit imports it and calls `step` itself.
"""

import board
from unit.app import App

app = App(board)
step = app.step

if __name__ == "__main__" and board.chip.reset_cause != "MAINT":
    board.run(step)
