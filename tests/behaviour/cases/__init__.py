"""The cases, a module for each heading. `suite.py` says what a case is."""
