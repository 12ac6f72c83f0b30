"""Words of trade, worship and war that many organisations share, brought to one word a meaning.

``Banco``, ``banque`` and ``بنک`` become ``bank``; ``harakat`` and ``تحریک`` become ``movement``.
Such a word tells little about who is meant, and translating it is the commonest way to write a
listed organisation differently. Put together by hand from general knowledge of the languages.
"""

from __future__ import annotations

import unicodedata

from sandrail.screening.scripts import PRE_TABLE, SOUND_TABLE

__all__ = ["MEANINGS", "PLACES", "TRADES"]

_SAME_MEANING = {
    "bank": "banks banking banco banque banca banka bankasi بنك بینک بانک مصرف المصرف البنك",
    "trust": "fiduciary fideicomiso trusts ٹرسٹ ترست",
    "foundation": "fundacion fondation stiftung vakfi vakif waqf wakf bonyad bunyad muassasa "
    "muassasat muassasah moassese moassesseh mouassasa fond fondazione foundations "
    "مؤسسة موسسه مؤسسه المؤسسة بنیاد بنياد فاؤنڈیشن وقف",
    "society": "association assoc asociacion associacao associazione verein dernek jamiat jamiyat "
    "jamiyyat jamiyah jamia anjuman anjoman societies associations dernegi "
    "جمعية جمعیت جمعيه الجمعية انجمن ایسوسی ایشن",
    "organization": "organisation org organizacion organizatsiya organizacija munazzama munazzamat "
    "tanzim tanzeem sazman sazeman teshkilat organizations منظمة سازمان تنظیم تنظيم المنظمة",
    "trade": "trading trader traders trades trdg comercial comercializadora comercio commerce "
    "commercial commerciale handel handels torgovy torgovaya torgovlya tijarat tijara tijarah "
    "tijari tijariya tejarat bazargani bazargan ticaret business businesses "
    "تجارة تجاري التجارية للتجارة تجارت بازرگانی ٹریڈنگ ٹریڈرز",
    "exchange": "exchanges exchangers sarafi sarrafi saraf sarraf sirafa sirafah sarafa "
    "cambio hawala hawalah havala havale صرافة صرافی صرافي الصرافة للصرافة حوالة ایکسچینج",
    "remittance": "remittances transfer transfers تحويل للتحويل حوالات",
    "movement": "mouvement movimiento movimento harakat harakatul harkat harkatul haraka harakah "
    "hareketi tehrik tehreek tahrik tahreek dvizhenie حركة تحریک الحركة",
    "army": "jaish jaysh jeish jaysh-e armee ejercito lashkar sipah sepah sepahe jaishe lashkare "
    "جيش جیش لشکر لشكر سپاه سپاہ الجيش",
    "party": "hizb hezb hizbul partido parti partiya hizbe حزب الحزب",
    "community": "jamaat jamat jamaatul jamatul jamaa jamaah jama gamaa gamaah djamaat "
    "djamaa jemaah jamaate groupement جماعة جماعت الجماعة",
    "front": "jabhat jabhah jabha jebhat frente جبهة الجبهة محاذ",
    "brigade": "brigades katibat katiba katibah kataib liwa liwaa كتيبة كتائب لواء",
    "martyr": "martyrs shahid shaheed shohada shuhada شهيد شہید الشهيد شهداء",
    "charity": "charitable charities khayriya khayriyya khairia khairiya khayri khairi khayriyah "
    "خيرية الخيرية خیریہ",
    "relief": "ighatha ighathah secours hilfe imdad emdad رليف إغاثة اغاثة الإغاثة للإغاثة امداد",
    "welfare": "refah riaya reaya falah-i bahbood رعایة رفاهی ویلفیئر بهبود",
    "islamic": "islami islamiya islamiyya islamiyah islamia islamique islamico islamica islamist "
    "إسلامية اسلامي اسلامی الإسلامية الاسلامي الإسلامي",
    "national": "nacional nationale natl watani wataniya melli meli milli milliyah natsionalny "
    "وطني وطنية الوطنية الوطني ملي ملی قومی نیشنل",
    "international": "intl internacional internationale internazionale mezhdunarodny dowali duwali "
    "dawliya beynolmelali alamiya عالمية العالمية دولي دولية الدولية بین‌المللی انٹرنیشنل",
    "general": "gen generale amm عام عامة العامة جنرل",
    "industry": "industries industria industrias industrial industrielle industriya sanaye sanaat "
    "sanayi sinaat sinaiya sanati inds صناعة صناعات الصناعات الصناعية صنایع صنعتی انڈسٹریز",
    "engineering": "engg engineers ingenieria muhandisi handasiya mohandesi mohandesin هندسي "
    "هندسية الهندسية مهندسی",
    "construction": "constructions constructora construcciones construcoes contracting "
    "contractors contractor muqawalat sakhteman sakhtemani stroitelny stroi مقاولات للمقاولات "
    "إنشاءات الإنشاءات ساختمان ساختمانی",
    "investment": "investments investors inversiones investissement investissements "
    "investimentos istithmar sarmayegozari sarmayeh استثمار استثمارات للاستثمار سرمایه‌گذاری",
    "transport": "transportes transportation transports naql hamlonaghl haml نقل للنقل ٹرانسپورٹ",
    "shipping": "shippers naviera navigation kashtirani malaha ملاحة للملاحة کشتیرانی",
    "marine": "maritime maritima marina maritimo bahriya daryaei بحرية",
    "airline": "airlines airways aerolineas havapeimaei haymaei طيران للطيران الطيران هواپیمایی",
    "service": "services svcs servicio servicios servicos khadamat خدمات للخدمات الخدمات سروسز",
    "agricultural": "agricola agropecuaria agriculture agro agroindustrial agroganadera ganadera "
    "ganaderia زراعية کشاورزی",
    "import": "imports importadora importaciones importacion istirad استيراد للاستيراد",
    "export": "exports exporters exportadora exportaciones exportacion tasdir تصدير التصدير",
    "distribution": "distribuidora distribuidor distributors distributing tawzi توزيع",
    "property": "properties inmobiliaria inmobiliarias inmuebles estate estates real bienes raices",
    "technology": "technologies tecnologia technologique teknoloji tech fanavari",
    "system": "systems sistemas sistema systemes",
    "electronic": "electronics electronica elektronik electronique",
    "development": "dev desarrollo desarrollos developpement developers developer tanmiya tosee "
    "تنمية للتنمية توسعه",
    "management": "mgmt administracion administradora administration gestion",
    "office": "offices oficina bureau maktab daftar مكتب دفتر",
    "center": "centre centers centro markaz merkez markazi مركز مرکز المركز",
    "committee": "comite komite lajna lajnat lajnah committe لجنة اللجنة کمیٹی",
    "council": "consejo conseil shura shora majlis مجلس شورى شوری",
    "institute": "instituto institution institut maahad moassaseh institutes معهد انسٹیٹیوٹ",
    "university": "universidad universite universitet jamiatul daneshgah دانشگاه یونیورسٹی",
    "factory": "factories fabrica fabrique zavod masna karkhaneh mill mills plant works مصنع "
    "كارخانه ملز",
    "petroleum": "petroleo petroleos naft nafta neft neftyanaya oil نفط نفت للنفط النفط",
    "petrochemical": "petrochemicals petroshimi پتروشیمی بتروكيماويات",
    "chemical": "chemicals quimica quimicos kimia kimya kimiya کیمیائی شیمیایی",
    "steel": "fulad foolad staal acero فولاد",
    "mining": "minera minas mineral minerals mines madan",
    "insurance": "seguros assurance bimeh bime tamin تأمين بیمه",
    "media": "television tv broadcasting radio khabar news ilam إعلام رادیو",
    "school": "schools madrasa madrassa madrasah madrassah madaris madrissa colegio مدرسة مدرسه",
    "mosque": "masjid mezquita mesjid مسجد",
    "student": "students talaba talib tulaba طلبة طلاب طلبہ",
    "mujahid": "mujahideen mujahidin mojahedin mujaahidiin mujahedeen mujahedin moudjahidine "
    "مجاهدين المجاهدين مجاہدین",
    "youth": "shabab shabaab alshabaab jeunesse juventud شباب الشباب",
    "helper": "ansar ansaru ansarul anssar أنصار انصار",
    "liberation": "tahrir azadi liberacion تحرير التحرير آزادی",
    "state": "dawla dawlah daulat estado etat dowlat دولة الدولة",
    "revolution": "revolutionary thawra enghelab inqilab revolucion revolucionario revolucionarias "
    "ثورة انقلاب",
    "ministry": "ministerio ministere wizara vezarat وزارة وزارت",
    "department": "dept departamento departement idara edareh daira إدارة دائرة اداره",
    "missile": "missiles rocket rockets mushak",
    "defense": "defence defensa difa difah defa دفاع",
    "republic": "republica republique jomhuri jumhuriya jamhuri جمهوری جمهورية",
    "east": "sharq eastern oriente orient الشرق",
    "west": "gharb western occidente الغرب",
}  # fmt: skip

