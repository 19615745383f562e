"""Worked examples that others have published: what is given, what comes out, and where it stands.

`printed` says which figures stand in the source; the others follow from its formulas, without rounding on the way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Published:
    """One example: figures agree within `within`."""

    source: str
    given: Mapping[str, Any]
    expected: Mapping[str, Any]
    within: float
    printed: str = "all"


SIX_MP = {
    "times": [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    "event": [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
}
PLACEBO = {
    "times": [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23],
    "event": [1] * 21,
}

SHARED: dict[str, Published] = {
    "evm_fence": Published(
        source="PMP Exam Prep, p. 210, the fence, as reproduced at https://studylib.net/doc/5898152/earned-value-exercise",
        printed="CV, SV, CPI, SPI; the print has EAC 4479, for it divides by the rounded CPI",
        given={"BAC": 4000, "PV": 3000, "EV": 2500, "AC": 2800},
        expected={
            "CV": -300, "SV": -500, "CPI": 0.893, "SPI": 0.833, "EAC_bac_over_cpi": 4480.0, "ETC": 1680.0,
            "VAC": -480.0, "TCPI_bac": 1.25, "EAC_ac_plus_remaining": 4300.0, "EAC_cpi_spi": 4816.0,
            "EAC_80_20": 4502.7,
        },
        within=0.005,
    ),
    "evm_pra_package": Published(
        source="R package PRA, tests/testthat/test-evm.R, after Damnjanovic and Reinschmidt 2020",
        given={
            "BAC": 100000, "schedule_cum_fraction": [0.1, 0.2, 0.4, 0.7, 1.0], "period": 3,
            "actual_pct_complete": 0.35, "actual_cost_cum": [9000, 18000, 36000, 70000, 100000],
        },
        expected={
            "PV": 40000, "EV": 35000, "AC": 36000, "SV": -5000, "CV": -1000, "SPI": 0.875, "CPI": 0.9722222,
            "EAC_bac_over_cpi": 102857.142857,
        },
        within=1e-05,
    ),
    "es_vanhoucke_11w": Published(
        source="Vanhoucke, PM Knowledge Center, EVM: Forecasting time, http://pmknowledgecenter.com/node/167",
        printed="PV, EV (to two digits) and ES of weeks 1 to 6",
        given={
            "period": "week", "PD": 9, "BAC": 150,
            "PV_cum": [5, 10, 25, 55, 85, 120, 130, 140, 150, 150, 150],
            "EV_cum": [3.33, 6.67, 10, 22.5, 70, 82.5, 90, 120, 130, 140, 150],
        },
        expected={
            "ES_published_w1_w6": [0.67, 1.33, 2.0, 2.83, 4.5, 4.92],
            "ES_all": [0.666, 1.334, 2.0, 2.8333, 4.5, 4.9167, 5.1429, 6.0, 7.0, 8.0, 9.0],
            "SV_t": [-0.334, -0.666, -1.0, -1.1667, -0.5, -1.0833, -1.8571, -2.0, -2.0, -2.0, -2.0],
            "SPI_t": [0.666, 0.667, 0.6667, 0.7083, 0.9, 0.8194, 0.7347, 0.75, 0.7778, 0.8, 0.8182],
            "SPI_cost": [0.666, 0.667, 0.4, 0.4091, 0.8235, 0.6875, 0.6923, 0.8571, 0.8667, 0.9333, 1.0],
            "EACt_PF1": [9.334, 9.666, 10.0, 10.1667, 9.5, 10.0833, 10.8571, 11.0, 11.0, 11.0, 11.0],
            "IEACt_PD_over_SPIt": [
                13.5135, 13.4933, 13.5, 12.7059, 10.0, 10.9831, 12.25, 12.0, 11.5714, 11.25, 11.0,
            ],
        },
        within=0.006,
    ),
    "km_bu_20": Published(
        source="Boston University, BS704 Survival Analysis 4, as used in scipy/stats/tests/test_survival.py",
        given={
            "times": [24, 3, 11, 19, 24, 13, 14, 2, 18, 17, 24, 21, 12, 1, 10, 23, 6, 5, 9, 17],
            "event": [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1],
        },
        expected={
            "S_at_sorted_unique": [
                0.95, 0.95, 0.897, 0.844, 0.844, 0.844, 0.844, 0.844, 0.844, 0.844, 0.76, 0.676, 0.676, 0.676, 0.676,
                0.507, 0.507,
            ],
            "ci95_halfwidth_linear": [
                0.096, 0.096, 0.135, 0.162, 0.162, 0.162, 0.162, 0.162, 0.162, 0.162, 0.214, 0.246, 0.246, 0.246,
                0.246, 0.341, 0.341,
            ],
        },
        within=0.001,
    ),
    "km_6mp": Published(
        source="Freireich 1963 (Cox and Oakes, table 1.1); S of placebo at 10 and its error: "
        "https://dokumen.tips/documents/lecture-2-estimating-the-survival-function-one-sample-.html",
        printed="S_placebo_at_10, se_placebo_at_10",
        given={"sixMP": SIX_MP, "placebo": PLACEBO},
        expected={
            "S_6MP": {
                "6": 0.8571, "7": 0.8067, "9": 0.8067, "10": 0.7529, "11": 0.7529, "13": 0.6902, "16": 0.6275,
                "17": 0.6275, "19": 0.6275, "20": 0.6275, "22": 0.5378, "23": 0.4482, "25": 0.4482, "32": 0.4482,
                "34": 0.4482, "35": 0.4482,
            },
            "median_6MP": 23.0, "median_placebo": 8.0, "S_placebo_at_10": 0.381, "se_placebo_at_10": 0.106,
            "logrank_chi2": 16.7929, "logrank_p": 4.1688e-05, "naive_closed_only_median_6MP": 10.0,
            "naive_closed_only_mean_6MP": 12.1111,
            "sla10_three_state": {"met": 5, "missed": 13, "pending": 3, "attainment": 0.2778},
            "km_within_10": 0.2471,
        },
        within=0.001,
    ),
    "km_sas_r_738": Published(
        source="Kleinman and Horton, SAS and R, example 7.38",
        printed="S1, S2, S3",
        given={
            "times": [0.5, 1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 14, 17, 20, 21],
            "event": [0, 1, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0],
        },
        expected={"S1": 0.8889, "S2": 0.8333, "S3": 0.7738, "S4": 0.7143, "S20": 0.1684},
        within=0.0001,
    ),
    "xmr_nist": Published(
        source="NIST/SEMATECH e-Handbook of Statistical Methods 6.3.2.2",
        printed="mean, mean_MR, UPL, LPL",
        given={"y": [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1], "constant": "3/1.128"},
        expected={
            "mean": 50.81, "mean_MR": 1.8778, "UPL": 55.8041, "LPL": 45.8159, "UPL_with_2_66": 55.8049,
            "LPL_with_2_66": 45.8151, "MR_UCL": 6.1347,
        },
        within=6e-05,
    ),
    "xmr_rules": Published(
        source="R package NHSRplotthedots, tests/testthat/test-ptd_calculate_point_type.R",
        given={
            "side_of_mean_a": [1, 1, 1, 1, 1, 1, 1, 1, -1], "values_b": [2, 1, 2, 3, 4, 5, 6, 7, 3],
            "values_c": [1, 2, 3, 3, 4, 5, 6], "near_limit_d": [0, 0, 1, 0, 1, 0, 0], "side_d": [1, 1, 1, 1, 1, 1, 1],
            "near_limit_e": [0, 0, 1, 0, 1, 0, 0], "side_e": [1, -1, 1, -1, 1, -1, 1],
        },
        expected={
            "shift7_trigger_a": [0, 0, 0, 0, 0, 0, 1, 1, 0], "shift7_member_a": [1, 1, 1, 1, 1, 1, 1, 1, 0],
            "trend7_trigger_b": [0, 0, 0, 0, 0, 0, 0, 1, 0], "trend7_member_b": [0, 1, 1, 1, 1, 1, 1, 1, 0],
            "trend_c_ties_break": [0, 0, 0, 0, 0, 0, 0], "two_of_three_d": [0, 0, 1, 1, 1, 0, 0],
            "two_of_three_member_d": [0, 0, 1, 0, 1, 0, 0], "two_of_three_e_opposite_sides": [0, 0, 0, 0, 0, 0, 0],
        },
        within=0,
    ),
    "funnel_poisson": Published(
        source="R package FunnelPlotR, tests/testthat/test-poisson_limits.R",
        given={"expected": [15, 20, 30], "target": 1},
        expected={
            "ll95": [0.5596924, 0.610826, 0.6746958], "ul95": [1.649348, 1.544419, 1.427562],
            "ll998": [0.386265, 0.4479107, 0.5289724], "ul998": [2.082907, 1.902094, 1.702771],
        },
        within=1e-06,
    ),
    "wilson": Published(
        source="Newcombe 1998, Stat Med 17:857, table I, the first four; R package binom through statsmodels, the rest",
        given={
            "cases": [
                [81, 263], [15, 148], [0, 20], [1, 29], [18, 20], [4, 20], [4, 200], [190, 200], [0, 30], [30, 30],
            ]
        },
        expected={
            "ci": [
                [0.2553, 0.3662], [0.0624, 0.1605], [0.0, 0.1611], [0.0061, 0.1718], [0.698966, 0.972134],
                [0.080658, 0.416017], [0.007804, 0.050287], [0.910422, 0.972617], [0.0, 0.113513], [0.886487, 1.0],
            ]
        },
        within=6e-05,
    ),
    "weighted_scorecard": Published(
        source="https://www.clinicalstudies.in/scoring-systems-for-vendor-evaluation, first three rows of the model",
        given={"weights": [0.3, 0.25, 0.2], "scores_1_5": [5, 4, 4]},
        expected={"weighted": [1.5, 1.0, 0.8]},
        within=1e-09,
    ),
    "score_lookup": Published(
        source="SAP SPM score lookup, https://www.sapdatasheet.org/abap/cus0/v_spm_score_lu.html",
        printed="the boundaries",
        given={"boundaries": [[100, 10], [90, 9], [80, 8]], "rating": [100, 95, 90, 89.9, 80]},
        expected={"points": [10, 9, 9, 8, 8]},
        within=0,
    ),
}  # fmt: skip

# R's survival::ovarian (Edmonson 1979): days, died, treatment, residual disease.
OVARIAN = [
    (59, 1, 1, 2), (115, 1, 1, 2), (156, 1, 1, 2), (421, 0, 2, 2), (431, 1, 1, 2), (448, 0, 1, 1), (464, 1, 2, 2),
    (475, 1, 2, 2), (477, 0, 1, 2), (563, 1, 2, 1), (638, 1, 1, 1), (744, 0, 2, 1), (769, 0, 2, 2), (770, 0, 2, 2),
    (803, 0, 1, 1), (855, 0, 1, 1), (1040, 0, 1, 2), (1106, 0, 1, 1), (1129, 0, 2, 1), (1206, 0, 2, 2), (1227, 0, 2, 1),
    (268, 1, 1, 2), (329, 1, 1, 2), (353, 1, 2, 1), (365, 1, 2, 2), (377, 0, 2, 1),
]  # fmt: skip
STATSMODELS = "statsmodels, duration/tests/test_survfunc.py; constants from R's survival"
FIRST = {"times": [3, 1, 2, 3, 2, 1, 5, 3], "event": [0, 1, 1, 1, 0, 0, 1, 0]}
SECOND = {"times": [1, 1, 2, 3, 7, 1, 5, 3, 9], "event": [0, 1, 0, 0, 1, 0, 1, 0, 1]}

FURTHER: dict[str, Published] = {
    "log_rank_ovarian": Published(
        source="R survival, survdiff(Surv(futime, fustat) ~ rx, ovarian), printed in the manual of FastSurvival 0.1.0",
        given={"cases": OVARIAN, "strata": False},
        expected={"observed": 7, "expected": 5.2335, "chi2": 1.06274, "p": 0.3026},
        within=6e-05,
    ),
    "log_rank_ovarian_stratified": Published(
        source="R survival, survdiff(Surv(futime, fustat) ~ rx + strata(resid.ds), ovarian), printed as above",
        given={"cases": OVARIAN, "strata": True},
        expected={"observed": 7, "chi2": 1.279643},
        within=6e-07,
    ),
    "log_rank_small": Published(
        source=STATSMODELS,
        given={"first": FIRST, "second": SECOND},
        expected={"chi2": 2.14673, "p": 0.14287},
        within=6e-06,
    ),
    "km_first": Published(
        source=STATSMODELS,
        given=FIRST,
        expected={
            "time": [1, 2, 3, 5], "at_risk": [8, 6, 4, 1], "S": [0.8750000, 0.7291667, 0.5468750, 0.0],
            "se": [0.1169268, 0.1649762, 0.2005800],
        },
        within=6e-08,
    ),
    "km_second": Published(
        source=STATSMODELS,
        given=SECOND,
        expected={
            "time": [1, 5, 7, 9], "at_risk": [9, 3, 2, 1], "S": [0.8888889, 0.5925926, 0.2962963, 0.0],
            "se": [0.1047566, 0.2518034, 0.2444320],
        },
        within=6e-08,
    ),
    "km_weighted": Published(
        source=STATSMODELS + ", survfit with weights",
        given={
            "times": [1, 3, 5, 6, 7, 8, 8, 9, 3, 4, 1, 3, 2], "event": [1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0],
            "items": [1, 2, 3, 2, 3, 1, 2, 1, 1, 2, 2, 3, 1],
        },
        expected={"time": [1, 3, 6, 7, 9], "S": [0.875, 0.65625, 0.51041667, 0.29166667, 0.0]},
        within=6e-09,
    ),
    "poisson_exact": Published(
        source="R, example of stats::poisson.test: 137 deaths, 24.19893 expected",
        given={"events": 137, "exposure": 24.19893},
        expected={"low": 4.753125, "high": 6.692709},
        within=6e-07,
    ),
    "spi_t_calculator": Published(
        source="https://pmmilestone.org/tools/earned-schedule-calculator: ES 18, AT 20",
        given={"ES": 18, "AT": 20},
        expected={"SPI_t": 0.90},
        within=1e-09,
    ),
    "nhs_runs": Published(
        source="R package NHSRplotthedots, tests/testthat/test-ptd_calculate_point_type.R",
        given={
            "below": [-1] * 8 + [1], "six": [1] * 6, "falling": [2, 7, 6, 5, 4, 3, 2, 1, 3],
            "rising": [1, 2, 3, 4, 5, 6, 7], "beside": [0, 0, 1, 1, 0, 0, 0], "apart": [1, 0, 0, 1],
        },
        expected={
            "below": [0, 0, 0, 0, 0, 0, -1, -1, 0], "six": [0] * 6, "falling": [0, 0, 0, 0, 0, 0, 0, -1, 0],
            "rising": [0, 0, 0, 0, 0, 0, 1], "beside": [0, 1, 1, 1, 1, 0, 0], "apart": [0, 0, 0, 0],
        },
        within=0,
        printed="all, the shift below without its sign",
    ),
}  # fmt: skip
