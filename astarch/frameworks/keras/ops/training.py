"""What trains and judges a model: metrics, losses, optimizers, callbacks. They exist, and say nothing of its architecture."""

from __future__ import annotations

from typing import Any

from ....ir.tensor import Tensor
from ....ir.unknown import Reason
from ...describe import RUN, layer, op, refuse
from ..model.instances import MetricInstance, ObjectInstance
from ..model.judging import compared, identified
from ..model.policies import standardize_dtype
from ..tensor import Variable, inward

_CLASSES = {
    "keras.metrics": """AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge
        ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError Mean
        MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError OneHotIoU
        OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError
        SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy
        SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives""",
    "keras.losses": """BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy
        CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh
        MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy
        SquaredHinge Tversky""",
    "keras.optimizers": """Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer MultiOptimizer Muon Nadam
        OptimizerMap RMSprop SGD ScheduleFreeAdamW""",
    "keras.optimizers.schedules": """CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay
        PolynomialDecay""",
    "keras.callbacks": """BackupAndRestore CSVLogger CallbackList EarlyStopping History LambdaCallback LearningRateScheduler ModelCheckpoint
        ProgbarLogger ReduceLROnPlateau RemoteMonitor SwapEMAWeights TensorBoard TerminateOnNaN""",
}  # fmt: skip
_BASES = {"keras.metrics": "Metric", "keras.losses": "Loss", "keras.optimizers": "Optimizer",
          "keras.optimizers.schedules": "LearningRateSchedule", "keras.callbacks": "Callback"}  # fmt: skip
_FUNCTIONS = {
    "keras.losses": """binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy
        categorical_generalized_cross_entropy categorical_hinge circle cosine_similarity ctc deserialize dice get hinge huber kl_divergence
        log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson serialize
        sparse_categorical_crossentropy squared_hinge tversky""",
    "keras.metrics": """binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy categorical_crossentropy
        categorical_focal_crossentropy categorical_hinge concordance_correlation deserialize get hinge huber kl_divergence log_cosh
        mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error pearson_correlation poisson
        serialize sparse_categorical_accuracy sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge
        top_k_categorical_accuracy""",
    "keras.optimizers": "deserialize get serialize", "keras.optimizers.schedules": "deserialize serialize",
}  # fmt: skip


def _outside(*args: Any, **kwargs: Any) -> Any:
    return RUN.get().unknown(Reason.OUTSIDE, "what training computes")


class Training:
    """What these objects have in common: arguments are kept to themselves, whatever is asked of them happens outside."""

    layout: type = ObjectInstance

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update({"name": kwargs.get("name"), "_given": (args, kwargs)})

    def __getattr__(self, name: str) -> Any:
        return _outside()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return _outside()


#: What an optimizer takes beside what all of them take.
_OWN = {
    "Adam": "beta_1 beta_2 epsilon amsgrad", "AdamW": "beta_1 beta_2 epsilon amsgrad", "Nadam": "beta_1 beta_2 epsilon",
    "Adamax": "beta_1 beta_2 epsilon", "SGD": "momentum nesterov", "RMSprop": "rho momentum epsilon centered",
    "Adagrad": "initial_accumulator_value epsilon", "Adadelta": "rho epsilon",
}  # fmt: skip
_OF_ALL = frozenset(
    """learning_rate weight_decay clipnorm clipvalue global_clipnorm use_ema ema_momentum ema_overwrite_frequency loss_scale_factor
    gradient_accumulation_steps name decay""".split()  # noqa: SIM905 - a list of them would be a page
)


def _checked(name: str) -> Any:
    """The constructor of an optimizer: names that it does not take are refused."""
    own = frozenset(_OWN[name].split())

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        strange = {given: value for given, value in kwargs.items() if given not in own | _OF_ALL}
        if strange:
            refuse("ValueError", f"Argument(s) not recognized: {strange}")
        rate = args[0] if args else kwargs.get("learning_rate", 0.1)
        if type(rate) in (int, bool, str):
            refuse("ValueError", f"Argument `learning_rate` should be float, or an instance of LearningRateSchedule. Received: {rate}")
        Training.__init__(self, *args, **kwargs)

    return start


def _add_weight(self: Any, shape: Any = (), initializer: Any = None, dtype: Any = None, name: Any = None, **kwargs: Any) -> Variable:
    """A variable of a metric: none of the model's weights."""
    return Variable(inward(shape, False), standardize_dtype(dtype), False, name or "variable", name or "variable")


def _called(self: Any, y_true: Any = None, y_pred: Any = None, sample_weight: Any = None) -> Any:
    """A loss that the program calls itself: what it compares must fit."""
    loss = identified(self)
    if loss is not None and isinstance(y_true, Tensor) and isinstance(y_pred, Tensor) and y_true.shape and y_pred.shape:
        compared(loss, tuple(y_true.shape), tuple(y_pred.shape))
    return _outside()


for _package, _names in _CLASSES.items():
    _layout = MetricInstance if _package == "keras.metrics" else ObjectInstance
    _more = {"add_weight": _add_weight, "add_variable": _add_weight} if _package == "keras.metrics" else {}
    _more |= {"__call__": _called} if _package == "keras.losses" else {}
    _base = type(_BASES[_package], (Training,), {"layout": _layout, **_more})
    layer(f"{_package}.{_BASES[_package]}", _package)(_base)
    for _name in _names.split():
        _start = {"__init__": _checked(_name)} if _package == "keras.optimizers" and _name in _OWN else {}
        layer(f"{_package}.{_name}", _package)(type(_name, (_base,), {"layout": _layout, **_start}))
for _package, _names in _FUNCTIONS.items():
    for _name in _names.split():
        op(f"{_package}.{_name}", lenient=True)(lambda *args, **kwargs: _outside())
