"""One invented list in every publisher's form: nobody and nothing in them exists.

The structure is that of the published files (docs/concepts/screening.md says which); the people,
places and numbers are made up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sandrail.screening import (
    ScreeningList,
    load_addresses_json,
    load_eu_xml,
    load_firm_csv,
    load_nacta_csv,
    load_ofac_advanced_xml,
    load_ofac_csv,
    load_ofac_enhanced_xml,
    load_tagpack,
    load_uk_csv,
    load_uk_xml,
    load_un_xml,
)
from sandrail.screening.sources.draft import Source

__all__ = ["EVM", "SAMPLES", "Sample", "base58_address", "tagged"]

EVM = "0xAbC0000000000000000000000000000000000001"


def base58_address(payload: bytes) -> str:
    """Return 21 bytes as an address of base 58 with its checksum, as Bitcoin and Tron write it."""
    from hashlib import sha256

    data = payload + sha256(sha256(payload).digest()).digest()[:4]
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"[rest] + letters
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + letters


BITCOIN = base58_address(b"\x00" + bytes(range(1, 21)))


def tagged(tree: dict[str, object], *, depth: int = 0) -> str:
    """Return a nested mapping as XML; a list repeats its tag, None is an empty element."""
    lines = []
    for tag, value in tree.items():
        for one in value if isinstance(value, list) else [value]:
            pad = "  " * depth
            if isinstance(one, dict):
                lines.append(f"{pad}<{tag}>\n{tagged(one, depth=depth + 1)}{pad}</{tag}>\n")
            elif one is None:
                lines.append(f"{pad}<{tag}/>\n")
            else:
                lines.append(f"{pad}<{tag}>{one}</{tag}>\n")
    return "".join(lines)


_UN_PERSON: dict[str, object] = {
    "DATAID": "9900001",
    "VERSIONNUM": "1",
    "FIRST_NAME": "ASIF",
    "SECOND_NAME": "RAHIM",
    "THIRD_NAME": "KOHMARI",
    "UN_LIST_TYPE": "Invented",
    "REFERENCE_NUMBER": "XXi.001",
    "LISTED_ON": "2011-05-04",
    "NAME_ORIGINAL_SCRIPT": "آصف رحیم کوہماری",
    "COMMENTS1": "Father’s name is  Rahim Bakhsh, also known as Baba. Paid through "
    f"{EVM} and {BITCOIN}; review concluded.",
    "TITLE": {"VALUE": "Haji"},
    "DESIGNATION": {"VALUE": "Keeper of an invented treasury"},
    "NATIONALITY": {"VALUE": ["Pakistan", "Zarrinab"]},
    "LIST_TYPE": {"VALUE": "UN List"},
    "LAST_DAY_UPDATED": {"VALUE": ["2012-01-01", "2013-01-01"]},
    "INDIVIDUAL_ALIAS": [
        {"QUALITY": "Good", "ALIAS_NAME": "Aasif Kuhmari; A. Kohmari"},
        {"QUALITY": "Low", "ALIAS_NAME": "The Falcon"},
        {
            "QUALITY": "Good",
            "ALIAS_NAME": "Asef of Talgan (آصف تلگانی)",
            "DATE_OF_BIRTH": "1951-02-03",
            "CITY_OF_BIRTH": "Talgan",
            "COUNTRY_OF_BIRTH": "Narwand",
            "NOTE": "original script: Асиф Кохмари",
        },
        {"QUALITY": None, "ALIAS_NAME": None},
    ],
    "INDIVIDUAL_ADDRESS": [
        {
            "STREET": "1 High Road",
            "CITY": "Sangbar",
            "STATE_PROVINCE": "Mirkot",
            "COUNTRY": "Pakistan",
        },
        {"NOTE": "somewhere"},
    ],
    "INDIVIDUAL_DATE_OF_BIRTH": [
        {"TYPE_OF_DATE": "EXACT", "DATE": "1948-12-10"},
        {"TYPE_OF_DATE": "APPROXIMATELY", "YEAR": "1950"},
        {"TYPE_OF_DATE": "BETWEEN", "FROM_YEAR": "1953", "TO_YEAR": "1958"},
        {
            "TYPE_OF_DATE": "BETWEEN",
            "FROM_YEAR": "1960",
            "TO_YEAR": "1961",
            "NOTE": "Approximately",
        },
        {"TYPE_OF_DATE": "EXACT", "NOTE": "Nov. 1973"},
        {"TYPE_OF_DATE": "EXACT", "NOTE": "24/06/1402 (Hijri Calendar)"},
        {"TYPE_OF_DATE": "EXACT", "NOTE": "Between Aug. and Sep. 1977"},
        {"TYPE_OF_DATE": None},
    ],
    "INDIVIDUAL_PLACE_OF_BIRTH": {"CITY": "Talgan", "COUNTRY": "Pakistan"},
    "INDIVIDUAL_DOCUMENT": [
        {
            "TYPE_OF_DOCUMENT": "Passport",
            "NUMBER": "Invented diplomatic passport no. D00000777 (expired)",
            "COUNTRY_OF_ISSUE": "Zarrinab",
        },
        {"TYPE_OF_DOCUMENT": "National Identification Number", "NUMBER": "99123- 4567890-1"},
        {
            "TYPE_OF_DOCUMENT": "National Identification Number",
            "TYPE_OF_DOCUMENT2": "tazkira number 545167",
            "NOTE": "issued in 1974; name in Arabic script: آصف طالقانی",
        },
        {"TYPE_OF_DOCUMENT": "Número de pasaporte", "NUMBER": "R00012098, Narwand"},
        None,
    ],
    "SORT_KEY": None,
    "SORT_KEY_LAST_MOD": None,
}
_UN_ENTITY: dict[str, object] = {
    "DATAID": "9990001",
    "FIRST_NAME": "Falcon Relief Fund",
    "UN_LIST_TYPE": "Invented",
    "ENTITY_ALIAS": [{"QUALITY": "a.k.a.", "ALIAS_NAME": "Shaheen Fund"}],
    "ENTITY_ADDRESS": {"CITY": "Talgan", "COUNTRY": "Pakistan"},
}
UN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<CONSOLIDATED_LIST xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'dateGenerated="2026-03-01T00:00:09.554Z">\n'
    + tagged({"INDIVIDUALS": {"INDIVIDUAL": _UN_PERSON}, "ENTITIES": {"ENTITY": _UN_ENTITY}})
    + "</CONSOLIDATED_LIST>"
).encode()

OFAC = (
    '1,"KOHMARI, Asif","individual","SDGT] [IRGC",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"DOB 10 Dec 1948; alt. DOB 1950; DOB circa 1951; POB Talgan, Pakistan; nationality Pakistan; '
    "Passport AB123456 (Pakistan) expires 12 Aug 2010; National ID No. 99123-4567890-1 (Pakistan); "
    f"Digital Currency Address - ETH {EVM}; alt. Digital Currency Address - XBT {BITCOIN}; "
    "Aircraft Model A340-642; a.k.a. 'The Falcon'.\"\n"
    '2,"NILKOTH STAR","vessel","IRAN",-0- ,"9ABC","Tanker",-0- ,-0- ,"Panama",-0- ,'
    '"Vessel Registration Identification IMO 9187629; Linked To: FALCON LINES."\n'
    '3,"FALCON LINES",-0- ,"IRAN",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"Registration Number 4455'
    '66 (Zarrinab); Legal Entity Number 5493001KJTIIGC8Y1R12; all offices"\n\x1a'
).encode()
OFAC_ALT = b'1,7,"aka","KUHMARI, Aasif",-0- \n1,8,"fka","RAHIM, Asif",-0- \n'
OFAC_ADD = b'1,9,"1 High Road","Sangbar","Pakistan",-0- \n'
OFAC_COMMENTS = b'3," worldwide; Digital Currency Address - TRX TInventedaaaaaaaaaaaaaaaaaa."\n'

OFAC_XML = f"""<?xml version="1.0" encoding="utf-8"?>
<Sanctions xmlns="urn:x" Version="3">
<DateOfIssue CalendarTypeID="1"><Year>2026</Year><Month>3</Month><Day>1</Day></DateOfIssue>
<ReferenceValueSets>
<AreaCodeValues>
<AreaCode ID="11" CountryID="77" Description="Narwand">NW</AreaCode></AreaCodeValues>
<CountryValues><Country ID="77" ISO2="PK">Pakistan</Country><Country ID="9">undetermined</Country>
</CountryValues>
<FeatureTypeValues><FeatureType ID="8">Birthdate</FeatureType>
<FeatureType ID="9">Place of Birth</FeatureType>
<FeatureType ID="10">Nationality Country</FeatureType>
<FeatureType ID="25">Location</FeatureType>
<FeatureType ID="345">Digital Currency Address - ETH</FeatureType></FeatureTypeValues>
<IDRegDocTypeValues><IDRegDocType ID="1571">Passport</IDRegDocType>
<IDRegDocType ID="1584">National ID No.</IDRegDocType>
<IDRegDocType ID="1626">Vessel Registration Identification</IDRegDocType></IDRegDocTypeValues>
<LocPartTypeValues><LocPartType ID="1454">CITY</LocPartType></LocPartTypeValues>
<NamePartTypeValues><NamePartType ID="1520">Last Name</NamePartType>
<NamePartType ID="1521">First Name</NamePartType>
<NamePartType ID="1524">Vessel Name</NamePartType></NamePartTypeValues>
<PartySubTypeValues><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>
<PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType>
<PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues>
<PartyTypeValues><PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType>
<PartyType ID="4">Transport</PartyType></PartyTypeValues>
</ReferenceValueSets>
<Locations><Location ID="500"><LocationCountry CountryID="77"/>
<LocationPart LocPartTypeID="1454"><LocationPartValue Primary="true"><Value>Sangbar</Value>
</LocationPartValue></LocationPart></Location>
<Location ID="501"><LocationAreaCode AreaCodeID="11"/></Location></Locations>
<IDRegDocuments>
<IDRegDocument ID="2" IDRegDocTypeID="1571" IdentityID="91" IssuedBy-CountryID="77" ValidityID="1">
<Comment/><IDRegistrationNo>AB123456</IDRegistrationNo><IssuingAuthority/></IDRegDocument>
</IDRegDocuments>
<DistinctParties><DistinctParty FixedRef="7001"><Comment>Invented.</Comment>
<Profile ID="7001" PartySubTypeID="4"><Identity ID="91" FixedRef="7001" Primary="true">
<Alias FixedRef="7001" AliasTypeID="1403" Primary="true" LowQuality="false">
<DocumentedName ID="71" DocNameStatusID="1">
<DocumentedNamePart><NamePartValue NamePartGroupID="11">KOHMARI</NamePartValue></DocumentedNamePart>
<DocumentedNamePart><NamePartValue NamePartGroupID="12">Asif</NamePartValue></DocumentedNamePart>
</DocumentedName><DocumentedName ID="72" DocNameStatusID="2">
<DocumentedNamePart><NamePartValue NamePartGroupID="12">آصف</NamePartValue></DocumentedNamePart>
<DocumentedNamePart><NamePartValue NamePartGroupID="11">کوہماری</NamePartValue></DocumentedNamePart>
</DocumentedName></Alias>
<Alias AliasTypeID="1400" Primary="false" LowQuality="true"><DocumentedName ID="73">
<DocumentedNamePart><NamePartValue NamePartGroupID="11">THE FALCON</NamePartValue>
</DocumentedNamePart></DocumentedName></Alias>
<NamePartGroups>
<MasterNamePartGroup><NamePartGroup ID="11" NamePartTypeID="1520"/></MasterNamePartGroup>
<MasterNamePartGroup><NamePartGroup ID="12" NamePartTypeID="1521"/></MasterNamePartGroup>
</NamePartGroups></Identity>
<Feature ID="1" FeatureTypeID="8"><FeatureVersion ID="1"><DatePeriod CalendarTypeID="1">
<Start Approximate="false"><From><Year>1948</Year><Month>12</Month><Day>10</Day></From>
<To><Year>1948</Year><Month>12</Month><Day>10</Day></To></Start>
<End Approximate="false"><From><Year>1948</Year><Month>12</Month><Day>10</Day></From>
<To><Year>1948</Year><Month>12</Month><Day>10</Day></To></End></DatePeriod></FeatureVersion></Feature>
<Feature ID="2" FeatureTypeID="8"><FeatureVersion ID="2"><DatePeriod CalendarTypeID="1">
<Start Approximate="true"><From><Year>1950</Year><Month>1</Month><Day>1</Day></From>
<To><Year>1950</Year><Month>1</Month><Day>1</Day></To></Start>
<End Approximate="true"><From><Year>1952</Year><Month>12</Month><Day>31</Day></From>
<To><Year>1952</Year><Month>12</Month><Day>31</Day></To></End></DatePeriod></FeatureVersion></Feature>
<Feature ID="3" FeatureTypeID="9"><FeatureVersion ID="3">
<VersionDetail DetailTypeID="1432">Talgan, Pakistan</VersionDetail></FeatureVersion></Feature>
<Feature ID="4" FeatureTypeID="10"><FeatureVersion ID="4"><VersionLocation LocationID="501"/>
</FeatureVersion></Feature>
<Feature ID="5" FeatureTypeID="25"><FeatureVersion ID="5"><VersionLocation LocationID="500"/>
</FeatureVersion></Feature>
<Feature ID="6" FeatureTypeID="345"><FeatureVersion ID="6"><VersionDetail>{EVM}</VersionDetail>
</FeatureVersion></Feature></Profile></DistinctParty>
<DistinctParty FixedRef="7002"><Profile ID="7002" PartySubTypeID="1"><Identity ID="92">
<Alias Primary="true" LowQuality="false"><DocumentedName ID="81"><DocumentedNamePart>
<NamePartValue NamePartGroupID="21">NILKOTH STAR</NamePartValue></DocumentedNamePart>
</DocumentedName></Alias>
<NamePartGroups><MasterNamePartGroup><NamePartGroup ID="21" NamePartTypeID="1524"/>
</MasterNamePartGroup></NamePartGroups></Identity></Profile></DistinctParty>
<DistinctParty FixedRef="7003"><Profile ID="7003" PartySubTypeID="4"><Identity ID="93">
<Alias Primary="true" LowQuality="false"><DocumentedName ID="82"><DocumentedNamePart>
<NamePartValue>DATELESS</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
</Identity></Profile></DistinctParty></DistinctParties>
<IDRegDocuments>
<IDRegDocument ID="3" IDRegDocTypeID="1626" IdentityID="92"><IDRegistrationNo>IMO 9187629
</IDRegistrationNo></IDRegDocument>
<IDRegDocument ID="4" IDRegDocTypeID="1584" IdentityID="91">
<IDRegistrationNo>99123-4567890-1</IDRegistrationNo><IssuedBy CountryID="77"/></IDRegDocument>
<IDRegDocument ID="5" IDRegDocTypeID="1584" IdentityID="99">
<IDRegistrationNo>55555555</IDRegistrationNo></IDRegDocument></IDRegDocuments>
<SanctionsEntries><SanctionsEntry ID="1" ProfileID="7001" ListID="1550"><EntryEvent ID="1">
<Date CalendarTypeID="1"><Year>2020</Year><Month>1</Month><Day>2</Day></Date></EntryEvent>
<SanctionsMeasure SanctionsTypeID="1"><Comment>SDGT</Comment></SanctionsMeasure>
<SanctionsMeasure SanctionsTypeID="1"><Comment>IRGC</Comment></SanctionsMeasure>
</SanctionsEntry></SanctionsEntries></Sanctions>""".encode()

_ENHANCED_PERSON: dict[str, object] = {
    "generalInfo": {"identityId": "1979", "entityType": "Individual", "remarks": "Invented."},
    "sanctionsPrograms": {"sanctionsProgram": ["SDGT", "IRGC"]},
    "names": {
        "name": [
            {
                "isPrimary": "true",
                "isLowQuality": "false",
                "translations": {
                    "translation": [
                        {"script": "Latin", "formattedFullName": "KOHMARI, Asif"},
                        {"script": "Arabic", "formattedFullName": "کوہماری, آصف"},
                    ]
                },
            },
            {
                "isPrimary": "false",
                "aliasType": "A.K.A.",
                "isLowQuality": "true",
                "translations": {"translation": {"formattedFullName": "THE FALCON"}},
            },
        ]
    },
    "addresses": {
        "address": {
            "country": "Pakistan",
            "translations": {
                "translation": {
                    "addressParts": {"addressPart": {"type": "CITY", "value": "Sangbar"}}
                }
            },
        }
    },
    "features": {
        "feature": [
            {"type": "Birthdate", "value": "circa 1951"},
            {"type": "Place of Birth", "value": "Talgan, Pakistan"},
            {"type": "Nationality Country", "value": "Narwand"},
            {"type": "Digital Currency Address - ETH", "value": EVM},
        ]
    },
    "identityDocuments": {
        "identityDocument": [
            {"type": "Passport", "documentNumber": "AB123456", "issuingCountry": "Pakistan"},
            {"type": "National ID No.", "documentNumber": "99123-4567890-1",
             "issuingCountry": "Pakistan"},
        ]
    },
}  # fmt: skip
OFAC_ENHANCED = (
    '<?xml version="1.0" encoding="utf-8"?>\n<sanctionsData xmlns="urn:enhanced">\n'
    + tagged({"publicationInfo": {"dataAsOf": "2026-03-01T00:00:00-05:00"}})
    + '<entities><entity id="7001">\n<sanctionsLists><sanctionsList datePublished="2020-01-02">'
    "SDN List</sanctionsList></sanctionsLists>"
    + tagged(_ENHANCED_PERSON)
    + "</entity></entities></sanctionsData>"
).encode()

EU = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-03-01T10:00:00.000+01:00"
 globalFileId="1">
<sanctionEntity designationDate="" designationDetails="" unitedNationId=""
 euReferenceNumber="EU.9.1" logicalId="13"><remark>Invented.</remark>
<regulation regulationType="amendment" organisationType="commission" publicationDate="2020-01-02"
 entryIntoForceDate="2020-01-02" numberTitle="2020/1 (OJ L1)" programme="TAQA" logicalId="1">
<publicationUrl>https://example.org/oj</publicationUrl></regulation>
<subjectType code="person" classificationCode="P"/>
<nameAlias firstName="" middleName="" lastName="" wholeName="Asif Kohmari" function="" gender="M"
 title="" nameLanguage="" strong="true" regulationLanguage="en" logicalId="2"/>
<nameAlias wholeName="آصف کوہماری" nameLanguage="UR" strong="true"/>
<nameAlias wholeName="Falcon" strong="true"><remark>Lo quality alias</remark></nameAlias>
<nameAlias firstName="Aasif" lastName="Kuhmari" wholeName="" strong="false"/>
<citizenship region="" countryIso2Code="PK" countryDescription="PAKISTAN" logicalId="4"/>
<citizenship countryIso2Code="00" countryDescription="UNKNOWN"/>
<birthdate circa="false" calendarType="GREGORIAN" city="Talgan" zipCode="" birthdate="1948-12-10"
 dayOfMonth="10" monthOfYear="12" year="1948" region="Mirkot" countryDescription="PAKISTAN"/>
<birthdate circa="true" calendarType="GREGORIAN" yearRangeFrom="1953" yearRangeTo="1958"/>
<birthdate circa="false" calendarType="GREGORIAN" year="1961" monthOfYear="3"/>
<birthdate circa="false" calendarType="GREGORIAN" yearRangeTo="1980"/>
<birthdate circa="false" calendarType="ISLAMIC" dayOfMonth="24" monthOfYear="6" year="1402"/>
<address city="Sangbar" street="1 High Road" countryIso2Code="PK" countryDescription="PAKISTAN"/>
<identification diplomatic="false" knownExpired="false" number="AB 123456 (expired)"
 latinNumber="" identificationTypeCode="passport" identificationTypeDescription="National passport"
 countryIso2Code="PK" countryDescription="PAKISTAN"/>
<identification number="99123-4567890-1" identificationTypeCode="id"
 identificationTypeDescription="National identification card" countryIso2Code="PK"/>
</sanctionEntity>
<sanctionEntity logicalId="14"><subjectType code="enterprise" classificationCode="E"/>
<nameAlias wholeName="Falcon Lines" strong="true"/></sanctionEntity></export>""".encode()

