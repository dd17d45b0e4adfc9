"""The frame round the screens: window, navigation, lock, key overlay, memory of the window."""
