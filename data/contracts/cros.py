from data.contracts.contract import Column, Contract, Type
from data.contracts.shared import CRO_ALSO

CONTRACT = Contract(
    kind="cros",
    meaning="The contract research organizations that we work with, or consider.",
    columns=(
        Column(name="cro_id", meaning="Our own code for the CRO.", key=True, required=True,
               also=CRO_ALSO),
        Column(name="name", meaning="Name as shown on every page.", required=True,
               also=("cro name", "vendor name", "supplier name", "company", "company name")),
        Column(name="country", meaning="Country of its head office.",
               also=("head office country", "land", "pays", "pais")),
        Column(name="services", meaning="What it offers, in words.",
               also=("service", "services offered", "capabilities")),
        Column(name="tier", meaning="How we work with it.", choices=("strategic", "preferred", "tactical"),
               also=("vendor tier", "supplier tier", "partnership level")),
        Column(name="parent_cro_id", meaning="The CRO that owns it.", references="cros",
               also=("parent", "parent cro", "parent company", "owned by")),
        Column(name="qualified_until", meaning="Last day of its qualification.", type=Type.DATE,
               also=("qualification expiry", "qualification expires", "qualification valid until",
                     "qualification end")),
        Column(name="candidate", meaning="Whether it is only considered, without a contract yet.", type=Type.FLAG,
               also=("prospect", "under consideration")),
    ),
    examples=(
        {"cro_id": "FORTIS", "name": "Fortis Clinical", "country": "Germany", "services": "full service",
         "tier": "strategic", "qualified_until": "2027-06-30", "candidate": "no"},
        {"cro_id": "HELIX", "name": "Helix Laboratories", "country": "Ireland", "services": "central laboratory",
         "tier": "tactical", "parent_cro_id": "FORTIS", "qualified_until": "2026-12-31", "candidate": "no"},
    ),
)  # fmt: skip
