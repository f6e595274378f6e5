"""What the page's supervisor tab sees and does: reports of any days, exports, corrections, within the role.

desk.py is the one door; the page knows it by web/supervision.py's contract alone. Reads happen in the
caller's thread with the store's reading connections: the logger's writer never waits for them.
"""
