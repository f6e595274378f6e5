"""Asterisk's queue_log: our states written as one, a telephone system's read,
and both held against each other.

What the figures mean and where the format is documented: docs/queue_log.md.
"""
