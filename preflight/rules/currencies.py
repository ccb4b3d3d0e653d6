"""How currencies are written beside an amount: codes and symbols."""

from __future__ import annotations

__all__ = ["CODE", "CURRENCIES", "CURRENCIES_DATED", "SYMBOLS"]

CURRENCIES_DATED = "2026-01-01"
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
    SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST
    XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = tuple(_CODES.split())
"""ISO 4217, with the codes that were withdrawn in the last years (ANG, BGN, HRK)."""

CODE = "[A-Z]{3}"
"""The form of a code, as a regular expression."""

SYMBOLS = (
    *("$", "€", "£", "¥", "₹", "₩", "₽", "₺", "₴", "₪", "₫", "₱", "₦", "฿", "₡", "₲", "₵", "₸", "₭", "₮", "₼", "₾"),
    *("US$", "CA$", "C$", "AU$", "A$", "NZ$", "HK$", "S$", "R$", "MX$", "NT$"),
    *("kr", "zł", "Kč", "Ft", "lei"),
)
"""Signs and short words that mean an amount of money and leave its size alone: no cents, no thousands."""
