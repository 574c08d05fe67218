"""French words made comparable: how they are written, what they come from, how they sound. Pure."""

import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")  # « R.I.B. »
WORD = re.compile(r"[a-z0-9]+")

SUFFIXES = tuple(
    sorted(
        WORD.findall(
            """ionnement ionner issement ation ition ement ment ateur atrice euse eur ance ence able ible aire
            arite iste ique ite age ie ee ere er ir ion if ive al ale el elle e i"""
        ),
        key=lambda suffix: (-len(suffix), suffix),
    )
)
SOUNDS = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        ("ph", "f"), ("(?:sc|c)(?=[eiy])", "s"), ("ch|sh", "1"), ("qu|q|ck|c", "k"), ("gu(?=[eiy])", "g"),
        ("ge(?=[ao])|g(?=[eiy])", "j"), ("gn", "n"), ("t(?=i(?:on|el))", "s"), ("h", ""), ("z", "s"),
        ("w", "v"), ("x", "ks"), ("eau|au", "o"), ("[ae]ill?", "ei"),
        ("(?:ai|ei|i|y)[nm](?![aeiouynm])", "2"), ("[ae][nm](?![aeiouynm])", "3"), ("ai|ay|ei|ey", "e"),
        ("oeu|eu", "e"), ("y", "i"), (r"(.)\1+", r"\1"), ("(?:er|ez|e|t|d|p|s|ks)+$", ""),
    )
)  # fmt: skip


def plain(text: str) -> str:
    """A text in small letters, without accents."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a text as they are compared, in their order: initials joined, no plural, no accent."""
    joined = INITIALS.sub(lambda found: found[0].replace(".", "") + " ", plain(text))
    return [singular(word) for word in WORD.findall(joined)]


def singular(word: str) -> str:
    """Without the sign of a plural; words that always end so (« avis ») lose it everywhere alike."""
    if len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("aux") and not word.endswith("eaux"):
        return word[:-3] + "al"
    return word.rstrip("sx") if len(word.rstrip("sx")) >= 3 else word


def stem(word: str) -> str:
    """What a word shares with those of its kin: « résilier », « résiliation »."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 4:
            return word[: -len(suffix)]
    return word


def sound(word: str) -> str:
    """A word as it is heard; the word itself where too little would be left to tell words apart."""
    heard = word
    for pattern, put in SOUNDS:
        heard = pattern.sub(put, heard)
    return heard if len(heard) >= 3 else word


# Grammar, and letters that an elision leaves (« l'eau »): they tell nothing of what is meant.
STOP = frozenset(
    words(
        """a ai ait as au aux avec avoir c ca ce ces cet cette ci comme d dans de des du e elle elles
        en es est et eu faire fait fais il ils j je l la le les leur leurs lui m ma mais me mes moi
        mon n ne nos notre nous on ont ou par pas plus pour qu que quel quelle qui s sa se ses si
        son sont suis sur t ta te tes toi ton tu un une vers vos votre vous y ete etre veux voudrais
        envoyer envoi transmettre svp merci bonjour"""
    )
)
# They name any paper, or whose it is, which is asked apart: beside a telling word they weigh little.
PALE = frozenset(
    words(
        """acte attestation avis bulletin certificat copie courrier declaration demande document dossier
        duplicata fiche formulaire cerfa imprime justificatif lettre notification original papier photo
        photocopie piece preuve recepisse releve scan justif doc attest info nouveau nouvelle
        femme fille fils frere maman mari mere papa pere soeur"""
    )
)
PALE_STEMS = frozenset(stem(word) for word in PALE)


def pale(word: str) -> bool:
    """Whether a word, or its kin, tells little by itself."""
    return word in PALE or stem(word) in PALE_STEMS
