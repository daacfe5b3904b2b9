"""Packages lie in folders at the top of the repository and are installed under `egiz`."""

from setuptools import find_packages, setup

LAYERS = ("translate", "glossary", "parallel")

setup(
    packages=[
        "egiz",
        *(f"egiz.{name}" for name in find_packages() if name.partition(".")[0] in LAYERS),
    ],
    package_dir={"egiz": "egiz", **{f"egiz.{layer}": layer for layer in LAYERS}},
    package_data={"": ["py.typed", "data/**/*", "page/*", "recipes/*"]},
)
