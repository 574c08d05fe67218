"""What must be said of documents that are sent, to the character (001, steps 2 to 5)."""

import uuid

import pytest

from guichet.kernel.names import AngleBracket, Emoji, InvisibleSign
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.depot_spontane import rules

TYPES = ("acte_de_naissance", "releve_bancaire", "autre")
SOMEBODY = str(uuid.UUID(int=7))


def answers(*names: str) -> dict[str, str]:
    """Answers that hold for one document a name."""
    data = {"nombre": str(len(names))}
    for document, name in enumerate(names, 1):
        data |= {
            f"nom_{document}": name,
            f"type_{document}": "autre",
            f"personne_{document}": "moi",
            f"commentaire_{document}": f"Commentaire {document}",
        }
    return data


class TestNumber:
    @pytest.mark.parametrize(("typed", "found"), [("1", 1), ("10", 10), (" 2 ", 2), ("03", 3)])
    def test_from_one_to_ten(self, typed: str, found: int) -> None:
        assert rules.number(typed) == found

    @pytest.mark.parametrize(
        ("typed", "refusal"),
        [
            ("", rules.InvalidNumber),
            ("deux", rules.InvalidNumber),
            ("1,5", rules.InvalidNumber),
            ("-1", rules.InvalidNumber),
            ("²", rules.InvalidNumber),
            ("٣", rules.InvalidNumber),
            ("9" * 5000, rules.InvalidNumber),
            ("0", rules.NoDocument),
            ("11", rules.TooManyDocuments),
            ("999999", rules.TooManyDocuments),
        ],
    )
    def test_what_is_no_number_of_documents(self, typed: str, refusal: type[Refusal]) -> None:
        with pytest.raises(rules.InvalidNumber) as refused:
            rules.number(typed)
        assert type(refused.value) is refusal
        assert rules.count({"nombre": typed}) == 0


class TestName:
    @pytest.mark.parametrize("typed", ["a" * 3, "a" * 30, "RIB", "pièce d’identité"])
    def test_three_to_thirty_characters(self, typed: str) -> None:
        assert rules.name(typed) == typed

    @pytest.mark.parametrize(
        ("typed", "refusal"),
        [
            ("", rules.InvalidTitle),
            ("   ", rules.InvalidTitle),
            ("aa", rules.TitleTooShort),
            (" aa ", rules.TitleTooShort),
            ("a" * 31, rules.TitleTooLong),
            ("a" * 5000, rules.TitleTooLong),
            ("<b>carte</b>", AngleBracket),
            ("carte 🪪", Emoji),
            ("carte\u202e", InvisibleSign),
        ],
    )
    def test_what_is_no_name(self, typed: str, refusal: type[Refusal]) -> None:
        with pytest.raises(refusal):
            rules.name(typed)

    def test_an_accent_counts_with_its_letter_however_it_is_written(self) -> None:
        assert rules.name("e\u0301" * 30) == "é" * 30
        with pytest.raises(rules.TitleTooLong, match="31 caractères"):
            rules.name("e\u0301" * 31)
        with pytest.raises(rules.TitleTooShort):
            rules.name("x\u0323\u0302x\u0323\u0302")  # no letter of its own holds these two marks

    def test_blanks_are_folded_before_they_are_counted(self) -> None:
        assert rules.name("  acte   de\tnaissance ") == "acte de naissance"
        assert len(rules.name("a" * 14 + "  " + "b" * 15)) == 30


