"""The oversight record: it holds what was told with its history, shows what was changed, and one CRO is alone."""

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contracts import BY_KIND, surveys
from data.store import Store
from data.store.undo import undo
from reports import content, kept, oversight
from reports.oversight import LEDGER, MANIFEST, SEAL, check, write
from tests.data.helpers import example_store, stamp, told
from tests.reports.sample import ATTACK, pack
from tests.world import world

MADE = datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC)
CROS = "cro_id,name,parent_cro_id\nBETA,Beta Research,\nALPHA,Alpha Clinical,BETA\n"
ENGAGEMENTS = (
    "engagement_id,cro_id,study_id,title,start_date,planned_end,contract_value,currency\n"
    "E-1,ALPHA,S-1,One,2025-01-01,2027-12-31,1000,EUR\n"
    "E-2,BETA,S-2,Two,2025-01-01,2027-12-31,7654321,EUR\n"
)
OTHERS = {
    "needs": "need_id,criterion,weight\nN-1,experience,3\nN-2,price,2\n",
    "selections": "need_id,cro_id,criterion,score\nN-1,ALPHA,experience,4\nN-1,BETA,experience,2\nN-2,BETA,price,5\n",
    "requests": "request_id,engagement_id,type,opened_at,escalation_level,topic\n"
    "R-1,E-1,issue,2026-05-01,2,payments\nR-2,E-1,question,2026-05-01,0,calm\nR-3,E-2,issue,2026-05-01,1,loud\n",
    "audits": "audit_id,cro_id,held\nAU-1,ALPHA,2026-03-01\nAU-2,BETA,2026-03-02\n",
    "quality_events": "event_id,engagement_id,audit_id,type,raised\n"
    "F-1,E-1,AU-1,audit_finding,2026-03-05\nF-2,E-2,AU-2,audit_finding,2026-03-05\n"
    "F-3,E-1,AU-1,capa,2026-03-05\nF-4,E-1,,deviation,2026-03-05\nF-5,E-1,,,2026-03-05\n",
    "targets": "kpi_id,cro_id,engagement_id,effective_from,green,red\n"
    "T01,,,2026-01-01,90,80\nT01,ALPHA,,2026-01-01,91,81\nT01,BETA,,2026-01-01,92,82\nT01,,E-2,2026-01-01,93,83\n",
    "responsibilities": "engagement_id,activity,responsible,accountable\nE-1,Lock,Ann,Bob\nE-2,Lock,Cid,Dee\n",
    "communication_plan": "engagement_id,touchpoint,frequency,owner\nE-1,Call,weekly,Ann\nE-2,Call,monthly,Cid\n",
    "surveys": "response_id,dimension,engagement_id,quarter,role,score,comment\n"
    "WHO-7,trust,E-1,2026-Q3,lonely specialist,1,said in confidence\n",
}  # fmt: skip
ACTION = "action_id,cro_id,type,description,raised,due\nA-1,{cro},task,{what},2026-09-01,{due}\n"


def action(store: Store, what: str, due: str, cro: str = "ALPHA", reason: str = "") -> None:
    told(store, {"actions": ACTION.format(cro=cro, what=what, due=due).replace("A-1", f"A-{cro}")}, reason=reason)


def frozen(cro: str, name: str) -> content.Pack:
    return replace(pack(1), review_id=f"{cro}-2026-Q3", cro_id=cro, cro=name)


def told_packs(store: Store, *packs: content.Pack) -> None:
    """Freeze reviews, each with its content."""
    reviews = [f"{each.review_id},{each.cro_id},2026-Q3,2026-09-30,1,{each.hash}" for each in packs]
    rows = [
        f"{each.review_id},{number},{part}"
        for each in packs
        for number, part in enumerate(kept.packed(content.text(each)), 1)
    ]
    told(
        store,
        {
            "reviews": "review_id,cro_id,quarter,cut_off,known_at,content_hash\n" + "\n".join(reviews) + "\n",
            "review_packs": "review_id,part,content\n" + "\n".join(rows) + "\n",
        },
    )


