"""One file per publisher: a file or its bytes in, a :class:`ScreeningList` out, nothing fetched."""

from sandrail.screening.sources.eu import load_eu_xml
from sandrail.screening.sources.ofac import load_ofac_csv
from sandrail.screening.sources.ofac_enhanced import load_ofac_enhanced_xml
from sandrail.screening.sources.ofac_xml import load_ofac_advanced_xml
from sandrail.screening.sources.tables import load_firm_csv, load_nacta_csv
from sandrail.screening.sources.uk import load_uk, load_uk_csv, load_uk_xml
from sandrail.screening.sources.un import load_un_xml
from sandrail.screening.sources.wallets import load_addresses_json, load_tagpack

__all__ = [
    "load_addresses_json",
    "load_eu_xml",
    "load_firm_csv",
    "load_nacta_csv",
    "load_ofac_advanced_xml",
    "load_ofac_csv",
    "load_ofac_enhanced_xml",
    "load_tagpack",
    "load_uk",
    "load_uk_csv",
    "load_uk_xml",
    "load_un_xml",
]
