"""Writes tests/vectors/models: small ONNX files as scikit-learn, XGBoost and LightGBM export them, rows,
and what onnxruntime says of each row. cli/tests/model.rs imports and asks them without Python.

    target/models/venv/bin/python scripts/model_vectors.py      (environment: see scripts/models.py)

The rows are made up and seeded. Files in `refused/` have a step that a book cannot do; beside each stands
what the import has to say.
"""

import json
import pathlib
import warnings

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from models import Log1p, by_onnxruntime, plain_attributes, strip_zipmap
from onnxmltools.convert import convert_lightgbm, convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as OtherFloats
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier, XGBRegressor

warnings.filterwarnings("ignore")
TARGET = pathlib.Path(__file__).resolve().parent.parent / "tests/vectors/models"
NUMBERS = ["pages", "minutes", "spent", "club"]
MONTHS = ["feb", "jun", "nov"]
SIGNALS = {
    "pages": {"declared": "number", "min": 0, "max": 1000},
    "minutes": {"declared": "number", "min": 0, "max": 1000},
    "spent": {"declared": "number", "min": -1000, "max": 1000},
    "club": {"declared": "boolean"},
    "month": {"declared": MONTHS},
}


def rows():
    chance = np.random.default_rng(4)
    n = 300
    data = pd.DataFrame({
        "pages": chance.poisson(6, n),
        "minutes": chance.gamma(2, 4, n).round(3),
        "spent": (chance.normal(20, 30, n)).round(2),
        "club": chance.integers(0, 2, n),
    }).astype(np.float32)
    data["month"] = chance.choice(MONTHS, n)
    score = 0.3 * data.pages + 0.05 * data.minutes + 0.02 * data.spent + data.club + (data.month == "nov") - 3.5
    buys = (score + chance.logistic(0, 1, n) > 0).astype(int).to_numpy()
    kind = np.array(["look", "weigh", "buy"])[np.digitize(score + chance.normal(0, 1, n), [-1, 0.5])]
    worth = (10 * score + chance.normal(0, 2, n)).to_numpy()
    gaps = data.copy()
    gaps.loc[chance.random(n) < 0.2, "spent"] = np.nan
    gaps.loc[chance.random(n) < 0.1, "minutes"] = np.nan
    return data, gaps, buys, kind, worth