def made_store() -> Store:
    """Nine uploads: everything, an action told three times, one of the other CRO, frozen packs, a slip and its undo."""
    store = Store()
    told(store, {"cros": CROS, "engagements": ENGAGEMENTS})
    told(store, OTHERS)
    action(store, "Second monitor", "2026-10-01")
    action(store, "Second monitor", "2026-10-15")
    action(store, "Second monitor and trainer", "2026-10-15", reason="as Beta Research asked")
    action(store, "Rescue the beta site", "2026-10-16", cro="BETA")
    told_packs(store, frozen("ALPHA", "Alpha Clinical"), frozen("BETA", "Beta Research"))
    action(store, "=1+1", "2026-12-01")
    undo(store, 8, stamp("2026-10-31", "a slip"))
    return store


@cache
def store() -> Store:
    return made_store()


@cache
def record(cro: str = "") -> bytes:
    return write(store(), cro=cro, made_on=MADE, who="Anna Lindqvist")


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(name, data)
    return out.getvalue()


def sealed(contents: dict[str, bytes]) -> bytes:
    """As somebody makes it who knows how: with a manifest of what is in it now."""
    manifest = json.loads(contents[MANIFEST])
    for file in manifest["files"]:
        data = contents[file["name"]]
        file |= {"bytes": len(data), "sha256": oversight._sha256(data)}
    data = json.dumps(manifest).encode()
    return zipped(contents | {MANIFEST: data, SEAL: oversight._seal(data)})


