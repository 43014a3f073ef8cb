"""``torch.distributions``: the shapes of parameters, samples and probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ir.tensor import Shape
from ...ir.unknown import Reason, Unknown
from ..describe import RUN
from ..shapes import broadcast
from .native import derivable, native
from .tensor import TorchTensor, default_dtype


def _tensors(*values: Any) -> tuple[tuple[Any, ...], str]:
    """The common shape of parameters, and their element type."""
    held = [value for value in values if isinstance(value, TorchTensor)]
    shape = broadcast(*(value.shape for value in held)) if held else ()
    return tuple(shape), held[0].dtype if held else default_dtype()


def _sizes(shape: Any) -> tuple[Any, ...]:
    return tuple(shape) if isinstance(shape, (tuple, list)) else ()


def _kind_of(distribution: Any) -> str:
    """The element type of the parameters, and so of probabilities."""
    return distribution.__dict__.get("_kind_of_parameters", distribution._kind)


@derivable("torch.distributions.Distribution", module="torch.distributions.distribution")
class Distribution:
    """A distribution: a batch of them, each over events of a shape."""

    has_rsample = False
    has_enumerate_support = False
    _validate_args = True
    _kind: str

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: Any = None) -> None:
        self.__dict__.setdefault("_kind", default_dtype())
        self._batch_shape, self._event_shape = Shape(batch_shape), Shape(event_shape)

    @staticmethod
    def set_default_validate_args(value: Any) -> None:
        pass

    @property
    def batch_shape(self) -> Any:
        return self._batch_shape

    @property
    def event_shape(self) -> Any:
        return self._event_shape

    def _extended_shape(self, sample_shape: Any = ()) -> Any:
        return Shape((*_sizes(sample_shape), *self._batch_shape, *self._event_shape))

    def sample(self, sample_shape: Any = ()) -> Any:
        return TorchTensor((*_sizes(sample_shape), *self._batch_shape, *self._event_shape), self._kind)

    rsample = sample

    def sample_n(self, n: Any) -> Any:
        return TorchTensor((n, *self._batch_shape, *self._event_shape), self._kind)

    def log_prob(self, value: Any) -> Any:
        if not isinstance(value, TorchTensor):
            return value if type(value) is Unknown else TorchTensor(self._batch_shape, _kind_of(self))
        events = len(self._event_shape)
        shape = value.shape[: len(value.shape) - events]
        return TorchTensor(broadcast(tuple(shape), tuple(self._batch_shape)), _kind_of(self))

    def cdf(self, value: Any) -> Any:
        return Distribution.log_prob(self, value)

    icdf = cdf

    def entropy(self) -> Any:
        return TorchTensor(self._batch_shape, _kind_of(self))

    def _like_event(self) -> Any:
        return TorchTensor((*self._batch_shape, *self._event_shape), _kind_of(self))

    @property
    def mean(self) -> Any:
        return Distribution._like_event(self)

    @property
    def variance(self) -> Any:
        return Distribution._like_event(self)

    @property
    def stddev(self) -> Any:
        return Distribution._like_event(self)

    @property
    def mode(self) -> Any:
        return Distribution._like_event(self)

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        return RUN.get().unknown(Reason.NOT_DESCRIBED, "Distribution.expand")


def _start(self: Any, names: tuple[str, ...], values: tuple[Any, ...], kind: str | None = None) -> None:
    """Keep the parameters, stretched to one shape."""
    lost = next((value for value in values if type(value) is Unknown), None)
    shape, dtype = _tensors(*values)
    for name, value in zip(names, values, strict=True):
        self.__dict__[name] = lost if lost is not None else value if value is None else TorchTensor(shape, dtype)
    self.__dict__.update(_kind=kind or dtype, _kind_of_parameters=dtype)
    Distribution.__init__(self, shape)


#: name: parameters with their defaults; an element type of the samples that is not that of the parameters.
_PLAIN = """
normal.Normal: loc scale
laplace.Laplace: loc scale
gumbel.Gumbel: loc scale
cauchy.Cauchy: loc scale
log_normal.LogNormal: loc scale
uniform.Uniform: low high
beta.Beta: concentration1 concentration0
gamma.Gamma: concentration rate
pareto.Pareto: scale alpha
weibull.Weibull: scale concentration
studentT.StudentT: df loc=0.0 scale=1.0
half_normal.HalfNormal: scale
half_cauchy.HalfCauchy: scale
exponential.Exponential: rate
poisson.Poisson: rate
chi2.Chi2: df
von_mises.VonMises: loc concentration
bernoulli.Bernoulli: probs=None logits=None
geometric.Geometric: probs=None logits=None
negative_binomial.NegativeBinomial: total_count probs=None logits=None
binomial.Binomial: total_count=1 probs=None logits=None
"""


def _plain(path: str, words: Sequence[str]) -> None:
    module, _, name = path.partition(".")
    parameters = tuple(word.partition("=")[0] for word in words)
    defaults = {key: None if value == "None" else float(value) for key, _, value in (word.partition("=") for word in words) if value}

    def start(self: Any, *args: Any, validate_args: Any = None, **kwargs: Any) -> None:
        given = {**defaults, **dict(zip(parameters, args, strict=False)), **kwargs}
        _start(self, parameters, tuple(given[one] for one in parameters))

    made = type(name, (Distribution,), {"__init__": start, "__doc__": f"The distribution {name}.", "has_rsample": name not in _DISCRETE})
    derivable(f"torch.distributions.{name}", module=f"torch.distributions.{module}")(made)


_DISCRETE = ("Bernoulli", "Geometric", "NegativeBinomial", "Binomial", "Poisson", "Categorical")

for _line in _PLAIN.strip().splitlines():
    _path, _, _words = _line.partition(": ")
    _plain(_path, _words.split())


@derivable("torch.distributions.Categorical", module="torch.distributions.categorical")
class Categorical(Distribution):
    """One of several classes."""

    _param: TorchTensor

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        given = logits if probs is None else probs
        if not isinstance(given, TorchTensor):
            _start(self, ("probs", "logits"), (probs, logits), "int64")
            return
        self.__dict__.update(probs=given.like(), logits=given.like(), _param=given, _num_events=given.shape[-1], _kind="int64",
                             _kind_of_parameters=given.dtype)  # fmt: skip
        Distribution.__init__(self, given.shape[:-1])

    @property
    def param_shape(self) -> Any:
        return self._param.shape


@derivable("torch.distributions.OneHotCategorical", module="torch.distributions.one_hot_categorical")
class OneHotCategorical(Distribution):
    """One of several classes, as a vector with a single one."""

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: Any = None) -> None:
        given = logits if probs is None else probs
        if not isinstance(given, TorchTensor):
            _start(self, ("probs", "logits"), (probs, logits))
            return
        self.__dict__.update(probs=given.like(), logits=given.like(), _kind=given.dtype)
        Distribution.__init__(self, given.shape[:-1], given.shape[-1:])


@derivable("torch.distributions.Dirichlet", module="torch.distributions.dirichlet")
class Dirichlet(Distribution):
    """A distribution over distributions."""

    has_rsample = True

    def __init__(self, concentration: Any, validate_args: Any = None) -> None:
        if not isinstance(concentration, TorchTensor):
            _start(self, ("concentration",), (concentration,))
            return
        self.__dict__.update(concentration=concentration, _kind=concentration.dtype)
        Distribution.__init__(self, concentration.shape[:-1], concentration.shape[-1:])


@derivable("torch.distributions.MultivariateNormal", module="torch.distributions.multivariate_normal")
class MultivariateNormal(Distribution):
    """A normal distribution of vectors."""

    has_rsample = True

    def __init__(self, loc: Any, covariance_matrix: Any = None, precision_matrix: Any = None, scale_tril: Any = None,
                 validate_args: Any = None) -> None:  # fmt: skip
        matrix = next((one for one in (covariance_matrix, precision_matrix, scale_tril) if one is not None), None)
        if not isinstance(loc, TorchTensor) or not isinstance(matrix, TorchTensor):
            _start(self, ("loc",), (loc,))
            return
        batch = broadcast(tuple(matrix.shape[:-2]), tuple(loc.shape[:-1]))
        self.__dict__.update(loc=loc.like((*batch, loc.shape[-1])), _kind=loc.dtype)
        Distribution.__init__(self, batch, loc.shape[-1:])


@derivable("torch.distributions.Independent", module="torch.distributions.independent")
class Independent(Distribution):
    """A distribution some of whose batch axes are taken as part of the event."""

    def __init__(self, base_distribution: Any, reinterpreted_batch_ndims: Any, validate_args: Any = None) -> None:
        self.base_dist, self.reinterpreted_batch_ndims = base_distribution, reinterpreted_batch_ndims
        batch, event = getattr(base_distribution, "_batch_shape", ()), getattr(base_distribution, "_event_shape", ())
        cut = len(batch) - reinterpreted_batch_ndims
        self.__dict__["_kind"] = getattr(base_distribution, "_kind", default_dtype())
        Distribution.__init__(self, batch[:cut], (*batch[cut:], *event))


@derivable("torch.distributions.TransformedDistribution", module="torch.distributions.transformed_distribution")
class TransformedDistribution(Distribution):
    """A distribution seen through a function; shapes stay."""

    def __init__(self, base_distribution: Any, transforms: Any, validate_args: Any = None) -> None:
        self.base_dist = base_distribution
        self.transforms = list(transforms) if isinstance(transforms, (tuple, list)) else [transforms]
        self.__dict__["_kind"] = getattr(base_distribution, "_kind", default_dtype())
        Distribution.__init__(self, getattr(base_distribution, "_batch_shape", ()), getattr(base_distribution, "_event_shape", ()))


@derivable("torch.distributions.transforms.Transform", "torch.distributions.Transform", module="torch.distributions.transforms")
class Transform:
    """A function of random numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)


@derivable("torch.distributions.transforms.AffineTransform", "torch.distributions.AffineTransform", module="torch.distributions.transforms")
class AffineTransform(Transform):
    """``loc + scale * x``."""

    def __init__(self, loc: Any, scale: Any, event_dim: Any = 0, cache_size: Any = 0) -> None:
        self.loc, self.scale = loc, scale


@native("torch.distributions.kl_divergence", "torch.distributions.kl.kl_divergence")
def kl_divergence(p: Any, q: Any) -> Any:
    """How far one distribution is from another."""
    if type(p) is Unknown or type(q) is Unknown:
        return p if type(p) is Unknown else q
    return TorchTensor(broadcast(tuple(p._batch_shape), tuple(q._batch_shape)), _kind_of(p))
