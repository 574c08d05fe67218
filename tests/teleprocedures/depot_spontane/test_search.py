"""The search of a type forgives how people write, and stays itself under whatever is typed."""

import time
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.teleprocedures.depot_spontane import french, nomenclature
from guichet.teleprocedures.depot_spontane.search import search

SLOW = 0.1  # seconds: twenty times what is promised, for machines that do other things


def codes(text: str, limit: int = 7) -> list[str]:
    return [each.code for each in search(text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Livret de famille", "livret_famille"),
        ("LIVRET FAMILLE", "livret_famille"),
        ("etat des lieux", "etat_lieux"),
        ("l'état des lieux", "etat_lieux"),
        ("l’état des lieux", "etat_lieux"),
        ("micro crèche", "facture_creche"),
        ("micro-creches", "facture_creche"),
        ("mes relevés de comptes", "releve_compte"),
        ("copie de mon permis de conduire", "permis_conduire"),
        ("sœur : carnet de vaccination", "vaccination"),
    ],
)
def test_capitals_accents_hyphens_plurals_and_little_words_do_not_count(text: str, code: str) -> None:
    assert codes(text)[0] == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("déménager", "changement_adresse"),
        ("licencié", "lettre_licenciement"),
        ("nounou", "contrat_assistante_maternelle"),
        ("fiche de paye", "bulletin_paie"),
        ("véto", "facture_veterinaire"),
    ],
)
def test_kin_and_other_names_are_found(text: str, code: str) -> None:
    assert code in codes(text, limit=3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("paseport", "passeport"),  # a letter too few
        ("passseport", "passeport"),  # one too many
        ("pasesport", "passeport"),  # two that changed places
        ("pazseport", "passeport"),  # another one
        ("natiralizasion", "naturalisation"),  # two of fourteen
        ("farmacie", "facture_soins"),  # as it is heard
        ("attestacion ébergement", "attestation_hebergement"),
        ("inkapacité", "certificat_final"),
    ],
)
def test_slips_and_spelling_by_ear_are_forgiven(text: str, code: str) -> None:
    assert code in codes(text, limit=3)


def test_one_slip_is_forgiven_in_four_letters_and_two_in_eight(
    tmp_path: Path, settings: SettingsWrapper
) -> None:
    use(tmp_path, settings, brule="Brûlis", tombola="Tombolas", camembert="Camemberts")
    assert codes("bralis") == ["brule"]
    assert codes("bralus") == []
    assert codes("tambola") == ["tombola"]
    assert codes("tambula") == []
    assert codes("comumbert") == ["camembert"]
    assert codes("comumburt") == []
    assert codes("brl") == []


def test_an_abbreviation_is_found_exactly_and_never_stretched(
    tmp_path: Path, settings: SettingsWrapper
) -> None:
    use(tmp_path, settings, enfant="Papier AEEH", adulte="Papier AEHH", mot="Gaeche")
    assert codes("aeeh")[0] == codes("A.E.E.H.")[0] == codes("a e e h")[0] == "enfant"
    assert "adulte" not in codes("AEEH")
    assert codes("aeeg") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rib", "rib"),
        ("R.I.B.", "rib"),
        ("CNI", "carte_identite"),
        ("aeeh", "demande_aeeh"),
        ("APL", "demande_logement"),
        ("dsn", "dsn"),
        ("ij", "decompte_ij"),
        ("a1", "formulaire_a1"),
        ("cerfa 10112", "declaration_grossesse"),
    ],
)
def test_abbreviations_and_numbers_of_forms_are_names(text: str, code: str) -> None:
    assert codes(text)[0] == code


def test_the_initials_of_a_label_are_a_name_of_it(tmp_path: Path, settings: SettingsWrapper) -> None:
    use(tmp_path, settings, zebu="Registre de la zone des yourtes", autre_yourte="Yourte")
    assert codes("RZY") == ["zebu"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("livretfamille", "livret_famille"),
        ("livretdefamille", "livret_famille"),
        ("quittancesloyer", "quittance_loyer"),
        ("passe port", "passeport"),
        ("r i b", "rib"),
    ],
)
def test_words_typed_as_one_or_in_two(text: str, code: str) -> None:
    assert codes(text)[0] == code


def test_what_is_being_typed_is_suggested_from_its_beginning() -> None:
    for end in range(3, len("passeport") + 1):
        assert "passeport" in codes("passeport"[:end]), end
    assert "avis_imposition" in codes("avis d’impo")


