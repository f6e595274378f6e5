"""Empty: adafruit_ssd1306 imports it for its SPI class, which no board of ours uses."""
