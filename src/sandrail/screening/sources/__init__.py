"""One file per publisher: bytes in, a :class:`ScreeningList` out, nothing fetched here."""

from sandrail.screening.sources.eu import load_eu_xml
from sandrail.screening.sources.ofac import load_ofac_csv
from sandrail.screening.sources.ofac_xml import load_ofac_advanced_xml
from sandrail.screening.sources.tables import load_firm_csv, load_nacta_csv, load_uk_csv
from sandrail.screening.sources.un import load_un_xml
from sandrail.screening.sources.wallets import load_addresses_json, load_tagpack

__all__ = [
    "load_addresses_json",
    "load_eu_xml",
    "load_firm_csv",
    "load_nacta_csv",
    "load_ofac_advanced_xml",
    "load_ofac_csv",
    "load_tagpack",
    "load_uk_csv",
    "load_un_xml",
]