_SHORTENED = {
    "mfg": "manufacturing", "manuf": "manufacturing", "govt": "government", "univ": "university",
    "co-op": "cooperative", "coop": "cooperative", "pharma": "pharmaceutical",
    "pharmaceuticals": "pharmaceutical", "farmaceutica": "pharmaceutical", "ind": "industry",
    "labour": "labor", "centres": "center", "theatre": "theater", "sci": "science",
    "sciences": "science", "acad": "academy", "telecom": "telecommunication",
    "telecommunications": "telecommunication", "lab": "laboratory", "labs": "laboratory",
    "laboratories": "laboratory", "laboratorios": "laboratory", "dist": "distribution",
    "mgt": "management", "hosp": "hospital", "st": "saint", "ste": "saint", "san": "saint",
    "santa": "saint",
}  # fmt: skip
"""Abbreviations and second spellings of words that are not in the table of meanings."""


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKD", word.translate(PRE_TABLE)).translate(SOUND_TABLE)


MEANINGS = {_fold(word): one for one, words in _SAME_MEANING.items() for word in words.split()}
MEANINGS |= _SHORTENED
"""Each word, folded, to the word that stands for its meaning."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRADES = frozenset(_SAME_MEANING) | _words(
    """
    manufacturing pharmaceutical cooperative telecommunication laboratory academy science hospital
    power energy gas motor motors global capital fund financial finance line lines product
    products supply supplies equipment agency commission world united new first house enterprise
    partner
    """
)
"""Words of business: two firms of one trade share them, so that they weigh little."""

PLACES = _words(
    """
    iran iranian korea korean china chinese russia russian syria syrian iraq iraqi libya libyan
    cuba cuban venezuela mexico colombia panama lebanon lebanese yemen yemeni sudan somalia
    afghanistan afghan pakistan pakistani india indian bangladesh turkey turkish egypt egyptian
    tunisia algeria morocco mali nigeria kenya tanzania uganda congo ukraine belarus germany
    german france french italy spain swiss switzerland england british uk usa us america american
    europe european asia asian africa african arab arabian gulf emirates uae dubai sharjah ajman
    qatar kuwait bahrain oman saudi riyadh jeddah mecca medina tehran teheran isfahan esfahan
    shiraz tabriz mashhad qom damascus aleppo baghdad basra mosul beirut tripoli cairo khartoum
    mogadishu sanaa aden kabul kandahar herat karachi lahore islamabad rawalpindi peshawar quetta
    multan faisalabad sialkot hyderabad sindh punjab balochistan kashmir delhi mumbai dhaka
    istanbul ankara moscow petersburg crimea sevastopol kiev minsk beijing shanghai guangzhou
    shenzhen dalian dandong hong kong singapore malaysia indonesia jakarta philippines thailand
    vietnam pyongyang seoul tokyo japan london paris berlin hamburg geneva zurich vienna rome
    madrid lisbon medellin bogota cali guadalajara sinaloa tijuana culiacan caracas havana middle
    north south northern southern central mediterranean persian caspian
    """
)
"""Countries, cities and directions: a firm's home says little about who it is."""