_UK_PERSON: dict[str, object] = {
    "LastUpdated": "14/04/2026",
    "DateDesignated": "02/01/2020",
    "UniqueID": "INV0001",
    "OFSIGroupID": "501",
    "UNReferenceNumber": "XXi.001",
    "Names": {
        "Name": [
            {"Name1": "Aasif", "Name6": "KUHMARI", "NameType": "Primary Name Variation"},
            {"Name1": "Asif", "Name6": "KOHMARI", "NameType": "Primary name"},
            {"Name6": "Falcon", "NameType": "ALias", "AliasStrength": "Low quality a.k.a"},
        ]
    },
    "NonLatinNames": {"NonLatinName": {"NameNonLatinScript": "آصف کوہماری"}},
    "RegimeName": "The Invented (Sanctions) (EU Exit) Regulations 2020",
    "IndividualEntityShip": "Individual",
    "DesignationSource": "UN",
    "SanctionsImposed": "Asset freeze|Travel Ban",
    "OtherInformation": f"Uses {EVM}.",
    "Addresses": {"Address": {"AddressLine6": "Sangbar", "AddressCountry": "Pakistan"}},
    "IndividualDetails": {
        "Individual": {
            "DOBs": {"DOB": ["10/12/1948", "dd/mm/1950", "dd/03/1951", "1952"]},
            "PassportDetails": {
                "Passport": [
                    {"PassportNumber": "(1) AB123456 (2) CD654321",
                     "PassportAdditionalInformation": "Pakistan"},
                ]
            },
            "NationalIdentifierDetails": {
                "NationalIdentifier": {
                    "NationalIdentifierNumber": "99123-4567890-1",
                    "NationalIdentifierAdditionalInformation": "Pakistan CNIC",
                }
            },
            "Nationalities": {"Nationality": "Pakistan"},
            "BirthDetails": {"Location": {"TownOfBirth": "Talgan", "CountryOfBirth": "Pakistan"}},
        }
    },
}  # fmt: skip
_UK_SHIP: dict[str, object] = {
    "UniqueID": "INV0002",
    "Names": {"Name": {"Name6": "NILKOTH STAR", "NameType": "Primary Name"}},
    "IndividualEntityShip": "Ship",
    "ShipDetails": {"Ship": {"IMONumbers": {"IMONumber": "IMO9187629"}}},
}
UK_XML = (
    '<?xml version="1.0" encoding="utf-8"?>\n<Designations>\n'
    + tagged({"DateGenerated": "01/03/2026", "Designation": [_UK_PERSON, _UK_SHIP]})
    + "</Designations>"
).encode()
UK_CSV = (
    "Report Date: 01-Mar-2026\n"
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,"
    "Name 5,Name type,Alias strength,Title,Name non-latin script,Regime Name,Designation Type,"
    "Other Information,Address Line 6,Address Country,Date Designated,D.O.B,Nationality(/ies),"
    "National Identifier number,National Identifier additional information,Passport number,"
    "Town of birth,Country of birth,IMO number\n"
    "14/04/2026,INV0001,501,XXi.001,KUHMARI,Aasif,,,,,Primary Name Variation,,,,Invented,"
    f"Individual,Uses {EVM}.,Sangbar,Pakistan,02/01/2020,00/00/1950,Pakistan,,,,,,\n"
    "14/04/2026,INV0001,501,XXi.001,KOHMARI,Asif,,,,,Primary Name,,,آصف کوہماری,Invented,"
    "Individual,,,,02/01/2020,10/12/1948,Pakistan,99123-4567890-1,Pakistan CNIC,AB123456,"
    "Talgan,Pakistan,\n"
    "14/04/2026,INV0002,,,NILKOTH STAR,,,,,,Primary Name,,,,Invented,Ship,,,,,,,,,,,,IMO9187629\n"
    "14/04/2026,,,,NOBODY,,,,,,Primary Name,,,,Invented,Entity,,,,,,,,,,,,\n"
).encode()
OFSI_CSV = (
    "Last Updated,01/03/2026\n"
    "Name 6,Name 1,Name 2,Name Non-Latin Script,DOB,Town of Birth,Nationality,Passport Number,"
    "National Identification Number,Group Type,Alias Type,Alias Quality,Regime,Listed On,"
    "Other Information,Group ID\n"
    "KOHMARI,Asif,,آصف کوہماری,10/12/1948,Talgan,Pakistan,AB123456,,Individual,Primary name,,ISIL,"
    "02/01/2020,Invented,501\n"
    "KUHMARI,Aasif,,,00/00/1948,,,,,Individual,AKA,Low quality,ISIL,02/01/2020,,501\n"
    "NILKOTH STAR,,,,,,,,,Ship,Primary name,,DPRK,02/01/2020,,502\n"
).encode()

