"""What came and went on a port, byte for byte with its time, in a text file: recorded, read, replayed.

`deskunit capture` and `deskunit replay` call it; docs/capture.md has the format.
"""
