"""The output of a batch job and what lies beside it while the job runs.

OUT             appears complete or not at all
OUT.work/       run.json (settings), records.jsonl and chunks.jsonl (see ``journal``),
                publish.json (hash of the file that is about to become OUT)
OUT.run.json    settings and summary of the finished job; written last, so its existence
                means that OUT is complete
.OUT.lock       keeps a second process out while a job runs
.OUT.partial    OUT while it is being written
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from copywriter.batch.durable import (
    disk_errors,
    read_json,
    sha256_of,
    sync_file,
    sync_folder,
    write_json,
)
from copywriter.batch.journal import CHUNKS, RECORDS
from copywriter.batch.settings import normalized, refuse_changes
from copywriter.errors import InputError

_RUN, _PUBLISH = "run.json", "publish.json"
# run.json goes last: while it exists, the folder is a job that can be continued or cleared.
_OWN_NAMES = (RECORDS, CHUNKS, _PUBLISH, f".{_PUBLISH}.partial", f".{_RUN}.partial", _RUN)


@dataclass(frozen=True)
class Run:
    """A job as ``run.json`` in the work folder describes it.

    Args:
        job: identifies this job among others with the same output.
        started_at: ISO 8601; every record carries it, also after a continuation.
        replaces: whether --fresh allowed to replace an output that existed before.
        settings: what decides the outcome.
    """

    job: str
    started_at: str
    replaces: bool
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Output:
    """The paths of a job and the rules for what may be overwritten."""

    path: Path

    @property
    def work(self) -> Path:
        """Folder of the unfinished job."""
        return self.path.with_name(f"{self.path.name}.work")

    @property
    def summary_path(self) -> Path:
        """Settings and summary of the finished job."""
        return self.path.with_name(f"{self.path.name}.run.json")

    @property
    def partial(self) -> Path:
        """The output while it is being written."""
        return self.path.with_name(f".{self.path.name}.partial")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes from this output."""
        from filelock import FileLock, Timeout

        path = self.path.with_name(f".{self.path.name}.lock")
        lock = FileLock(path)
        with disk_errors(self.path):
            # filelock takes a folder that accepts no files for one that is locked.
            path.touch()
            try:
                lock.acquire(blocking=False)
            except Timeout:
                raise InputError(
                    "another copywriter process is writing this output; wait until it has "
                    "finished, or choose another --output",
                    file=str(self.path),
                ) from None
        try:
            yield
        finally:
            # Unlinked while still held: who opened it meanwhile gets a name that is gone, and
            # filelock tries again. Windows removes it on release.
            with suppress(OSError):
                path.unlink()
            lock.release()

    def check(self, *, fresh: bool) -> None:
        """Raises InputError for an OUT that no batch job is known to have made, before any work.

        ``finished`` and ``open_run`` look closer.
        """
        if self.path.exists() and not self.path.is_file():
            raise InputError("is not a file; choose another --output", file=str(self.path))
        known = self._summary() or read_json(self.work / _RUN)
        if self.path.exists() and not known and not fresh:
            self._refuse()

    def _refuse(self) -> None:
        raise InputError(
            f"exists already and is not known to come from this batch job (no matching "
            f"{self.summary_path.name} beside it); choose another --output, move the file away, "
            "or replace it with --fresh",
            file=str(self.path),
        )

    def _summary(self) -> dict[str, Any] | None:
        """OUT.run.json, when OUT is there as well."""
        summary = read_json(self.summary_path) if self.path.exists() else None
        return summary if summary and summary.keys() >= {"job", "settings", "summary"} else None

    def finished(self, settings: Mapping[str, Any]) -> dict[str, Any] | None:
        """The summary of OUT when it is complete and no newer job for it is under way.

        Raises RunMismatch when it was made with other settings.
        """
        summary, run = self._summary(), read_json(self.work / _RUN)
        if summary is None or (run is not None and run.get("job") != summary["job"]):
            return None
        refuse_changes(summary["settings"], settings, place=str(self.path))
        self.clear()
        return dict(summary["summary"])

    def open_run(
        self, settings: Mapping[str, Any], *, started_at: str, fresh: bool
    ) -> tuple[Run, bool]:
        """The job to work on, and whether it is continued; call ``finished`` before.

        Raises RunMismatch for other settings than the unfinished job's, InputError for an
        output or a work folder that is not ours.
        """
        if fresh:
            self.clear()
        data = read_json(self.work / _RUN)
        if data is None:
            if self.path.exists() and not fresh:
                self._refuse()
            return self._create(settings, started_at), False
        run = self._parse(data)
        refuse_changes(run.settings, settings, place=f"the unfinished job in {self.work}")
        if self.path.exists() and not run.replaces and not self._was_published():
            self._refuse()
        return run, True

    def _parse(self, data: Mapping[str, Any]) -> Run:
        try:
            return Run(data["job"], data["started_at"], data["replaces"], data["settings"])
        except KeyError as error:
            raise InputError(
                f"lacks {error}, so the job cannot be continued; start over with --fresh",
                file=str(self.work / _RUN),
            ) from None

    def _create(self, settings: Mapping[str, Any], started_at: str) -> Run:
        run = Run(uuid4().hex, started_at, self.path.exists(), normalized(settings))
        with disk_errors(self.work):
            self.work.mkdir(exist_ok=True)
            sync_folder(self.path.parent)
            names = {item.name for item in self.work.iterdir()}
        # run.json is written first and removed last; records without it are nobody's to delete.
        foreign = sorted(names - {f".{_RUN}.partial"})
        if foreign:
            raise InputError(
                f"holds {foreign[0]!r} but no readable {_RUN}, so it is no job that can be "
                "continued; move the folder away or choose another --output (--fresh removes "
                "only the files of a job)",
                file=str(self.work),
            )
        write_json(self.work / _RUN, vars(run))
        return run

    def publish(self, run: Run, summary: Mapping[str, Any]) -> None:
        """Makes ``partial`` the output, writes OUT.run.json, then removes the work folder."""
        with disk_errors(self.path):
            sync_file(self.partial)
            digest = sha256_of(self.partial)
            write_json(self.work / _PUBLISH, {"sha256": digest})
            self.partial.replace(self.path)
            sync_folder(self.path.parent)
        write_json(
            self.summary_path,
            {
                "job": run.job,
                "started_at": run.started_at,
                "settings": run.settings,
                "summary": summary,
                "output": {"name": self.path.name, "sha256": digest},
            },
        )
        self.clear()

    def _was_published(self) -> bool:
        """Whether this job was killed after OUT appeared and before OUT.run.json did."""
        announced = read_json(self.work / _PUBLISH)
        return announced is not None and announced.get("sha256") == sha256_of(self.path)

    def clear(self) -> None:
        """Removes the work folder; files in it that are not ours stay."""
        self._clear_files()
        with suppress(OSError):
            self.work.rmdir()

    def _clear_files(self) -> None:
        with disk_errors(self.work):
            self.partial.unlink(missing_ok=True)
            for name in _OWN_NAMES:
                (self.work / name).unlink(missing_ok=True)
