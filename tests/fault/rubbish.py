"""Byte streams for decoders: right frames among damaged, spliced, random ones and what else a port says.

A batch knows which payloads were really sent, and which frames stand in it undamaged. Frames are made
here by json and zlib, not by the product's encoders.
"""

import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

Check = Callable[[bytes], bytes]  # eight bytes that seal a payload
Frame = list[object]

ROM = (
    b"ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n",
    b"configsip: 0, SPIWP:0xee\r\nclk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00\r\n",
    b"mode:DIO, clock div:2\r\nload:0x3fff0030,len:4728\r\nload:0x40078000,len:14888\r\nentry 0x40080",
    b"Brownout detector was triggered\r\n\r\n",
)
TRACES = (
    b'Traceback (most recent call last):\r\n  File "main.py", line 9, in <module>\r\n'
    b"OSError: [Errno 19] ENODEV\r\nMicroPython v1.24.1 on 2024-11-29; Generic ESP32 module\r\n>>> ",
    b"Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.\r\n",
    b"MPY: soft reboot\r\n",
)
# in a hundred of what a batch holds
KINDS = {
    "two_to_four_flips": 46,
    "other_flips": 10,
    "spliced": 10,
    "bytes_lost_or_doubled": 10,
    "random": 4,
    "rom_text": 2,
    "tracebacks": 2,
    "over_the_cap": 2,
    "sealed_but_no_frame": 4,
    "intact": 10,
}
WORDS = ("ready", "talking", "btn", "李晓", "休息 10 分钟", "😀", 'a#C\\"', "x" * 40, "")


def crc32(payload: bytes) -> bytes:
    return b"%08x" % zlib.crc32(payload)


@dataclass
class Batch:
    """`sent`: every payload that an encoder made, `intact` those that stand in `data` whole."""

    data: bytes
    sent: set[bytes]
    intact: list[bytes]
    counts: dict[str, int] = field(default_factory=dict)