def main():
    plain_attributes()
    data, gaps, buys, kind, worth = rows()
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / "refused").mkdir(exist_ok=True)
    vectors, expected = [], {}
    floats = gaps[NUMBERS].to_numpy()

    def keep(name, model, said, mapping=None, arguments=()):
        (TARGET / f"{name}.onnx").write_bytes(model.SerializeToString())
        vectors.append({"name": name, "map": mapping or {}, "arguments": list(arguments)})
        expected[name] = said

    matrix = {"inputs": {"input": NUMBERS}}
    filled = {**matrix, "missing": 0}
    zeros = np.nan_to_num(floats, nan=0.0)

    def sklearn(name, estimator, target, x=floats, mapping=matrix, column=None, arguments=(), options=None):
        estimator.fit(x, target)
        types = [("input", FloatTensorType([None, len(NUMBERS)]))]
        model = convert_sklearn(estimator, initial_types=types, options=options)
        said = by_onnxruntime(model.SerializeToString(), {"input": x})
        keep(name, model, column(said), mapping, arguments)

    second = lambda said: [row[1] for row in said[1]] if isinstance(said[1], list) else said[1][:, 1]
    first = lambda said: np.asarray(said[0]).ravel()
    label = lambda said: [str(v) for v in said[0]]
    named = lambda name: lambda said: [row[name] for row in said[1]]

    # Sums: scalers of every sort, gaps filled, sums for classes.
    sklearn("scaled", make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()), buys, column=second)
    sklearn("stretched", make_pipeline(MinMaxScaler(), LogisticRegression()), kind, x=zeros, mapping=filled, column=label)
    sklearn("share", make_pipeline(StandardScaler(), LogisticRegression()), kind, x=zeros, mapping=filled, column=named("buy"), arguments=["--of", "buy"])
    # Below 0 a book takes the logarithm of 1, so the trainer does here.
    sklearn("logged", make_pipeline(Log1p(), StandardScaler(), LogisticRegression()), buys, x=np.maximum(zeros, 0), mapping=filled, column=second)
    sklearn("line", LinearRegression(), worth, x=zeros, mapping=filled, column=first)
    sklearn("descent", make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss", random_state=0)), buys, x=zeros, mapping=filled, column=second)
    # Trees.
    sklearn("tree", DecisionTreeClassifier(max_depth=3, random_state=0), buys, x=zeros, mapping=filled, column=second)
    sklearn("boosted", GradientBoostingClassifier(n_estimators=10, max_depth=3, random_state=0), buys, x=zeros, mapping=filled, column=second)
    sklearn("boosted_class", GradientBoostingClassifier(n_estimators=5, max_depth=2, random_state=0), kind, x=zeros, mapping=filled, column=label)
    sklearn("boosted_share", GradientBoostingClassifier(n_estimators=5, max_depth=2, random_state=0), kind, x=zeros, mapping=filled, column=named("weigh"), arguments=["--of", "weigh"])
    sklearn("boosted_number", GradientBoostingRegressor(n_estimators=10, max_depth=2, random_state=0), worth, x=zeros, mapping=filled, column=first)
    sklearn("forest", RandomForestClassifier(n_estimators=8, max_depth=4, random_state=0), buys, x=zeros, mapping=filled, column=second)
    sklearn("forest_class", RandomForestClassifier(n_estimators=5, max_depth=3, random_state=0), kind, x=zeros, mapping=filled, column=label)
    sklearn("forest_share", RandomForestClassifier(n_estimators=5, max_depth=3, random_state=0), kind, x=zeros, mapping=filled, column=named("look"), arguments=["--of", "look"])
    sklearn("forest_number", RandomForestRegressor(n_estimators=5, max_depth=3, random_state=0), worth, x=zeros, mapping=filled, column=first)
    sklearn("histogram", HistGradientBoostingClassifier(max_iter=8, max_leaf_nodes=6, random_state=0), buys, column=second)
    sklearn("histogram_number", HistGradientBoostingRegressor(max_iter=8, max_leaf_nodes=6, random_state=0), worth, column=first)
    sklearn("two_classes", GradientBoostingClassifier(n_estimators=5, max_depth=2, random_state=0), buys, x=zeros, mapping=filled, column=label, arguments=["--class"])
    sklearn("nearest", make_pipeline(StandardScaler(), KMeans(4, n_init=3, random_state=0)), None, x=zeros, mapping=filled, column=label)

    # A table: texts one-hot, numbers filled and scaled, a truth as it is.
    frame = gaps[[*NUMBERS, "month"]]
    parts = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["pages", "minutes", "spent"]),
        ("month", OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["month"]),
        ("club", "passthrough", ["club"]),
    ])
    types = [(n, FloatTensorType([None, 1])) for n in NUMBERS] + [("month", StringTensorType([None, 1]))]
    feed = {n: frame[[n]].to_numpy() for n in frame}
    for name, estimator in [
        ("table", make_pipeline(parts, LogisticRegression())),
        ("table_scaled", make_pipeline(parts, StandardScaler(), LogisticRegression())),
        ("table_trees", make_pipeline(parts, GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=0))),
    ]:
        estimator.fit(frame, buys)
        model = convert_sklearn(estimator, initial_types=types, options={"zipmap": False})
        keep(name, model, by_onnxruntime(model.SerializeToString(), feed)[1][:, 1], {"inputs": {"club": {"signal": "club", "missing": 0}}})

    # XGBoost and LightGBM; the last with categories, which it asks for one by one.
    types = [("input", OtherFloats([None, len(NUMBERS)]))]
    for name, estimator, target, column in [
        ("xgboost", XGBClassifier(n_estimators=10, max_depth=3, random_state=0), buys, second),
        ("xgboost_number", XGBRegressor(n_estimators=10, max_depth=3, random_state=0), worth, first),
        ("xgboost_class", XGBClassifier(n_estimators=5, max_depth=2, random_state=0), np.unique(kind, return_inverse=True)[1], label),
    ]:
        model = convert_xgboost(estimator.fit(floats, target), initial_types=types)
        keep(name, model, column(by_onnxruntime(model.SerializeToString(), {"input": floats})), matrix)
    months = np.c_[zeros[:, :3], data.month.map(MONTHS.index)].astype(np.float32)
    for name, estimator, target, column, x, mapping in [
        ("lightgbm", LGBMClassifier(n_estimators=10, num_leaves=6, verbose=-1), buys, second, floats, matrix),
        ("lightgbm_number", LGBMRegressor(n_estimators=10, num_leaves=6, verbose=-1), worth, first, floats, matrix),
        ("lightgbm_class", LGBMClassifier(n_estimators=5, num_leaves=5, verbose=-1), kind, label, floats, matrix),
        ("lightgbm_categories", LGBMClassifier(n_estimators=10, num_leaves=6, verbose=-1, min_data_per_group=5, cat_smooth=1), buys, second, months,
         {"inputs": {"input": ["pages", "minutes", "spent", "month_number"]}, "missing": 0}),
    ]:
        more = {"categorical_feature": [3]} if "categories" in name else {}
        model = convert_lightgbm(estimator.fit(x, target, **more), initial_types=types)
        if column is second:
            strip_zipmap(model)
        keep(name, model, column(by_onnxruntime(model.SerializeToString(), {"input": x})), mapping)

    refused = {
        "normalizer": (make_pipeline(Normalizer(), Ridge()), worth, FloatTensorType, "Normalizer"),
        "svc": (SVC(probability=False), buys, FloatTensorType, "SVMClassifier"),
        "adaboost": (AdaBoostClassifier(n_estimators=3), buys, FloatTensorType, "ArgMax"),
        "doubles": (make_pipeline(StandardScaler(), LogisticRegression()), buys, DoubleTensorType, "Abs"),
    }
    for name, (estimator, target, of, says) in refused.items():
        estimator.fit(zeros, target)
        model = convert_sklearn(estimator, initial_types=[("input", of([None, len(NUMBERS)]))])
        (TARGET / "refused" / f"{name}.onnx").write_bytes(model.SerializeToString())
        (TARGET / "refused" / f"{name}.txt").write_text(says + "\n")

    table = gaps[[*NUMBERS, "month"]].copy()
    table["club"] = table.club.astype(int)
    table["month_number"] = data.month.map(MONTHS.index)
    table.to_csv(TARGET / "rows.csv", index=False)
    pd.DataFrame(expected).to_csv(TARGET / "expected.csv", index=False)
    signals = SIGNALS | {"month_number": {"declared": "number", "min": 0, "max": 11}}
    text = json.dumps({"signals": signals, "vectors": vectors}, indent=2)
    (TARGET / "vectors.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
