"""Where fees come from and results go back to: the port and its adapters."""