class Maker:
    """Batches of `size` pieces; `to_host`: as a unit writes, else as a host does."""

    def __init__(self, seed: str, *, to_host: bool, check: Check = crc32) -> None:
        self.chance = random.Random(seed)
        self.to_host = to_host
        self.check = check

    def batch(self, size: int) -> Batch:
        self.payloads = [self._payload() for _ in range(200)]
        self.frames = [self._sealed(payload) for payload in self.payloads]
        kinds = self.chance.choices(list(KINDS), list(KINDS.values()), k=size)
        batch = Batch(b"", set(self.payloads), [], {kind: kinds.count(kind) for kind in KINDS})
        pieces = []
        for kind in kinds:
            if kind == "intact":
                at = self.chance.randrange(len(self.frames))
                batch.intact.append(self.payloads[at])
                end = b"\r\n" if self.chance.random() < 0.1 else b"\n"
                pieces.append(self.frames[at][:-1] + end)
            else:
                pieces.append(getattr(self, "_" + kind)())
        batch.data = b"".join(pieces)
        return batch

    def _sealed(self, payload: bytes) -> bytes:
        return b"\x1e" + payload + b"*" + self.check(payload) + b"\n"

    # -- what is damaged

    def _flipped(self, count: int) -> bytes:
        """A frame with `count` different bits flipped, wherever they are."""
        frame = bytearray(self.chance.choice(self.frames))
        for bit in self.chance.sample(range(8 * len(frame)), count):
            frame[bit >> 3] ^= 1 << (bit & 7)
        return bytes(frame)

    def _two_to_four_flips(self) -> bytes:
        return self._flipped(self.chance.randint(2, 4))

    def _other_flips(self) -> bytes:
        return self._flipped(self.chance.choice((1, 1, 5, 6, 8, 13, 21, 34)))

    def _spliced(self) -> bytes:
        one, other = self.chance.choices(self.frames, k=2)
        return one[: self.chance.randrange(len(one))] + other[self.chance.randrange(len(other)) :]

    def _bytes_lost_or_doubled(self) -> bytes:
        frame = self.chance.choice(self.frames)
        at = self.chance.randrange(len(frame))
        end = min(len(frame), at + self.chance.choice((1, 1, 1, 2, 5, 20)))
        way = self.chance.randrange(3)
        if way == 0:
            return frame[:at] + frame[end:]
        return frame[:end] + (frame[at:end] if way == 1 else self._random()) + frame[end:]

    def _random(self) -> bytes:
        return self.chance.randbytes(self.chance.randint(1, 80))

    def _rom_text(self) -> bytes:
        return self.chance.choice(ROM)

    def _tracebacks(self) -> bytes:
        return self.chance.choice(TRACES)

    def _over_the_cap(self) -> bytes:
        """A line of up to 3 000 bytes, with an RS before it, in it, or none."""
        long = bytearray(b"[" + self.chance.choice((b"a", b"\xff", b'"', b"[")) * 3000)
        del long[self.chance.randint(200, 3000) :]
        if self.chance.random() < 0.7:
            long[self.chance.choice((0, len(long) // 2))] = 0x1E
        if self.chance.random() < 0.5:
            return self._sealed(bytes(long)) if len(long) > 600 else bytes(long)
        return bytes(long)

    def _sealed_but_no_frame(self) -> bytes:
        """The CRC is right: of a frame that this protocol does not have."""
        payload = self.chance.choice(self.payloads)
        return self._sealed(
            self.chance.choice(
                (
                    payload[:-1],
                    payload[:-1] + b",1,2,3]]",
                    b'["Z"' + payload[4:],
                    payload.replace(b'"', b'"\xff', 1),
                    payload.replace(b'"', b'"\xc3', 1),
                    b'["E",0,"41-9f3c77e1",1,NaN,"st",{}]',
                    b'["A","41-9f3c77e1",-1,"00000000"]',
                    b"[" * 60 + b"]" * 60,
                    b'["T",1e999]',
                    b'["t",1,2,3.5]',
                    b"null",
                    b"",
                    self.chance.randbytes(30).replace(b"\n", b"").replace(b"\x1e", b""),
                )
            )
        )

    # -- what is right

    def _payload(self) -> bytes:
        while True:
            frame = self._of_unit() if self.to_host else self._of_host()
            payload = json.dumps(
                frame, ensure_ascii=not self.to_host, separators=(",", ":")
            ).encode()
            if len(payload) <= (229 if self.to_host else 109):
                return payload

    def _of_unit(self) -> Frame:
        chance, word = self.chance, self.chance.choice
        boot, seq = self._boot(), chance.randint(1, 99_999)
        ms = chance.randrange(1 << chance.randint(1, 39))
        body = {key: word((word(WORDS), chance.randrange(999))) for key in ("to", "ag", "call")}
        about: dict[str, object] = {"fw": "1.4.2", "rst": "PWRON", "up": ms}
        about |= {"hold": [[boot, 1, seq]], "win": 16, "max": 240, "cap": ["t"], "safe": 0}
        frames: tuple[Frame, ...] = (
            ["E", chance.randrange(4), boot, seq, ms, word(("st", "rsn", "remind")), body],
            ["E", 0, boot, seq, ms, "more", {"call": 1, "s": 30}],
            ["X", boot, seq, seq + chance.randrange(50), word(("full", "ring", "damaged"))],
            ["t", chance.randrange(10_000), ms, ms + chance.randrange(5)],
            ["h", boot, seq, ms, {"st": "talking", "q": 0, "bad": 2, "mem": 91024, "jr": 0}],
            ["r", chance.randrange(10_000), chance.randrange(2), word(WORDS)],
            ["L", chance.randrange(4), word(WORDS)],
            ["H", 1, f"{chance.getrandbits(48):012x}", boot, about],
        )
        return word(frames)

    def _of_host(self) -> Frame:
        chance, word = self.chance, self.chance.choice
        number = chance.randrange(10_000)
        frames: tuple[Frame, ...] = (
            ["S", 1, f"{chance.getrandbits(32):08x}", "pc-7f31"],
            ["A", self._boot(), chance.randint(1, 99_999), f"{chance.getrandbits(32):08x}"],
            ["A", self._boot(), chance.randint(1, 99_999), f"{chance.getrandbits(32):08x}"],
            ["T", number],
            ["U", 1_790_000_000_000 + chance.getrandbits(40), chance.randrange(10_000)],
            ["R", number, word(("repl", "reset", "safe", "flush"))],
            ["K", number, {word(("hold_remind_s", "wrap_up_s", "menu_s")): chance.randrange(9999)}],
            ["N", number, word(("seat", "hello", "lang")), word(WORDS)],
            ["N", number, "roster", [0, 1, "1001", word(WORDS)]],
        )
        return word(frames)

    def _boot(self) -> str:
        return f"{self.chance.randint(1, 9999)}-{self.chance.getrandbits(32):08x}"
