"""目录对照: code lists in versions, and which hospital item is which code of the centre."""
