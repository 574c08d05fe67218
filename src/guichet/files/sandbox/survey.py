"""What a PDF holds besides its pages: every object is looked at, reachable or not, packed in streams or not.

Each object is written out by qpdf, which resolves escapes in names, and searched for the few names that
matter; only where one occurs are its dictionaries looked at one by one. So a filing costs about a
millisecond.
"""

import re
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from guichet.files.rules import MAX_IMAGE_PIXELS, MAX_INFLATED, MAX_PAGE_SIDE

# Actions: what runs, opens, sends or plays is refused. GoToR and URI lead elsewhere only when clicked: kept
# or dropped in the copy (see ``scrub``). GoTo, Named, Hide, SetOCGState, ResetForm, Trans, Thread, GoTo3DView
# stay within the document; they go where they would happen by themselves (OpenAction, AA).
_ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "launch",
    "/ImportData": "launch",
    "/GoToE": "attachment",
    "/Rendition": "multimedia",
    "/Movie": "multimedia",
    "/Sound": "multimedia",
    "/RichMediaExecute": "multimedia",
}
_ANNOTATIONS = {
    "/FileAttachment": "attachment",
    "/Movie": "multimedia",
    "/Sound": "multimedia",
    "/Screen": "multimedia",
    "/RichMedia": "multimedia",
    "/3D": "multimedia",
}
_NAMES = {"/JS", "/EF", "/URI", "/GoToR", "/AA", "/FT", "/ByteRange", *_ACTIONS, *_ANNOTATIONS}
_SUSPECT = re.compile(rb"(?:" + rb"|".join(re.escape(n.encode()) for n in sorted(_NAMES)) + rb")(?![\w#.-])")
_SCRIPT_URI = re.compile(rb"\s*(?:javascript|vbscript|data):", re.IGNORECASE)
WEB_URI = re.compile(rb"\s*(?:https?://|mailto:|tel:|www\.|#)", re.IGNORECASE)
_MAX_DEFLATE_RATIO = 1032
_CHUNK = 1 << 20


class OverLimits(Exception):  # noqa: N818 - a finding
    """The document is made to exhaust who reads it, or is beyond what readers show."""


def findings(pdf: Pdf) -> set[str]:
    """Reasons of refusal and changes (see ``rules``) that its objects give. Raises ``OverLimits``."""
    found = _of_catalog(pdf.Root)
    for item in pdf.objects:
        if isinstance(item, Stream):
            _check_stream(item)
            found |= _of_object(item.stream_dict)
        elif isinstance(item, Dictionary | Array):
            found |= _of_object(item)
        elif isinstance(item, Name):
            found |= _of_name(_text(item))  # a dictionary elsewhere may say what it is by a reference
    return found


def _of_name(name: str) -> set[str]:
    return {table[name] for table in (_ACTIONS, _ANNOTATIONS) if name in table}


def _text(name: Object | None) -> str:
    """A name as text; names may hold any bytes."""
    return name.unparse(resolved=True).decode("latin-1") if isinstance(name, Name) else ""


def check_page_sides(pdf: Pdf) -> None:
    """Raises ``OverLimits`` where a page is larger than any reader shows."""
    for page in pdf.pages:
        box = page.obj.get(Name.MediaBox)
        if isinstance(box, Array) and len(box) == 4:
            left, bottom, right, top = (_number(side) for side in box)
            if max(abs(right - left), abs(top - bottom)) > MAX_PAGE_SIDE:
                raise OverLimits("page")


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type] # what is not a number is caught
    except (TypeError, ValueError):
        return 0.0


def _of_catalog(root: Object) -> set[str]:
    names, form = root.get(Name.Names), root.get(Name.AcroForm)
    found: set[str] = set()
    if Name.Collection in root:
        found.add("attachment")
    if isinstance(names, Dictionary):
        if _has_entries(names.get(Name.EmbeddedFiles)):
            found.add("attachment")
        if _has_entries(names.get(Name.JavaScript)):
            found.add("javascript")
    if isinstance(form, Dictionary):
        found |= _of_form(root, form)
    opening = root.get(Name.OpenAction)
    if isinstance(opening, Dictionary) and opening.get(Name.S) != Name.GoTo:
        found.add("actions~")
    return found


def _has_entries(tree: Object | None) -> bool:
    if not isinstance(tree, Dictionary):
        return False
    return any(isinstance(tree.get(key), Array) and len(tree[key]) for key in (Name.Names, Name.Kids))


