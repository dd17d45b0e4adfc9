"""The local HTTP API: one more face beside window and command line, for programs of the hospital.

As thin as a screen: it speaks HTTP and knows ``core.service``, nothing behind it.
"""
