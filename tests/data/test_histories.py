"""Any sequence of uploads and undos: every past state can be asked for, and the store stays sound.

The store is set against the simplest model of it: a list of dicts, one for each upload.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from data.store import Store, UndoRefused
from data.store.undo import undo
from data.store.verify import verify
from tests.data.helpers import rows, stamp, tell

Cros = dict[str, tuple[str, str]]
IDS = st.sampled_from("ABCD")
ROWS = st.dictionaries(IDS, st.tuples(st.sampled_from(["one", "two"]), st.sampled_from(["", "A", "B"])), min_size=1)
STEPS = st.lists(st.one_of(ROWS, st.integers(1, 6)), min_size=2, max_size=8)


def load(store: Store, cros: Cros) -> bool:
    lines = "".join(f"{cro},{name},{parent}\n" for cro, (name, parent) in cros.items())
    return tell(store, {"cros": f"cro_id,name,parent_cro_id\n{lines}"}).accepted


def current(store: Store, known_at: int) -> Cros:
    return {row[0]: (row[1], row[5] or "") for row in rows(store, "cros", known_at)}


def sound(state: Cros) -> bool:
    return all(parent in ("", *state) for _, parent in state.values())


@settings(max_examples=25)
@given(STEPS)
def test_every_past_state_is_reproduced(steps: list[Cros | int]) -> None:
    store = Store()
    states: list[Cros] = [{}]
    for step in steps:
        if isinstance(step, dict):
            wanted = states[-1] | step
            assert load(store, step) == sound(wanted)
            if sound(wanted) and wanted != states[-1]:
                states.append(wanted)
        else:
            try:
                undo(store, step, stamp(reason="try"))
            except UndoRefused:
                pass
            else:
                # Only what the undone upload touched goes back; the rest stays as it is.
                touched = {
                    cro for cro in {*states[step], *states[step - 1]}
                    if states[step].get(cro) != states[step - 1].get(cro)
                }  # fmt: skip
                kept = {cro: row for cro, row in states[-1].items() if cro not in touched}
                states.append(kept | {cro: row for cro, row in states[step - 1].items() if cro in touched})
                assert sound(states[-1])
        assert store.version == len(states) - 1
    for number, state in enumerate(states):
        assert current(store, number) == state
    assert verify(store) == []
    store.close()
