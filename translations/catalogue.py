"""Bring the catalogues up to date with the sources, or check that they are: `make messages`, and `.ci/lint`.

`update` writes each `LC_MESSAGES/django.po` with the messages of the sources, its translations, and those of the files
given by `--from`; then compiles it. `check` fails, naming each message, where one of the sources is not translated,
where placeholders differ, and where `django.mo` is not what the translations compile to.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parent
SOURCES = ("compat_site", "projects", "scanner")
_IN_VALUES = re.compile(r"""_\((?:"([^"]*)"|'([^']*)')\)""")
_PLACEHOLDER = re.compile(r"(?<!\{)\{[a-z_0-9]*\}(?!\})|%\([a-z_0-9]+\)[sd]")


_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)


class Marked(NamedTuple):
    """A message of the sources: its text, or singular and plural, and its context if it has one."""

    singular: str
    plural: str | None
    context: str | None
    path: str


def in_python(path: Path, name: str) -> Iterator[Marked]:
    """Yield the messages that calls in a module mark, in their order."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        function = getattr(node.func, "id", "")
        texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        match function:
            case "gettext" | "_" | "gettext_lazy" | "noop" if texts:
                yield Marked(texts[0], None, None, name)
            case "pgettext" | "pgettext_lazy" if len(texts) == 2:
                yield Marked(texts[1], None, texts[0], name)
            case "ngettext" if len(texts) == 2:
                yield Marked(texts[0], texts[1], None, name)
            case "count" if texts and len(node.args) > 1:
                yield Marked(texts[0], texts[1] if len(texts) > 1 else f"{texts[0]}s", None, name)


def in_templates() -> Iterator[Marked]:
    """Yield the messages of all templates."""
    from django.template import engines
    from django.template.backends.django import DjangoTemplates
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode

    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text, name = path.read_text(), str(path.relative_to(ROOT))
        template = engine.from_string(text).template
        node: Any
        for node in template.nodelist.get_nodes_by_type(TranslateNode):
            found, context = node.filter_expression.var, node.message_context
            yield Marked(str(getattr(found, "literal", found)), None, context and str(context.resolve({})), name)
        block: Any
        for block in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            plural = block.render_token_list(block.plural)[0] if block.plural else None
            context = block.message_context
            yield Marked(block.render_token_list(block.singular)[0], plural, context and context.resolve({}), name)
        for double, single in _IN_VALUES.findall(text):
            yield Marked(double or single, None, None, name)


def messages_of_sources() -> list[Marked]:
    """Return all messages, by file."""
    found: list[Marked] = []
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += in_python(path, str(path.relative_to(ROOT)))
    return [one for one in (*found, *in_templates()) if one.singular]


def updated(language: str, translations: Sequence[Catalog]) -> Catalog:
    """Return the catalogue of all messages of the sources, translated by the first of `translations` that does it."""
    catalogue = Catalog(locale=language, project="Wheelway", version="1", fuzzy=False)
    # The same sources give the same file on every day.
    catalogue.creation_date = catalogue.revision_date = _NO_DAY
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = "docs/languages.md"
    catalogue.header_comment = f"# The texts of Wheelway in the language {language}: docs/languages.md."
    for marked in messages_of_sources():
        message_id = (marked.singular, marked.plural) if marked.plural else marked.singular
        known = [one.get(message_id, context=marked.context) for one in translations]
        text = next((one.string for one in known if one is not None and _is_translated(one)), None)
        catalogue.add(message_id, text, [(marked.path, 0)], context=marked.context)
    return catalogue


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(strings) and all(strings) and not message.fuzzy


def faults(catalogue: Catalog) -> Iterator[str]:
    """Yield what is wrong with messages of a catalogue: no translation, or other placeholders than in English."""
    for message in catalogue:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        where = ", ".join(dict.fromkeys(path for path, _ in message.locations))
        if not _is_translated(message):
            yield f"{where}: “{ids[0]}” is not translated"
            continue
        allowed = {frozenset(_PLACEHOLDER.findall(one)) for one in ids}
        for text in strings:
            if text and frozenset(_PLACEHOLDER.findall(text)) not in allowed:
                yield f"{where}: “{ids[0]}” and “{text}” have other placeholders"


def compiled(catalogue: Catalog) -> bytes:
    """Return the content of `django.mo`."""
    target = io.BytesIO()
    write_mo(target, catalogue)
    return target.getvalue()


def read(path: Path, language: str) -> Catalog:
    """Read a file of translations; an empty catalogue where there is none."""
    return read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["update", "check"])
    parser.add_argument("--from", dest="files", type=Path, nargs="*", default=[], help="more files of translations")
    asked = parser.parse_args()
    _start_django()
    wrong: list[str] = []
    for folder in sorted(one for one in HERE.iterdir() if (one / "LC_MESSAGES").is_dir()):
        path = folder / "LC_MESSAGES" / "django.po"
        sources = [read(one, folder.name) for one in (*asked.files, path)]
        catalogue = updated(folder.name, sources)
        if asked.action == "update":
            with path.open("wb") as target:
                write_po(target, catalogue, width=120, include_lineno=False, omit_header=False, sort_output=True)
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
        elif path.with_suffix(".mo").read_bytes() != compiled(catalogue):
            wrong.append(f"{path.with_suffix('.mo').relative_to(ROOT)} is not up to date: run make messages")
        wrong += faults(catalogue)
    sys.stdout.write("\n".join(wrong or ["all messages are translated"]) + "\n")
    return 1 if wrong else 0


def _start_django() -> None:
    import os

    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compat_site.settings")
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
