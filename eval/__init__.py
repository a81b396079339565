"""Evaluate models and measure their speed: ``python -m eval --help``."""
