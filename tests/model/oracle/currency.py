"""currency.py - decimals of the currencies that payments may carry (ISO 4217)."""

_TWO = """AED ALL AMD AOA ARS AUD AZN BAM BDT BRL BWP CAD CDF CHF CNH CNY COP CVE CZK DKK DZD EGP
ERN ETB EUR GBP GEL GHS GMD HKD HUF IDR ILS INR KES LBP LKR LRD LSL MAD MDL MGA MKD MRU MUR MWK
MXN MYR MZN NAD NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SCR SDG SEK SGD SHP SLE SOS SSP
STN SZL THB TRY TWD TZS UAH USD ZAR ZMW ZWG"""

SCALES = {code: 2 for code in _TWO.split()}
SCALES |= {code: 0 for code in "BIF CLP DJF GNF ISK JPY KMF KRW RWF UGX VND XAF XOF".split()}
SCALES |= {code: 3 for code in "BHD IQD JOD KWD LYD OMR TND".split()}

INT64_MAX = 2 ** 63 - 1


def minor_of_e5(unscaled, code):
    """Minor units of a decimal with five fraction digits; None: it has digits beyond them."""
    unit = 10 ** (5 - SCALES[code])
    minor, rest = divmod(unscaled, unit)
    return None if rest or abs(minor) > INT64_MAX else minor


def text_of_minor(minor, code):
    """ "-12.50" """
    scale = SCALES[code]
    digits = str(abs(minor)).rjust(scale + 1, "0")
    sign = "-" if minor < 0 else ""
    return sign + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)
