"""A firmware for the tests of boards: says what the board gives, does what a line on stdin asks."""