def rows(data: bytes, kind: str) -> list[dict[str, str]]:
    text = files(data)[kind if kind.endswith(".csv") else f"tables/{kind}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_record_is_sound_and_the_same_bytes_each_time() -> None:
    for cro in ("", "ALPHA", "BETA"):
        assert check(record(cro)) == []
        assert write(store(), cro=cro, made_on=MADE, who="Anna Lindqvist") == record(cro)
    elsewhere = MADE.astimezone(timezone(timedelta(hours=9)))
    assert write(store(), made_on=elsewhere, who="Anna Lindqvist") == record()


def test_a_row_has_its_whole_history_and_an_undo_shows() -> None:
    mine = [row for row in rows(record(), "actions") if row["cro_id"] == "ALPHA"]
    assert [(row["description"], row["due"], row["valid_from"], row["valid_to"]) for row in mine] == [
        ("Second monitor", "2026-10-01", "3", "4"),
        ("Second monitor", "2026-10-15", "4", "5"),
        ("Second monitor and trainer", "2026-10-15", "5", "8"),
        ("'=1+1", "2026-12-01", "8", "9"),
        ("Second monitor and trainer", "2026-10-15", "9", ""),
    ]
    uploads = rows(record(), oversight.UPLOADS)
    assert [(row["number"], row["what"], row["undoes"]) for row in uploads][-2:] == [
        ("8", "file", ""),
        ("9", "undo", "8"),
    ]
    assert uploads[-1]["reason"] == "a slip"


def test_a_row_changed_twice_has_three_versions() -> None:
    small = Store()
    told(small, {"cros": CROS})
    for due in ("2026-10-01", "2026-10-02", "2026-10-03"):
        action(small, "Do it", due)
    versions = rows(write(small, made_on=MADE, who="A"), "actions")
    assert [(row["due"], row["valid_from"], row["valid_to"]) for row in versions] == [
        ("2026-10-01", "2", "3"),
        ("2026-10-02", "3", "4"),
        ("2026-10-03", "4", ""),
    ]


def test_what_belongs_in_it_is_in_it() -> None:
    whole = record()
    assert [row["request_id"] for row in rows(whole, "requests")] == ["R-1", "R-3"]
    assert [row["event_id"] for row in rows(whole, "quality_events")] == ["F-1", "F-2", "F-3", "F-5"]
    assert len(rows(whole, "targets")) == 4
    assert [row["name"] for row in rows(whole, "cros")] == ["Alpha Clinical", "Beta Research"]
    assert len(rows(whole, oversight.UPLOADS)) == store().version
    text = files(whole)[oversight.README].decode()
    assert "As of: upload 9 " in text
    assert oversight.LAWFUL.split(";")[1].strip() in " ".join(text.split())


def test_a_request_that_was_escalated_once_stays_in_the_record() -> None:
    small = Store()
    told(small, {"cros": CROS, "engagements": ENGAGEMENTS, "requests": OTHERS["requests"]})
    told(small, {"requests": "request_id,escalation_level\nR-1,0\n"})
    found = [row for row in rows(write(small, made_on=MADE, who="A"), "requests") if row["request_id"] == "R-1"]
    assert [row["escalation_level"] for row in found] == ["2", "0"]


def test_the_packs_are_handed_out_as_they_were_frozen() -> None:
    packs = {name: data.decode() for name, data in files(record()).items() if name.startswith("packs/")}
    assert packs == {
        "packs/ALPHA-2026-Q3.json": content.text(frozen("ALPHA", "Alpha Clinical")),
        "packs/BETA-2026-Q3.json": content.text(frozen("BETA", "Beta Research")),
    }


def test_a_pack_that_was_frozen_again_is_there_twice() -> None:
    small = Store()
    told(small, {"cros": CROS})
    first = frozen("ALPHA", "Alpha Clinical")
    second = replace(first, known_at=77)
    for each in (first, second):
        told_packs(small, each)
    made = write(small, made_on=MADE, who="A")
    assert check(made) == []
    assert files(made)["packs/until-3/ALPHA-2026-Q3.json"].decode() == content.text(first)
    assert files(made)["packs/ALPHA-2026-Q3.json"].decode() == content.text(second)
    undo(small, 3, stamp("2026-10-31", "too early"))
    again = files(write(small, made_on=MADE, who="A"))
    assert {name for name in again if name.startswith("packs/")} == {
        "packs/until-3/ALPHA-2026-Q3.json",
        "packs/until-4/ALPHA-2026-Q3.json",
        "packs/ALPHA-2026-Q3.json",
    }


def test_a_damaged_pack_is_handed_out_as_it_is_and_said() -> None:
    made = write(example_store(), made_on=MADE, who="A")
    assert check(made) == [
        "packs/FORTIS-2026-Q3.damaged.txt: the pack could not be read when the record was made."
    ]  # fmt: skip


def test_no_answer_given_in_confidence_is_in_it() -> None:
    everything = b"\n".join(files(record()).values())
    for secret in (b"WHO-7", b"lonely specialist", b"said in confidence"):
        assert secret not in everything
    headers = {
        name for file in oversight.SELECTED for name in BY_KIND[file.kind].names if BY_KIND[file.kind][name].private
    }
    assert not headers
    assert surveys.CONTRACT.kind not in {part.kind for part in oversight.SELECTED}


NOT_OVERSIGHT = {
    "the work itself, not how it was overseen": (
        "milestones", "deliverables", "requirements", "budget", "change_orders", "baselines", "invoices", "units",
        "slas", "touchpoints", "kpi_data", "team",
    ),
    "answers given in confidence": ("surveys",),
    "in the record as the content of each review": ("review_packs",),
    "how files are read and figures converted": ("fx_rates", "holidays", "returns", "profiles"),
}  # fmt: skip


def test_of_every_kind_it_is_decided_whether_the_record_has_it() -> None:
    has, not_ = {part.kind for part in oversight.SELECTED}, {kind for kinds in NOT_OVERSIGHT.values() for kind in kinds}
    assert not has & not_
    assert has | not_ == set(BY_KIND), "Add the kind to SELECTED in reports/oversight.py, or here with its reason"


def test_no_cell_runs_as_a_formula() -> None:
    for name, data in files(record()).items():
        if name.endswith(".csv"):
            cells = [cell for line in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in line]
            assert not [cell for cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r", "-")]


def test_the_record_of_one_cro_has_no_other_one() -> None:
    made = record("ALPHA")
    unpacked = files(made)
    everything = ("\n".join(unpacked) + b"\n".join(unpacked.values()).decode()).casefold()
    assert "alpha clinical" in everything
    assert "beta" not in everything
    assert "7654321" not in everything
    assert "E-2" not in {row["engagement_id"] for kind in ("targets", "requests") for row in rows(made, kind)}
    kinds = (
        "needs",
        "selections",
        "responsibilities",
        "communication_plan",
        "audits",
        "reviews",
        "actions",
        "requests",
    )
    counts = {kind: len(rows(made, kind)) for kind in (*kinds, "quality_events", "targets", "cros")}
    assert counts == {
        "needs": 1, "selections": 1, "responsibilities": 1, "communication_plan": 1, "audits": 1, "reviews": 1,
        "actions": 5, "requests": 1, "quality_events": 3, "targets": 2, "cros": 1,
    }  # fmt: skip
    ledger = json.loads(unpacked[LEDGER])
    assert not ledger["whole"]
    assert [entry["number"] for entry in ledger["entries"]] == [1, 2, 3, 4, 5, 7, 8, 9]
    assert ledger["entries"][4]["reason"] == oversight.WITHHELD
    assert rows(made, "cros")[0]["parent_cro_id"] == oversight.WITHHELD
    assert json.loads(unpacked[MANIFEST])["withheld"] == 2


def test_names_in_names_keep_apart() -> None:
    found = [(True, "F", "Fortis"), (False, "FC", "Fortis Clinical"), (False, "Q", "QA"), (False, "HEL", "Helix")]
    sieve = oversight._Sieve("F", found)
    clean = ("Fortis", "F and Q, a fair QApella", "Shell", "", "as told by fortis")
    assert [sieve.text(text) for text in clean] == list(clean)
    for text in ("FORTIS CLINICAL", "x_helixQ3.csv", "see QA.", "hel_2026.csv"):
        assert sieve.text(text) == oversight.WITHHELD, text
    assert sieve.json({"a": ["Helix", 1, None]}) == {"a": [oversight.WITHHELD, 1, None]}


def test_a_pack_that_names_another_cro_is_handed_out_without_the_text() -> None:
    small = Store()
    told(small, {"cros": CROS})
    told_packs(small, replace(frozen("ALPHA", "Alpha Clinical"), baseline="beta research was better"))
    made = write(small, cro="ALPHA", made_on=MADE, who="A")
    assert json.loads(files(made)["packs/ALPHA-2026-Q3.json"])["baseline"] == oversight.WITHHELD
    assert check(made) == []


def test_an_unknown_cro_and_a_moment_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="There is no CRO GAMMA"):
        write(store(), cro="GAMMA", made_on=MADE, who="A")
    with pytest.raises(ValueError, match="time zone"):
        write(store(), made_on=MADE.replace(tzinfo=None), who="A")


def test_an_empty_store_has_a_record() -> None:
    made = write(Store(), made_on=MADE, who="A")
    assert check(made) == []
    assert rows(made, "actions") == []


def test_one_changed_byte_is_found_in_its_file() -> None:
    for name in set(files(record())) - {MANIFEST, SEAL}:
        contents = files(record())
        middle = len(contents[name]) // 2
        changed = bytes([contents[name][middle] ^ 1])
        contents[name] = contents[name][:middle] + changed + contents[name][middle + 1 :]
        found = check(zipped(contents))
        assert found[0] == f"{name} was changed."
        assert all(sentence.startswith(name) for sentence in found)
        assert len(found) == 1 or name == LEDGER


def test_a_file_that_is_gone_is_found() -> None:
    for name in files(record()):
        contents = files(record())
        del contents[name]
        assert check(zipped(contents)) == [f"{name} is missing."]


def test_a_file_that_was_added_is_found() -> None:
    assert check(zipped(files(record()) | {"tables/more.csv": b"a\n"})) == ["tables/more.csv was added."]


@pytest.mark.parametrize("name", [MANIFEST, SEAL])
def test_an_edited_manifest_is_found(name: str) -> None:
    contents = files(record())
    contents[name] = contents[name].replace(b"a", b"b", 1)
    assert check(zipped(contents)) == [
        "manifest.json or manifest.sha256 was changed: they do not fit. No file can be checked against them."
    ]  # fmt: skip


@pytest.mark.parametrize(
    "manifest", [b"", b"[]", b"{}", b'{"files": [1]}', b'{"files": [{"name": []}]}', b"[" * 100_000]
)
def test_a_manifest_that_is_none_is_said(manifest: bytes) -> None:
    contents = files(record()) | {MANIFEST: manifest, SEAL: oversight._seal(manifest)}
    assert check(zipped(contents)) == ["manifest.json is not the manifest of an oversight record."]


def of_ledger(change: Callable[[list[dict[str, object]]], object], cro: str = "") -> list[str]:
    """What is found where the ledger was changed by somebody who made the tables and a manifest anew."""
    contents = files(record(cro))
    told_ = json.loads(contents[LEDGER])
    change(told_["entries"])
    contents[LEDGER] = json.dumps(told_).encode()
    contents |= {table.name: table.data for table in oversight._ledger_tables(told_["entries"])}
    return check(sealed(contents))


def test_a_chain_that_is_broken_is_found_under_a_new_manifest() -> None:
    assert of_ledger(lambda entries: None) == []
    assert of_ledger(lambda entries: entries[2].update(who="Mallory")) == [
        f"{LEDGER}: entry 3 was changed after it was written."
    ]
    assert of_ledger(lambda entries: entries[2].update(hash="0" * 64)) == [
        f"{LEDGER}: entry 3 was changed after it was written.",
        f"{LEDGER}: entry 4 does not follow from the one before.",
    ]
    assert of_ledger(lambda entries: entries.pop(2)) == [
        f"{LEDGER}: it is only a part: entry 3 is missing, 4 stands in its place."
    ]
    assert of_ledger(lambda entries: entries.pop()) == [
        f"{LEDGER}: it does not end with the newest upload that the manifest names."
    ]
    assert of_ledger(lambda entries: entries[2].update(who="Mallory"), "ALPHA") == [
        f"{LEDGER}: entry 3 was changed after it was written."
    ]


def test_a_ledger_that_says_it_is_a_part_is_not_believed_in_the_record_of_all() -> None:
    contents = files(record())
    told_ = json.loads(contents[LEDGER])
    del told_["entries"][2]
    contents[LEDGER] = json.dumps(told_ | {"whole": False}).encode()
    contents |= {table.name: table.data for table in oversight._ledger_tables(told_["entries"])}
    assert check(sealed(contents)) == [
        f"{LEDGER}: it is only a part: entry 3 is missing, 4 stands in its place."
    ]  # fmt: skip


def test_a_table_that_tells_another_ledger_is_found_under_a_new_manifest() -> None:
    contents = files(record())
    contents[oversight.UPLOADS] = contents[oversight.UPLOADS].replace(b"Ana Ruiz", b"Mallory")
    assert check(sealed(contents)) == [f"{oversight.UPLOADS} does not say what {LEDGER} says."]


def test_a_pack_of_another_content_is_found_under_a_new_manifest() -> None:
    contents = files(record())
    name = "packs/ALPHA-2026-Q3.json"
    contents[name] = contents[name].replace(b"61.3", b"91.3")
    assert check(sealed(contents)) == [f"{name} is not the content whose hash the review ALPHA-2026-Q3 has."]


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 5])
def test_what_is_no_zip_is_said(data: bytes) -> None:
    assert check(data) == ["This is no zip archive, or a damaged one."]


