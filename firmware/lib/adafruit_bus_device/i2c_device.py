"""What adafruit_ssd1306 asks of CircuitPython's I2CDevice, over a MicroPython I2C bus."""


class I2CDevice:
    def __init__(self, i2c, addr):
        self._i2c = i2c
        self.addr = addr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def write(self, data):
        self._i2c.writeto(self.addr, data)
