"""What every layer and model of Keras has: methods and attributes, of Keras 3 and of those before."""

from __future__ import annotations

# fmt: off
KERAS_MEMBERS = frozenset({
    "activity_regularizer", "adapt", "add", "add_loss", "add_metric", "add_slot", "add_update", "add_variable", "add_weight", "autocast",
    "build", "build_from_config", "built", "call", "call_signature_parameters", "compile", "compile_from_config", "compiled",
    "compiled_loss", "compiled_metrics", "compute_dtype", "compute_loss", "compute_mask", "compute_metrics", "compute_output_shape",
    "compute_output_spec", "count_params", "distribute_reduction_method", "distribute_strategy", "dtype", "dtype_policy", "dynamic",
    "enable_lora", "evaluate", "evaluate_generator", "export", "finalize_state", "fit", "fit_generator", "from_config",
    "get_build_config", "get_compile_config", "get_config", "get_input_at", "get_layer", "get_losses_for", "get_metrics_result",
    "get_metrics_state", "get_output_at", "get_quantization_layer_structure", "get_state_tree", "get_updates_for", "get_weights",
    "history", "inbound", "inbound_nodes", "input", "input_dim", "input_dtype", "input_mask", "input_names", "input_shape", "input_spec",
    "inputs", "is_placeholder", "jit_compile", "kernel_regularizer", "layers", "load_own_variables", "load_weights", "lora_enabled",
    "lora_rank", "loss", "losses", "make_predict_function", "make_test_function", "make_train_function", "metrics", "metrics_names",
    "metrics_variables", "name", "name_scope", "non_trainable", "non_trainable_variables", "non_trainable_weights", "optimizer",
    "outbound", "outbound_nodes", "output", "output_mask", "output_names", "output_shape", "outputs", "path", "pop", "predict",
    "predict_function", "predict_generator", "predict_on_batch", "predict_step", "quantization_mode", "quantize", "quantized_build",
    "quantized_call", "rematerialized_call", "reset_metrics", "reset_states", "run_eagerly", "save", "save_own_variables", "save_spec",
    "save_weights", "set_state_tree", "set_weights", "state_updates", "stateful", "stateless_call", "stateless_compute_loss",
    "steps_per_execution", "stop_training", "strategy", "submodules", "summary", "supports_jit", "supports_masking", "symbolic_call",
    "test_function", "test_on_batch", "test_step", "to_json", "to_yaml", "train_function", "train_on_batch", "train_step", "trainable",
    "trainable_state", "trainable_variables", "trainable_weights", "unrolled_steps_per_execution", "updates", "uses_learning_phase",
    "variable_dtype", "variables", "weights", "weights_are_tracked", "with_name_scope",
})
# fmt: on