class TestComment:
    @pytest.mark.parametrize("many", [1, 163])
    def test_one_to_163_characters(self, many: int) -> None:
        assert rules.comment("é" * many) == "é" * many

    @pytest.mark.parametrize("typed", ["", "  \r\n ", "\u200b\u202e"])
    def test_it_is_obligatory(self, typed: str) -> None:
        with pytest.raises(rules.InvalidComment) as refused:
            rules.comment(typed)
        assert refused.value.code == "comment"

    def test_164_are_too_many_and_the_refusal_says_by_how_much(self) -> None:
        with pytest.raises(rules.CommentTooLong, match=r"164 caractères ; 163 au plus .* de 1\."):
            rules.comment("a" * 164)

    def test_an_end_of_line_is_one_character_however_a_browser_sends_it(self) -> None:
        assert rules.comment("a\r\nb" + "c" * 160) == "a\nb" + "c" * 160
        with pytest.raises(rules.CommentTooLong):
            rules.comment("a\r\nb" + "c" * 161)

    def test_a_picture_of_several_parts_is_one_character(self) -> None:
        family, thumb, flag = "👩\u200d👩\u200d👧", "👍🏽", "🇫🇷"
        assert rules.length(f"{family}{thumb}{flag}{flag}") == 4
        assert rules.comment(family * 163) == family * 163

    def test_no_sign_hides_others_from_the_count(self) -> None:
        """Accents on accents, letters that are joined: no way to write a page in one « character »."""
        assert rules.length("q" + "\u0323" * 12) == 1
        assert rules.length("q" + "\u0323" * 13) == 2
        assert rules.length("\u200d".join("abc")) == 3
        assert rules.length("\u200d".join("👩" * 20)) == 1 + 38 - 12
        family = "👨🏽\u200d👩🏽\u200d👧🏽\u200d👦🏽"
        assert rules.length(family) == 1

    def test_signs_that_nobody_sees_are_left_out(self) -> None:
        assert rules.comment("a\u202eb\u0000c\x1fd") == "abcd"

    @pytest.mark.parametrize("end", ["\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
    def test_whatever_ends_a_line_is_an_end_of_line(self, end: str) -> None:
        assert rules.comment(f"a{end}b") == "a\nb"

    def test_markup_is_text(self) -> None:
        assert rules.comment("revenus < 1000 € & <b>") == "revenus < 1000 € & <b>"


class TestTypeAndPerson:
    @pytest.mark.parametrize("code", ["autre", "releve_bancaire"])
    def test_a_type_of_the_nomenclature_or_another_document(self, code: str) -> None:
        assert rules.document_type(code, TYPES) == code
        assert rules.document_type("autre", ()) == "autre"

    @pytest.mark.parametrize("code", ["", "inconnu", "Autre"])
    def test_no_other_type(self, code: str) -> None:
        with pytest.raises(rules.UnknownType):
            rules.document_type(code, TYPES)

    @pytest.mark.parametrize("code", ["moi", "autre", SOMEBODY])
    def test_a_person(self, code: str) -> None:
        assert rules.person(code) == code

    @pytest.mark.parametrize("code", ["", "toi", "7", "../moi"])
    def test_no_person(self, code: str) -> None:
        with pytest.raises(rules.UnknownPerson):
            rules.person(code)


class TestClean:
    def test_what_holds_is_kept_and_holds_again(self) -> None:
        data = {**answers("acte de naissance", "relevé"), "personne_2": "autre", "qui_2": " Zoé   Tiers "}
        good, bad = rules.clean(data, types=TYPES)
        assert bad == {}
        assert good["qui_2"] == "Zoé Tiers"
        assert rules.clean(good, types=TYPES) == (good, {})

    def test_who_is_asked_for_another_person_alone(self) -> None:
        data = {**answers("relevé"), "qui_1": "Zoé Tiers"}
        assert "qui_1" not in rules.clean(data, types=TYPES)[0]
        _good, bad = rules.clean({**data, "personne_1": "autre", "qui_1": " "}, types=TYPES)
        assert [type(one) for one in bad.values()] == [rules.WhoMissing]

    def test_each_document_is_asked_for_all(self) -> None:
        _good, bad = rules.clean({"nombre": "2"}, types=TYPES)
        fields = ("nom", "type", "personne", "commentaire")
        assert set(bad) == {f"{field}_{document}" for field in fields for document in (1, 2)}

    def test_what_is_said_beyond_the_number_does_not_count(self) -> None:
        good, bad = rules.clean({**answers("un acte", "relevé"), "nombre": "1"}, types=TYPES)
        assert not bad
        assert not {name for name in good if name.endswith("_2")}

    def test_nothing_does_not_hold(self) -> None:
        assert set(rules.clean({}, types=TYPES)[1]) == {"nombre"}


class TestWithout:
    def test_those_after_it_come_one_number_down(self) -> None:
        data = answers("premier", "deuxième", "troisième")
        left = data | rules.without(data, 1)
        assert left["nombre"] == "2"
        assert [left[f"nom_{n}"] for n in (1, 2, 3)] == ["deuxième", "troisième", ""]
        assert left["commentaire_1"] == "Commentaire 2"
        assert rules.clean(left, types=TYPES)[0] == rules.clean(
            {**answers("deuxième", "troisième"), "commentaire_1": "Commentaire 2",
             "commentaire_2": "Commentaire 3"}, types=TYPES)[0]  # fmt: skip

    def test_the_last_one_leaves_the_others_as_they_are(self) -> None:
        data = answers("premier", "deuxième")
        left = data | rules.without(data, 2)
        assert (left["nombre"], left["nom_1"], left["nom_2"]) == ("1", "premier", "")
        assert not rules.is_begun(left, 2)

    def test_what_was_said_of_nobody_follows_too(self) -> None:
        data = {**answers("premier", "deuxième"), "personne_1": "autre", "qui_1": "Zoé Tiers"}
        assert (data | rules.without(data, 1))["qui_1"] == ""
