"""Which folder may import which, and what importing anything must not do."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "translate": {"translate"},
    "glossary": {"glossary", "translate"},
    "parallel": {"parallel", "glossary", "translate"},
    "egiz": {"parallel", "glossary", "translate"},
}
LOOSE = {"parallel/rows.py", "parallel/summary.py"}
"""The modules at the top of `parallel/`: its records."""
FILES = sorted(path for layer in ALLOWED for path in (ROOT / layer).rglob("*.py"))
HEAVY = {
    "torch",
    "transformers",
    "ctranslate2",
    "sentencepiece",
    "sacrebleu",
    "rich",
    "py3langid",
    "numpy",
    "pyarrow",
    "huggingface_hub",
    "lxml",
    "docx",
    "pymorphy3",
    "jinja2",
    "openpyxl",
    "starlette",
    "uvicorn",
    "python_multipart",
    "prometheus_client",
}
ARRAYS = ROOT / "parallel" / "align"
"""Works on arrays all through, so its modules import numpy; its command imports them only to run."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _nodes(path: Path, *, top_level: bool) -> Iterator[ast.AST]:
    """The parts of a module; with `top_level` those only that run when it is imported."""
    waiting: list[ast.AST] = [parsed(path)]
    while waiting:
        node = waiting.pop()
        yield node
        later = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        )
        if not (top_level and later):
            waiting += ast.iter_child_nodes(node)


@cache
def imports(path: Path, *, top_level: bool = False) -> list[str]:
    found = []
    for node in _nodes(path, top_level=top_level):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            found.append(node.module or "")
    return found


def test_imports_only_layers_below() -> None:
    wrong = {}
    for path in FILES:
        reached = {name.split(".")[1] for name in imports(path) if name.startswith("egiz.")}
        wrong[str(path)] = reached - ALLOWED[path.relative_to(ROOT).parts[0]]
    assert {path: layers for path, layers in wrong.items() if layers} == {}


def test_imports_nothing_heavy_at_the_top() -> None:
    wrong = {}
    for path in FILES:
        allowed = {"numpy"} if path.is_relative_to(ARRAYS) else set()
        found = {name.split(".")[0] for name in imports(path, top_level=True)}
        wrong[str(path)] = found & HEAVY - allowed
    assert {path: names for path, names in wrong.items() if names} == {}


def _module(path: Path) -> str:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return (name if name.startswith("egiz") else f"egiz.{name}").removesuffix(".__init__")


def _arrows() -> dict[str, set[str]]:
    """The modules that each module imports, wherever in its code; packages' own files are passed over."""
    modules = {_module(path): path for path in FILES if path.name != "__init__.py"}
    arrows: dict[str, set[str]] = {}
    for name, path in modules.items():
        found = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom) and node.module]
        reached = {str(node.module) for node in found}
        reached |= {f"{node.module}.{alias.name}" for node in found for alias in node.names}
        arrows[name] = (reached & set(modules)) - {name}
    return arrows


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Modules that nothing imports, or only such ones, go first; what cannot go stands in a circle."""
    arrows = _arrows()
    while ready := [name for name, reached in arrows.items() if not reached]:
        for name in ready:
            del arrows[name]
        for reached in arrows.values():
            reached.difference_update(ready)
    assert arrows == {}


def test_nothing_is_loose_in_parallel_but_the_records() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "parallel").glob("*.py")}
    assert found - {"parallel/__init__.py"} == LOOSE


def test_readers_of_bytes_know_no_documents_and_no_models() -> None:
    """`translate/io` is below everything else in its layer but errors and the normalisation of text."""
    allowed = ("egiz.translate.errors", "egiz.translate.io", "egiz.translate.text")
    files = sorted((ROOT / "translate" / "io").glob("*.py"))
    used = {name for path in files for name in imports(path) if name.startswith("egiz.")}
    assert "egiz.translate.text" in used
    assert {name for name in used if not name.startswith(allowed)} == set()


def test_layers_are_found() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in FILES} == set(ALLOWED)


def test_records_and_errors_use_the_standard_library_alone() -> None:
    for name in ("records.py", "errors.py"):
        used = {item.split(".")[0] for item in imports(ROOT / "translate" / name)}
        assert used <= sys.stdlib_module_names


def test_importing_everything_loads_no_heavy_package() -> None:
    modules = [_module(path) for path in FILES if not path.is_relative_to(ARRAYS)]
    code = (
        f"import sys\nfor name in {modules!r}: __import__(name)\nprint(sorted({HEAVY!r} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
