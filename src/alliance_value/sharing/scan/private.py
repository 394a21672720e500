"""A text -> credentials and paths of one machine that stand in it.

A credential is known by its own form, by the place in which it stands (an address, a
password file), or by the name that it is given. Words that stand for a credential in
an example are none, and neither are expressions that get it from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# kind -> what each of its forms holds as it stands, and the forms
TOKENS = {
    "a key of a cloud": (
        ("AKIA", "ASIA", "ABIA", "ACCA", "AIza", "AccountKey="),
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b"
        r"|\bAIza[\w-]{35}|\bAccountKey=[A-Za-z0-9+/]{40,}",
    ),
    "a private key": (
        ("PRIVATE KEY", "PuTTY-User-Key-File-", "AGE-SECRET-KEY-1"),
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|PuTTY-User-Key-File-\d"
        r"|\bAGE-SECRET-KEY-1\w",
    ),
    "a token": (
        (
            *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox"),
            *("hf_", "sk-", "k_live_", "k_test_", "npm_", "pypi-Ag", "SG.", "eyJ"),
            "hooks.slack.com",
        ),
        r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}"
        r"|\bglpat-[\w-]{16,}|\bxox[abeoprs]-[\w-]{10,}|\bhf_[A-Za-z0-9]{20,}"
        r"|\bsk-(?:[A-Za-z]+-)*[\w-]{20,}|\b[rs]k_(?:live|test)_\w{10,}"
        r"|\bnpm_[A-Za-z0-9]{30,}|\bpypi-Ag\w{20,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"
        r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{8,}"
        r"|hooks\.slack\.com/services/\w+/\w+/\w+",
    ),
}
# What stands before a secret -> the secret, whose worth is judged apart.
PLACES = {
    "a password in an address": (r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"]+)@",),
    "a line of a password file": (
        r"(?m)^[\s\"'>|#]*(?:[\w-]+\.[\w.-]+|localhost|\*):(?:\d{2,5}|\*)"
        r":[^:\s]+:[^:\s]+:([^\s\"']+)",
    ),
    "a login": (
        r"\blogin\s+\S+\s+(?:account\s+\S+\s+)?password\s+([^\s\"']+)",
        r"\bsshpass\s+-p\s*['\"]?([^\s'\"]+)",
        r"\b(?:curl|wget)\b[^\n]*\s(?:-u|--user)[= ]\s*['\"]?[^\s:'\"]+:([^\s'\"]+)",
    ),
    "a token of access": (
        r"(?i)\bauthorization[\"']?\s*[:=,]\s*[\"']?(?:bearer|basic|token)\s+"
        r"([\w.+/=-]{8,})",
        r"(?i)\bbearer\s+([\w.+/=-]{20,})",
    ),
}
SECRET = (
    r"(?:pass(?:word|wd|phrase|code)?s?|pwd|pswd|passw|kennwort|passwort|"
    r"(?:api|auth|access|secret|private|account|encryption|signing|license|licence)"
    r"[_. -]?key(?:[_-]?id)?|(?:client|app|shared|consumer)?[_. -]?secret(?:[_-]key)?|"
    r"(?:api|auth|access|bearer|refresh|personal|id|session|deploy)?[_. -]?tokens?|"
    r"credentials?|auth|(?<![A-Za-z0-9])pw)"
)
NAME = rf"(?<![A-Za-z0-9])[\w.-]*?{SECRET}\d?"
# name = "value", name: value, name <- 'value', name("value"), <name>value</name>, ...
QUOTED = re.compile(
    rf"(?i)(?P<name>{NAME})[\"']?\]?\s*(?P<sign>:=|<-|=>|:\s*\w+\s*=|[:=(,]|\s)\s*"
    r"(?:[rbfu]{0,2})(?P<quote>[\"'])(?P<it>[^\"'\n]{4,200}?)(?P=quote)"
)
PLAIN = re.compile(
    rf"(?im)(?:^|[\s;{{(,\"'?&]|--)(?P<name>{NAME})(?P<sign>\s?[:=]\s?|=|\s+(?=\S+\s*$))"
    r"(?P<it>[^\s\"'`,;&)}<>|]{4,200})"
)
MARKED = re.compile(rf"(?i)<(?P<name>{NAME})>(?P<it>[^<\s]{{4,200}})</")
TAKEN = re.compile(
    rf"(?im)(?:^\s*(?:local|global|env|setenv)\s+|--)(?P<name>{NAME})[\s=]+(?P<it>\S{{4,}})"
)
SPOKEN = re.compile(
    r"(?i)\b(?P<name>password|passphrase|passwort|kennwort)\s+(?:is|ist|lautet)\s+"
    r"(?P<it>\S*\d\S*)"
)
# A strong name makes a secret of any value; others of one that no word could be.
STRONG = re.compile(
    r"(?i)pass(?!es|ed|ing)|pwd|pswd|pw$|kennwort|secret|[_. -]key|apikey"
)
EXAMPLE = re.compile(
    r"(?i)^(?:your|my|the|a|some|any|example|test|dummy|fake|sample|change|insert|enter|"
    r"here|todo|none|null|nil|true|false|yes|no|redacted|hidden|masked|withheld|prompt|"
    r"required|optional|string|str|text|env|getpass|keyring|stdin)\b"
    r"|^(?:your|my|change|insert|enter)[_-]?|^[x*.#_-]+$|^(?:password|passwd|secret|token|"
    r"credentials?|key|user|keyfile|bearer|basic)s?$|(?-i:PASSWORD|TOKEN|SECRET|YOUR)"
)
COMPUTED = re.compile(r"[${}%<>()\[\]\\^|?*]|^[.@/~]|::|\.\.\.|…")
CODE_NAME = re.compile(r"^[A-Za-z_][\w.]*$")

# Roots that are the same on every machine, or stand for one in an example.
COMMON = (
    r"(?:bin|sbin|dev|etc|proc|sys|lib|lib64|usr/(?:bin|sbin|lib|lib64|include|share)|"
    r"usr/local/(?:bin|lib|share|include)|path/to|your|some|absolute/path)"
)
BEFORE = r"(?<![\w./}\]:~<*?+^$\\)-])"
DRIVE = r"(?<![A-Za-z0-9])[A-Za-z]:"
PATHS = re.compile(
    # two folders or more below the root, or one below a usual one
    rf"{BEFORE}/(?!{COMMON}\b)[A-Za-z_][\w.+@-]*/[\w.+@~-]+"
    rf"|{BEFORE}/(?:home|Users|scratch|Volumes|mnt|media|srv|data|root)\d*/[^\s/\"']+"
    # a drive, its marks once or twice
    rf"|{DRIVE}\\{{1,2}}[\w .$~-]{{2,}}\\{{1,2}}[\w.$~-]+"
    rf"|{DRIVE}(?<=[A-Z]:)\\{{1,2}}[\w-]{{3,}}(?![\w{{\[])"
    rf"|{DRIVE}(?<=[A-Z]:)/[\w.$~-]+/[\w.$~ -]+"
    r"|(?<=[\"'])[A-Za-z]:(?:/|\\{1,2})[\w.$~-]{2,}"
    # a share of a server
    r"|(?<![\\\w])\\\\(?:\\\\)?[A-Za-z0-9][\w.-]{2,}\\{1,2}[\w.$-]{2,}\\?"
    r"|\bfile:/{1,3}(?!\{)[\w%.~-]+/[^\s\"'<>]+"
    # a user's folder by name
    r"|(?<![\w~^])~[a-z_][\w-]*/[\w.-]+"
)
ADDRESS = re.compile(r"\b(?!file\b)[a-z][a-z0-9+.-]*://[^\s\"'<>]*", re.IGNORECASE)


PLACEHOLDER = re.compile(
    r"<(?!(?:td|th|p|li|dd|dt|div|span|code|pre|text|path)>)\w[\w -]*>(?=/)"
)
# A line without any of these needs no closer look.
HINTS = tuple("pass pwd pswd pw kennwort secret token key credential auth".split())


def credentials(text: str, code: bool) -> Iterator[str]:
    """Yield what kinds of credentials stand in a text.

    Parameters
    ----------
    text
        The text.
    code
        Whether it is a program, in which a word without quotation marks is a name.
    """
    for words, (parts, forms) in TOKENS.items():
        if any(part in text for part in parts) and re.search(forms, text):
            yield words
    for words, patterns in PLACES.items():
        if any(worth(value) for p in patterns for value in re.findall(p, text)):
            yield words
    hinted = "\n".join(lines_with(HINTS, text.lower(), text))
    hinted = hinted.replace('\\"', '"').replace("\\'", "'")
    if any(named_secret(hinted, code)):
        yield "a password or key"


def lines_with(parts: tuple[str, ...], searched: str, shown: str) -> list[str]:
    """Return the lines of a text that hold one of several parts."""
    if not any(part in searched for part in parts):
        return []
    if len(searched) != len(shown):  # a letter that is two in lower case
        return shown.splitlines()
    pairs = zip(searched.split("\n"), shown.split("\n"), strict=True)
    return [line for low, line in pairs if any(part in low for part in parts)]


def named_secret(text: str, code: bool) -> Iterator[bool]:
    """Yield whether each value that is named like a secret is one."""
    for match in QUOTED.finditer(text):
        # a list of words has such names too
        is_value = match["sign"] != "," or mixed(match["it"])
        yield is_value and telling(match["name"], match["it"])
    for match in MARKED.finditer(text):
        yield telling(match["name"], match["it"])
    for match in (*TAKEN.finditer(text), *SPOKEN.finditer(text)):
        yield telling(match["name"], match["it"].strip("\"'`.;"))
    for match in PLAIN.finditer(text):
        value = match["it"].rstrip(".:")
        variable = code and (CODE_NAME.match(value) and not re.search(r"\d", value))
        spoken = " " in match["sign"] and not mixed(value)
        prose = match["sign"].strip() == "" or (spoken and not line_of(match))
        yield not variable and not prose and telling(match["name"], value)


def line_of(match: re.Match[str]) -> bool:
    """Whether a setting is all that its line holds."""
    text = match.string
    begin = text.rfind("\n", 0, match.start("name")) + 1
    end = text.find("\n", match.end())
    around = (
        text[begin : match.start("name")]
        + text[match.end() : end if end >= 0 else None]
    )
    return not re.sub(r"(?i)export|set|env|local|[\s\"',;#-]", "", around)


def telling(name: str, value: str) -> bool:
    """Whether a value under a name is a secret."""
    if not worth(value) or " " in value:
        return False
    return bool(STRONG.search(name)) or mixed(value)


def worth(value: str) -> bool:
    """Whether a value can be a secret: no example, and nothing that is computed."""
    return bool(
        len(value) >= 4 and not EXAMPLE.search(value) and not COMPUTED.search(value)
    )


def mixed(value: str) -> bool:
    """Whether a value is no word: eight characters or more, letters and digits."""
    return bool(
        len(value) >= 8 and re.search(r"[A-Za-z]", value) and re.search(r"\d", value)
    )


def machine_paths(text: str, root: str) -> list[str]:
    """Return the paths of one machine in a text, the checkout's own among them."""
    lines = "\n".join(lines_with(("/", "\\"), text, text))
    plain = PLACEHOLDER.sub("x", ADDRESS.sub(" ", lines))
    paths = [match[0] for match in PATHS.finditer(plain)]
    return ([root] if root in text else []) + paths
