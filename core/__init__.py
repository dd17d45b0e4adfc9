"""Everything of the desk that can run without a screen; never imports Qt."""
