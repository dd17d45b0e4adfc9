"""The composition root: builds the object graph of one desk; the only place that knows adapters."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from core.api.switch import Switch
from core.card_reader import reader_of
from core.catalogue.mappings import MappingBook
from core.catalogue.store import CodeStore
from core.centre.profiled import Profiled
from core.clock import Clock, SystemClock
from core.domain import Operator
from core.errors import SetupError, fault
from core.events import Events
from core.gateway.card import CardDriver, OwnReader
from core.gateway.making import LateGateway, Way, gateway_of
from core.gateway.port import Gateway
from core.gateway.trace import text_mask
from core.his.connect import Place, connected
from core.his.embedded import EmbeddedHospital, NoHospital
from core.his.given import GivenHospital
from core.his.port import Hospital
from core.his.several import Several
from core.journal import Journal, Lease
from core.journal.figures import Figures
from core.journal.safekeeping import Safekeeping
from core.lanes import Lanes
from core.protocol.loading import load_profile
from core.secrets import KeyringSecrets, KnownSecrets, Secrets
from core.service import probes
from core.service.appeals import Appeals
from core.service.catalogue import Catalogue
from core.service.categories import fitted
from core.service.centre_answers import CentreAnswers
from core.service.charge import Charge
from core.service.closings import Closings
from core.service.code_tables import CodeTables
from core.service.connections import Connections
from core.service.dayend import DayEnd
from core.service.dayend_books import Books
from core.service.dayend_repair import Repairs, Tools
from core.service.direct import Direct
from core.service.documents import Documents
from core.service.enquiry import Enquiry
from core.service.evidence_pack import EvidencePack
from core.service.health import HealthService
from core.service.history import History
from core.service.identify import Identify
from core.service.mapping import Mappings
from core.service.mapping_sheets import MappingSheets
from core.service.operators import OperatorBook
from core.service.outbox import Outbox
from core.service.outside import Outside
from core.service.partial_refunds import PartialRefunds
from core.service.record_parts import PartRecords
from core.service.records import Records
from core.service.refund import Refund
from core.service.register import Register
from core.service.resolve import Resolver
from core.service.session import Session
from core.service.settle import Settle
from core.service.settlement_data import SettlementData
from core.service.split import Split
from core.service.statistics import Statistics
from core.service.stays import Parts, Stays
from core.service.transact import Road
from core.service.visits import Visits
from core.service.waiting import WaitingRoom
from core.settings import Settings, load_settings
from core.simulator.process import TRAINING_PASSWORD, TrainingCentre

TELLING_SECONDS = 5.0


class Desk:
    """One desk with everything it needs; close it when done."""

    def __init__(
        self, home: Path, clock: Clock | None = None, operator: Operator | None = None,
        probe: probes.Probe = probes.quiet, gateway: Gateway | None = None,
        hospital: Hospital | None = None, invented: bool = False,
        secrets: Secrets | None = None, card: CardDriver | None = None,
    ) -> None:  # fmt: skip
        self.home = home
        self.settings: Settings = load_settings(home)
        self.clock: Clock = clock or SystemClock()
        self.events = Events()
        self.lanes = Lanes()
        self.training = self._training()
        self.secrets: Secrets = secrets or self._secrets()
        self.centre = self._centre()
        self.card = card or reader_of(
            self.settings, self.centre.capabilities, self.data, self.training
        )
        self.gateway: Gateway = gateway or LateGateway(self._way)
        self.given: GivenHospital | None = None
        self.hospital = self._with_given(hospital or self._hospital(invented))
        self._open_journal()
        self._build(probe)
        if operator is not None:
            self.session.take_over(operator)

    @property
    def data(self) -> Path:
        """Where this desk keeps its journal: training has a folder of its own."""
        return self.home / "training" if self.settings.training else self.home

    def _training(self) -> TrainingCentre | None:
        family = self.settings.centre.family
        return TrainingCentre(self.data, family) if self.settings.training else None

    def _secrets(self) -> Secrets:
        """The keyring; in training the simulated centre's password is known to all."""
        kept = KeyringSecrets(self.home)
        return KnownSecrets(kept, centre=TRAINING_PASSWORD) if self.settings.training else kept

    def _centre(self) -> Profiled:
        """The centre of the family named, and nothing of the others is loaded."""
        chosen = self.settings.centre
        local = self.home / chosen.profile if chosen.profile else None
        match chosen.family:
            case "zjs":
                from core.centre.zjs import Zjs

                return Zjs(load_profile(chosen.family, local), self.settings)
            case "gd":
                from core.centre.gd import Gd

                return Gd(load_profile(chosen.family, local), self.settings, self.secrets)
        raise SetupError(fault("app.family", family=chosen.family))

    def _way(self) -> Gateway:
        chosen = self.settings.centre
        mask = text_mask(self.centre.mask, self.centre.encoding, self.settings.hospital.code)
        return gateway_of(
            Way(chosen, self.home, self.data, self.clock, self.events, mask, self.training)
        )

    def _hospital(self, invented: bool) -> Hospital:
        """The invented one in training, or where a tour asks for it (``invented``); training
        never touches a real one unless the settings say so."""
        his, training = self.settings.his, self.settings.training
        if his.use and not invented and (his.in_training or not training):
            return connected(his, self.place)
        if training or invented:
            return EmbeddedHospital(self.data / "hospital.db", self.clock)
        return NoHospital()

    def _with_given(self, hospital: Hospital) -> Hospital:
        """Where the API is on, a visit that a program handed over goes before the same of ours."""
        api = self.settings.api
        if not api.enabled:
            return hospital
        self.given = GivenHospital(self.data / "given.db", self.clock, api.webhook)
        return Several([self.given, hospital])

    @property
    def place(self) -> Place:
        """What a way to the hospital stands on."""
        return Place(self.home, self.data, self.clock, self.secrets)

    def _open_journal(self) -> None:
        self._lease = Lease(self.data / "leases")
        self.safekeeping = Safekeeping(self.data, self.clock)
        self.journal: Journal = self.safekeeping.open(self._lease)

    def _build(self, probe: probes.Probe) -> None:
        self.outbox = Outbox(
            self.journal, self.hospital, self.clock, self.events, self.settings.his.tries, probe
        )
        self.road = Road(
            self.journal, self.centre, self.gateway, self.outbox, self.clock, self.events,
            self.settings.desk.number, self.centre.encoding, probe,
        )  # fmt: skip
        self.session = Session(self.journal, self.road)
        self.road.session = self.session
        self._build_lists()
        self._build_visits()
        self.resolve = Resolver(self.journal, self.road, probe)
        self.direct = Direct(
            self.journal, self.road, self.centre, self.identify, self.charge, self.resolve
        )
        self.history = History(self.journal, self.visits, self.centre.mask)
        self._build_papers()
        self._build_office()
        self.operators = OperatorBook(self.journal, self.clock)
        if self.settings.training:
            self.operators.ensure_training_operators()
        self._build_dayend(probe)
        self.health = HealthService(self)
        self.evidence = EvidencePack(self)
        self.connections = Connections(self.place)
        self.outside, self.api = Outside(self, self.given), Switch(self)
        self.resolve.recover()

    def _build_visits(self) -> None:
        """What a visit or a stay goes through."""
        self.visits = Visits(
            self.journal, self.hospital, self.mappings.translate, partial(fitted, self.centre)
        )
        self.waiting = WaitingRoom(self.journal, self.hospital)
        own = OwnReader(self.card) if self.card else None
        self.identify = Identify(self.journal, self.road, own)
        self.charge = Charge(self.journal, self.road, self.visits, self.mappings)
        self.register = Register(
            self.journal, self.road, self.visits, self.session, self.identify, self.charge
        )
        self.settle = Settle(self.journal, self.road, self.visits, self.session, self.charge)
        self.refund = Refund(self.journal, self.road, self.visits, self.session, self.charge)
        self.partial_refunds = PartialRefunds(
            self.journal, self.road, self.visits, self.session, self.refund, self.settle
        )
        self.stays = Stays(self._visit_parts())
        self.settlement_data = SettlementData(self.journal, self.road)
        self.split = Split(self.journal, self.road, self.visits, self.session, self.charge)

    def _build_office(self) -> None:
        """What the insurance office works with: medical records, appeals, statistics."""
        self.records = Records(
            self.journal, self.road, self.visits, self.session, self.hospital,
            self.centre.fields, self.settings.records,
        )  # fmt: skip
        self.record_parts = PartRecords(
            self.journal, self.road, self.visits, self.session, self.hospital,
            self.settings.records,
        )  # fmt: skip
        self.appeals = Appeals(
            self.journal, self.road, self.visits, self.session, self.settings,
            self.centre.fields("appeal"), self.centre.reply_fields("deduction_list"),
        )  # fmt: skip
        self.answers = CentreAnswers(self.journal, self.road, self.settings.hospital.code)
        self.code_tables = CodeTables(self.journal, self.road, self.session, self.catalogue)
        self.statistics = Statistics(
            Figures(self.journal.path), self.clock, partial(self.centre.label, "med_type")
        )

    def _visit_parts(self) -> Parts:
        """The services that a stay shares with every visit."""
        return Parts(
            self.journal, self.road, self.visits, self.session, self.register, self.charge,
            self.settle, self.refund, self.hospital,
        )  # fmt: skip

    def _build_lists(self) -> None:
        """Code lists in a file of their own; in training mode invented ones, made when first
        asked for."""
        store = self.codes = CodeStore(self.data / "codes.db")

        def stock() -> None:
            from core.catalogue import invented

            invented.stock(store, self.clock)

        more = {"stock": stock} if self.settings.training else {}
        self.catalogue = Catalogue(store, self.clock, self.home, **more)
        book = MappingBook(store, self.clock)
        self.mappings = Mappings(self.catalogue, book, self.clock, self.events)
        self.mapping_sheets = MappingSheets(self.mappings, self.catalogue, self.clock)

    def _build_papers(self) -> None:
        self.documents = Documents(
            self.journal, self.road, self.session, self.centre, self.settings, self.clock
        )
        self.enquiry = Enquiry(
            self.journal, self.road, self.visits, self.session, self.centre,
            self.settings.hospital.code,
        )  # fmt: skip

    def _build_dayend(self, probe: probes.Probe) -> None:
        books = Books(self.journal, self.road, self.hospital, self.settings.desk.number)
        repairs = Repairs(Tools(
            self.journal, self.road, self.settle, self.refund, self.resolve
        ))  # fmt: skip
        self.dayend = DayEnd(
            self.journal, self.road, self.session, books, repairs,
            self.settings.dayend.second_above, self.centre.label,
        )  # fmt: skip
        self.closings = Closings(
            self.journal, self.safekeeping, self.session, self.operators, self.centre,
            self.settings, self.clock, probe,
        )  # fmt: skip

    def close(self) -> None:
        """End lanes, library, simulated centre and journal, in that order; what the hospital has
        still to be told is told first, if that takes no time."""
        self.api.close()
        self.outside.errands.close()
        self._tell_hospital()
        self.lanes.close()
        self.codes.close()
        self.gateway.close()
        if self.card is not None:
            self.card.close()
        self.hospital.close()
        if self.training is not None:
            self.training.close()
        self.journal.close()
        self._lease.release()

    def _tell_hospital(self) -> None:
        """A command ends before a window would have told it; what fails is told next time."""
        with suppress(Exception):
            if self.outbox.due():
                self.lanes.hospital(self.outbox.round).result(TELLING_SECONDS)

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def open_desk(
    home: Path, clock: Clock | None = None, operator: Operator | None = None, **parts: Any
) -> Desk:
    """Build the desk of ``home``; raises ``SetupError`` with a sentence for the screen."""
    return Desk(home, clock, operator, **parts)
