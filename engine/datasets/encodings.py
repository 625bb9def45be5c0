"""Guesses the encoding of text that is not UTF-8 from the likelihood of its words."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from itertools import islice

from engine.datasets.cells import shown

ENCODINGS = {
    **dict.fromkeys(("cp1252", "iso-8859-15", "cp850", "macintosh"), "Western European"),
    **dict.fromkeys(("cp1250", "iso-8859-2", "cp852"), "Central European"),
    "cp1254": "Turkish",
    **dict.fromkeys(
        ("cp1251", "koi8-r", "koi8-u", "cp866", "iso-8859-5", "maccyrillic"), "Cyrillic"
    ),
    **dict.fromkeys(("iso-8859-7", "cp1253"), "Greek"),
    "gb18030": "Chinese",
    "big5": "traditional Chinese",
    **dict.fromkeys(("cp932", "euc-jp"), "Japanese"),
    "cp949": "Korean",
    "cp1257": "Baltic",
    **dict.fromkeys(("cp1255", "cp862"), "Hebrew"),
    **dict.fromkeys(("cp1256", "iso-8859-6"), "Arabic"),
    "cp874": "Thai",
}
"""The encodings that are tried, by their names in Python and iconv, and their languages."""
ALPHABETS = {
    "Western European": (
        *("éàèêçôâîûùïëœ", "üäößé", "óíáéñúü", "ãçáéíóõêâúàô", "àèùòìé", "äöåøæéü", "áíéðóúöþæ"),
    ),
    "Central European": (
        "ąęłóśżćńź",
        "áíéěšřýžčůúťďňó",
        "áíéžčšýľťôúňďäĺŕ",
        "áéöóőüűúí",
        "ăîțâșşţ",
        "čšžćđ",
    ),
    "Turkish": ("ıüşğçöİâî",),
    "Cyrillic": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оаинвіетрслкдумпязьбгчхйюїжцшщєфґ"),
    "Baltic": ("āīēšūņļģķčž", "ėšįųžąčūę", "äõüöšž"),
    "Hebrew": ("יוהלאתרבנמשעםדקחפטגסזכןצךףץ",),
    "Arabic": ("اليمنرتوبةدعسفحهكقشجطىصخأإءضزثئغظآذؤپچگژ", "اینردهوتملسبشکفگخقعپجزحصچءطژضذئغثظآ"),
    "Thai": ("าน่รอกงเมย้ัลวดีทสตปิะคบห์พจแขชุใไืผูำถโศ็ณึซภธษญฝฐฟ๊ฮๆฉ๋ฏฬฎฤฆฌฑฒฯ",),
    "Greek": ("αοιετσνηυρπκμλςίόγδάωήθχέφύβξώζψϊΐϋ",),
}
"""The lower-case letters beyond ASCII of some languages, the most frequent first."""
SIGNS = {**dict.fromkeys("£§±½–—‘’“”„«»…×№¿¡™®\xa0", 1 / 50), **dict.fromkeys("°²³µ€", 1 / 12)}
"""Signs beyond ASCII and their frequencies: units are common in column names."""
UNUSUAL = re.compile(
    r"(?<=[^\W\d_])(?![’'\u00b7\u0e31-\u0e4e-])[^\w\s](?=[^\W\d_])|(?<!\d)\xa0(?!\d)"
    r"|(?<=[A-ZÀ-ÞА-Я])[A-ZÀ-ÞА-Я](?=[a-zß-ÿа-я])"
)
"""A sign between two letters, a hard space outside numbers, two capitals before a small letter."""
HALF = re.compile("[a-z][｡-ﾟ]|[｡-ﾟ][a-z]")
"""A half-width katakana beside a small letter, which is unlikely."""
HAN = "年月日高低中大小一二三北京人口面度分品等正常湿合否"
KANJI = f"{HAN}時間男女名前性別点数量身長体重価格種類都市積温判定東大阪県区産番号学生"
COMMON = {
    "gb18030": f"{HAN}的是有无数量重身时间男女姓名性别成绩价格类城市积温体好坏级地区号长宽学生",
    "big5": f"{HAN}的是有無數量重身時間男女姓名性別成績價格類城市積溫濕體好壞級地區號長寬學生",
    "cp932": KANJI,
    "euc-jp": KANJI,
    "cp949": "이다에는을가의고하지나도사인정상비만성별남여키몸무게름점수합격종류시구온습",
}
"""Characters that are frequent in tables of the language."""
DOUBLE = {
    "gb18030": ((0xB0, 0xD7, 4000), (0xA1, 0xA3, 1500), (0xD8, 0xF7, 6e4)),
    "big5": ((0xA4, 0xC6, 5000), (0xA1, 0xA3, 1500), (0xC9, 0xF9, 8e4)),
    "cp932": ((0x88, 0x97, 4000), (0x82, 0x83, 120), (0x81, 0x81, 1500), (0x98, 0x9F, 6e4)),
    "euc-jp": ((0xB0, 0xCF, 4000), (0xA4, 0xA5, 120), (0xA1, 0xA3, 1500), (0xD0, 0xF4, 6e4)),
    "cp949": ((0xB0, 0xC8, 1500), (0xA1, 0xAC, 3000), (0xCA, 0xFD, 2e5)),
}
"""Ranges of first bytes, and how rare their characters are (one in N): each standard has a range
for the common ones."""
MOST_BYTES, MOST_WORDS = 100_000, 2000
"""How many bytes of non-ASCII lines, and words in them, determine the encoding."""
CERTAIN = math.log(100)
"""The difference in log-likelihood above which only the best encoding is named."""
RARER = 0.2
"""The decrease in log-frequency from each encoding to the next."""
UNLIKELY, SECOND = 0.03, 0.3
OWN = 25
"""A longer alphabet is a script of its own, and no letters of it stand between those of ASCII."""
MOST = 4
"""The most encodings that are named."""


def likely_encodings(raw: bytes) -> dict[str, str]:
    """Return the encodings that make likely words of the bytes, best first; one if it is certain,
    and none if even the best makes unlikely words.

    Each comes with its reading of the cell that distinguishes the encodings best.
    """
    lines = (line for line in raw.split(b"\n") if not line.isascii())
    sample = b"\n".join(islice(lines, MOST_WORDS))[:MOST_BYTES]
    scores: dict[str, tuple[float, str]] = {}  # by text, which several encodings may give
    plausible = set()
    for place, encoding in enumerate(ENCODINGS):
        with suppress(UnicodeDecodeError):
            raw.decode(encoding)
            text = sample.decode(encoding, "ignore")
            score, letters = _likelihood(text, encoding)
            if score >= _least(encoding) * letters:
                plausible.add(encoding)
            score -= RARER * place
            scores[text] = max(scores.get(text, (-math.inf, "")), (score, encoding))
    ranked = sorted(scores.values(), reverse=True)
    if not ranked or ranked[0][1] not in plausible:
        return {}
    near = [name for score, name in ranked[:MOST] if score > ranked[0][0] - CERTAIN]
    names = [name for name in near if name in plausible]

    def telling(cell: bytes) -> tuple[int, int]:
        start = cell[:60]
        readings = {start.decode(name, "replace") for name in names}
        return len(readings), sum(byte > 127 for byte in start)

    cells = (cell.strip() for cell in re.split(rb"[,;\t\r\n\"]", sample) if not cell.isascii())
    cell = max(islice(cells, MOST_WORDS), key=telling)
    return {name: shown(cell[:60].decode(name, "replace"), 20) for name in names}


def encoded_twice(text: str) -> tuple[str, str, str] | None:
    """Return the encoding in which UTF-8 was read before it was encoded again, and a word as it is
    and as it was; None for text that was encoded once."""
    runs = dict.fromkeys(re.findall(r"[^\x00-\x7f]+", text.removeprefix("\ufeff")))
    for encoding in ("cp1252", "iso-8859-1") if runs else ():
        with suppress(UnicodeError):
            for run in runs:
                run.encode(encoding).decode()
            found = re.search(r"[^,;|\t\r\n\"]*[^\x00-\x7f][^,;|\t\r\n\"]*", text)
            word = found[0].strip() if found else next(iter(runs))
            return encoding, word, word.encode(encoding).decode("utf-8-sig")
    return None


def _likelihood(text: str, encoding: str) -> tuple[float, int]:
    """Return the log-likelihood of the words with non-ASCII characters, each counted once, and the
    number of these characters."""
    found = dict.fromkeys(re.findall(r"[0-9@-\[\]-{}~\\\x80-\U0010ffff]+", text))
    words = list(islice((word[:60] for word in found if not word.isascii()), MOST_WORDS))
    letters = [letter for word in words for letter in word if not letter.isascii()]
    if encoding in DOUBLE:
        beside = sum(len(HALF.findall(word)) for word in words)
        rare = sum(math.log(_one_in(letter, encoding)) for letter in letters)
        return beside * math.log(UNLIKELY) - rare, len(letters)
    alphabets = ALPHABETS[ENCODINGS[encoding]]
    best = max(sum(_word(word, alphabet) for word in words) for alphabet in alphabets)
    return best, len(letters)


def _least(encoding: str) -> float:
    """Return the lowest log-likelihood per character of nearly all text in the encoding; text in
    other encodings has less."""
    if encoding in DOUBLE:
        return -9.2
    return -4.5 if len(ALPHABETS[ENCODINGS[encoding]][0]) > OWN else -5.2


def _one_in(letter: str, encoding: str) -> float:
    """Return N if this character is one in N, in an encoding with mostly two-byte characters."""
    if letter in COMMON[encoding]:
        return 300
    lead, *trail = letter.encode(encoding)
    if not trail:  # a half-width katakana
        return 200
    shift_jis_or_big5 = encoding in ("cp932", "big5")
    if len(trail) > 1 or (trail[0] < 0xA1 and not shift_jis_or_big5):  # beyond the standard
        return 2e5
    return next((rare for low, high, rare in DOUBLE[encoding] if low <= lead <= high), 2e5)


def _word(word: str, alphabet: str) -> float:
    """Return the log-likelihood of the word in a language with these letters.

    A Western word is mostly ASCII, and a Russian or Greek one not at all. A capital after a small
    letter is unlikely, and so is a letter after a digit.
    """
    own_script = len(alphabet) > OWN
    unlikely = len(UNUSUAL.findall(word))
    if not own_script and word.isalpha() and not any(map(str.isascii, word)):
        unlikely += 1
    foreign = False
    total, before = unlikely * math.log(UNLIKELY), ""
    for letter in word:
        if not letter.isascii():
            rank = alphabet.find(letter.lower())
            chance = math.exp(-rank / 8) / 8 if rank >= 0 else SIGNS.get(letter, 1e-4)
            mixed = before.isdigit() or (before.isalpha() and before.isascii() == own_script)
            if mixed if letter.isalpha() else before > "~" and rank < 0:
                chance *= UNLIKELY
            if not own_script and letter.isalpha():
                chance *= SECOND if foreign else 1
                foreign = True
            if letter.isupper():
                chance *= 0.2 if not before.isalpha() else 0.9 if before.isupper() else 1e-3
            total += math.log(chance)
        elif letter.isupper() and before > "~" and before.islower():
            total += math.log(1e-3)
        before = letter
    return total
