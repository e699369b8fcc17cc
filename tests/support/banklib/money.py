"""money.py - amounts as banks print them."""
SCALES = {"BIF": 0, "DJF": 0, "GNF": 0, "KMF": 0, "RWF": 0, "UGX": 0, "XAF": 0, "XOF": 0,
          "LYD": 3, "TND": 3}


def scale(currency):
    return SCALES.get(currency, 2)


def decimal_text(minor, currency, mark="."):
    """Absolute amount with the currency's decimals."""
    digits = str(abs(minor)).rjust(scale(currency) + 1, "0")
    whole = digits[:len(digits) - scale(currency)]
    return whole + (mark + digits[len(whole):] if scale(currency) else "")


def signed_text(minor, currency):
    """As canonical JSON has it."""
    return ("-" if minor < 0 else "") + decimal_text(minor, currency)


def mt_text(minor, currency):
    """As an MT has it: a comma, also where no decimals follow."""
    return decimal_text(minor, currency, ",") + ("" if scale(currency) else ",")
