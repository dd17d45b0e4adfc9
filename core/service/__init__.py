"""Use cases of the desk: one business sentence a method, one road for every transaction."""