def test_rare_words_count_for_more_than_those_of_every_paper() -> None:
    assert codes("attestation de vigilance")[0] == "attestation_vigilance"
    assert codes("document papier déclaration ruches")[0] == "declaration_ruches"


def test_every_label_finds_its_type_first_or_second() -> None:
    types = nomenclature.types()
    lost = [code for code, each in types.items() if code != "autre" and code not in codes(each.label, 2)]
    assert lost == []


def test_every_name_of_a_type_finds_it_among_what_is_shown() -> None:
    shared = [
        (name, each.code)
        for each in nomenclature.types().values()
        for name in each.words
        if each.code not in codes(name, 20)
    ]
    assert shared == []


def test_another_document_and_what_is_retired_are_never_found(
    tmp_path: Path, settings: SettingsWrapper
) -> None:
    assert "autre" not in codes("un autre document", 300)
    use(tmp_path, settings, carte="Carte")
    assert codes("carte") == ["carte"]
    assert codes("ancien") == codes("autre document") == []


def test_the_operators_words_count_and_ours_do_not(tmp_path: Path, settings: SettingsWrapper) -> None:
    use(tmp_path, settings, carte="Carte")
    assert codes("passeport") == []
    assert [each.label for each in search("cart")] == ["Carte"]


def test_as_many_as_asked_in_an_order_that_does_not_change() -> None:
    assert len(codes("attestation")) == 7
    assert len(codes("attestation", 3)) == 3
    assert codes("attestation", 0) == codes("attestation", -1) == []
    assert codes("attestation", 3) == codes("attestation")[:3] == codes(" Attestations ")[:3]


@pytest.mark.parametrize(
    "text", ["", "   ", "\x00", "’’’", "?!", "🐄" * 30, "\u202e\u200f", "身分証明書", "\ud800"]
)
def test_nothing_is_found_for_no_word(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "passeport " * 1_000,
        "xyzxyzxyz " * 100,
        "carte" * 2_000,
        "(.*)+$[^]\\{}|",
        "%_'; DROP TABLE depots; --",
        "ﷺ" * 10_000,
        "e\u0301" * 5_000,
    ],
)
def test_what_is_hostile_costs_little(text: str) -> None:
    search("x")
    began = time.process_time()
    assert len(codes(text)) <= 7
    assert time.process_time() - began < SLOW


@pytest.mark.parametrize(
    "text",
    [
        "\u202epasseport\u202c",
        "pass\u0000eport passeport",
        "🐄 passeport 🐄",
        "p\u0061sse\u00adport passeport",
    ],
)
def test_signs_that_nobody_sees_do_not_hide_a_word(text: str) -> None:
    assert "passeport" in codes(text)


def test_a_search_takes_milliseconds() -> None:
    texts = [each.label for each in nomenclature.types().values()]
    search("x")
    began = time.process_time()
    for text in texts:
        search(text)
    assert (time.process_time() - began) / len(texts) < SLOW / 5


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pharmacie", "farmacie"),
        ("quittance", "kitance"),
        ("déclarer", "déclaré"),
        ("bateaux", "bato"),
        ("succession", "suksession"),
    ],
)
def test_what_sounds_alike_has_one_sound(one: str, other: str) -> None:
    assert french.sound("".join(french.words(one))) == french.sound("".join(french.words(other)))


@pytest.mark.parametrize(
    ("one", "other"), [("resilier", "resiliation"), ("heberge", "hebergement"), ("scolaire", "scolarite")]
)
def test_kin_has_one_stem(one: str, other: str) -> None:
    assert french.stem(one) == french.stem(other)


def test_a_plural_is_its_singular_and_short_words_stay() -> None:
    assert french.words("journaux, impôts ; RIS") == ["journal", "impot", "ris"]
    assert french.words("Œuvres d’art") == ["oeuvre", "d", "art"]


def use(folder: Path, settings: SettingsWrapper, **labels: str) -> None:
    """A nomenclature of these labels, by their codes, one that is retired, and ``autre``."""
    rows = {**labels, "ancien": "Ancien", "autre": "Un autre document"}
    text = '[[families]]\ncode = "f"\nlabel = "Divers"\n'
    for code, label in rows.items():
        text += f'[[types]]\ncode = "{code}"\nlabel = "{label}"\nfamily = "f"\n'
        text += "retired = true\n" if code == "ancien" else ""
    path = folder / "types.toml"
    path.write_text(text, encoding="utf-8")
    settings.NOMENCLATURE = str(path)
