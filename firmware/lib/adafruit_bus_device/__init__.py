"""The two modules that adafruit_ssd1306 imports, over MicroPython's own buses."""