def test_another_zip_is_said() -> None:
    assert check(zipped({"a.csv": b"a"})) == ["manifest.json is missing.", "manifest.sha256 is missing."]


def test_reading_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oversight, "MOST_FILES", 5)
    assert "more than 5 files" in check(record())[0]
    monkeypatch.undo()
    monkeypatch.setattr(oversight, "MOST_BYTES", 1000)
    assert "more than" in check(record())[0]
    with pytest.raises(ValueError, match="too large"):
        write(store(), made_on=MADE, who="A")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_said() -> None:
    out = io.BytesIO(record())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(LEDGER, b"{}")
    assert check(out.getvalue()) == [f"{LEDGER} stands in the archive twice."]


@settings(max_examples=200)
@given(st.data())
def test_whatever_bit_is_turned_the_check_answers(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(record()) - 1))
    turned = bytearray(record())
    turned[place] ^= data.draw(st.integers(1, 255))
    found = check(bytes(turned))
    assert found or files(bytes(turned)) == files(record())


@pytest.mark.parametrize("value", [None, 1, [], "x", {"entries": 1, "whole": True}, {"entries": [1], "whole": True}])
def test_a_ledger_of_another_shape_is_said(value: object) -> None:
    contents = files(record()) | {LEDGER: json.dumps(value).encode()}
    assert f"{LEDGER} is not a ledger." in check(sealed(contents))


