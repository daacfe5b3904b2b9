"""Files appear whole or not at all, whatever goes wrong."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from egiz.parallel.publish import Publication, WrittenFile, package_beside, recover
from egiz.parallel.publish.published import open_published
from egiz.translate.errors import InputError, OutputError

OLD = {"a.tsv": "old a\n", "datapackage.json": "old package\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A destination where an earlier run has published."""
    made = tmp_path / "out"
    made.mkdir()
    for name, text in OLD.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def content(folder: Path) -> dict[str, str]:
    """Every file below the folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def visible(folder: Path) -> dict[str, str]:
    return {name: text for name, text in content(folder).items() if not name.startswith(".")}


def fill(publication: Publication) -> None:
    publication.write("datapackage.json", "new package\n")
    publication.write("a.tsv", "new a\n")
    publication.write("b.tsv", "new b\n")


NEW = {"a.tsv": "new a\n", "b.tsv": "new b\n", "datapackage.json": "new package\n"}


def test_files_appear_together_at_the_end(folder: Path) -> None:
    with Publication(folder) as publication:
        fill(publication)
        assert {name: text for name, text in content(folder).items() if not name.startswith(".")} == OLD
    assert content(folder) == NEW


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    with Publication(tmp_path / "one" / "two") as publication:
        fill(publication)
    assert content(tmp_path / "one" / "two") == NEW


def test_a_publication_without_manifest_leaves_one_alone(folder: Path) -> None:
    with Publication(folder) as publication:
        publication.write("c.txt", "c")
    assert content(folder) == {**OLD, "c.txt": "c"}


def test_size_and_hash_are_those_of_the_bytes(tmp_path: Path) -> None:
    text = "сөз\n" * 300_000
    with Publication(tmp_path) as publication:
        written = publication.write("a.tsv", text)
    data = (tmp_path / "a.tsv").read_bytes()
    assert data == text.encode("utf-8")
    assert written == WrittenFile(name="a.tsv", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())


def test_files_written_by_path_are_published_too(tmp_path: Path) -> None:
    with Publication(tmp_path) as publication:
        publication.path("a.bin").write_bytes(b"\x00")
        assert publication.written("a.bin").bytes == 1
    assert (tmp_path / "a.bin").read_bytes() == b"\x00"


def stop(folder: Path, error: type[BaseException]) -> None:
    """Fail when all but one file is complete."""
    with Publication(folder) as publication:
        fill(publication)
        publication.open("c.tsv").write("unfinished")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
def test_a_run_that_fails_leaves_everything_as_it_was(folder: Path, error: type[BaseException]) -> None:
    with pytest.raises(error):
        stop(folder, error)
    assert content(folder) == OLD
    assert sorted(path.name for path in folder.iterdir()) == sorted(OLD)


def test_a_run_that_fails_takes_the_folders_it_made_with_it(tmp_path: Path) -> None:
    with pytest.raises(BufferError):
        stop(tmp_path / "one" / "two", BufferError)
    assert list(tmp_path.iterdir()) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from egiz.parallel.publish import Publication
with Publication(Path(sys.argv[1])) as publication:
    publication.write("a.tsv", "new a\\n")
    stream = publication.open("b.tsv")
    stream.write("half of b")
    stream.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL and no flock on Windows")
def test_what_a_killed_run_leaves_is_hidden_and_goes_with_the_next_run(folder: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = [path.name for path in folder.iterdir() if path.name not in OLD]
    assert len(left) == 1
    assert left[0].startswith(".egiz-partial-")
    assert {name: text for name, text in content(folder).items() if "/" not in name} == OLD
    with Publication(folder) as publication:
        fill(publication)
    assert content(folder) == NEW


@pytest.mark.skipif(os.name == "nt", reason="nothing is swept on Windows")
def test_an_empty_folder_that_a_killed_run_left_goes_too(folder: Path) -> None:
    (folder / ".egiz-partial-empty").mkdir()
    with Publication(folder) as publication:
        fill(publication)
    assert sorted(path.name for path in folder.iterdir()) == sorted(NEW)


def test_runs_beside_each_other_do_not_touch_each_others_files(folder: Path) -> None:
    with Publication(folder) as one:
        one.write("a.tsv", "one a\n")
        with Publication(folder) as other:
            fill(other)
        assert {name: text for name, text in content(folder).items() if "/" not in name} == NEW
        one.write("c.tsv", "one c\n")
    assert content(folder) == {**NEW, "a.tsv": "one a\n", "c.tsv": "one c\n"}


def test_an_output_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    for place in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(OutputError, match=r"cannot write .*out.*a file stands where a folder is needed"):
            Publication(place).__enter__()
    assert content(tmp_path) == {"out": "a file"}


def test_a_folder_in_the_place_of_a_file_is_named_before_anything_is_published(folder: Path) -> None:
    (folder / "b.tsv").mkdir()
    with (
        pytest.raises(OutputError, match=r"b\.tsv: there is a folder of this name"),
        Publication(folder) as publication,
    ):
        fill(publication)
    assert content(folder) == OLD


def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(OutputError, match=r"cannot write .*out: no permission to write here"):
        Publication(tmp_path / "out").__enter__()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_read_only_folder_is_named(folder: Path) -> None:
    folder.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="no permission to write here"):
            Publication(folder).__enter__()
    finally:
        folder.chmod(0o700)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("size", [10, 1_000_000], ids=["at the end", "in the middle"])
def test_a_full_disk_is_one_message_and_leaves_everything_as_it_was(folder: Path, size: int) -> None:
    with pytest.raises(OutputError) as caught, Publication(folder) as publication:  # noqa: PT012
        publication.write("a.tsv", "new a\n")
        partial = next(folder.glob(".egiz-partial-*"))
        (partial / "b.tsv.part").symlink_to("/dev/full")
        publication.open("b.tsv").write("x" * size)
    assert str(caught.value) == (
        f"cannot write {folder / 'b.tsv'}: the disk is full. "
        "Free some space or choose another folder, then run it again."
    )
    assert content(folder) == OLD


_LIMITED = """
import resource, sys
from pathlib import Path
from egiz.parallel.publish import Publication
from egiz.translate.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    with Publication(Path(sys.argv[1])) as publication:
        publication.write("a.tsv", "new a\\n")
        with publication.open("b.tsv") as stream:
            for number in range(100_000):
                stream.write("row\\n")
