"""The vocabulary of meters in thirty languages: what a header says about quantity, direction and the role of a column.

Rows are patterns of whole words, written without accents as `words.normal` leaves them, and a weight: evidence, not a
verdict. Words of other scripts stand as they are written.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity

__all__ = [
    "DIRECTIONS", "EXTREMES", "FROM", "GRID_METER", "QUANTITIES", "REGISTERS", "ROLE_WORDS", "TO", "ZONES", "folded",
]  # fmt: skip


_OTHERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"})


def folded(text: str) -> str:
    """Lower case without accents, in whatever script: ``"Zużycie" -> "zuzycie"``."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_OTHERS))
    return "".join(c for c in plain if not unicodedata.combining(c))


_Q = Quantity
QUANTITIES: Final[tuple[tuple[str, Quantity, float], ...]] = tuple((folded(p), q, w) for p, q, w in (
    (r"reactiv\w*|reakt\w*|reativ\w*|react|blind\w*|kvarh?|varh|\w*loistehoenergia|loisenergia|meddo|inductiv[ae]"
     r"|induttiva|capacitiv[ae]|capacitiva|jalovy|jalova|bierna|реактивн\w*|無効電力\w*"
     r"|无功\w*", _Q.REACTIVE_ENERGY, 2.5),
    (r"temp|temps|temperatur\w*|temperature\w*|lampotila|teplota|homerseklet|sicaklik|temperatuur"
     r"|температура|外気温|気温|温度"
     r"|dew ?point|drybulb", _Q.TEMPERATURE, 2.0),
    (r"set ?points?|sollwert|consigna|setpt", _Q.TEMPERATURE_SETPOINT, 1.0),
    (r"volt\w*|tension|tensao|tensione|spannung|spanning|jannite|spanning|napeti|napiecie"
     r"|feszultseg|gerilim|напряжение|電圧"
     r"|电压|[uv] l?[123n]|[ul][123] ?n?v|vrms|ugrid", _Q.VOLTAGE, 2.5),
    (r"i l[123n]|current(?! (?:power|consumption|usage|demand|load|production|read\w*|index|meter|month"
     r"|period|bill|charges?|balance|year))|intensi\w*|corriente|corrente|courant|stromstarke"
     r"|ampere\w*|amps?|virta|proud|prad|aramerosseg|akim|ток|電流|电流|irms", _Q.CURRENT, 2.5),
    (r"humid\w*|humedad|umidade|umidita|feuchte|vochtigheid|rh|kosteus|vlhkost|湿度", _Q.HUMIDITY, 2.5),
    (r"power factor|factor de potencia|fator de potencia|cos ?phi|cosfi|pf|tehokerroin|leistungsfaktor|faktor moci",
     _Q.POWER_FACTOR, 4.0),
    (r"wattage|k?watts?|powr|pac|pdc\d*|real power", _Q.POWER, 1.5),
    (r"power|potencia|potencias|\w*leistung|puissance|vermogen|potenza|lastgang|demand|demanda"
     r"|ejecutad\w*|\w*effekt|teho"
     r"|patoteho|vykon|moc|teljesitmeny|putere|vimsus|voimsus|jauda|galia|snaga|guc|daya|мощность"
     r"|мощност|потужність|ισχυς"
     r"|功率|電力(?!量)|cong suat|전력(?!량)|הספק", _Q.POWER, 1.5),
    (r"potencias?|(?!blind|schein)\w*leistung|puissance|vermogen|potenza|(?:active|mean|average|avg) power",
     _Q.POWER, 0.9),  # besides: "potencia consumida" is a power, "power consumption" is energy as often as not
    (r"energ\w*|consum\w*|\w*verbrauch\w*|\w*verbruik\w*|\w*afname|\w*injectie|usage|elektrizitat"
     r"|wirk(?:arbeit|energie)"
     r"|consommation\w*|conso|k? ?wh|ae k ?wh|(?:kilo)?watt hours?|\w*forbruk\w*|\w*forbrukning\w*|\w*kulutus\w*"
     r"|elforbrug|\w*forbrug\w*|arbeit|strom(?:menge|verbrauch)?|elekt?\w*|elec\w*|electrid\w*|sahko\w*|elpatsvars"
     r"|zuzyci\w*|spotreb\w*|fogyaszt\w*|tarbimi\w*|paterin\w*|paterets|suvartoji\w*|vartoji\w*|sunaudo\w*"
     r"|porab\w*|potros\w*|tuketim\w*|enerji\w*|elektrik\w*|konsumsi|pemakaian|enerxia|потреблени\w*|потребена"
     r"|потребление|консумация|расход|электроэнерги\w*|энерги\w*|енерги\w*|енергія|споживання|спожит\w*|καταναλωση"
     r"|ενεργεια|用[电電]量|电量|電量|使用量|電力量|消費\w*|使用電力量|使用|사용량|전력량|소비\w*|צריכה|צריכת|אנרגיה"
     r"|استهلاك|الطاقة|dien nang|tieu thu|units consumed", _Q.ELECTRIC_ENERGY, 1.5),
    (r"(?:pv|solar|battery|grid|generator) to (?:grid|battery|site|home|house|load|consumers?|car|ev|vehicle|heat ?pump)",
     _Q.ELECTRIC_ENERGY, 1.5),
    (r"import\w*|export\w*|submeter\w*|sub metering|produc\w*|produkt\w*|generation|\w*bezug"
     r"|\w*einspeis\w*|\w*erzeugung"
     r"|soutir\w*|injec\w*|inje[tc]\w*|inyec\w*|\w*teruglever\w*|excedent\w*|\w*opbrengst|opwek\w*|vyrob\w*|wytwarz\w*"
     r"|produkcja|prelev\w*|preliev\w*|immess\w*|immission\w*|odber\w*|dodavk\w*|pobor|oddan\w*|vetelez\w*|betaplal\w*"
     r"|termeles|uretim|\w*tuotanto|tootmi\w*|razosan\w*|generac\w*|generaz\w*|gamyb\w*|proizvod\w*|производство"
     r"|генерац\w*|генерація|выработк\w*|παραγωγη|発電\w*|发电\w*|發電\w*|売電\w*|買電\w*|购电\w*|上网\w*|발전\w*|ייצור"
     r"|\w*produksjon|uttag|uttak|innmating|inmatning|yield|ertrag|gesamtertrag", _Q.ELECTRIC_ENERGY, 0.5),
    (r"gas|gas(?:verbrauch|verbruik|meter|monitor|energ|consum|kwh|stand|bezug)\w*|gaz"
     r"|natural ?gas|erdgas|gasvolume\w*|gasmenge|therms?|kaasu|plyn|zemni plyn|gaz ziemny|foldgaz|dogalgaz|газ"
     r"|ガス|瓦斯|燃气|metano|ccf", _Q.GAS, 3.0),
    (r"heat(?! pump)|heating|warme|chaleur|calor|warmte|district heating|warmemenge|kaukolampo|fjarrvarme|fjernvarme"
     r"|fjarnvarme|teplo|cieplo|teleriscaldamento|тепло\w*", _Q.HEAT, 1.6),
    (r"water|agua|wasser|eau|acqua|watervolume\w*|wassermenge|vatten|vann|vand|vesi|voda|woda|viz"
     r"|su tuketimi|вода|水道",
     _Q.WATER, 3.5),
    (r"price|precio|preco|preis|prix|prezzo|prijs|cost|costs|costo|coste|importe|tarif\w*(?! \d)|custo|kosten|kost|cout"
     r"|eur|euros?|soles|usd|pen|gbp|pence|revenue|ingresos?|vat|iva|mwst|btw|dollars?|cena|cenik"
     r"|koszt|naklady|hinta|pris"
     r"|kostnad|belopp|fiyat|tutar|bedel|цена|стоимость|сумма|料金|金額|单价|电费|charges|amount due|betrag"
     r"|montant|bill|savings?|nok|sek|dkk|chf|pln|czk|huf|jpy|inr|aud|nzd|cad", _Q.PRICE, 3.0),
    (r"carbon|co2|co2e|emission\w*|emision\w*", _Q.CARBON_INTENSITY, 4.0),
    (r"soc|state of charge|battery level|soe|battery percent\w*|charge level"
     r"|ladezustand|ladestand|laadniveau|batteriestand|estado de carga|etat de charge", _Q.STATE_OF_CHARGE, 3.0),
    (r"occup\w*|ocupacion|presence|presencia|motion", _Q.OCCUPANCY, 4.0),
    (r"fan status|on off|status|encendido", _Q.ON_OFF, 4.0),
    (r"(?:self|consumption|sufficiency|usage|utili[sz]ation|coverage|autark\w*|autarchy|charge|flow|discharge) rate"
     r"|\w+quote|taux|tasa|tasso|share|fraction|(?:load|capacity|utili[sz]ation) factor", _Q.SIGNAL, 3.5),
    (r"signal|valve|damper|speed|fault|mode|indicator|alarm|count|irradian\w*|ghi|dni|dhi|wind|pressure|code|frequency"
     r"|frequenz|frecuencia|freq|hz|holidays?|day type|minutes present\w*|maintenance|ramp up"
     r"|diffuse|direct|duration|duree"
     r"|duracion|dauer|duur|vraisemblance|irradiation|insolation|flags?|rssi|wifi|uptime|errors?"
     r"|version|interval length"
     r"|apparent\w*|aparente|apparente|scheinleistung|scheinarbeit|k?vah?|thd|angle|winkel|phi|days"
     r"|dias|tage|giorni|jours"
     r"|heating degree days|hdd|cdd|self ?sufficiency|autarkie\w*|percent\w*|prozent|ratio|quota|anteil|efficiency|cop"
     r"|sunshine|niederschlag|rain\w*|cloud\w*|visibility|albedo|nsm|ns|nanoseconds|millis\w*", _Q.SIGNAL, 3.5),
))  # fmt: skip
_D = Direction
DIRECTIONS: Final[tuple[tuple[str, Direction, float], ...]] = tuple((folded(p), d, w) for p, d, w in (
    (r"export\w*|exp|eksport\w*|injec\w*|inje[tc]\w*|inyec\w*|\w*einspeis\w*|fe?ed ?in\w*|return\w*|\w*teruglever\w*"
     r"|\w*injectie|naar (?:het )?net|ins netz|\w*inmatning\w*|innmat\w*|invoeding"
     r"|\w*netteinspeis\w*|vertid\w*|vertimiento\w*"
     r"|excedent\w*|surplus|uberschuss\w*|overskud\w*|overskott\w*|immess\w*|immission\w*|ruckliefer\w*|entregad\w*"
     r"|received by grid|to (?:the )?grid|to utility|sold|sell|sales|solgt|sald|verkauf\w*|vendu\w*|vendid\w*|venta\w*"
     r"|outflow|backfeed|spilled|oddan\w*|oddavan\w*|dodavk\w* do site|dodavk\w*|betaplal\w*|livrat\w*|reversed|as k ?wh"
     r"|abgabe"
     r"|annettu|syotto|verkkoon|vorku|edastatud|nodots|nodot\w*|atiduot\w*|atiduodama|predana|isporuc\w*|veris\w*"
     r"|verilen|отдач\w*|отдан\w*|отпуск|видач\w*|віддан\w*|εγχυση\w*|εξαγωγη\w*|売電\w*|余剰\w*"
     r"|上网\w*|馈网\w*|역송\w*"
     r"|הזרמה\w*|lieferung|ehex|ea neg\w*|energia inyectada|1 \d{1,2} 2 [4-9] \d|2 8 \d|2 9 \d|2 29 0", _D.EXPORT, 3.0),
    (r"import\w*|imp|\w*afname|\w*bezug|from (?:the )?grid|from utility|grid|van (?:het )?net|aus dem netz|de (?:la )?red"
     r"|du reseau|dalla rete|soutir\w*|delivered|withdraw\w*|prelev\w*|preliev\w*|entnahme|netzbezug|levering|afgenomen"
     r"|compra\w*|purchas\w*|bought|buy|kobt|kopt|achete\w*|acquist\w*|gekauft|zukauf|inflow|pobor|pobran\w*|odber\w*"
     r"|odebran\w*|vetelez\w*|vetel|preluat\w*|absorb\w*|uttag\w*|uttak\w*|ostettu|otto|ottoenergia"
     r"|verkosta|vorgust|vastuvoetud"
     r"|sanemt\w*|gauta|preuzet\w*|prejet\w*|prevzet\w*|cekis\w*|cekilen|sebeke\w*|прием|приём|прийом|получен\w*"
     r"|απορροφηση\w*|買電\w*|购电\w*|下网\w*|수전\w*|drawn|offtake|intake|ae k ?wh|1 \d{1,2} 1 [4-9] \d|1 8 \d|1 9 \d"
     r"|1 29 0", _D.IMPORT, 2.5),
    (r"produc\w*|produkt\w*|produk[cs]j\w*|generat\w*|generac\w*|generaz\w*|generad\w*|opwek\w*|opgewekt\w*|erzeug\w*"
     r"|pv\d*|solar\d*|zonne\w*|photovolt\w*|fotovolt\w*|\w*produktion|\w*productie|\w*erzeugung|\w*opbrengst|yield"
     r"|\w*ertrag|onsite|\w*produksjon|\w*tuotanto|tootmi\w*|toodetud|aurinko\w*|vyrob\w*|vyroben\w*|wytwarz\w*"
     r"|wytworz\w*|wyprodukowan\w*|termel\w*|razosan\w*|sarazot\w*|pagamin\w*|gamyb\w*|proizvod\w*|proizved\w*|uretim"
     r"|uretilen|выработ\w*|генерац\w*|генерація|производств\w*|παραγωγη\w*|発電\w*|发电\w*|發電\w*"
     r"|太陽光\w*|光伏\w*|발전\w*"
     r"|ייצור|inverter|wechselrichter|onduleur|inversor", _D.PRODUCTION, 2.8),
    (r"consum\w*|consommation\w*|conso|\w*verbrauch\w*|\w*verbruik\w*|usage|used|uso|load|last"
     r"|demand|demanda|ejecutad\w*"
     r"|sub ?meter\w*|sub metering|appliances?|sub\d|total use|cons|\w*forbruk\w*|\w*forbrukning\w*|\w*kulutus\w*"
     r"|elforbrug|\w*forbrug\w*|zuzyci\w*|zuzyt\w*|spotreb\w*|fogyaszt\w*|tarbimi\w*|tarbitud|paterin\w*|paterets"
     r"|suvartoji\w*|vartoji\w*|sunaudo\w*|porab\w*|potros\w*|tuketim\w*|konsumsi|pemakaian|потреблен\w*|расход"
     r"|потребена|консумация|споживання|спожит\w*|καταναλωση|用[电電]量|使用量|消費\w*|使用電力量"
     r"|사용량|소비\w*|צריכה|צריכת"
     r"|tieu thu|hausverbrauch|ehcr", _D.CONSUMPTION, 2.0),
    (r"home|house|household|hogar|haushalt|maison|casa|hem|huis", _D.CONSUMPTION, 1.2),
    (r"(?<!van )(?<!het )(?<!naar )net|neto|netto|saldo|netted", _D.NET, 3.0),
))  # fmt: skip
# Words that only stand on the papers of a grid meter: what is "consumed" there is imported.
GRID_METER: Final = (
    r"cpe|cups|ean|pod|prm|pdl|mpan|nmi|contador|zahler\w*|zahlpunkt\w*|suministro|distribuid\w*"
    r"|elektriciteitsmeter|icp|esi ?id|mprn|ppe|malepunkt\w*|gsrn|eic"
)
# The highest or lowest power within an interval is no mean over it: it makes no energy.
EXTREMES: Final = r"max|maxim\w*|minim\w*|peak|pico|spitze|picco|highest|lowest"
ZONES: Final[tuple[tuple[str, str], ...]] = tuple((folded(p), z) for p, z in (
    (r"afname|injectie|geen verbruik|validatiestatus", "Europe/Brussels"),
    (r"verbruik|teruglever\w*|stroom|tijd|datum tijd", "Europe/Amsterdam"),
    (r"giorno|prelev\w*|preliev\w*|potenza|consumo orario|immess\w*", "Europe/Rome"),
    (r"cpe|leitura\w*|consumo registado|dados gerais|hora de portugal", "Europe/Lisbon"),
    (r"cups|consumo kwh|metodo obtencion", "Europe/Madrid"),
    (r"horodate|puissance|soutir\w*|energie active|linky", "Europe/Paris"),
    (r"zeitstempel|verbrauch|bezug|uhrzeit|von|bis", "Europe/Berlin"),
    (r"zuzyci\w*|pobor|oddan\w*|godzina", "Europe/Warsaw"),
    (r"spotreba|odber|dodavka|vyroba|cas", "Europe/Prague"),
    (r"fogyasztas|idopont|betaplalas|vetelezes", "Europe/Budapest"),
    (r"forbrukning|uttag|inmatning", "Europe/Stockholm"),
    (r"forbruk|uttak|malepunkt", "Europe/Oslo"),
    (r"forbrug|maengde|maleenhed", "Europe/Copenhagen"),
    (r"kulutus|alkuaika|mittauspiste\w*", "Europe/Helsinki"),
    (r"tuketim|uretim|cekis|veris", "Europe/Istanbul"),
    (r"使用量|使用電力量|年月日|日時", "Asia/Tokyo"),
    (r"用电量|电量", "Asia/Shanghai"),
    (r"사용량|전력량", "Asia/Seoul"),
    (r"צריכה|צריכת", "Asia/Jerusalem"),
    (r"fecha|hora|suministro|osinergmin|ejecutado|voltaje|soles", "America/Lima"),
))  # fmt: skip
ROLE_WORDS: Final = {role: folded(p) for role, p in {
    "start": r"start|from|begin|desde|inicio|von|van|de|debut|inizio|ab|from time|period start"
    r"|start time|interval start"
    r"|beginn|startzeit|begintijd|poczatek|zacatek|zaciatok|kezdet|kezdete|inceput|algus|alates"
    r"|sakums|pradzia|baslangic|alkuaika|alku|начало|початок|開始|开始|起|시작|תחילת|since|valid from",
    "end": r"end|to|until|ending|hasta|fin|final|bis|tot|fim|fine|period end|interval end|end time|he|hour ending"
    r"|ende|endzeit|eindtijd|einde|ate|koniec|konec|vege|sfarsit|lopp|beigas"
    r"|pabaiga|bitis|loppuaika|loppu|конец|кінець|終了|结束|止|종료|סיום|valid to",
    "time": r"time|timestamp|date|datetime|fecha|hora|data|datum|zeit|zeitstempel|horodate|tijd|giorno|dia|day|ts|utc"
    r"|tid|tidspunkt|dato|aika|paiva|paivamaara|czas|godzina|cas|hodina|idopont|ido|kuupaev|aeg"
    r"|laiks|datums|laikas|tarih"
    r"|saat|zaman|ora|date time|дата|время|час|ημερομηνια|ωρα|日時|日付|年月日|時刻|日期|时间|時間"
    r"|날짜|일시|시간|תאריך|שעה|זמן"
    r"|ngay|gio|tanggal|waktu|uhrzeit|vrijeme|vreme",
    "noted": r"(?:registered|created|updated|modified|changed|inserted|imported|revised|revision|entered|edited|synced"
    r"|downloaded|exported|issued?|invoiced?|bill(?:ed|ing)?|paid|payment|due|last update|creation|printed)"
    r"(?: at| on| date| time| timestamp| datetime| ts)?"
    r"|(?:erstellt|erfasst|geandert|exportiert|importiert|aangemaakt|gewijzigd)(?: am| op)?"
    r"|rechnungsdatum|erstellungsdatum|anderungsdatum|falligkeit|falligkeitsdatum|factuurdatum"
    r"|(?:fecha|data|date) (?:de |di |d )?(?:emision|emissao|emissione|emission|vencimiento|vencimento|scadenza|creacion"
    r"|criacao|creation|creazione|modificacion|modification|modifica|pago|pagamento|facture|factura|registro|carga)",
    "status": r"status|estado|validat\w*|validier\w*|quality|calidad|qualidade|flag|flags|metodo\w*|method|etat|nature"
    r"|stato|qualitat|qualita|kvalitet|laatu|estimat\w*(?: actual)?|real estimado|jakosc|kvalita"
    r"|minoseg|kvaliteet|durum|статус|качество|origin|source quality|obtencion|plausibilitat\w*|statut"
    r"|estimation indicator",
    "unit": r"unit|units|unidad|unidade|einheit|\w*einheit|eenheid|unite|unita|uom"
    r"|unit of measure(?:ment)?|unitofmeasure"
    r"|enhet|enhed|\w*enhed|maleenhed|yksikko\w*|jednostka|jednotka|mertekegyseg|unitate|uhik|mervieniba|vienetas|birim"
    r"|единица\w*|ед изм|одиниця|μοναδα|単位|单位|單位|단위|unidad de medida|measurement unit",
    "id": r"id|ean|cups|cpe|mpan|nmi|pod|prm|pdl|meter|meter id|meternummer|medidor|compteur"
    r"|contador|zahler|zahlernummer"
    r"|serial|serie|numero|nr|zahlpunkt|codigo|code|suministro|icp|mprn|esi ?id|ppe|gsrn|no|account"
    r"|account number|cliente"
    r"|zip|year|month|day of week|hour|week status|lat|lon|index|row|ns|itemid|malepunkt\w*|mittauspiste\w*"
    r"|serial number|meter serial\w*|device id|site id|customer|postcode|ano|mes|jahr|monat|annee"
    r"|mois|anno|mese|jaar|maand",
    "register": r"register|registro|channel|canal|series|name|entity id|sensor|meter|meter id|metric|measurement|tag"
    r"|point|direction|obis|obis code|obis kennzahl|kanal|magnitud|grandeza|device|device name"
    r"|circuit|rodzaj|kanava|item"
    r"|service|commodity|fuel type|fueltype|energy type|type of energy|flow direction|stream|nmi suffix|suffix",
    "cumulative": r"register|meter reading|reading|lectura|lecturas|zahlerstand\w*|stand|index"
    r"|totaliser|totalizer|leitura"
    r"|leituras|lettura|letture|total increasing|cumulative|acumulad\w*|standen|meterstand\w*|matarstallning\w*"
    r"|malerstand|mittarilukema|lukema|stan licznika|stav|merooallas|meroallas|endeks\w*|показани\w*|показник\w*|指針"
    r"|计数|表码|releve|counter|odometer|lifetime|stand neu|stand alt",
}.items()}  # fmt: skip
# Tariff registers and phases of one meter: parts of one flow, never a flow of their own. OBIS x.8.0 is the total.
REGISTERS: Final = (
    r"t[1-6]|tarif\w* ?\d|rate ?\d|dag|nacht|day|night|tag|peak|off ?peak|offpeak|high|low|hoog"
    r"|laag|normaal|hp|hc|ht|nt"
    r"|punta|fuera de punta|llano|valle|hora punta|vazio|cheia|ponta|p[1-6]|f[123]|l[123]"
    r"|phase ?[abcrst123]|fase ?[abcrst123]"
    r"|[12] 8 [1-4]|register ?\d|hochtarif|niedertarif|heures? (?:pleines?|creuses?)|vt|nt|yo|paiva|fascia ?[123]|phase"
    r"|dal|piek|shoulder|super off peak|strefa ?\w+|dzienna|nocna|gunduz|puant|gece"
)
# Short words tell an end only where they are the whole name.
FROM: Final = frozenset(
    ["von", "van", "de", "ab", "od", "no", "fra", "fran", "nuo", "от", "від", "から", "自"]
)
TO: Final = frozenset(
    ["to", "bis", "tot", "a", "ate", "he", "do", "til", "till", "iki", "lidz", "kuni", "до", "まで", "至"]
)
