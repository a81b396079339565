"""The parts of the page that know nothing of layout: facts in, drafts out, the look.

Only ``app.py`` imports them. None imports gradio at import time.
"""
