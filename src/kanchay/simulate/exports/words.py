"""The words of meter files in six languages, as exports write them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

__all__ = ["WORDS", "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a language calls the columns of an export; the first of several is the most usual."""

    time: tuple[str, ...]
    date: tuple[str, ...]
    clock: tuple[str, ...]
    hour: tuple[str, ...]
    start: tuple[str, ...]
    end: tuple[str, ...]
    import_: tuple[str, ...]
    export: tuple[str, ...]
    production: tuple[str, ...]
    consumption: tuple[str, ...]
    energy: tuple[str, ...]
    power: tuple[str, ...]
    reactive: tuple[str, ...]
    gas: tuple[str, ...]
    water: tuple[str, ...]
    temperature: tuple[str, ...]
    price: tuple[str, ...]
    register: tuple[str, ...]
    status: tuple[str, ...]
    actual: tuple[str, ...]
    estimated: tuple[str, ...]
    unit: tuple[str, ...]
    meter: tuple[str, ...]
    total: tuple[str, ...]
    tariffs: tuple[str, ...]
    titles: tuple[str, ...]
    closing: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]

    @property
    def tariff_sets(self) -> list[tuple[str, ...]]:
        """Names of the tariff registers of one meter, by manner."""
        return [tuple(names.split("/")) for names in self.tariffs]


