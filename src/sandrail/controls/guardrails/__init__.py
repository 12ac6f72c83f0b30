"""One guardrail of the catalogue, one file. ``catalogue.py`` beside this folder lists them."""
