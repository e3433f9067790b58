"""Files of one command, read for a site: what was said of one of them counts for the others of its kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kanchay.cli.import_asking import ask_all, can_ask, require_answers
from kanchay.cli.import_bills import settled_by_bills

if TYPE_CHECKING:
    from kanchay.domain.importing import ImportPreview
    from kanchay.domain.point import Site
    from kanchay.domain.scope import Scope
    from kanchay.services.context import Context
    from kanchay.services.ports.files import ImportOptions
    from kanchay.services.readings.answers import Recalled

__all__ = ["FileByFile"]


class FileByFile:
    """Reads files, recalls answers of earlier ones, and asks for what is left."""

    def __init__(
        self, ctx: Context, scope: Scope, site: Site | None, options: ImportOptions, given: dict[str, Any]
    ) -> None:
        self._ctx, self._scope, self._site, self._options = ctx, scope, site, options
        self._guess, self._again = bool(given["take_guesses"]), bool(given["ask_again"])
        self._bills = given["bills"]
        self._said: dict[str, dict[tuple[str, str], str]] = {}  # by layout, question and guess

    def _reader(self, path: Path) -> Callable[[ImportOptions], ImportPreview]:
        from kanchay.services.readings.import_file import preview_file

        return lambda options: preview_file(self._ctx, path, options)

    def read(self, path: Path) -> Recalled:
        """A file as understood, with the answers of earlier imports; what stays open is not asked yet."""
        from kanchay.services.readings.answers import Recalled, recall

        read = self._reader(path)
        if self._site is None:
            return Recalled(read(self._options), self._options)
        found = recall(self._ctx, self._scope, self._site, self._options, read, ask_again=self._again)
        if found.source is not None:
            told = ", ".join(f"{code} {answer}" for code, answer in found.answers)
            again = f"kanchay imports forget {self._site.id}"
            click.echo(
                f"{path.name}: as for {found.source.file_name}: {told}. Ask again with: {again}", err=True
            )
        return found

    def settle(self, path: Path, found: Recalled) -> Recalled:
        """The file with every question answered: by the same command, by a guess that was asked for, or by asking."""
        from kanchay.services.readings.answers import answer_to, layout_of, on_site
        from kanchay.services.readings.import_many import with_said

        plainly = on_site(self._site, self._reader(path))
        layout, asked = layout_of(found.preview), list(found.preview.questions)

        def read(options: ImportOptions) -> ImportPreview:
            preview = plainly(options)
            asked.extend(preview.questions)
            return preview

        said = self._said.setdefault(layout, {})
        found, _ = with_said(found, lambda q: said.get((q.code, q.guess), ""), read)
        preview, options = settled_by_bills(found.preview, found.options, self._bills, read)
        found = replace(found, preview=preview, options=options)
        if found.preview.questions and not self._guess:
            if not can_ask():
                require_answers(found.preview)
            found = ask_all(found, read, self._site.tz if self._site else "")
        answers = {(q.code, q.guess): answer_to(found.options, q.code) for q in asked}
        said.update({question: answer for question, answer in answers.items() if answer})
        return found
