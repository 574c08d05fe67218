"""Templates, translations, documents: what people see of the house, and what they read about it."""

import platform
import re
import tomllib
from pathlib import Path

from django.template.loader import get_template
from typer.main import get_command

from guichet.cli.main import app
from tests.consistency.sources import ROOT, SRC, python_files, templates, tracked, where

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=[\"']|javascript:", re.IGNORECASE
)
UNSAFE = re.compile(r"\|\s*safe\b|autoescape\s+off|mark_safe\(")
MARKED = re.compile(
    r"{%\s*(translate|trans)\b[^%]*%}|{%\s*blocktrans(late)?.*?{%\s*endblocktrans(late)?\s*%}", re.DOTALL
)
CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->|<[^>]*>", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment.*?{%\s*endcomment\s*%}", re.DOTALL)
ADDRESS = re.compile(r"\S+\.[a-z]{2,3}\b")
WORD = re.compile(r"[A-Za-zÀ-ÿ]{3,}")
NO_TRANSLATION = {"PDF", "SIREN", "SIRET", "République", "Française"}


def html() -> list[Path]:
    return [path for path in templates() if path.suffix == ".html"]


def test_templates_parse() -> None:
    for path in templates():
        name = path.as_posix().rpartition("/templates/")[2]
        assert get_template(name)


def test_pages_hold_no_inline_script_style_or_handler() -> None:
    assert not [where(path) for path in html() if INLINE.search(path.read_text())]


def test_templates_trust_nothing() -> None:
    assert not [where(path) for path in html() if UNSAFE.search(path.read_text())]


def test_every_template_is_used() -> None:
    sources = "\n".join(path.read_text() for path in (*python_files(), *templates()))
    unused = []
    for path in templates():
        name = path.as_posix().rpartition("/templates/")[2]
        # What ``courriers`` takes where messages hold no links, and beside what stands in a mailbox.
        stem = path.stem.removesuffix("_par_code").removesuffix("_avis")
        used = name in sources or f'{stem}"' in sources  # by its whole name, or by its last word
        override = name.startswith(("django/", "dsfr/", "widgets/"))
        if not used and not override:
            unused.append(where(path))
    assert not unused


def test_what_people_read_can_be_translated() -> None:
    """A template's words stand in translate or blocktranslate: gettext finds them all."""
    gaps = []
    for path in html():
        text = COMMENT.sub("", path.read_text())
        bare = ADDRESS.sub(" ", CODE.sub(" ", MARKED.sub(" ", text)))
        if words := [word for word in WORD.findall(bare) if word not in NO_TRANSLATION]:
            gaps.append(f"{where(path)}: {' '.join(words)[:60]}")
    assert not gaps


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    page = (ROOT / "docs/howto/settings.md").read_text()
    sources = (SRC / "config/settings.py").read_text() + (SRC / "config/env.py").read_text()
    read = set(
        re.findall(r"\b(?:env\.)?(?:text|flag|words|number|number_each)\(\s*\"([A-Z_]+)\"", sources)
    ) - {"AS_OWNER"}
    told = set(re.findall(r"`GUICHET_([A-Z_]+)`", page))
    assert read - told == set(), "not in docs/howto/settings.md"
    assert told - read == set(), "documented, and read nowhere"


def test_the_index_of_decisions_is_whole() -> None:
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text()
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name for name in records if f"({name})" not in index] == []
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for name in records:
        text = (folder / name).read_text()
        assert "## Turned down" in text, name


def test_the_glossarys_code_names_exist() -> None:
    glossary = (ROOT / "docs/glossaire.md").read_text()
    names = re.findall(r"^\|[^|]+\|\s*`([^`]+)`", glossary, re.MULTILINE)
    assert len(names) > 20
    sources = "\n".join(path.read_text() for path in python_files())
    assert [name for name in names if name.rpartition(".")[2] not in sources] == []


def test_no_path_of_a_machine_and_no_address_of_a_registry() -> None:
    machine = re.compile(
        r"/(?:ro" + r"ot|ho" + r"me/\w+|Us" + r"ers)/|/wo" + r"rk/|pypi\.|files\.python" + r"hosted"
    )
    found = [
        where(path)
        for path in tracked()
        if path.suffix in {".py", ".md", ".txt", ".toml", ".html", ".in", ".csv", ""}
        and machine.search(path.read_text(errors="ignore"))
    ]
    assert not found


def test_nothing_comes_from_this_checkout_or_this_machine() -> None:
    assert [where(path) for path in tracked() if path.is_relative_to(ROOT / "var")] == []
    here = [str(ROOT)] if len(ROOT.parts) > 2 else []  # a short one may stand anywhere
    here += [platform.node()] if len(platform.node()) > 8 else []
    texts = {where(path): path.read_bytes() for path in tracked()}
    assert [name for name, text in texts.items() if any(word.encode() in text for word in here)] == []


SHELL = re.compile(r"^```sh$(.*?)^```$|`([^`\n]+)`", re.MULTILINE | re.DOTALL)


def told(pattern: str) -> dict[str, str]:
    """What documents name in code, and where."""
    return {
        name: where(page)
        for page in tracked()
        if page.suffix == ".md"
        for code in SHELL.findall(page.read_text())
        for name in re.findall(pattern, "".join(code), re.MULTILINE)
    }


def test_every_target_of_make_that_documents_name_exists() -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = told(r"\bmake ([a-z]\w*)")
    assert {"run", "test"} <= named.keys()
    assert {name: page for name, page in named.items() if name not in targets} == {}


def test_every_command_that_documents_name_exists() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert set(scripts) == {"guichet"}
    commands = get_command(app).commands  # type: ignore[attr-defined] # it is a group
    named = told(r"(?:^|/bin/)guichet ([a-z][\w-]*)")
    assert {"run", "backup", "restore"} <= named.keys()
    assert {name: page for name, page in named.items() if name not in commands} == {}


def test_documents_link_to_what_exists() -> None:
    broken = [
        f"{where(page)}: {target}"
        for page in tracked()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text())
        if "://" not in target and not target.startswith("mailto:") and not (page.parent / target).exists()
    ]
    assert not broken
