"""CPU of a photograph made ready in the sandbox, beside Pillow's bare decoding, resizing and encoding."""

import functools
import io
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pillow_heif
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bench import processes
from bench.report import table
from bench.world import world

ROUNDS = 3
EACH = 6  # photographs of a kind in each round, as the system counts the CPU of ended children in 10 ms
SIZE = (4032, 3024)
SENT = 4_000_000  # bytes of a photograph


@dataclass
class Figures:
    """Of one kind of photograph, a value for each round: milliseconds of CPU; ``others``, of the cores."""

    sent: int
    made: int = 0
    bare: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    def ratio(self) -> float:
        """Beside the floor of the same round, in the median round."""
        return statistics.median(a / b for a, b in zip(self.ready, self.bare, strict=True))


def measure() -> None:
    """Print the table of this measure."""
    pillow_heif.register_heif_opener(decode_threads=1)
    with world() as place:
        import django

        django.setup()
        from guichet.files import checks

        checks.warm_up()
        place.var.mkdir(parents=True, exist_ok=True)
        kinds = {"JPEG": jpeg(), "HEIC": _heic()}
        found = {name: Figures(len(content)) for name, content in kinds.items()}
        for _ in range(ROUNDS):
            for name, content in kinds.items():
                _round(found[name], content, place.var)
    _print(found)


def _round(figures: Figures, content: bytes, folder: Path) -> None:
    source, into = folder / "photographie", folder / "feuille"
    source.write_bytes(content)
    figures.bare.append(_cpu(functools.partial(_bare, content)))
    machine, began = processes.cpu_of_the_machine(), time.perf_counter()
    used = _cpu(functools.partial(_made_ready, source, into))
    seconds = time.perf_counter() - began
    everybody = processes.cpu_of_the_machine() - machine
    figures.ready.append(used)
    figures.wall.append(1000 * seconds / EACH)
    figures.others.append(max(0.0, everybody - used * EACH / 1000) / seconds / (os.cpu_count() or 1))
    figures.made = into.stat().st_size


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds that one of ``EACH`` takes of this process and of the children of its zygote."""
    before = processes.cpu_by_kind(os.getpid())
    for _ in range(EACH):
        work()
    used = processes.spent(before, processes.cpu_by_kind(os.getpid()))
    return 1000 * (used["supervisor"] + used["checks"]) / EACH


def _bare(content: bytes) -> bytes:
    """What anybody would write first: no check, no confinement, no colours, no orientation."""
    from guichet.files.rules import SheetRules

    side, quality = SheetRules.LEVELS[0]
    written = io.BytesIO()
    with Image.open(io.BytesIO(content)) as image:
        small = image.resize((side, side * image.height // image.width), Image.Resampling.LANCZOS)
        small.save(written, "JPEG", quality=quality)
    return written.getvalue()


def _made_ready(source: Path, into: Path) -> None:
    from guichet.files import checks
    from guichet.files.rules import HEIC, JPEG, SheetRules

    rules = SheetRules(max_size=20_000_000, max_pages=50, media_types=(JPEG, HEIC), room=3_000_000)
    said = checks.normalise(source, rules=rules, into=into)
    assert said.verdict.accepted, said.verdict.message


def _sheet(noise: float) -> Image.Image:
    image = Image.new("RGB", SIZE, (228, 224, 214))
    draw = ImageDraw.Draw(image)
    for row in range(200, SIZE[1] - 200, 60):
        draw.text((500, row), "0123456789 " * 12, fill=(30, 30, 40), font_size=30)
    grain = Image.effect_noise(SIZE, noise).convert("RGB")
    return ImageChops.add(image.filter(ImageFilter.GaussianBlur(1.5)), grain, 1, -128)


def jpeg() -> bytes:
    """As telephones write them: of about ``SENT`` bytes, turned by a note, with a note of the place."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0), 3: "E", 4: (2.0, 21.0, 7.0)}
    sheet = _sheet(12)
    for quality in range(96, 60, -2):
        written = io.BytesIO()
        sheet.save(written, "JPEG", quality=quality, exif=exif)
        if len(written.getvalue()) <= SENT:
            break
    return written.getvalue()


def _heic() -> bytes:
    """The same in tiles of 512 pixels, which telephones write in half as many bytes."""
    written = io.BytesIO()
    sheet = _sheet(8)
    sheet.save(written, "HEIF", quality=55, tile_size=512, enc_params={"preset": "ultrafast"})
    return written.getvalue()


def _print(found: dict[str, Figures]) -> None:
    middle = statistics.median
    table(
        "Photographs",
        [
            "12 megapixels",
            "sent, kB",
            "made, kB",
            "CPU, ms",
            "bare Pillow, ms",
            "ratio",
            "clock, ms",
            "others",
        ],
        [
            [
                name,
                figures.sent // 1000,
                figures.made // 1000,
                middle(figures.ready),
                middle(figures.bare),
                figures.ratio(),
                middle(figures.wall),
                f"{100 * middle(figures.others):.0f} %",
            ]
            for name, figures in found.items()
        ],
    )
