import { assembleVolume, planVolumes } from '@ahi-dicom/volumes'
import { array, assert, asyncProperty, boolean, integer } from 'fast-check'
import { expect, test } from 'vitest'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { instanceOf, seriesOf, stack } from './series.ts'

const positions = stack(2, [0, 0, 0], [0, 0, 2])

test('real-world values are whole numbers where all of them are', async () => {
  const unsigned = { PixelRepresentation: 0, BitsStored: 12, HighBit: 11 }
  const instances = seriesOf({ positions, own: () => unsigned })
  const volume = await assembleVolume(instances, { values: 'real-world' })
  expect(volume).toMatchObject({ dtype: 'int16', rescale: { slope: 1, intercept: 0 }, units: 'HU' })
  expect(Array.from(volume.data.slice(12, 15))).toEqual([-24, -23, -22])
})

test.each([
  [{ RescaleSlope: 0.5, RescaleIntercept: 0 }, 'float32'],
  [{ RescaleSlope: 2, RescaleIntercept: 0 }, 'int32'],
  [{ RescaleSlope: 1, RescaleIntercept: 0 }, 'int16'],
])('real-world values of %o are %s', (own, dtype) => {
  const [volume] = planVolumes(seriesOf({ positions, own: () => own }), { values: 'real-world' })
  expect(volume?.dtype).toBe(dtype)
})

function petImage(k: number): Attributes {
  return {
    Modality: 'PT',
    Units: 'BQML',
    RescaleSlope: 0.5 + k,
    RescaleIntercept: 0,
  }
}

test('slices that differ in their slopes are real-world values, as of PET', async () => {
  const volume = await assembleVolume(seriesOf({ positions, own: petImage }))
  expect(volume).toMatchObject({ dtype: 'float32', units: 'BQML', rescale: { slope: 1, intercept: 0 } })
  expect(volume.warnings.map(({ code }) => code)).toEqual(['RESCALE_DIFFERS'])
  expect([volume.data[1], volume.data[13]]).toEqual([0.5, 1501.5])
})

test('bits that are no part of a value are left out', async () => {
  const attributes = { BitsStored: 12, HighBit: 12 }
  const [first] = seriesOf({ positions: [[0, 0, 0]], own: () => attributes })
  if (first === undefined) throw new Error('expected an instance')
  const samples = new Int16Array(12)
  samples.set([0b0011_1111_1111_1110, 0b0110_0000_0000_0011, 0b0001_0000_0000_0000])
  const volume = await assembleVolume([{ ...first, frame: async () => samples }])
  expect(Array.from(volume.data.slice(0, 3))).toEqual([-1, 1, -2048])
})

test.each([
  ['unsigned', 0, Uint16Array],
  ['signed', 1, Int16Array],
] as const)('%s samples of fewer bits than they have room for are their values', async (_, sign, Samples) => {
  const samples = array(integer({ min: 0, max: 0xffff }), { minLength: 12, maxLength: 12 })
  const bitsStored = integer({ min: 1, max: 16 })
  await assert(
    asyncProperty(samples, bitsStored, boolean(), async (numbers, bits, isClean) => {
      const form = { PixelRepresentation: sign, BitsStored: bits, HighBit: bits - 1 }
      const [first] = seriesOf({ positions: [[0, 0, 0]], own: () => form })
      if (first === undefined) throw new Error('expected an instance')
      const values = numbers.map((number) =>
        sign === 1 ? BigInt.asIntN(bits, BigInt(number)) : BigInt.asUintN(bits, BigInt(number)),
      )
      const frame = Samples.from(isClean ? values.map(Number) : numbers)
      const volume = await assembleVolume([{ ...first, frame: async () => frame }])
      expect(Array.from(volume.data)).toEqual(values.map(Number))
    }),
  )
})

const plane = { ImagePositionPatient: [0, 0, 0], ImageOrientationPatient: [1, 0, 0, 0, 1, 0], PixelSpacing: [1, 1] }

