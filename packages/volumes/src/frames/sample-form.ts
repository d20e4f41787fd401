import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { SampleForm } from './source-frame.ts'

/** Returns what the samples of an instance are (PS3.3 C.7.6.3 and C.7.6.24). */
export function sampleForm(attributes: DicomAttributes): SampleForm {
  const bitsAllocated = attributes.number('BitsAllocated') ?? 0
  const bitsStored = attributes.number('BitsStored') ?? bitsAllocated
  return {
    rows: attributes.number('Rows') ?? 0,
    columns: attributes.number('Columns') ?? 0,
    components: attributes.number('SamplesPerPixel') ?? 1,
    photometric: attributes.string('PhotometricInterpretation') ?? '',
    bitsAllocated,
    bitsStored,
    highBit: attributes.number('HighBit') ?? bitsStored - 1,
    isSigned: attributes.number('PixelRepresentation') === 1,
    realBits: attributes.has('DoubleFloatPixelData') ? 64 : attributes.has('FloatPixelData') ? 32 : undefined,
  }
}

/** Returns the padding value of whole numbers, of the sign that their pixels have. */
export function paddingValue(attributes: DicomAttributes, { isSigned }: SampleForm): number | undefined {
  const value = attributes.number('PixelPaddingValue')
  return value !== undefined && isSigned && value > 32_767 ? value - 65_536 : value
}
