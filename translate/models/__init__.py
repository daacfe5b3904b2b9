"""Models: names, download, conversion, checks, and the folder of installed models."""

from egiz.translate.models.checkpoint import vocabulary_size, write_checkpoint
from egiz.translate.models.get import ENDPOINT, Hub, get_model
from egiz.translate.models.install import install_folder
from egiz.translate.models.manifest import (
    Figure,
    Manifest,
    ModelInfo,
    describe,
    read_manifest,
    record_figures,
    verify,
    write_manifest,
)
from egiz.translate.models.store import (
    CatalogueEntry,
    anchored,
    catalogue_entries,
    installed,
    models_folder,
    remove,
    resolve,
)

__all__ = [
    "ENDPOINT",
    "CatalogueEntry",
    "Figure",
    "Hub",
    "Manifest",
    "ModelInfo",
    "anchored",
    "catalogue_entries",
    "describe",
    "get_model",
    "install_folder",
    "installed",
    "models_folder",
    "read_manifest",
    "record_figures",
    "remove",
    "resolve",
    "verify",
    "vocabulary_size",
    "write_checkpoint",
    "write_manifest",
]
