"""The words of meter files in six languages, as exports write them."""

from __future__ import annotations

from dataclasses import dataclass
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
    tariffs: tuple[tuple[str, ...], ...]
    titles: tuple[str, ...]
    closing: tuple[str, ...]
    months: tuple[str, ...]
    short_months: tuple[str, ...]


WORDS: Final[dict[str, Words]] = {
    "en": Words(
        ("Timestamp", "Date/Time", "Time", "Reading time"), ("Date", "Reading date", "Day"), ("Time",), ("Hour", "HE"),
        ("Start time", "Interval start", "From", "Start"), ("End time", "Interval end", "To", "End"),
        ("Import", "Grid import", "Energy imported", "Delivered from grid"),
        ("Export", "Grid export", "Energy exported", "Surplus"),
        ("PV production", "Solar generation"), ("Consumption", "Usage"),
        ("Energy", "Active energy", "Value", "Reading"), ("Power", "Active power"), ("Reactive energy",), ("Gas", "Gas volume"),
        ("Water", "Water volume"), ("Outdoor temperature", "Temperature"), ("Price", "Cost"), ("Meter reading", "Register"),
        ("Status", "Quality"), ("Actual", "measured", "A"), ("Estimated", "estimated", "E"), ("Unit", "UOM"),
        ("Meter", "Meter ID", "Serial"), ("Total", "Sum", "TOTAL"), (("T1", "T2"), ("day", "night"), ("peak", "off-peak")),
        ("Load profile", "Customer: A. Person", "Account number: 1002003004", "Exported by the portal", "Period: last month",
         "Values may change until the bill is made"),
        ("End of report", "Estimated values are marked", "Questions? Call us on 0800 123"),
        ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    ),
    "es": Words(
        ("Fecha y hora", "Fecha", "FECHA HORA", "Fecha lectura"), ("Fecha", "Día"), ("Hora",), ("Hora", "Periodo"),
        ("Inicio", "Desde", "Hora inicio"), ("Fin", "Hasta", "Hora fin"),
        ("Energía importada", "Importación", "Energía activa importada"), ("Energía exportada", "Exportación", "Excedentes", "Inyección a red"),
        ("Producción FV", "Generación solar"), ("Consumo", "Consumo de energía"),
        ("Energía activa", "Energía", "Valor", "Lectura"), ("Potencia", "Potencia activa"), ("Energía reactiva",), ("Gas", "Volumen de gas"),
        ("Agua", "Volumen de agua"), ("Temperatura exterior", "Temperatura"), ("Precio", "Importe"), ("Lectura", "Lectura acumulada"),
        ("Estado", "Calidad"), ("Real", "Medido", "R"), ("Estimado", "Estimada", "E"), ("Unidad",),
        ("Medidor", "Suministro", "Contador"), ("Total", "TOTAL", "Suma"), (("T1", "T2"), ("punta", "fuera de punta"), ("P1", "P2", "P3")),
        ("Perfil de carga", "Cliente: Una Persona", "Suministro: 1002003", "Empresa de distribución S.A.", "Periodo: mes anterior",
         "Valores sujetos a revisión"),
        ("Fin del reporte", "Los valores estimados llevan marca", "Consultas: 0801 12345"),
        ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
        ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    ),
    "pt": Words(
        ("Data e hora", "Data/Hora", "Data da leitura"), ("Data", "Dia"), ("Hora",), ("Hora", "Período"),
        ("Início", "De"), ("Fim", "Até"),
        ("Energia importada", "Importação", "Energia ativa importada"), ("Energia exportada", "Exportação", "Excedente", "Injeção na rede"),
        ("Produção FV", "Geração solar"), ("Consumo", "Consumo registado"),
        ("Energia ativa", "Energia", "Valor", "Leitura"), ("Potência", "Potência ativa"), ("Energia reativa",), ("Gás", "Volume de gás"),
        ("Água", "Volume de água"), ("Temperatura exterior", "Temperatura"), ("Preço", "Custo"), ("Leitura", "Leitura acumulada"),
        ("Estado", "Qualidade"), ("Real", "Medido", "R"), ("Estimada", "Estimado", "E"), ("Unidade",),
        ("Contador", "CPE", "Medidor"), ("Total", "TOTAL", "Soma"), (("T1", "T2"), ("vazio", "cheia", "ponta")),
        ("Diagrama de carga", "Cliente: Uma Pessoa", "Contrato: 1002003", "Exportado do portal", "Período: mês anterior", "Valores provisórios"),
        ("Fim do relatório", "Os valores estimados estão marcados"),
        ("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
        ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"),
    ),
    "de": Words(
        ("Zeitstempel", "Datum/Uhrzeit", "Zeit", "Ablesezeit"), ("Datum", "Tag"), ("Uhrzeit", "Zeit"), ("Stunde",),
        ("Von", "Beginn", "Startzeit"), ("Bis", "Ende", "Endzeit"),
        ("Bezug", "Netzbezug", "Wirkarbeit Bezug"), ("Einspeisung", "Netzeinspeisung", "Wirkarbeit Einspeisung"),
        ("PV-Erzeugung", "Solarproduktion"), ("Verbrauch", "Stromverbrauch"),
        ("Energie", "Wirkenergie", "Wert", "Messwert"), ("Leistung", "Wirkleistung"), ("Blindarbeit",), ("Gas", "Erdgas"),
        ("Wasser", "Wassermenge"), ("Außentemperatur", "Temperatur"), ("Preis", "Kosten"), ("Zählerstand", "Stand"),
        ("Status", "Qualität"), ("gemessen", "wahrer Wert", "G"), ("geschätzt", "Ersatzwert", "E"), ("Einheit",),
        ("Zähler", "Zählpunkt", "Zählernummer"), ("Summe", "Gesamt", "Total"), (("T1", "T2"), ("HT", "NT"), ("Tarif 1", "Tarif 2")),
        ("Lastgang", "Kunde: Eine Person", "Vertragskonto: 1002003", "Export aus dem Portal", "Zeitraum: Vormonat", "Alle Angaben ohne Gewähr"),
        ("Ende der Liste", "Ersatzwerte sind gekennzeichnet"),
        ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
        ("Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"),
    ),
    "fr": Words(
        ("Horodate", "Date et heure", "Date de relevé"), ("Date", "Jour"), ("Heure",), ("Heure",),
        ("Début", "De"), ("Fin", "À"),
        ("Soutirage", "Énergie soutirée", "Énergie importée"), ("Injection", "Énergie injectée", "Énergie exportée", "Surplus"),
        ("Production PV", "Production solaire"), ("Consommation", "Consommation d'électricité"),
        ("Énergie active", "Énergie", "Valeur", "Mesure"), ("Puissance", "Puissance active"), ("Énergie réactive",), ("Gaz", "Volume de gaz"),
        ("Eau", "Volume d'eau"), ("Température extérieure", "Température"), ("Prix", "Coût"), ("Index", "Relevé d'index"),
        ("État", "Nature", "Statut"), ("Réel", "Mesuré", "R"), ("Estimé", "Estimée", "E"), ("Unité",),
        ("Compteur", "PRM", "Numéro de compteur"), ("Total", "TOTAL", "Somme"), (("T1", "T2"), ("HP", "HC")),
        ("Courbe de charge", "Client : Une Personne", "Contrat : 1002003", "Export du portail", "Période : mois précédent", "Données non validées"),
        ("Fin du relevé", "Les valeurs estimées sont signalées"),
        ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"),
        ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    ),
    "nl": Words(
        ("Tijdstip", "Datum en tijd", "Datum/tijd"), ("Datum", "Dag"), ("Tijd",), ("Uur",),
        ("Van", "Begintijd", "Start"), ("Tot", "Eindtijd", "Einde"),
        ("Afname", "Netafname", "Verbruik van net"), ("Injectie", "Teruglevering", "Netinjectie"),
        ("PV-opbrengst", "Opwekking zonnepanelen"), ("Verbruik", "Stroomverbruik"),
        ("Energie", "Actieve energie", "Waarde", "Meetwaarde"), ("Vermogen", "Actief vermogen"), ("Reactieve energie",), ("Gas", "Gasvolume"),
        ("Water", "Watervolume"), ("Buitentemperatuur", "Temperatuur"), ("Prijs", "Kosten"), ("Meterstand", "Stand"),
        ("Status", "Validatiestatus"), ("Gemeten", "Gevalideerd", "G"), ("Geschat", "geschat", "E"), ("Eenheid",),
        ("Meter", "EAN", "Meternummer"), ("Totaal", "TOTAAL", "Som"), (("T1", "T2"), ("dag", "nacht"), ("tarief 1", "tarief 2")),
        ("Kwartierwaarden", "Klant: Een Persoon", "Contract: 1002003", "Export uit het portaal", "Periode: vorige maand", "Geen rechten aan te ontlenen"),
        ("Einde van het overzicht", "Geschatte waarden zijn gemerkt"),
        ("januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"),
        ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    ),
}  # fmt: skip
