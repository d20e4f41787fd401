import { randomFillSync } from 'node:crypto'
import { createFormats, pngFormat, writeInstanceFiles } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'

const grey = { PhotometricInterpretation: 'MONOCHROME2', SamplesPerPixel: 1 }
const colour = { PhotometricInterpretation: 'RGB', SamplesPerPixel: 3, PlanarConfiguration: 0 }

/** An instance with frames of noise, which cannot be compressed. */
function noise(samples: typeof grey | typeof colour, count: number): ReturnType<typeof instanceDouble> {
  const [rows, columns] = [61, 67]
  const frames = Array.from({ length: count }, () =>
    samples === grey
      ? randomFillSync(new Uint16Array(rows * columns))
      : randomFillSync(new Uint8Array(rows * columns * 3)),
  )
  const bits = samples === grey ? 16 : 8
  const depth = { BitsAllocated: bits, BitsStored: bits, HighBit: bits - 1, PixelRepresentation: 0 }
  return instanceDouble({ frames, attributes: { ...samples, ...depth, Rows: rows, Columns: columns } })
}

test.each([
  ['grey of 8 bits', grey, 8],
  ['grey of 16 bits', grey, 16],
  ['colour of 8 bits', colour, 8],
  ['colour of 16 bits', colour, 16],
] as const)('PNGs of noise are no larger than foreseen, and not much smaller: %s', async (_title, samples, bits) => {
  const instance = noise(samples, 3)
  const format = pngFormat({ bits, frames: [0, 2] })
  const foreseen = format.foresee?.(instance)
  const files = await writeInstanceFiles({ instance, stem: 'x' }, [format], memoryDestination())
  const written = files.reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(foreseen).toMatchObject({ files: 2, accuracy: 'at-most' })
  expect([...(foreseen?.frames ?? [])]).toEqual([0, 2])
  expect(written).toBeLessThanOrEqual(foreseen?.byteLength ?? 0)
  expect(written * 2).toBeGreaterThan(foreseen?.byteLength ?? 0)
})

test('a missing frame is an error before pixels are read, and an instance without frames has no pictures', () => {
  const format = pngFormat({ frames: [5] })
  expect(() => format.foresee?.(noise(grey, 3))).toThrow('frame')
  expect(format.foresee?.(instanceDouble())).toMatchObject({ files: 0, byteLength: 0 })
})

test('a DICOM file has the length that the instance measures', () => {
  const measure = { byteLength: 1234, isExact: false, storedFrameLengths: [7, 8], areStoredLengthsExact: true }
  const instance = instanceDouble({ frameCount: 2, measureFile: () => measure })
  const [format] = createFormats(['dcm'])
  const foreseen = format?.foresee?.(instance)
  expect(foreseen).toMatchObject({ files: 1, byteLength: 1234, accuracy: 'estimated' })
  expect([...(foreseen?.frames ?? [])]).toEqual([0, 1])
})
