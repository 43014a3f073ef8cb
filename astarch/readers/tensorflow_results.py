"""What type of elements an operation of TensorFlow gives, by its definition: an attribute says it, or it is always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

#: Operations that give something else than their attribute `T`, or whatever else of `_USUAL` they have: for each of their results
#: the attribute that names its type, with its default behind the sign, or behind the sign alone the type itself.
_DEFINITIONS = """
=bool: All Any ApproximateEqual Equal Greater GreaterEqual InTopK InTopKV2 IsFinite IsInf IsNan IsVariableInitialized Less LessEqual LogicalAnd
LogicalNot LogicalOr LoopCond NotEqual TensorMapHasKey ToBool VarIsInitializedOp
=complex64: BatchFFT BatchFFT2D BatchFFT3D BatchIFFT BatchIFFT2D BatchIFFT3D
=float32: AdjustContrast CropAndResize EditDistance ExtractGlimpse ExtractGlimpseV2 FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars Mfcc
ResizeArea ResizeBicubic ResizeBilinear ScaleAndTranslate
=float32 =float32: RequantizationRange RequantizationRangePerChannel
=float32 =float32 =float32 =int32: CombinedNonMaxSuppression
=float64: Timestamp
=int32: Bucketize DeviceIndex MapIncompleteSize MapSize NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionWithOverlaps
Rank SetSize StatelessRandomGetAlg StringLength TensorListLength TensorMapSize
=int32 =int32: NonMaxSuppressionV4
=int32 T=float32 =int32: NonMaxSuppressionV5
=int64: GlobalIterId RngReadAndSkip StringToHashBucket StringToHashBucketFast StringToHashBucketStrong Where
=int64 =string =int64: StringSplit StringSplitV2
=int64 T =int64: DenseToDenseSetOperation
=resource: HashTableV2 ThreadPoolHandle VarHandleOp
=string: AsString Fact GetOptions MatchingFiles ReadFile ReduceJoin SerializeTensor Stack StringFormat StringJoin StringLower StringStrip
StringUpper Substr UnsortedSegmentJoin
=string Tsplits=int64: StringNGrams
=uint64 =uint64: StatelessRandomGetKeyCounter
=uint64 =uint64 =int32: StatelessRandomGetKeyCounterAlg
=uint8: Fingerprint PopulationCount
=variant: CompressElement EmptyTensorList EmptyTensorMap TensorListConcatLists TensorListFromTensor TensorListPushBack TensorListPushBackBatch
TensorListReserve TensorListResize TensorListScatter
TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit TensorMapErase TensorMapInsert WindowOp
=variant element_dtype: TensorListPopBack
T =float32 =float32: QuantizeV2 QuantizedAvgPool QuantizedConcat QuantizedInstanceNorm QuantizedMaxPool QuantizedReshape QuantizedResizeBilinear
T =int32: ApproxTopK Merge RefMerge TopK
T Targmax=int64: MaxPoolWithArgmax
T U U U U: FusedBatchNormV2
T U U U U U: FusedBatchNormV3
T index_type=int32: TopKV2
T out_idx=int32: ListDiff Unique UniqueV2
T out_idx=int32 out_idx=int32: UniqueWithCounts UniqueWithCountsV2
T output_idx_type=int32: Lu
T=complex64: Conj
T=float32: AdjustContrastv2 AdjustHue AdjustSaturation HSVToRGB LRN LeakyRelu MaxPool MaxPoolV2 NextAfter RGBToHSV
T=int32: BroadcastArgs DataFormatDimMap DataFormatVecPermute InvertPermutation
Tcomplex=complex64: FFT FFT2D FFT3D FFTND IFFT IFFT2D IFFT3D IFFTND RFFT RFFT2D RFFT3D RFFTND
Tidx=int32: Range UnravelIndex
Tout: RandomUniformInt
Tout Tout: Eig
Tout=complex64: Complex
Tout=float32: Angle ComplexAbs Imag Real
Toutput: QuantizedMatMulWithBiasAndDequantize
Toutput=qint32 =float32 =float32: QuantizedAdd QuantizedMatMul QuantizedMatMulWithBias QuantizedMatMulWithBiasAndRelu QuantizedMul
Toutput=quint8 =float32 =float32: QuantizedMatMulWithBiasAndReluAndRequantize QuantizedMatMulWithBiasAndRequantize
Tparams: Gather GatherNd GatherV2
Treal=float32: IRFFT IRFFT2D IRFFT3D IRFFTND
dtype: ParameterizedTruncatedNormal RandomStandardNormal RandomUniform StatelessRandomGammaV2 StatelessRandomPoisson StatelessRandomUniformInt
TruncatedNormal
dtype=float32: Dequantize SobolSample StatefulStandardNormal StatefulStandardNormalV2 StatefulTruncatedNormal StatefulUniform
StatelessRandomNormal StatelessRandomNormalV2 StatelessRandomUniform StatelessRandomUniformV2 StatelessTruncatedNormal StatelessTruncatedNormalV2
dtype=int32: HistogramFixedWidth
dtype=int64: NonDeterministicInts RandomPoissonV2 StatefulRandomBinomial StatefulUniformInt StatelessRandomBinomial
dtype=uint64: StatefulUniformFullInt StatelessRandomUniformFullInt StatelessRandomUniformFullIntV2
element_dtype =int64: TensorListConcat TensorListConcatV2
out_type =float32 =float32: QuantizeDownAndShrinkRange QuantizedBatchNormWithGlobalNormalization QuantizedBiasAdd Requantize
out_type=float32: StringToNumber
out_type=int32: LowerBound Shape Size UpperBound VariableShape
out_type=int32: ShapeN
out_type=qint32 =float32 =float32: QuantizedConv2D QuantizedConv2DAndRelu QuantizedConv2DPerChannel QuantizedConv2DWithBias
QuantizedConv2DWithBiasAndRelu QuantizedConv2DWithBiasSumAndRelu QuantizedDepthwiseConv2D QuantizedDepthwiseConv2DWithBias
QuantizedDepthwiseConv2DWithBiasAndRelu
out_type=qint8 =float32 =float32: QuantizedConv2DAndRequantize QuantizedConv2DWithBiasAndRequantize
out_type=quint8 =float32 =float32: QuantizedConv2DAndReluAndRequantize QuantizedConv2DWithBiasAndReluAndRequantize
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize QuantizedConv2DWithBiasSumAndReluAndRequantize
QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize QuantizedRelu QuantizedRelu6 QuantizedReluX RequantizePerChannel
output_dtype=int64: Multinomial StatelessMultinomial
output_type=int64: ArgMax ArgMin
shape_type: TensorListElementShape
shape_type=int32: ConcatOffset
tensor_type: Recv
type: Bitcast
"""

#: The attributes that name the type of the result of all other operations, the first that there is.
_USUAL = ("T", "dtype", "DstT", "out_type", "Tout", "element_dtype")

#: Words in the names of operations of which this table does not keep all.
_UNLISTED = ("Sparse", "Ragged", "Lookup", "Decode", "Encode", "Parse", "Dataset", "Iterator", "Queue", "Stack", "TensorArray", "Optional",
             "CTC", "Cudnn", "Grad", "Sampler", "Image", "BoundingBox", "Apply", "Reader", "Restore", "Unicode",
             "Accumulator", "Debug", "Fractional", "Session", "Summary", "Isotonic", "Prelinearize")  # fmt: skip


def _listed() -> Iterator[tuple[str, tuple[str, ...]]]:
    results: tuple[str, ...] = ()
    for line in _DEFINITIONS.strip().splitlines():
        said, colon, names = line.rpartition(":")
        results = tuple(said.split()) if colon else results
        yield from ((name, results) for name in names.split())


_RESULTS: Mapping[str, tuple[str, ...]] = dict(_listed())


def result_types(operation: str, stated: Callable[[str], str | None]) -> tuple[str | None, ...]:
    """The types of an operation's results, the last standing for all that follow; None where it is not known.

    Args:
        operation: Its name.
        stated: The type that an attribute of the operation names.

    >>> result_types("Less", lambda name: "int32" if name == "T" else None)
    ('bool',)
    """
    if operation in _RESULTS:
        pairs = (said.partition("=") for said in _RESULTS[operation])
        return tuple((stated(name) if name else None) or default or None for name, _, default in pairs)
    if _is_unlisted(operation):
        return (None,)
    return (next((found for name in _USUAL if (found := stated(name)) is not None), None),)


@lru_cache(4096)
def _is_unlisted(operation: str) -> bool:
    return any(word in operation for word in _UNLISTED)


def operations() -> tuple[str, ...]:
    """The operations that are listed."""
    return tuple(_RESULTS)
