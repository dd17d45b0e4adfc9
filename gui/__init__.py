"""The desk's window: it knows services and people, never the library, the SQL or the wire.

How a screen is made (one folder below ``gui/screens``, nothing else changes)
---------------------------------------------------------------------------
``spec.py``       the table row: ``SPEC = ScreenSpec(name="refund", order=3, view="…:RefundView")``.
                  The registry finds it by itself; the rail takes it in ``order`` and gives it
                  Alt+n; its label is the text ``screens.<name>`` of ``resources/labels``.
``presenter.py``  plain Python (a test forbids PySide6): holds the state of the page as a frozen
                  value, asks services, decides what may be pressed and why not, words sentences.
``view.py``       ``class RefundView(Screen)``, built in ``__init__`` from ``gui.widgets``;
                  imported when the screen is shown for the first time.

What a screen has (``gui.screens.screen.Screen``)
-------------------------------------------------
``self.context``  desk, bridge (core events as signals), messages, navigate, memory.
``self.top`` / ``self.body``   layouts: patient card or title above the banners, the work below.
``self.keys``     the page's actions: ``self.keys.bind("settle", self._settle)`` takes key and
                  label from ``resources/tables/actions.toml``;
                  ``self.keys.button("settle", primary=True)`` is a button showing both;
                  ``self.keys.allow("settle", fault)`` greys it and says why.
``entered(argument)`` / ``left()``   the page is shown / goes away; ``home_field`` gets the focus.
``tell(message)`` a banner on this page (``gui.messages``); never a message box.

Anything slow is an ``Operation``::

    Operation(self, lambda: desk.settle.settle(visit_no, shown), name="settle", asks=say("…"))
        .on_success(self._settled).on_parked(self._next_patient).run()

It runs on the centre lane, locks this page only (keys are swallowed, not queued), shows the wait
panel with the seconds, brings the answer back into the GUI thread and dispatches on the ending. The
banner for rejected · not sent · unknown · refused comes by itself unless the handler returns True.
"""
