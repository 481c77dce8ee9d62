"""What Helm makes of a scalar in a values file when a template prints it.

Helm reads YAML 1.1 by way of JSON, so every number is a float of 64 bits, and prints by Go's `%v`:
1073741824 comes out as 1.073741824e+09. Measured with Helm 3.17 and 4.3; both do the same.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import yaml

Kind: TypeAlias = Literal["null", "bool", "number", "text"]

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"})
_FALSE = frozenset({"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"})
_BASES = {"0x": 16, "0b": 2, "0o": 8, "0": 8}
_INTEGER = re.compile(r"([-+]?)(0x|0b|0o|0(?=[0-7])|)([0-9a-f]+)", re.IGNORECASE)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def kind_of(node: "yaml.Node") -> Kind | None:
    """What a scalar is to Helm; None for what is no scalar."""
    import yaml

    if not isinstance(node, yaml.ScalarNode):
        return None
    if node.style or _is_tagged(node):
        return "text"
    text = str(node.value)
    if text in _NULL:
        return "null"
    if text in _TRUE | _FALSE:
        return "bool"
    return "text" if _number(text) is None else "number"


def printed(node: "yaml.Node") -> str | None:
    """What `{{ printf "%v" }}` makes of a scalar; None for what is none."""
    text = str(node.value)
    match kind_of(node):
        case "null":
            return "<nil>"
        case "bool":
            return "true" if text in _TRUE else "false"
        case "number":
            return _as_go_prints(_number(text) or 0.0)
        case "text":
            return text
        case None:
            return None


def _is_tagged(node: "yaml.ScalarNode") -> bool:
    """Whether somebody wrote `!!str` before what would be something else."""
    from yaml import SafeLoader

    text = str(node.value)
    resolvers = SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    return str(node.tag).endswith(":str") and any(how.match(text) for _, how in resolvers)


def _number(text: str) -> float | None:
    plain = text.replace("_", "")
    found = _INTEGER.fullmatch(plain)
    if found:
        try:
            whole = int(found[3], _BASES.get(found[2].lower(), 10))
            return float(-whole if found[1] == "-" else whole)
        except (ValueError, OverflowError):
            pass
    if not text[:1].isalpha() and _FLOAT.fullmatch(plain):
        number = float(plain)
        return number if number not in (float("inf"), float("-inf")) else None
    return None


def _as_go_prints(number: float) -> str:
    """The shortest digits that mean this number; with an exponent from 1e+06 on, and below 1e-04."""
    decimal = Decimal(repr(number)).normalize()
    power = decimal.adjusted()
    if number == 0 or -4 <= power < 6:
        return format(abs(decimal) if number == 0 else decimal, "f")
    sign, digits, _ = decimal.as_tuple()
    first, *rest = map(str, digits)
    fraction = f".{''.join(rest)}" if rest else ""
    return f"{'-' * sign}{first}{fraction}e{power:+03}"