function colourOf(photometric: string, own: Attributes = {}): Parameters<typeof assembleVolume>[0] {
  const form = { Rows: 1, Columns: 2, SamplesPerPixel: 3, BitsAllocated: 8, BitsStored: 8, HighBit: 7 }
  const pixels = Uint8Array.from([76, 85, 255, 255, 128, 128])
  return [
    instanceOf([pixels], { ...plane, ...form, PhotometricInterpretation: photometric, SliceThickness: 1, ...own }),
  ]
}

test('colours are a last axis of red, green and blue', async () => {
  const rgb = await assembleVolume(colourOf('RGB'))
  expect(rgb).toMatchObject({ shape: [1, 1, 2, 3], dtype: 'uint8', dimensions: { components: 3 } })
  expect([...rgb.data]).toEqual([76, 85, 255, 255, 128, 128])
  expect([...(await assembleVolume(colourOf('YBR_FULL'))).data]).toEqual([254, 0, 0, 255, 255, 255])
})

test.each([
  ['a palette', colourOf('PALETTE COLOR')],
  ['four components', colourOf('CMYK', { SamplesPerPixel: 4 })],
  ['a slope of 0', seriesOf({ positions, own: () => ({ RescaleSlope: 0 }) })],
  ['no size', seriesOf({ positions, own: () => ({ Rows: 0 }) })],
  ['a mosaic', seriesOf({ positions, own: () => ({ ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'MOSAIC'] }) })],
  ['64 bits', seriesOf({ positions, own: () => ({ BitsAllocated: 64 }) })],
])('pixels of %s are refused', (_, instances) => {
  expect(() => planVolumes(instances)).toThrow(expect.objectContaining({ code: 'VOLUME_PIXELS_UNSUPPORTED' }))
})

test('a Modality LUT is told, and never left out of real-world values', () => {
  const instances = seriesOf({ positions, own: () => ({ ModalityLUTSequence: [{ LUTDescriptor: [1, 0, 16] }] }) })
  expect(planVolumes(instances)[0]?.warnings.map(({ code }) => code)).toEqual(['MODALITY_LUT_NOT_APPLIED'])
  expect(() => planVolumes(instances, { values: 'real-world' })).toThrow(
    expect.objectContaining({ code: 'VOLUME_PIXELS_UNSUPPORTED' }),
  )
})

test('a frame that is not what the attributes describe is named', async () => {
  const [first] = seriesOf({ positions: [[0, 0, 0]] })
  if (first === undefined) throw new Error('expected an instance')
  await expect(assembleVolume([{ ...first, frame: async () => new Int16Array(11) }])).rejects.toMatchObject({
    code: 'VOLUME_FRAME_MISMATCH',
    sopInstanceUids: ['1.2.3.1'],
  })
})

test('attributes that follow a verified frame decide what its values are', async () => {
  const attributes = { BitsStored: 12, HighBit: 11, PixelRepresentation: 0, RescaleIntercept: -1 }
  const [first] = seriesOf({ positions: [[0, 0, 0]], own: () => attributes })
  const [corrected] = seriesOf({ positions: [[0, 0, 0]], own: () => ({ PixelRepresentation: 0 }) })
  if (first === undefined || corrected === undefined) throw new Error('expected instances')
  const wide = (): typeof first => {
    let isRead = false
    return {
      ...first,
      get attributes() {
        return isRead ? corrected.attributes : first.attributes
      },
      async frame() {
        isRead = true
        return new Uint16Array(12).fill(60_000)
      },
    }
  }
  expect((await assembleVolume([wide()])).data[0]).toBe(60_000)
  // Real-world values of 12 bits are planned as int16, which has no room for these.
  await expect(assembleVolume([wide()], { values: 'real-world' })).rejects.toMatchObject({
    code: 'VOLUME_FRAME_MISMATCH',
    message: expect.stringContaining('its values have 16 bits, and its metadata describes 12'),
  })
})
