"""One file per publisher: bytes in, a :class:`ScreeningList` out, nothing fetched here."""

from sandrail.screening.sources.un import load_un_xml

__all__ = ["load_un_xml"]
