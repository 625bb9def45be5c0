"""The screens of the app, one module each, with their style sheets (.tcss)."""
