"""Which threads and batches suit a model on this machine: measured once, recorded, used by later runs."""

from egiz.translate.tune.choose import BATCH_MARGIN, DIVISION_MARGIN, Choice, Trial, choose
from egiz.translate.tune.records import (
    Setting,
    Tuning,
    default_path,
    find,
    read_tunings,
    tuned_decoding,
    tuned_hardware,
    write_tuning,
)
from egiz.translate.tune.run import SECONDS, Tuned, tune

__all__ = [
    "BATCH_MARGIN",
    "DIVISION_MARGIN",
    "SECONDS",
    "Choice",
    "Setting",
    "Trial",
    "Tuned",
    "Tuning",
    "choose",
    "default_path",
    "find",
    "read_tunings",
    "tune",
    "tuned_decoding",
    "tuned_hardware",
    "write_tuning",
]