def _of_form(root: Object, form: Object) -> set[str]:
    fields = form.get(Name.Fields)
    has_fields = isinstance(fields, Array) and len(fields) > 0
    if Name.XFA in form:
        return {"xfa"} if _is_dynamic(root, form, has_fields=has_fields) else {"xfa~"}
    return {"form~"} if has_fields else set()


def _is_dynamic(root: Object, form: Object, *, has_fields: bool) -> bool:
    """Static XFA repeats what pages and fields show already; dynamic XFA draws pages that aren't there."""
    if root.get(Name.NeedsRendering) == True or not has_fields:  # noqa: E712 - a PDF boolean
        return True
    return any(
        b"dynamicRender>required" in re.sub(rb"\s", b"", packet) for packet in _packets(form[Name.XFA])
    )


def _packets(xfa: Object) -> Iterator[bytes]:
    for item in xfa if isinstance(xfa, Array) else [xfa]:
        if isinstance(item, Stream):
            _check_stream(item)
            try:
                yield item.read_bytes()
            except pikepdf.PdfError:
                continue


def _of_object(item: Object) -> set[str]:
    if not _SUSPECT.search(item.unparse(resolved=True)):
        return set()
    found: set[str] = set()
    for dictionary in dictionaries(item):
        found |= _of_dictionary(dictionary)
    return found


def dictionaries(item: Object) -> Iterator[Object]:
    """``item`` and everything directly in it, where it is a dictionary; other objects are not followed."""
    waiting = [item]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Dictionary):
            yield current
            inside = list(current.values())
        else:
            inside = list(current)
        waiting += [x for x in inside if isinstance(x, Dictionary | Array) and not x.is_indirect]


def _of_dictionary(item: Object) -> set[str]:
    action = _text(item.get(Name.S))
    found = {_ACTIONS[action]} if action in _ACTIONS else set()
    subtype = _text(item.get(Name.Subtype))
    if subtype in _ANNOTATIONS:
        found.add(_ANNOTATIONS[subtype])
    if isinstance(item.get(Name.JS), pikepdf.String | Stream):
        found.add("javascript")
    if isinstance(item.get(Name.EF), Dictionary) and len(item[Name.EF].keys()):
        found.add("attachment")
    if Name.AA in item:
        found.add("actions~")
    return found | _of_link(item, action) | _of_signature(item)


def _of_link(item: Object, action: str) -> set[str]:
    if action == "/GoToR":
        return {"links~"}
    uri = item.get(Name.URI)
    if not isinstance(uri, pikepdf.String):
        return set()
    target = bytes(uri)
    if _SCRIPT_URI.match(target):
        return {"javascript"}
    return set() if WEB_URI.match(target) else {"links~"}


def _of_signature(item: Object) -> set[str]:
    signed = item.get(Name.FT) == Name.Sig and Name.V in item
    return {"signature~"} if signed or Name.ByteRange in item else set()


def _check_stream(stream: Object) -> None:
    if stream.get(Name.Subtype) == Name.Image:
        if _number(stream.get(Name.Width)) * _number(stream.get(Name.Height)) > MAX_IMAGE_PIXELS:
            raise OverLimits("image")
        return
    filters = stream.get(Name.Filter)
    names = [_text(each) for each in (filters if isinstance(filters, Array) else [filters])]
    if names == [""]:
        return
    names = ["/FlateDecode" if name == "/Fl" else name for name in names]
    raw = stream.read_raw_bytes()
    if len(raw) * _MAX_DEFLATE_RATIO ** len(names) > MAX_INFLATED:
        _check_inflated(stream, raw, names)


def _check_inflated(stream: Object, raw: bytes, names: list[str]) -> None:
    leading = 0
    while leading < len(names) and names[leading] == "/FlateDecode":
        leading += 1
        raw = _inflate(raw)
    if leading < len(names):
        try:
            size = len(stream.read_bytes())  # bounded by the child's memory
        except pikepdf.PdfError:
            return  # what can't be decoded here (JPEG, JBIG2…) unfolds nothing
        if size > MAX_INFLATED:
            raise OverLimits("stream")


def _inflate(raw: bytes) -> bytes:
    decoder = zlib.decompressobj()
    parts, size, waiting = [], 0, raw
    try:
        while waiting and not decoder.eof:
            parts.append(decoder.decompress(waiting, _CHUNK))
            waiting = decoder.unconsumed_tail
            size += len(parts[-1])
            if size > MAX_INFLATED:
                raise OverLimits("stream")
    except zlib.error:
        pass  # a damaged stream is its readers' business
    return b"".join(parts)
