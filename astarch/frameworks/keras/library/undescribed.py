"""Methods and properties that Keras' classes have and nobody describes: they are there, and what they give is not known."""

from __future__ import annotations

from typing import Any

from ....interpreter.values import Builtin, Property
from ....ir.unknown import Reason
from ...describe import RUN

#: By the name of the class that has them; a property has a dot before it, one that can be set an equals sign,
#: and what gives nothing an exclamation mark.
_MEMBERS = {
    "Layer": "!load_own_variables !save_own_variables .metrics_variables quantized_call quantized_build rematerialized_call",
    "Model": """!compile_from_config compiled_loss .compiled_metrics compute_loss compute_metrics =distribute_reduction_method
        .distribute_strategy get_metrics_result !get_quantization_layer_structure get_state_tree =jit_compile loss
        make_predict_function make_test_function make_train_function .metrics_names !reset_metrics =run_eagerly !set_state_tree
        stateless_compute_loss get_compile_config""",
    "BaseImagePreprocessingLayer": """get_random_transformation transform_bounding_boxes transform_images transform_labels
        transform_segmentation_masks transform_single_bounding_box transform_single_image transform_single_label
        transform_single_segmentation_mask get_transformed_x_y get_shifted_bbox get_clipped_bbox get_elastic_transform_params""",
    "DataLayer": "convert_weight",
    "RNN": "inner_loop",
    "LSTMCell": "get_dropout_mask get_recurrent_dropout_mask !reset_dropout_mask !reset_recurrent_dropout_mask",
    "GRUCell": "get_dropout_mask get_recurrent_dropout_mask !reset_dropout_mask !reset_recurrent_dropout_mask",
    "SimpleRNNCell": "get_dropout_mask get_recurrent_dropout_mask !reset_dropout_mask !reset_recurrent_dropout_mask",
    "Bidirectional": "!reset_state !reset_states .states",
    "Dense": ".variable_serialization_spec",
    "EinsumDense": ".variable_serialization_spec",
    "Embedding": ".variable_serialization_spec",
    "Discretization": "!adapt !update_state !finalize_state !reset_state .output_dtype",
    "Normalization": "!finalize_state convert_weight",
    "MelSpectrogram": "linear_to_mel_weight_matrix convert_weight",
    "STFTSpectrogram": "convert_weight",
    "CategoryEncoding": "convert_weight",
    "SpectralNormalization": "normalized_weights",
    "TorchModuleWrapper": "parameters",
}
_OF_CELL = """activation bias_constraint bias_initializer bias_regularizer data_format dilation_rate dropout filters kernel_constraint
    kernel_initializer kernel_regularizer kernel_size padding recurrent_activation recurrent_constraint recurrent_dropout
    recurrent_initializer recurrent_regularizer strides unit_forget_bias use_bias"""


def members(host: type) -> dict[str, Any]:
    """What a described class has besides its description."""
    found: dict[str, Any] = {}
    for text in _MEMBERS.get(host.__name__, "").split():
        name = text.lstrip(".=!")
        label = f"{host.__name__}.{name}"
        method = Builtin(label, _nothing if text[0] == "!" else _asked(label))
        setter = Builtin(label, _kept(f"_{name}")) if text[0] == "=" else None
        found[name] = Property(method, setter) if text[0] in ".=" else method
    if host.__name__ == "ConvLSTM":
        found |= {name: Property(Builtin(f"ConvLSTM.{name}", _of_cell(name)), None) for name in _OF_CELL.split()}
    return found


def _asked(label: str) -> Any:
    def apply(self: Any, *args: Any, **kwargs: Any) -> Any:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, label)

    return apply


def _kept(name: str) -> Any:
    def apply(self: Any, value: Any) -> None:
        self.__dict__[name] = value

    return apply


def _nothing(self: Any, *args: Any, **kwargs: Any) -> None:
    return None


def _of_cell(name: str) -> Any:
    def apply(self: Any) -> Any:
        return getattr(self.cell, name)

    return apply
