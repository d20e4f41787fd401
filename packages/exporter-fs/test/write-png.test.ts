import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { writePng } from '@ahi-dicom/exporter-fs'
import type { PngOptions } from '@ahi-dicom/exporter-fs'
import type { PixelArray } from '@ahi-dicom/renderer'
import { instanceDouble } from './instance-double.ts'
import type { Attributes } from './instance-double.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const width = 37
const height = 11
const grey: Attributes = {
  Rows: height,
  Columns: width,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 16,
  PixelRepresentation: 0,
}
const rgb: Attributes = { ...grey, SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', BitsStored: 8 }
const words = Uint16Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) & 0xffff)
const missing =
  spawnSync('python3', ['-c', 'import PIL, numpy']).status === 0 ? undefined : 'python3 with Pillow and numpy'
if (missing !== undefined) {
  if (process.env['CI'] !== undefined) throw new Error(`Cannot read PNGs by another program: ${missing} is missing`)
  console.warn(`PNGs are not read by another program: ${missing} is missing`)
}

interface Written {
  readonly samples: readonly number[]
  readonly header: {
    readonly width: number
    readonly height: number
    readonly depth: number
    readonly colorType: number
  }
}

/** Samples as pngjs gives them: four of 16 bits a pixel. */
async function writtenPng(pixels: PixelArray, attributes: Attributes, options: PngOptions = {}): Promise<Written> {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'frame.png')
  const digest = await writePng(instanceDouble({ frames: [pixels], attributes }), path, options)
  const bytes = readFileSync(path)
  expect(bytes).toHaveLength(digest.byteLength)
  const { data, ...header } = PNG.sync.read(bytes, { skipRescale: true })
  const channels = attributes['SamplesPerPixel'] === 3 ? [0, 1, 2] : [0]
  const samples: number[] = []
  for (let i = 0; i < width * height; i++) for (const channel of channels) samples.push(data[i * 4 + channel] ?? -1)
  return { samples, header }
}

/** The content of the pHYs chunk. */
async function densityChunk(attributes: Attributes): Promise<Buffer | undefined> {
  using directory = temporaryDirectory()
  const path = join(directory.path, 'frame.png')
  await writePng(instanceDouble({ frames: [words.subarray(0, width * height)], attributes }), path)
  const bytes = readFileSync(path)
  const start = bytes.indexOf('pHYs', 'latin1')
  return start < 0 || start > bytes.indexOf('IDAT', 'latin1') ? undefined : bytes.subarray(start + 4, start + 13)
}

describe('writePng', () => {
  test('writes 8-bit grey through the window of the data set', async () => {
    const attributes = { ...grey, WindowCenter: '128', WindowWidth: '256' }
    const { samples, header } = await writtenPng(words.subarray(0, width * height), attributes)
    expect(header).toMatchObject({ width, height, depth: 8, colorType: 0 })
    expect(samples).toEqual(Array.from(words.subarray(0, width * height), (word) => Math.min(word, 255)))
  })

  test('writes stored values in 16 bits', async () => {
    const { samples, header } = await writtenPng(words.subarray(0, width * height), grey, { bits: 16 })
    expect(header).toMatchObject({ width, height, depth: 16, colorType: 0 })
    expect(samples).toEqual([...words.subarray(0, width * height)])
  })

  test('writes colour in 8 and 16 bits', async () => {
    const bytes = Uint8Array.from(words)
    expect((await writtenPng(bytes, rgb)).samples).toEqual([...bytes])
    const { samples, header } = await writtenPng(words, { ...rgb, BitsStored: 16 }, { bits: 16 })
    expect(header).toMatchObject({ width, height, depth: 16, colorType: 2 })
    expect(samples).toEqual([...words])
  })

  test.skipIf(missing !== undefined)('writes what Pillow reads', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'frame.png')
    const script =
      'import sys, numpy, PIL.Image as i; a = numpy.asarray(i.open(sys.argv[1])); print(a.shape, a.ravel().tolist())'
    const pixels = words.subarray(0, width * height)
    await writePng(instanceDouble({ frames: [pixels], attributes: grey }), path, { bits: 16 })
    const printed = execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })
    expect(printed.trim()).toBe(`(${height}, ${width}) [${[...pixels].join(', ')}]`)
  })

  test('draws overlays where it is told to', async () => {
    const overlay = { '60000010': 1, '60000011': 2, '60000050': [1, 1], '60003000': Uint8Array.of(0b10) }
    const attributes = { ...grey, BitsStored: 8, ...overlay }
    const black = new Uint8Array(width * height)
    expect((await writtenPng(black, attributes)).samples.slice(0, 3)).toEqual([0, 0, 0])
    expect((await writtenPng(black, attributes, { overlays: true })).samples.slice(0, 3)).toEqual([0, 255, 0])
  })

  const measured = { SharedFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: ['0.5', '0.25'] }] }] }
  const frameMeasured = {
    PerFrameFunctionalGroupsSequence: [{ PixelMeasuresSequence: [{ PixelSpacing: ['2', '1'] }] }],
  }
  const densities: [string, Attributes, readonly number[] | undefined][] = [
    ['PixelSpacing, rows first', { PixelSpacing: ['0.5', '0.25'], ImagerPixelSpacing: ['9', '9'] }, [4000, 2000, 1]],
    ['ImagerPixelSpacing', { PixelSpacing: ['0', '0'], ImagerPixelSpacing: ['0.1', '0.2'] }, [5000, 10_000, 1]],
    ['NominalScannedPixelSpacing', { NominalScannedPixelSpacing: ['1', '1'] }, [1000, 1000, 1]],
    ['the functional groups shared by all frames', measured, [4000, 2000, 1]],
    ['those of the frame before them', { ...measured, ...frameMeasured }, [1000, 500, 1]],
    ['PixelAspectRatio, vertical first', { PixelAspectRatio: ['4', '3'] }, [4, 3, 0]],
    ['nothing', { PixelSpacing: ['0', 'a'], PixelAspectRatio: ['0', '1'] }, undefined],
  ]
  test.each(densities)('notes the size of pixels by %s', async (_, attributes, expected) => {
    const chunk = await densityChunk({ ...grey, ...attributes })
    const values = chunk && [chunk.readUInt32BE(0), chunk.readUInt32BE(4), chunk.readUInt8(8)]
    expect(values).toEqual(expected)
  })

  test.skipIf(missing !== undefined)('notes sizes that Pillow reads', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'frame.png')
    const attributes = { ...grey, PixelSpacing: ['0.5', '0.25'] }
    await writePng(instanceDouble({ frames: [words.subarray(0, width * height)], attributes }), path)
    const script = 'import sys, PIL.Image as i; p = i.open(sys.argv[1]); p.load(); print(p.size, p.info["dpi"])'
    const printed = execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })
    expect(printed.trim()).toBe(`(${width}, ${height}) (${4000 * 0.0254}, ${2000 * 0.0254})`)
  })

  test('takes a frame and a window', async () => {
    using directory = temporaryDirectory()
    const path = join(directory.path, 'frame.png')
    const frames = [new Uint16Array(width * height), new Uint16Array(width * height).fill(50)]
    const instance = instanceDouble({ frames, attributes: grey })
    await writePng(instance, path, { frame: 1, window: { center: 10, width: 2 } })
    expect(PNG.sync.read(readFileSync(path)).data[0]).toBe(255)
    await expect(async () => writePng(instance, path, { frame: 2 })).rejects.toMatchObject({
      code: 'PICTURE_NO_SUCH_FRAME',
    })
  })
})
