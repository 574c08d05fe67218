"""Milliseconds for a receipt made and signed, beside a bare compilation and a bare signature."""

import io
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.report import percentile, table
from bench.world import world

RECEIPTS = 60
PLAIN = '#set document(title: "Bench")\n= Bench\n#lorem(300) #sys.inputs.at\n'


@dataclass
class Timings:
    """Milliseconds on the clock, and of CPU, of one kind of work."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def time(self, work: Callable[[], object]) -> None:
        """Do ``work`` and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        self.wall.append(1000 * (time.perf_counter() - wall))
        self.cpu.append(1000 * (time.process_time() - cpu))

    def median(self) -> float:
        """On the clock."""
        return statistics.median(self.wall)


def measure() -> None:
    """Print the table of this measure."""
    with world() as place:
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            _measure(place.var)


def _measure(folder: Path) -> None:
    from bench.people import filed, filers
    from guichet.depots import receipts

    receipts.warm_up()
    (filer,) = filers(1)
    depots = filed(filer.account, RECEIPTS)
    compile_, sign = _bare_compilation(folder), _bare_signature()
    page = compile_()
    sign(page)
    whole, compiled, signed = Timings(), Timings(), Timings()
    for depot in depots:
        whole.time(partial(receipts.ensure, depot_id=depot.pk))
        compiled.time(compile_)
        signed.time(partial(sign, page))
    _print(whole, compiled, signed)


def _bare_compilation(folder: Path) -> Callable[[], bytes]:
    """A page of plain text, by typst alone."""
    import typst

    source = folder / "plain.typ"
    source.write_text(PLAIN)
    compiler = typst.Compiler(str(source), root=str(folder), ignore_system_fonts=True)

    def run() -> bytes:
        made = compiler.compile(format="pdf", pdf_standards=["a-2u"], sys_inputs={"at": str(time.time())})
        assert isinstance(made, bytes)
        return made

    return run


def _bare_signature() -> Callable[[bytes], bytes]:
    """An EC P-256 signature by pyHanko, with the portal's key and pyHanko's own choices."""
    from asn1crypto import keys, x509
    from cryptography.hazmat.primitives import serialization
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    from guichet.journal import sealing

    seal = sealing.signer()
    der = serialization.Encoding.DER
    pkcs8 = seal.key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(seal.certificate.public_bytes(der)),
        signing_key=keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=SimpleCertificateStore(),
    )

    def run(pdf: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signed: io.BytesIO = sign_pdf(writer, PdfSignatureMetadata(field_name="Bench"), signer)
        return signed.getvalue()

    return run


def _print(whole: Timings, compiled: Timings, signed: Timings) -> None:
    floor = compiled.median() + signed.median()
    rows = (
        ("receipt made, signed, stored and committed", whole, 60.0),
        ("a page compiled by typst alone", compiled, ""),
        ("that page signed by pyHanko alone, EC P-256", signed, ""),
    )
    table(
        f"A receipt, {RECEIPTS} of them, one at a time",
        ("what", "p50 ms", "p95 ms", "CPU ms", "× floor", "target ms"),
        [
            (name, each.median(), percentile(each.wall, 0.95), statistics.median(each.cpu), ratio, target)
            for name, each, target in rows
            for ratio in [each.median() / floor]
        ],
    )
