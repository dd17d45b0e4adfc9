"""The command line: each sub-command a module, as thin as a screen."""
