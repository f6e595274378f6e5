"""Host tools of the desk unit."""

__version__ = "0.4.0"
