import { describe, expect, test } from 'vitest'
import { describeImage, renderFrame, RenderError } from '@ahi-dicom/renderer'
import type { PictureNotice } from '@ahi-dicom/renderer'
import { attributesOf, type Attributes } from './picture-source-double.ts'

const image = { Rows: 16, Columns: 16, SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', BitsStored: 8 }
const pixels = Uint8Array.from({ length: 256 }, (_, index) => index)
const falling = [...pixels].toReversed()
const bytes = Uint8Array.from(falling)
const packed = [...new Uint16Array(bytes.buffer)]

interface Shown {
  readonly levels: readonly number[]
  readonly messages: readonly string[]
}

/** Returns the levels of a ramp over all 8-bit values, and the messages of the notices. */
function shown(attributes: Attributes): Shown {
  const messages: string[] = []
  const onNotice = ({ code, message }: PictureNotice): void => {
    expect(code).toBe('PICTURE_ATTRIBUTE_INVALID')
    messages.push(message)
  }
  const description = describeImage(attributesOf({ ...image, ...attributes }), 0, { onNotice })
  return { levels: [...renderFrame(pixels, description).data], messages }
}

function voiLut(descriptor: readonly (string | number)[], data: Uint8Array | readonly number[]): Shown {
  return shown({ VOILUTSequence: [{ LUTDescriptor: descriptor, LUTData: data }] })
}

function wordsOf(values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(values).buffer)
}

describe('a VOI LUT', () => {
  // dcm2pnm 3.6.7 +Wl 1 makes the same levels from these tables, in US and in OW.
  test.each([
    ['8 bits in words of US', [256, 0, 8], falling],
    ['8 bits, two to a word of US', [256, 0, 8], packed],
    ['8 bits, two to a word of SS', [256, 0, 8], packed.map((word) => (word << 16) >> 16)],
    ['8 bits in words of OW', [256, 0, 8], wordsOf(falling)],
    ['8 bits in bytes of OW', [256, 0, 8], bytes],
    ['a descriptor read as SS', [256, 0, 8].map((word) => (word << 16) >> 16), packed],
    ['a descriptor in text', ['256', '0 ', '8'], packed],
  ])('is applied: %s', (_, descriptor, data) => {
    expect(voiLut(descriptor, data)).toEqual({ levels: falling, messages: [] })
  })

  test('does not read the padding after an odd count of bytes', () => {
    const levels = falling.with(255, 1)
    expect(voiLut([255, 0, 8], bytes)).toEqual({ levels, messages: [] })
    expect(voiLut([255, 0, 8], packed)).toEqual({ levels, messages: [] })
  })

  test('has 65536 entries if its count is 0, in words and in bytes', () => {
    const entries = Uint8Array.from({ length: 65_536 }, (_, index) => 255 - Math.min(index, 255))
    expect(voiLut([0, 0, 8], entries)).toEqual({ levels: falling, messages: [] })
    expect(voiLut([0, 0, 8], [...new Uint16Array(entries.buffer)])).toEqual({ levels: falling, messages: [] })
    expect(voiLut([0, 0, 8], [...entries])).toEqual({ levels: falling, messages: [] })
  })

  // dcm2pnm repeats the last entry as well.
  test('that is shorter than its descriptor states repeats its last entry, with a notice', () => {
    const { levels, messages } = voiLut([256, 0, 8], falling.slice(0, 200))
    expect(levels).toEqual(falling.map((level) => Math.max(level, 56)))
    expect(messages).toEqual(['LUTData has fewer entries than its descriptor states; the last one is repeated'])
  })

  // pydicom's apply_voi follows the count as well.
  test('that is longer than its descriptor states is cut, with a notice', () => {
    const { levels, messages } = voiLut([200, 0, 8], falling)
    expect(levels).toEqual(falling.map((level) => Math.max(level, 56)))
    expect(messages).toEqual(['LUTData has more entries than its descriptor states; the first ones are used'])
  })

  test('of bytes has 8 bits although its descriptor states 16, with a notice', () => {
    const { levels, messages } = voiLut([256, 0, 16], bytes)
    expect(levels).toEqual(falling)
    expect(messages).toEqual(['LUTData has entries of 8 bits, but its descriptor states another number of bits'])
  })

  // dcm2pnm takes 8 bits, too.
  test.each([0, 1, 32])('with a descriptor of %d bits follows its entries, with a notice', (bits) => {
    const { levels, messages } = voiLut([256, 0, bits], falling)
    expect(levels).toEqual(falling)
    expect(messages).toEqual(['LUTData has a descriptor without a valid number of bits, so the entries decide'])
  })

  // dcm2pnm returns [0, 0, 0, 6, 6, 6, 15, 15, 15] for these entries, at 0 to 2, 100 to 102 and 253 to 255.
  test('narrower than its descriptor is as dark as in dcmtk, with a notice', () => {
    const { levels, messages } = voiLut(
      [256, 0, 16],
      [...pixels].map((index) => index * 16),
    )
    expect([0, 1, 2, 100, 101, 102, 253, 254, 255].map((index) => levels[index])).toEqual([
      0, 0, 0, 6, 6, 6, 16, 16, 16,
    ])
    expect(messages).toEqual([
      'LUTDescriptor of the VOI LUT has more bits than its entries use, which makes the picture dark',
    ])
  })

  test('wider than its descriptor shows its largest entry white, with a notice', () => {
    const { levels, messages } = voiLut(
      [256, 0, 8],
      falling.map((level) => level * 257),
    )
    expect(levels).toEqual(falling)
    expect(messages).toEqual(['LUTData has entries beyond the bits of its descriptor; the largest one is white'])
  })

  test.each([
    ['no descriptor', { LUTData: packed }],
    ['no data', { LUTDescriptor: [256, 0, 8] }],
    ['a descriptor of two numbers', { LUTDescriptor: [256, 0], LUTData: packed }],
    ['a descriptor that is no number', { LUTDescriptor: ['256', 'x', '8'], LUTData: packed }],
    ['a descriptor of fractions', { LUTDescriptor: [256, 0.5, 8], LUTData: packed }],
    ['entries that are no numbers', { LUTDescriptor: [2, 0, 8], LUTData: ['x', 'y'] }],
    ['entries of more than 16 bits', { LUTDescriptor: [2, 0, 8], LUTData: [70_000, 1] }],
  ] satisfies (readonly [string, Attributes])[])('with %s is ignored, with a notice', (_, item) => {
    const { levels, messages } = shown({ VOILUTSequence: [item] })
    expect(levels).toEqual([...pixels])
    expect(messages).toContain('VOILUTSequence has no usable table and is ignored')
  })

  test('may have a descriptor in bytes', () => {
    const item = { LUTDescriptor: wordsOf([256, 0, 8]), LUTData: packed }
    expect(shown({ VOILUTSequence: [item] })).toEqual({ levels: falling, messages: [] })
  })
})