NACTA = (
    "name,father_name,cnic,province,district\n"
    "Asif Kohmari @ Asifa @ Falcon,Rahim Bakhsh,99123-4567890-1,Punjab,Talgan\n"
    "آصف کوہماری عرف شاہین,رحیم بخش,۹۹۱۲۳-۴۵۶۷۸۹۰-۱,Punjab,Sangbar\n"
    "Zubair S/O Haroon,,,Sindh,Mirkot\n"
    "Nadeem,Gul Zaman,12345-678,Sindh,Mirkot\n"
    ",,,,\n"
    "@,,,Sindh,Mirkot\n"
).encode()
NACTA_JSON = (
    b'[{"name":"Asif Kohmari @ Asifa","fatherName":"Rahim Bakhsh","cnic":"99123-4567890-1",'
    b'"province":"Punjab","district":"Talgan"}]'
)
FIRM = (
    b"id,name,aliases,dob,wallet,kind,reason\n"
    b"f1,Asif Kohmari,A. Kohmari;Asif K,1948;not a date,0xAB12,person,left owing\n"
)
TAGPACK = b"""
title: Invented
creator: nobody
currency: ETH
abuse: scam
confidence: forensic
tags:
  - address: 0xDEADbeef00000000000000000000000000000001
    label: Invented mixer
    lastmod: 2026-01-02
  - address: bc1qinvented
    currency: BTC
    abuse: ransomware
  - label: nothing
"""
ADDRESSES = b'["0xABC", " bc1Q "]'


class Sample(NamedTuple):
    """A publisher's form: how it is read, and an invented list in it."""

    name: str
    load: Callable[[Source], ScreeningList]
    data: bytes


def _ethereum(source: Source) -> ScreeningList:
    return load_addresses_json(source, asset="ETH")


SAMPLES = (
    Sample("un", load_un_xml, UN),
    Sample("ofac", load_ofac_csv, OFAC),
    Sample("ofac_xml", load_ofac_advanced_xml, OFAC_XML),
    Sample("ofac_enhanced", load_ofac_enhanced_xml, OFAC_ENHANCED),
    Sample("eu", load_eu_xml, EU),
    Sample("uk_xml", load_uk_xml, UK_XML),
    Sample("uk_csv", load_uk_csv, UK_CSV),
    Sample("ofsi_csv", load_uk_csv, OFSI_CSV),
    Sample("nacta", load_nacta_csv, NACTA),
    Sample("nacta_json", load_nacta_csv, NACTA_JSON),
    Sample("firm", load_firm_csv, FIRM),
    Sample("tagpack", load_tagpack, TAGPACK),
    Sample("addresses", _ethereum, ADDRESSES),
)