MANY = """
INSERT INTO actions (action_id, cro_id, description, raised, valid_from)
SELECT 'A' || range, 'AAA', $text || range, DATE '2026-01-01', 1 FROM range(10_000)
"""


def test_ten_thousand_rows_take_seconds() -> None:
    cros = [{"cro_id": "AAA", "name": "Alpha"}, *({"cro_id": f"B{n:02d}", "name": f"Beta {n}"} for n in range(60))]
    big = world((date(2026, 9, 30), {"cros": cros}))
    with big.write() as cursor:
        cursor.execute(MANY, {"text": ATTACK})
    for cro in ("", "AAA"):
        start = time.perf_counter()
        made = write(big, cro=cro, made_on=MADE, who="A")
        check(made)
        assert time.perf_counter() - start < 10
        assert len(rows(made, "actions")) == 10_000


def mixed(length: int) -> str:
    """A text that hardly compresses."""
    return "".join(Random(7).choices("0123456789abcdefghijklmnopqrstuvwxyzäöü", k=length))


@given(st.text())
def test_a_kept_pack_comes_back(text: str) -> None:
    assert kept.unpacked(kept.packed(text)) == text


def test_the_parts_of_a_large_pack_fit_and_are_the_same_each_time() -> None:
    text = mixed(200_000)
    parts = kept.packed(text)
    assert len(parts) > 2
    assert all(len(part) <= 30_000 and part.startswith("pack:") for part in parts)
    assert parts == kept.packed(text)
    assert kept.unpacked(parts) == text


def damaged() -> dict[str, list[str]]:
    parts = kept.packed(mixed(50_000))
    return {
        "none": [],
        "no mark": [parts[0], parts[1].removeprefix("pack:")],
        "cut": parts[:-1],
        "out of order": parts[::-1],
        "not base64": ["pack:é"],
        "not compressed": ["pack:AAAA"],
        "more": [*kept.packed("a"), *kept.packed("b")],
    }


@pytest.mark.parametrize("parts", damaged().values(), ids=damaged())
def test_a_damaged_pack_is_refused_with_a_sentence(parts: list[str]) -> None:
    with pytest.raises(ValueError, match=r"^The kept pack is damaged: .*\.$"):
        kept.unpacked(parts)


def test_a_pack_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = kept.packed("a" * 1000)
    monkeypatch.setattr(kept, "MOST_BYTES", 999)
    with pytest.raises(ValueError, match="too large"):
        kept.unpacked(parts)
    with pytest.raises(ValueError, match="at most"):
        kept.packed("a" * 1000)
