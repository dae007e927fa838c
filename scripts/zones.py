"""Writes src/signals/tables/zones.txt: what the tests of src/signals/place.rs compare with.

    python3 scripts/zones.py DIRECTORY > src/signals/tables/zones.txt

DIRECTORY has the `zone.tab` and `tzdata.zi` of the IANA time zone database, as installed by
most systems and by the Python package `tzdata`. A line of the output has a zone's name, the
degrees of its latitude, and the continent of its country. Links to a zone follow it.
"""

import pathlib
import sys

# Countries (ISO 3166) by continent, after the standard M49 of the United Nations Statistics
# Division. Two deviations: the Americas are parted into north (with Central America and the
# Caribbean) and south, and Taiwan, which M49 does not list, is in Asia.
COUNTRIES = {
    "africa": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR"
    " LS LY MA MG ML MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT"
    " ZA ZM ZW",
    "antarctica": "AQ",
    "asia": "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK"
    " MM MN MO MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "europe": "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT"
    " JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA",
    "north-america": "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC"
    " MF MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI",
    "oceania": "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF"
    " WS",
    "south-america": "AR BO BR CL CO EC FK GF GS GY PE PY SR UY VE",
}
# Old names that are linked to a zone elsewhere which keeps the same time; what they name.
RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "Antarctica/South_Pole": "Antarctica/McMurdo",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}
CONTINENT = {c: name for name, codes in COUNTRIES.items() for c in codes.split()}


def main() -> None:
    directory = pathlib.Path(sys.argv[1])
    zones = {}
    for line in (directory / "zone.tab").read_text().splitlines():
        if line and not line.startswith("#"):
            country, place, name = line.split("\t")[:3]
            zones[name] = f"{place[:3]}\t{CONTINENT[country]}"
    links = {}
    for line in (directory / "tzdata.zi").read_text().splitlines():
        if line.startswith("L "):
            _, target, name = line.split()
            links[name] = target
    for name, target in links.items():
        target = RENAMED.get(name, target)
        while target in links:
            target = links[target]
        if name not in zones and target in zones:
            zones[name] = zones[target]
    for name in sorted(zones):
        print(f"{name}\t{zones[name]}")


main()
