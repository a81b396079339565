"""Copywriter: product copy in Chinese, German, French and English, true to the product's facts.

Importing this package loads nothing heavy: torch, transformers and gradio are imported by the
functions that need them.
"""

__version__ = "0.1.0"
