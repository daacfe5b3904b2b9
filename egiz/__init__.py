"""Egiz: Kazakh and other text in, translated, checked and scored parallel text out."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