except OutputError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="no resource limits on Windows")
def test_a_file_that_may_not_grow_is_one_message(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _LIMITED, str(folder)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith(f"cannot write {folder / 'b.tsv'}: the file is larger than is allowed here")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
    assert content(folder) == OLD


def test_a_disk_that_cannot_even_undo_keeps_what_stood_there_for_the_next_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, fails = os.replace, False

    def replace(source: Path, target: Path) -> None:
        nonlocal fails
        fails = fails or Path(target).name == "b.tsv"
        if fails:
            raise OSError(errno.EIO, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with (
        pytest.raises(OutputError, match=r"only some .*replaced.*are in .*next command there restores"),
        Publication(folder) as publication,
    ):
        fill(publication)
    assert visible(folder) == {"a.tsv": "new a\n"}
    monkeypatch.undo()
    recover(folder)
    assert visible(folder) == OLD


_KILLED_HALFWAY = """
import os, signal, sys
from pathlib import Path
from egiz.parallel.publish import Publication
rename = os.replace
def replace(source, target):
    if Path(target).name == "b.tsv":
        os.kill(os.getpid(), signal.SIGKILL)
    rename(source, target)
os.replace = replace
with Publication(Path(sys.argv[1])) as publication:
    for name in ("a.tsv", "b.tsv", "datapackage.json"):
        publication.write(name, f"killed {name}\\n")
"""


def kill_halfway(folder: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED_HALFWAY, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert visible(folder) == {"a.tsv": "killed a.tsv\n"}


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("look", [package_beside, open_published], ids=["package", "table"])
def test_who_looks_at_a_half_replaced_set_finds_the_old_one(
    folder: Path, look: Callable[[Path], object]
) -> None:
    kill_halfway(folder)
    with suppress(InputError):  # these files are no tables; what counts is that they were put back
        look(folder / "a.tsv")
    assert content(folder) | OLD == content(folder)
    assert visible(folder) == OLD


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_run_beside_one_that_is_killed_halfway_is_not_undone_later(folder: Path) -> None:
    with Publication(folder) as beside:
        fill(beside)
        kill_halfway(folder)
    assert visible(folder) == NEW
    with Publication(folder) as later:
        later.write("c.tsv", "c")
    assert content(folder) == {**NEW, "c.tsv": "c"}


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_journal_that_cannot_be_read_is_told_and_nothing_is_removed(folder: Path) -> None:
    kill_halfway(folder)
    [journal] = folder.glob(".egiz-partial-*/journal.json")
    journal.write_text("[", encoding="utf-8")
    with pytest.raises(OutputError, match=r"journal\.json: .*cannot be read.*put them back, then remove"):
        Publication(folder).__enter__()
    assert (journal.parent / "a.tsv.old").read_text(encoding="utf-8") == OLD["a.tsv"]


def test_misuse_is_a_bug_and_says_so(tmp_path: Path) -> None:
    with Publication(tmp_path) as publication:
        stream = publication.open("a.tsv")
        with pytest.raises(ValueError, match="written twice"):
            publication.open("a.tsv")
        with pytest.raises(ValueError, match="still open"):
            publication.written("a.tsv")
        with pytest.raises(ValueError, match="not a plain file name"):
            publication.path("../a.tsv")
        stream.write("a")
    assert content(tmp_path) == {"a.tsv": "a"}
