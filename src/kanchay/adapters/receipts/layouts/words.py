"""What most receipts of Peru print, whoever prints it: the fall-back of every other layout.

Words from the receipts described in peru-domain §1.4, §1.5 and §1.7.
"""

from __future__ import annotations

from typing import Final

from kanchay.adapters.receipts.layout import Distributor, Layout
from kanchay.adapters.receipts.text import DATE, NUMBER

__all__ = ["LAYOUT"]

_READ_ON: Final = rf"[a-z ]{{0,40}}(?:\({DATE}\))?[ :]{{1,30}}"
_REGISTER: Final = r"(?!\d|[/.-]\d)(?: ?kw|  |$)"

LAYOUT: Final = Layout(
    "words",
    distributors=(
        Distributor("seal", "SEAL", r"\bseal\b|sociedad electrica del sur ?oeste"),
        Distributor("electrosur", "Electrosur", r"\belectrosur\b(?! este)"),
        Distributor("electro_puno", "Electro Puno", r"\belectro ?puno\b"),
        Distributor("electro_oriente", "Electro Oriente", r"\belectro ?oriente\b"),
        Distributor("electro_ucayali", "Electro Ucayali", r"\belectro ?ucayali\b"),
        Distributor("electro_dunas", "Electro Dunas", r"\belectro ?dunas\b"),
    ),
    fields=(
        r"(?:n[°ºo.]*|nro\.?|numero|codigo)? ?(?:de )?suministro(?: n[°ºo.]*)?[ :]{1,12}(?P<supply>\d[\d-]{4,13})",
        r"sistema electrico[ :]{1,6}(?P<system>[a-z][a-z .-]{2,30}?)(?=  |$|[^a-z .-])",
        r"\b(?P<option>bt5[ -]?c[ -]?ap|bt5[ -]?[a-i](?:n?r)?|bt[2-8]|mt[2-4]|at2)\b"
        r"(?: ?[-,:(]? ?(?P<segment>no residencial|residencial))?",
        r"potencia(?: (?:contratada|conectada))?[ :]{1,12}(?P<contracted_kw>\d{1,4}(?:\.\d{1,3})?) ?kw\b",
        rf"(?:lectura actual|ultima lectura)[ :(]{{1,8}}(?P<end>{DATE})",
        rf"(?:lectura anterior)[ :(]{{1,8}}(?P<start>{DATE})",
        rf"(?:periodo|lecturas?|consumo)\b[a-z :]{{0,30}}\bdel? (?P<start>{DATE}) (?:al?|hasta) (?P<end>{DATE})",
        rf"fecha (?:de )?emision[ :]{{1,8}}(?P<issued_on>{DATE})",
        rf"(?:lectura actual|ultima lectura){_READ_ON}(?P<register_now>{NUMBER}){_REGISTER}",
        rf"lectura anterior{_READ_ON}(?P<register_before>{NUMBER}){_REGISTER}",
        rf"factor(?: (?:de medicion|del medidor|multiplicador))?[ :]{{1,12}}(?P<factor>{NUMBER})(?![\d%])",
        r"(?:consumo(?: (?:facturado|del mes|de energia activa|kwh|total))?|energia a facturar(?: ?\(kwh\))?)"
        rf"[ :]{{1,30}}(?P<kwh>{NUMBER}) ?kw\.?h",
        rf"(?P<kwh>{NUMBER}) ?kwh al precio",
        r"precio (?:unit(?:ario|\.)?|kwh|de la energia|por kwh)?[ a-z()/.]{0,14}"
        r"(?:s/\.?)?[ /()a-z.]{0,10}[ :]{1,12}(?P<p>\d\.\d{3,5})(?!\d)",
        r"(?P<p>\d\.\d{3,5}) ?precio unitario",
        rf"(?P<q>{NUMBER}) ?kwh ?x ?(?:s/\.? ?)?(?P<p>\d\.\d{{3,5}})(?!\d)",
        r"alicuota[ :.]{1,4}(?:s/\.?)? ?(?P<alicuota>\d{1,2}\.\d{2,5})",
    ),
    labels={
        "energy": (
            r"consumo de energia(?! reactiva)|cargo por energia(?! reactiva)(?: activa)?"
            r"|ene(?:rgia)?\.? ?activa|importe por energia"
        ),
        "fixed": r"cargo fijo(?! ?\(?ley 30468)(?: mensual)?",
        "maintenance": (
            r"(?:mant|repos)[a-z.]* y (?:repos|mant)[a-z.]*(?: de(?: la)? conex[a-z.]*)?"
            r"|mant(?:enimiento|\.)? ?(?:de(?: la)? )?conex[a-z.]*"
        ),
        "public_lighting": r"(?:cargo por )?alumbrado ?publico(?: ?\(?alicuota[^)\d]{0,12}\d{1,2}\.\d{2,5}\)?)?",
        "interest": r"interes(?:es)? compensatorios?",
        "subtotal": r"sub ?total(?: mes actual)?",
        "igv": r"\bi\.?g\.?v\.?(?: ?\(? ?18(?:\.00)? ?%\)?)?",
        "aporte_28749": r"electrificacion rural(?: ?\(? ?ley[^)]{0,16}\)?)?|aporte(?: a la)?(?: de)? ley[^\d]{0,8}28749",
        "late_interest": r"interes(?:es)? moratorios?",
        "mcter": r"(?:cargo (?:energia|fijo)|descuento|mcter)[ (]{1,2}ley[^\d]{0,8}30468\)?",
        "adjustment": (
            r"\bajustes?\b(?! por redondeo| de redondeo)|compensacion(?:es)?\b|devolucion(?:es)?\b"
            r"|nota de (?:credito|debito)"
        ),
        "balance": r"deudas? (?:anterior|vencida|pendiente)(?:es|s)?|saldo anterior|recibos? vencidos?",
        "rounding_before": r"(?:saldo (?:por|de) )?redondeo (?:del )?mes anterior",
        "rounding": (
            r"(?:diferencia (?:de|por) |ajuste (?:de|por) )?redondeo(?: (?:del )?mes(?: actual)?)?"
            r"(?! ?(?:del )?mes anterior)"
        ),
        "total_month": r"total (?:del )?mes(?: actual)?",
        "total_due": r"total a pagar",
        "informative": (
            r"(?:descuento|recargo|aporte)?[ (]{0,3}\bfose\b[a-z ()]{0,40}|fise\b[a-z ]{0,40}|monto informativo"
        ),
    },
)
