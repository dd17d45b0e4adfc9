"""住院结算: the worklist of stays, and one stay from admission to slip (presenters, views)."""
