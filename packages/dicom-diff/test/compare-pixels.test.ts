import { compareInstances, type InstanceComparison } from '@ahi-dicom/dicom-diff'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encapsulatedImage, nativeImage, withElement, type ImageOptions } from './support/test-image.ts'
import { bigEndian, dicomSource, explicit, shorts, text, type TestElement } from './support/write-dicom.ts'

const rle = '1.2.840.10008.1.2.5'
const deflatedFrames = '1.2.840.10008.1.2.8.1'
const jpegXl = '1.2.840.10008.1.2.4.110'
const video = '1.2.840.10008.1.2.4.102'

describe('pixels', () => {
  test.each<[string, Uint8Array, ImageOptions]>([
    ['1 bit', bytes(24, 255), { bitsAllocated: 1, rows: 8, columns: 8, frames: 3 }],
    ['1 bit, frames that begin inside a byte', bytes(6, 255), { bitsAllocated: 1, rows: 3, columns: 5, frames: 3 }],
    ['8 bits', bytes(24), { bitsAllocated: 8 }],
    ['signed 8 bits', bytes(24, 255), { bitsAllocated: 8, isSigned: true }],
    ['16 bits', bytes(48), {}],
    ['signed 12 of 16 bits', bytes(48, 7), { bitsStored: 12, isSigned: true }],
    ['32 bits', bytes(96), { bitsAllocated: 32 }],
    ['64 bits', bytes(192), { bitsAllocated: 64 }],
    ['colours', bytes(72), { bitsAllocated: 8, samplesPerPixel: 3, photometricInterpretation: 'RGB' }],
    ['4:2:2', bytes(48), { bitsAllocated: 8, samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422' }],
    ['several frames', bytes(144), { frames: 3 }],
  ])('of %s: equal ones are equal, and a changed one is found', async (_, pixels, options) => {
    const one = nativeImage(pixels, options)
    expect(await outcome(one, one)).toEqual(['equal'])
    for (const at of [0, Math.floor(pixels.byteLength / 2), pixels.byteLength - 1]) {
      const other = nativeImage(flipped(pixels, at), options)
      const isCompared = options.bitsAllocated !== 64
      expect((await outcome(one, other))[0], `byte ${at}`).toBe(isCompared ? 'different' : 'not compared')
    }
  })

  test.each<[string, Uint8Array, ImageOptions]>([
    ['8 bits in OB', bytes(24), { bitsAllocated: 8 }],
    ['16 bits', bytes(48), {}],
  ])('in the other byte order are equal: %s', async (_, pixels, options) => {
    const image = nativeImage(pixels, options)
    const found = await compareInstances(dicomSource(image), dicomSource(image, { transferSyntaxUid: bigEndian }))
    expect(found).toMatchObject({ differences: [], pixels: 'equal' })
  })

  test('in big endian OW with an odd number of bytes are in pairs', async () => {
    const image = { bitsAllocated: 8, rows: 3, columns: 5, frames: 2 }
    const words = withElement(nativeImage(bytes(30), image), { tag: 0x7fe00010, vr: 'OW', value: bytes(30) })
    const found = await compareInstances(
      dicomSource(nativeImage(bytes(30), image)),
      dicomSource(words, { transferSyntaxUid: bigEndian }),
    )
    expect(found).toMatchObject({ pixels: 'equal', differences: [] })
  })

  test('by plane and by pixel have the same colours', async () => {
    const image = { bitsAllocated: 8, samplesPerPixel: 3, rows: 1, columns: 2, photometricInterpretation: 'RGB' }
    const planes = nativeImage(Uint8Array.of(1, 4, 2, 5, 3, 6), { ...image, isPlanar: true })
    const pixels = nativeImage(Uint8Array.of(1, 2, 3, 4, 5, 6), image)
    expect(await outcome(planes, pixels)).toEqual(['equal', 'planar'])
    expect(await outcome(planes, nativeImage(Uint8Array.of(1, 2, 3, 4, 6, 5), image))).toEqual([
      'different',
      'PlanarConfiguration',
      'PixelData',
    ])
  })

  test('at full resolution repeat the chroma of 4:2:2', async () => {
    const image = { bitsAllocated: 8, samplesPerPixel: 3, rows: 1, columns: 2 }
    const subsampled = nativeImage(Uint8Array.of(10, 20, 100, 200), {
      ...image,
      photometricInterpretation: 'YBR_FULL_422',
    })
    const full = nativeImage(Uint8Array.of(10, 100, 200, 20, 100, 200), {
      ...image,
      photometricInterpretation: 'YBR_FULL',
    })
    expect(await outcome(subsampled, full)).toEqual(['equal', 'photometric'])
  })

  test('in YCbCr and in RGB are compared as RGB', async () => {
    // PS3.3 C.7.6.3.1.2: Y 76, Cb 85, Cr 255 of R 255, G 0, B 0, each rounded.
    const image = { bitsAllocated: 8, samplesPerPixel: 3, rows: 1, columns: 2 }
    const ybr = nativeImage(Uint8Array.of(76, 85, 255, 128, 128, 128), {
      ...image,
      photometricInterpretation: 'YBR_FULL',
    })
    const rgb = nativeImage(Uint8Array.of(255, 0, 0, 128, 128, 128), { ...image, photometricInterpretation: 'RGB' })
    const [ours, theirs] = [dicomSource(ybr), dicomSource(rgb)]
    const exact = await compareInstances(ours, theirs)
    expect(exact.differences.find(({ difference }) => difference === 'pixels')?.detail).toContain('compared as RGB')
    expect((await compareInstances(ours, theirs, { tolerance: 1 })).pixels).toBe('within tolerance')
    // Equal samples with another colour space are other colours.
    const renamed = withElement(ybr, text(0x00280004, 'CS', 'RGB'))
    expect((await compareInstances(ours, dicomSource(renamed), { tolerance: 1 })).differences).toMatchObject([
      { attribute: 'PhotometricInterpretation' },
      { attribute: 'PixelData' },
    ])
  })

  test('may differ by the tolerance', async () => {
    const image = nativeImage(bytes(48))
    const other = withElement(image, {
      tag: 0x7fe00010,
      vr: 'OW',
      value: bytes(48).map((byte, at) => (at === 6 ? byte + 3 : byte)),
    })
    const of = async (tolerance: number): Promise<string> =>
      (await compareInstances(dicomSource(image), dicomSource(other), { tolerance })).pixels
    expect([await of(2), await of(3)]).toEqual(['different', 'within tolerance'])
  })

  test('with signed samples may have the sign in the bits above the stored ones', async () => {
    const image = { bitsStored: 12, isSigned: true, rows: 1, columns: 2 }
    const plain = nativeImage(Uint8Array.of(0xff, 0x0f, 0x05, 0), image)
    const signed = nativeImage(Uint8Array.of(0xff, 0xff, 0x05, 0), image)
    expect(await outcome(plain, signed)).toEqual(['equal', 'sign-bits'])
    const overlay = nativeImage(Uint8Array.of(0xff, 0x1f, 0x05, 0), image)
    expect((await outcome(plain, overlay))[0]).toBe('different')
    const unsigned = { ...image, isSigned: false }
    const [one, other] = [Uint8Array.of(0xff, 0x0f, 5, 0), Uint8Array.of(0xff, 0xff, 5, 0)]
    expect((await outcome(nativeImage(one, unsigned), nativeImage(other, unsigned)))[0]).toBe('different')
  })

  test('in RLE equal the native image, and a changed byte is found', async () => {
    const image = { rows: 2, columns: 3 }
    // PS3.5 annex G: a header of 64 bytes, a segment of high bytes and one of low bytes.
    const frame = rleFrame([Uint8Array.of(0xfb, 1), Uint8Array.of(5, 1, 2, 3, 4, 5, 6)])
    const native = nativeImage(Uint8Array.of(1, 1, 2, 1, 3, 1, 4, 1, 5, 1, 6, 1), image)
    const encapsulated = encapsulatedImage([new Uint8Array(0), frame], image)
    expect(await outcome(native, encapsulated, rle)).toEqual(['equal'])
    const damaged = encapsulatedImage([new Uint8Array(0), flipped(frame, 70)], image)
    expect((await outcome(native, damaged, rle))[0]).toBe('different')
    const short = encapsulatedImage([new Uint8Array(0), frame.subarray(0, 68)], image)
    expect(await outcome(native, short, rle)).toEqual(['different', 'PixelData'])
  })

  test('in deflated frames equal the native image', async () => {
    const native = nativeImage(bytes(48))
    const frame = padded(deflateRawSync(bytes(48)))
    expect(await outcome(native, encapsulatedImage([new Uint8Array(0), frame]), deflatedFrames)).toEqual(['equal'])
    const other = padded(deflateRawSync(flipped(bytes(48), 3)))
    expect((await outcome(native, encapsulatedImage([new Uint8Array(0), other]), deflatedFrames))[0]).toBe('different')
  })

  test('without a decoder are equal as encoded, or not compared', async () => {
    const stream = Uint8Array.of(0xff, 0x0a, 1, 2, 3, 4)
    const one = encapsulatedImage([new Uint8Array(0), stream])
    expect(await outcome(one, one, jpegXl, jpegXl)).toEqual(['as encoded'])
    const other = encapsulatedImage([new Uint8Array(0), flipped(stream, 5)])
    const found = await compareInstances(
      dicomSource(one, { transferSyntaxUid: jpegXl }),
      dicomSource(other, { transferSyntaxUid: jpegXl }),
    )
    expect(found).toMatchObject({
      pixels: 'not compared',
      notCompared: 'frames of JPEG XL are not decoded',
      differences: [],
    })
  })

  test('in a private transfer syntax are equal if their bytes are', async () => {
    const one = encapsulatedImage([new Uint8Array(0), bytes(50)])
    const other = encapsulatedImage([new Uint8Array(0), flipped(bytes(50), 20)])
    const [own, another] = ['1.2.3.999', '1.2.3.998']
    expect(await outcome(one, one, own, own)).toEqual(['as encoded'])
    expect((await outcome(one, other, own, own))[0]).toBe('not compared')
    expect((await outcome(one, one, own, another))[0]).toBe('not compared')
  })

  test('of a video are compared as one object, whatever its fragments', async () => {
    const stream = bytes(3000, 13)
    const parts = [new Uint8Array(0), stream.subarray(0, 1000), stream.subarray(1000)]
    const one = encapsulatedImage([new Uint8Array(0), stream], { frames: 25 })
    expect(await outcome(one, encapsulatedImage(parts, { frames: 25 }), video, video)).toEqual(['as encoded'])
    const other = encapsulatedImage([new Uint8Array(0), flipped(stream, 2999)], { frames: 25 })
    expect((await outcome(one, other, video, video))[0]).toBe('not compared')
  })

  test('may lack a frame', async () => {
    const three = nativeImage(bytes(144), { frames: 3 })
    const cut = withElement(three, { tag: 0x7fe00010, vr: 'OW', value: bytes(96) })
    expect(await problems(three, cut)).toEqual(['frames'])
    const frames = [rleFrame([bytes(2), bytes(2)]), rleFrame([bytes(2), bytes(2)])]
    const image = { frames: 2, rows: 1, columns: 1 }
    const both = encapsulatedImage([new Uint8Array(0), ...frames], image)
    const one = encapsulatedImage([new Uint8Array(0), ...frames.slice(1)], image)
    expect(await problems(both, one, rle)).toEqual(['frames'])
  })

  test('have frames where a correct offset table points', async () => {
    const frames = [
      rleFrame([Uint8Array.of(1, 2), Uint8Array.of(0, 7)]),
      rleFrame([Uint8Array.of(0, 3), Uint8Array.of(0, 8)]),
    ]
    const image = { frames: 2, rows: 1, columns: 1 }
    const right = encapsulatedImage([table((frames[0]?.byteLength ?? 0) + 8), ...frames], image)
    expect(await problems(right, encapsulatedImage([new Uint8Array(0), ...frames], image), rle)).toEqual([])
    expect(await problems(right, encapsulatedImage([table(10), ...frames], image), rle)).toEqual(['offset-table'])
  })

  test('with floating-point samples or without a description are compared as bytes', async () => {
    const base = nativeImage(bytes(48)).filter(({ tag }) => tag !== 0x7fe00010)
    expect(await outcome([...base, floats(2)], [...base, floats(2)])).toEqual(['equal'])
    expect(await outcome([...base, floats(2)], [...base, floats(3)])).toEqual(['different', 'FloatPixelData'])
    const withoutRows = nativeImage(bytes(48)).filter(({ tag }) => tag !== 0x00280010)
    expect(await outcome(withoutRows, withoutRows)).toEqual(['equal'])
    const other = withElement(withoutRows, { tag: 0x7fe00010, vr: 'OW', value: flipped(bytes(48), 9) })
    expect(await outcome(withoutRows, other)).toEqual(['different', 'PixelData'])
  })

  test('do not explain a wrong description', async () => {
    const image = nativeImage(bytes(48))
    const other = withElement(image, shorts(0x00280101, 12))
    const { differences } = await compareInstances(dicomSource(image), dicomSource(other))
    expect(differences.map(({ attribute }) => attribute)).toEqual(['BitsStored'])
  })
})

/** Returns the outcome, the attributes that differ, and the normalisations outside group 2. */
async function outcome(
  one: readonly TestElement[],
  other: readonly TestElement[],
  otherSyntax = explicit,
  syntax = explicit,
): Promise<string[]> {
  const found = await compareInstances(
    dicomSource(one, { transferSyntaxUid: syntax }),
    dicomSource(other, { transferSyntaxUid: otherSyntax }),
  )
  return [found.pixels, ...found.differences.map(({ attribute }) => attribute), ...normalised(found)]
}

function normalised(found: InstanceComparison): string[] {
  return found.normalised.flatMap(({ normalisation = '' }) => (normalisation === 'file-meta' ? [] : [normalisation]))
}

async function problems(
  one: readonly TestElement[],
  other: readonly TestElement[],
  transferSyntaxUid = explicit,
): Promise<string[]> {
  const { differences } = await compareInstances(
    dicomSource(one, { transferSyntaxUid }),
    dicomSource(other, { transferSyntaxUid }),
  )
  return differences.map(({ difference }) => difference)
}

function bytes(length: number, step = 5): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * step) % 251)
}

/** Returns a copy with one bit of a byte changed. Each bit of a byte belongs to a sample. */
function flipped(from: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(from)
  copy[at] = (copy[at] ?? 0) ^ 4
  return copy
}

function rleFrame(segments: readonly Uint8Array[]): Uint8Array {
  const header = new Uint32Array(16)
  header[0] = segments.length
  let offset = 64
  for (const [index, segment] of segments.entries()) {
    header[index + 1] = offset
    offset += segment.byteLength
  }
  return padded(Buffer.concat([new Uint8Array(header.buffer), ...segments]))
}

function padded(frame: Uint8Array): Uint8Array {
  return frame.byteLength % 2 === 0 ? frame : Buffer.concat([frame, Uint8Array.of(0)])
}

const table = (second: number): Uint8Array => new Uint8Array(Uint32Array.of(0, second).buffer)

const floats = (value: number): TestElement => ({
  tag: 0x7fe00008,
  vr: 'OF',
  value: new Uint8Array(Float32Array.of(1, value).buffer),
})