# One line a column, its names between bars; a line that begins with a bar goes on.
_EN: Final = """
time: Timestamp | Date/Time | Time | Reading time
date: Date | Reading date | Day
clock: Time
hour: Hour | HE
start: Start time | Interval start | From | Start
end: End time | Interval end | To | End
import_: Import | A+ | Energy A+ | Grid import | Energy imported | Delivered from grid
export: Export | A- | Energy A- | Grid export | Energy exported | Surplus
production: PV production | Solar generation
consumption: Consumption | Usage
energy: Energy | Active energy | Value | Reading
power: Power | Active power
reactive: Reactive energy
gas: Gas | Gas volume
water: Water | Water volume
temperature: Outdoor temperature | Temperature
price: Price | Cost
register: Meter reading | Register
status: Status | Quality
actual: Actual | measured | A
estimated: Estimated | estimated | E
unit: Unit | UOM
meter: Meter | Meter ID | Serial
total: Total | Sum | TOTAL
tariffs: T1/T2 | day/night | peak/off-peak
titles: Load profile | Customer: A. Person | Account number: 1002003004 | Exported by the portal
  | Period: last month | Values may change until the bill is made
closing: End of report | Estimated values are marked | Questions? Call us on 0800 123
months: January | February | March | April | May | June | July | August | September | October | November
  | December
short_months: Jan | Feb | Mar | Apr | May | Jun | Jul | Aug | Sep | Oct | Nov | Dec
"""
_ES: Final = """
time: Fecha y hora | Fecha | FECHA HORA | Fecha lectura
date: Fecha | Día
clock: Hora
hour: Hora | Periodo
start: Inicio | Desde | Hora inicio
end: Fin | Hasta | Hora fin
import_: Energía activa A+ | +A | Energía importada | Importación | Energía activa importada
export: Energía activa A- | -A | Energía exportada | Exportación | Excedentes | Inyección a red
production: Producción FV | Generación solar
consumption: Consumo | Consumo de energía
energy: Energía activa | Energía | Valor | Lectura
power: Potencia | Potencia activa
reactive: Energía reactiva
gas: Gas | Volumen de gas
water: Agua | Volumen de agua
temperature: Temperatura exterior | Temperatura
price: Precio | Importe
register: Lectura | Lectura acumulada
status: Estado | Calidad
actual: Real | Medido | R
estimated: Estimado | Estimada | E
unit: Unidad
meter: Medidor | Suministro | Contador
total: Total | TOTAL | Suma
tariffs: T1/T2 | punta/fuera de punta | P1/P2/P3
titles: Perfil de carga | Cliente: Una Persona | Suministro: 1002003 | Empresa de distribución S.A.
  | Periodo: mes anterior | Valores sujetos a revisión
closing: Fin del reporte | Los valores estimados llevan marca | Consultas: 0801 12345
months: enero | febrero | marzo | abril | mayo | junio | julio | agosto | septiembre | octubre | noviembre
  | diciembre
short_months: ene | feb | mar | abr | may | jun | jul | ago | sep | oct | nov | dic
"""
_PT: Final = """
time: Data e hora | Data/Hora | Data da leitura
date: Data | Dia
clock: Hora
hour: Hora | Período
start: Início | De
end: Fim | Até
import_: Energia importada | Importação | Energia ativa importada
export: Energia exportada | Exportação | Excedente | Injeção na rede
production: Produção FV | Geração solar
consumption: Consumo | Consumo registado
energy: Energia ativa | Energia | Valor | Leitura
power: Potência | Potência ativa
reactive: Energia reativa
gas: Gás | Volume de gás
water: Água | Volume de água
temperature: Temperatura exterior | Temperatura
price: Preço | Custo
register: Leitura | Leitura acumulada
status: Estado | Qualidade
actual: Real | Medido | R
estimated: Estimada | Estimado | E
unit: Unidade
meter: Contador | CPE | Medidor
total: Total | TOTAL | Soma
tariffs: T1/T2 | vazio/cheia/ponta
titles: Diagrama de carga | Cliente: Uma Pessoa | Contrato: 1002003 | Exportado do portal
  | Período: mês anterior | Valores provisórios
closing: Fim do relatório | Os valores estimados estão marcados
months: janeiro | fevereiro | março | abril | maio | junho | julho | agosto | setembro | outubro | novembro
  | dezembro
short_months: jan | fev | mar | abr | mai | jun | jul | ago | set | out | nov | dez
"""
_DE: Final = """
time: Zeitstempel | Datum/Uhrzeit | Zeit | Ablesezeit
date: Datum | Tag
clock: Uhrzeit | Zeit
hour: Stunde
start: Von | Beginn | Startzeit
end: Bis | Ende | Endzeit
import_: 1.8.0 | Wirkenergie +A | Bezug | Netzbezug | Wirkarbeit Bezug
export: 2.8.0 | Wirkenergie -A | Einspeisung | Netzeinspeisung | Wirkarbeit Einspeisung
production: PV-Erzeugung | Solarproduktion
consumption: Verbrauch | Stromverbrauch
energy: Energie | Wirkenergie | Wert | Messwert
power: Leistung | Wirkleistung
reactive: Blindarbeit
gas: Gas | Erdgas
water: Wasser | Wassermenge
temperature: Außentemperatur | Temperatur
price: Preis | Kosten
register: Zählerstand | Stand
status: Status | Qualität
actual: gemessen | wahrer Wert | G
estimated: geschätzt | Ersatzwert | E
unit: Einheit
meter: Zähler | Zählpunkt | Zählernummer
total: Summe | Gesamt | Total
tariffs: T1/T2 | HT/NT | Tarif 1/Tarif 2
titles: Lastgang | Kunde: Eine Person | Vertragskonto: 1002003 | Export aus dem Portal | Zeitraum: Vormonat
  | Alle Angaben ohne Gewähr
closing: Ende der Liste | Ersatzwerte sind gekennzeichnet
months: Januar | Februar | März | April | Mai | Juni | Juli | August | September | Oktober | November | Dezember
short_months: Jan | Feb | Mrz | Apr | Mai | Jun | Jul | Aug | Sep | Okt | Nov | Dez
"""
_FR: Final = """
time: Horodate | Date et heure | Date de relevé
date: Date | Jour
clock: Heure
hour: Heure
start: Début | De
end: Fin | À
import_: Soutirage | Énergie soutirée | Énergie importée
export: Injection | Énergie injectée | Énergie exportée | Surplus
production: Production PV | Production solaire
consumption: Consommation | Consommation d'électricité
energy: Énergie active | Énergie | Valeur | Mesure
power: Puissance | Puissance active
reactive: Énergie réactive
gas: Gaz | Volume de gaz
water: Eau | Volume d'eau
temperature: Température extérieure | Température
price: Prix | Coût
register: Index | Relevé d'index
status: État | Nature | Statut
actual: Réel | Mesuré | R
estimated: Estimé | Estimée | E
unit: Unité
meter: Compteur | PRM | Numéro de compteur
total: Total | TOTAL | Somme
tariffs: T1/T2 | HP/HC
titles: Courbe de charge | Client : Une Personne | Contrat : 1002003 | Export du portail
  | Période : mois précédent | Données non validées
closing: Fin du relevé | Les valeurs estimées sont signalées
months: janvier | février | mars | avril | mai | juin | juillet | août | septembre | octobre | novembre
  | décembre
short_months: janv. | févr. | mars | avr. | mai | juin | juil. | août | sept. | oct. | nov. | déc.
"""
_NL: Final = """
time: Tijdstip | Datum en tijd | Datum/tijd
date: Datum | Dag
clock: Tijd
hour: Uur
start: Van | Begintijd | Start
end: Tot | Eindtijd | Einde
import_: Afname | Netafname | Verbruik van net
export: Injectie | Teruglevering | Netinjectie
production: PV-opbrengst | Opwekking zonnepanelen
consumption: Verbruik | Stroomverbruik
energy: Energie | Actieve energie | Waarde | Meetwaarde
power: Vermogen | Actief vermogen
reactive: Reactieve energie
gas: Gas | Gasvolume
water: Water | Watervolume
temperature: Buitentemperatuur | Temperatuur
price: Prijs | Kosten
register: Meterstand | Stand
status: Status | Validatiestatus
actual: Gemeten | Gevalideerd | G
estimated: Geschat | geschat | E
unit: Eenheid
meter: Meter | EAN | Meternummer
total: Totaal | TOTAAL | Som
tariffs: T1/T2 | dag/nacht | tarief 1/tarief 2
titles: Kwartierwaarden | Klant: Een Persoon | Contract: 1002003 | Export uit het portaal
  | Periode: vorige maand | Geen rechten aan te ontlenen
closing: Einde van het overzicht | Geschatte waarden zijn gemerkt
months: januari | februari | maart | april | mei | juni | juli | augustus | september | oktober | november
  | december
short_months: jan | feb | mrt | apr | mei | jun | jul | aug | sep | okt | nov | dec
"""


def _words(text: str) -> Words:
    lines = text.strip().replace("\n  | ", " | ").splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    return Words(**{f.name: tuple(said[f.name].split(" | ")) for f in fields(Words)})


_TEXTS: Final = {"en": _EN, "es": _ES, "pt": _PT, "de": _DE, "fr": _FR, "nl": _NL}
WORDS: Final = {language: _words(text) for language, text in _TEXTS.items()}