test('without a usable modality LUT, windows are ignored, with a notice', () => {
  const { levels, messages } = shown({
    ModalityLUTSequence: [{ LUTDescriptor: [256, 0, 8] }],
    WindowCenter: '1000',
    WindowWidth: '10',
  })
  expect(levels).toEqual([...pixels])
  expect(messages).toEqual([
    'ModalityLUTSequence has no usable table and is ignored',
    'WindowCenter is ignored, because the values that it applies to are unknown',
  ])
})

function paletteOf(
  descriptor: readonly number[],
  data: Uint8Array | readonly number[],
  isSegmented = false,
): Attributes {
  const channels = ['Red', 'Green', 'Blue'].map((colour) => ({
    [`${colour}PaletteColorLookupTableDescriptor`]: descriptor,
    [`${isSegmented ? 'Segmented' : ''}${colour}PaletteColorLookupTableData`]: data,
  }))
  return Object.assign({ PhotometricInterpretation: 'PALETTE COLOR' }, ...channels)
}

describe('a palette', () => {
  test.each([
    ['words', [256, 0, 8], falling],
    ['two to a word', [256, 0, 8], packed],
    ['bytes', [256, 0, 8], bytes],
  ])('may have entries of 8 bits in %s', (_, descriptor, data) => {
    const { levels, messages } = shown(paletteOf(descriptor, data))
    expect(levels).toEqual(falling.flatMap((level) => [level, level, level]))
    expect(messages).toEqual([])
  })

  // PS3.3 C.7.9.2: a discrete segment of one entry, and a linear one from 255 down to 0.
  const segments = [0, 1, 255, 1, 255, 0]
  test.each([
    ['bytes', Uint8Array.from(segments)],
    ['words of OW', wordsOf(segments)],
    ['words of US', segments],
    ['words of US, two to a word', [...new Uint16Array(Uint8Array.from(segments).buffer)]],
  ])('may have segments of 8 bits in %s', (_, data) => {
    const { levels, messages } = shown(paletteOf([256, 0, 8], data, true))
    expect(levels).toEqual(falling.flatMap((level) => [level, level, level]))
    expect(messages).toEqual([])
  })

  test('has a notice if its segments make another number of entries', () => {
    const { messages } = shown(paletteOf([256, 0, 8], Uint8Array.of(0, 2, 1, 2), true))
    expect(messages[0]).toBe(
      'SegmentedRedPaletteColorLookupTableData makes another number of entries than its descriptor states',
    )
  })

  test('is required: without a usable one, rendering fails', () => {
    expect(() => shown(paletteOf([256, 0, 8], [70_000]))).toThrow(RenderError)
    expect(() => shown(paletteOf([256, 0, 8], Uint8Array.of(0, 0), true))).toThrow(RenderError)
  })
})
