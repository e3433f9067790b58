"""Mistakes of a tariff in the language of whoever mends it: the Spanish of every sentence that a check may say."""

from __future__ import annotations

from typing import Final

from kanchay.analysis.tariff.document import Mistake

__all__ = ["SPANISH", "say"]


def say(mistake: Mistake, locale: str) -> tuple[str, str]:
    """What is wrong and how to mend it, the cure as a sentence."""
    known = SPANISH if locale == "es" else {}
    what, cure = (
        known.get(text, text).format(**dict(mistake.places)) for text in (mistake.said, mistake.mend)
    )
    return what, cure[:1].upper() + cure[1:]


# By the English text: a sentence that is not here yet is said in English.
SPANISH: Final = {
    # a text that is not YAML, or means something else elsewhere
    "names the demand charge '{name}', which is not before it":
        "nombra el cargo de potencia '{name}', que no está antes de él",
    "names the charge '{name}', which is not in this version":
        "nombra el cargo '{name}', que no está en esta versión",
    "holds the parameter '{name}' twice": "tiene dos veces el parámetro '{name}'",
    "is a tax of {percent} %": "es un impuesto de {percent} %",
    'Write 18 % as "0.18".': 'Escribe 18 % como "0.18".',
    "is larger than {most} bytes": "pesa más de {most} bytes",
    "Split it: one option of one provider a file.": "Divídelo: una opción de un proveedor por archivo.",
    "is not UTF-8 text": "no es texto UTF-8",
    "Save the file as UTF-8.": "Guarda el archivo como UTF-8.",
    "holds more than {most} values, aliases counted": "tiene más de {most} valores, contando los alias",
    "is nested deeper than {most} levels": "tiene más de {most} niveles",
    "Write the values out, without aliases (*).": "Escribe los valores enteros, sin alias (*).",
    "has the tag {tag}": "lleva la etiqueta {tag}",
    "Remove it: a tariff is plain data.": "Quítala: una tarifa es solo datos.",
    "has a key that is no word": "tiene una clave que no es una palabra",
    "Write KEY: VALUE.": "Escribe CLAVE: VALOR.",
    "is written twice (first in line {line})": "está dos veces (la primera en la línea {line})",
    "Keep one of them.": "Deja una sola.",
    "{value} without quotes is the number {number} to YAML":
        "{value} sin comillas es el número {number} para YAML",
    "{value} without quotes is a rounded binary number to YAML":
        "{value} sin comillas es un número binario redondeado para YAML",
    "{value} without quotes is another number to YAML": "{value} sin comillas es otro número para YAML",
    "{value} without quotes is true or false to YAML": "{value} sin comillas es verdadero o falso para YAML",
    'Write "{value}".': 'Escribe "{value}".',
    "is not YAML: the line begins with a tab": "no es YAML: la línea empieza con un tabulador",
    "Indent with spaces, never with a tab.": "Usa espacios al inicio, nunca un tabulador.",
    "is not YAML: {told}": "no es YAML: {told}",
    "Put a text that holds ': ' in quotes, and check the indentation above.":
        "Pon entre comillas el texto que contiene ': ' y revisa la sangría de arriba.",
    "Write KEY: VALUE, and end a text in quotes on its line.":
        "Escribe CLAVE: VALOR y cierra las comillas en la misma línea.",
    "Give the lines of one list or mapping the same indentation.":
        "Da la misma sangría a las líneas de una lista o de un grupo.",
    "Put a comma between entries, and close each bracket.":
        "Pon comas entre los elementos y cierra cada corchete.",
    "Close what was opened: a quote or a bracket.": "Cierra lo que abriste: comillas o corchete.",
    "Remove the character that cannot be seen.": "Quita el carácter que no se ve.",
    "Write the value itself.": "Escribe el valor mismo.",
    "Keep one tariff a file: remove the second '---'.":
        "Deja una tarifa por archivo: quita el segundo '---'.",
    "Put the text in quotes.": "Pon el texto entre comillas.",
    "Look at that line and the one above it.": "Mira esa línea y la de arriba.",
    # the shape of the document
    "holds no tariff": "no contiene una tarifa",
    "Begin with: schema: tariff/1": "Empieza con: schema: tariff/1",
    "in a base of this tariff": "en una base de esta tarifa",
    "there is no base '{name}'": "no hay una base '{name}'",
    "there are: {known}": "hay: {known}",
    "is missing": "falta",
    "Add '{key}: …'.": "Agrega '{key}: …'.",
    "is missing (write [] where prices exclude all taxes)":
        "falta (escribe [] si los precios no incluyen impuestos)",
    "is missing (write [] for an untaxed charge)": "falta (escribe [] para un cargo sin impuestos)",
    "is empty": "está vacío",
    "must be a list": "debe ser una lista",
    "must be a mapping": "debe ser un grupo de CLAVE: VALOR",
    "must be a text": "debe ser un texto",
    "write it in quotes": "escríbelo entre comillas",
    "must be true or false": "debe ser true o false",
    "must be a whole number from 0": "debe ser un número entero desde 0",
    "without quotes": "sin comillas",
    "must be a number in quotes, not {value}": "debe ser un número entre comillas, no {value}",
    'write "{value}"': 'escribe "{value}"',
    "'{value}' is not a number": "'{value}' no es un número",
    'write it as "0.5826": digits and one point': 'escríbelo como "0.5826": cifras y un punto',
    "'{value}' is not a day such as 2026-08-04": "'{value}' no es un día como 2026-08-04",
    "'{value}' is not a day of the year such as \"06-01\"": "'{value}' no es un día del año como \"06-01\"",
    "'{value}' is not a time such as \"18:00\" (24 hours, in quotes)":
        "'{value}' no es una hora como \"18:00\" (24 horas, entre comillas)",
    "'{value}' is not one of {words}": "'{value}' no es ninguno de {words}",
    "did you mean '{near}'?": "¿quisiste decir '{near}'?",
    "is not known here": "no se conoce aquí",
    "known: {known}": "se conocen: {known}",
    "did you mean '{near}'? known: {known}": "¿quisiste decir '{near}'? se conocen: {known}",
    "must map languages to words": "debe dar palabras por idioma",
    'write {{es: "Energía", en: "Energy"}}': 'escribe {{es: "Energía", en: "Energy"}}',
    "must be '{schema}'": "debe ser '{schema}'",
    # what belongs together
    "must hold at least one version": "debe tener al menos un pliego",
    "{one} and {other} overlap": "{one} y {other} se traslapan",
    "uses a charge id twice": "usa dos veces el id de un cargo",
    "ids of common_charges count too": "los id de common_charges también cuentan",
    "names the tax '{name}', which is not in 'taxes'": "nombra el impuesto '{name}', que no está en 'taxes'",
    "names the tax '{name}', which is not before it in 'taxes'":
        "nombra el impuesto '{name}', que no está antes en 'taxes'",
    "names the parameter '{name}', which is not in 'parameters'":
        "nombra el parámetro '{name}', que no está en 'parameters'",
    "names the block '{name}', which is in no schedule":
        "nombra el bloque '{name}', que no está en ningún horario",
    "names the schedule '{name}', which is not in 'schedules'":
        "nombra el horario '{name}', que no está en 'schedules'",
    "add it there, or mend the name": "agrégalo allí o corrige el nombre",
    "uses the block '{name}' twice": "usa dos veces el bloque '{name}'",
    "a block's name stands for its hours everywhere: give each its own":
        "el nombre de un bloque vale por sus horas en todas partes: da a cada uno el suyo",
    "must price each block of '{name}': {blocks}": "debe dar precio a cada bloque de '{name}': {blocks}",
    "is not read where select is {select}": "no se lee cuando select es {select}",
    "write tiers for marginal, bands for by_total": "escribe tiers con marginal, bands con by_total",
    "are partly inside the price: split the charge": "están en parte dentro del precio: divide el cargo",
    "must be false where a parameter or a table makes the amount":
        "debe ser false cuando el importe viene de un parámetro o de una tabla",
    "needs either a rate, an amount or rates by block": "necesita rate, amount o rates por bloque: uno solo",
    "must end, and only end, with an open 'up_to: null'": "debe terminar, y solo terminar, con 'up_to: null'",
    "must rise in 'up_to'": "debe crecer en 'up_to'",
    "needs either an amount or a parameter": "necesita amount o parameter: uno solo",
    "must be a first and a last day such as [\"06-01\", \"09-30\"]":
        "debe ser un primer y un último día como [\"06-01\", \"09-30\"]",
    "must end, and only end, with a block without windows: it takes the rest":
        "debe terminar, y solo terminar, con un bloque sin windows: toma el resto",
    "'{value}' is not in 'seasons'": "'{value}' no está en 'seasons'",
    "needs 1 ≤ top ≤ months": "necesita 1 ≤ top ≤ months",
    "'{value}' is no time zone such as America/Lima": "'{value}' no es una zona horaria como America/Lima",
    "is not after valid_from": "no es posterior a valid_from",
    "it is the day after the last one": "es el día siguiente al último",
    # what looks like a slip
    "Prices of an unknown word are shown as not verified.":
        "Los precios con una palabra desconocida se muestran como no verificados.",
    "Write one of them: no customer is of another segment.": "Escribe uno de ellos: ningún cliente es de otro segmento.",
    "no calendar of holidays is known for '{country}'": "no se conoce un calendario de feriados de '{country}'",
    "Give an ISO country such as PE, or leave it out: no day is a holiday then.":
        "Da un país ISO como PE, o quítalo: entonces ningún día es feriado.",
    "leaves no prices from {start} until {end}": "no deja precios desde {start} hasta {end}",
    "Add the list of those days, or let valid_to be the next valid_from; bills of those days are refused.":
        "Agrega el pliego de esos días o iguala valid_to al siguiente valid_from; sus recibos se rechazan.",
    "charges {price} {currency} for one kWh": "cobra {price} {currency} por un kWh",
    "Write prices in {currency}, not in hundredths of it.":
        "Escribe los precios en {currency}, no en centésimos.",
    "has a price {times} times that of {since}": "tiene un precio {times} veces el de {since}",
    "has a price {times} times below that of {since}":
        "tiene un precio {times} veces menor que el de {since}",
    "Check the unit and the decimal point.": "Revisa la unidad y el punto decimal.",
    "differs from {since} by just the tax '{tax}'": "difiere del de {since} justo en el impuesto '{tax}'",
    "See whether that list prints prices with or without it, and write so in prices_include.":
        "Mira si ese pliego da los precios con él o sin él, y escríbelo en prices_include.",
    "the parameter '{name}' is never used": "el parámetro '{name}' no se usa nunca",
    "the tax '{name}' is never used": "el impuesto '{name}' no se usa nunca",
    "the schedule '{name}' is never used": "el horario '{name}' no se usa nunca",
    "the season '{name}' is never used": "la temporada '{name}' no se usa nunca",
    "Use it in a charge, or remove it.": "Úsalo en un cargo o quítalo.",
    "the block '{name}' never gets an hour": "el bloque '{name}' no recibe ninguna hora",
    "Blocks before it take them all: mend their windows or the order.":
        "Los bloques de antes se las llevan todas: corrige sus ventanas o el orden.",
}  # fmt: skip
