"""Whose letters are whose: Windows-1252 and Windows-1250 fit the same bytes, and only one of them makes words."""

from time import perf_counter

import pytest

from data.intake.encoding import ENCODINGS, NAMES, read_text
from data.intake.letters import encoding_of

WESTERN = {
    "German": "Prüfstelle;Größe;Verzögerung wegen Änderung;Übergabe an Müller;Straße",
    "French": "Étude;pièce reçue à Nîmes;coût révisé;où en est-on;août;hôpital;maïs;œuvre;Noël;très tôt",
    "Spanish": "año;señor Núñez;¿Qué pasó?;¡Atención!;reunión;pingüino;1ª visita",
    "Portuguese": "São João;ação;revisões;você;às vezes;português;avô",
    "Italian": "però;città;perché;già;lunedì;più;È tardi",
    "Danish": "Københavns Universitet;Ærø;år;læge",
    "Norwegian": "Tromsø;Ålesund;på;før",
    "Swedish": "Göteborg;Ängelholm;Åre;på",
    "signs": "5 m³;Total¹;£50;100 µg;20 °C;±3;25 €;«A»;Kosten²;1½",
}
CENTRAL = {
    "Polish": "Łódź 204;wciąż czekamy na zgodę;Gdańsk;źle;Opłata;Wartość wypracowana [zł];Prognoza do końca;Miesiąc",
    "Polish capitals": "ŁÓDŹ;ŻÓŁW;ŚWIĘTY",
    "Czech": "Plzeň;České Budějovice;příliš žluťoučký kůň;únor;začátek",
    "Slovak": "Košice;Ľubovňa;vŕba;kôň;dĺžka;mäso",
    "Hungarian": "Győr;időpont;fűtés;költség;árvíztűrő tükörfúrógép",
    "Croatian": "Čakovec;mjesečno izvješće;Đurđevac;šećer",
}


@pytest.mark.parametrize("language", WESTERN)
def test_western_text_is_read_as_such(language: str) -> None:
    assert encoding_of(WESTERN[language].encode("cp1252")) == "cp1252"


@pytest.mark.parametrize("language", CENTRAL)
def test_central_european_text_is_read_as_such(language: str) -> None:
    assert encoding_of(CENTRAL[language].encode("cp1250")) == "cp1250"


@pytest.mark.parametrize(("text", "encoding"), [(WESTERN["French"], "cp1252"), (CENTRAL["Polish"], "cp1250")])
def test_a_guess_is_said_with_what_it_was(text: str, encoding: str) -> None:
    found = read_text(f"a;b\n{text}\n".encode(encoding))
    assert found.utf8.decode() == f"a;b\n{text}\n"
    (problem,) = found.problems
    assert (problem.rule, problem.value) == ("encoding", encoding)
    assert NAMES[encoding] in problem.message


def test_what_is_decided_goes_before_any_guess() -> None:
    text = "Дата;Сумма\n"
    assert read_text(text.encode("cp1251"), "cp1251").utf8.decode() == text
    # “zgodę” alone may be a word of France for all that its letters tell
    assert read_text("zgodę".encode("cp1250"), "cp1250").utf8.decode() == "zgodę"


def test_every_encoding_has_a_name_and_reads() -> None:
    assert set(NAMES) == set(ENCODINGS)
    for encoding in ENCODINGS:
        assert read_text(b"plain text", encoding).utf8 == b"plain text"


def test_two_megabytes_of_marks_take_no_time() -> None:
    start = perf_counter()
    assert read_text(b"\xef\xbb\xbf" * 700_000 + b"a,b\n1,2\n").utf8 == b"a,b\n1,2\n"
    assert perf_counter() - start < 5  # mark by mark it took half a minute
