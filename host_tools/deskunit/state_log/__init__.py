"""The state log as asked for: which part of it, cut at which instants, as corrected.

Exports, measures, reports and the supervisor tab read the log through here and nowhere else.
"""
