import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { createPngEncoder, encodePng, PictureError } from '@ahi-dicom/renderer'
import type { PixelArray, PngOptions } from '@ahi-dicom/renderer'
import { pictureSource, type Attributes } from './picture-source-double.ts'

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
const pixels = words.subarray(0, width * height)
const missing =
  spawnSync('python3', ['-c', 'import PIL, numpy']).status === 0 ? undefined : 'python3 with Pillow and numpy'
if (missing !== undefined) {
  if (process.env['CI'] !== undefined) throw new Error(`Cannot read PNGs by another program: ${missing} is missing`)
  console.warn(`PNGs are not read by another program: ${missing} is missing`)
}

interface Decoded {
  readonly samples: readonly number[]
  readonly header: {
    readonly width: number
    readonly height: number
    readonly depth: number
    readonly colorType: number
  }
}

/** Returns samples as pngjs decodes them: four of 16 bits a pixel. */
async function decodedPng(frame: PixelArray, attributes: Attributes, options: PngOptions = {}): Promise<Decoded> {
  const bytes = await encodePng(pictureSource([frame], attributes), options)
  const { data, ...header } = PNG.sync.read(Buffer.from(bytes), { skipRescale: true })
  const channels = attributes['SamplesPerPixel'] === 3 ? [0, 1, 2] : [0]
  const samples: number[] = []
  for (let i = 0; i < width * height; i++) for (const channel of channels) samples.push(data[i * 4 + channel] ?? -1)
  return { samples, header }
}

/** Returns the content of the pHYs chunk. */
async function densityChunk(attributes: Attributes): Promise<Buffer | undefined> {
  const bytes = Buffer.from(await encodePng(pictureSource([pixels], attributes)))
  const start = bytes.indexOf('pHYs', 'latin1')
  return start < 0 || start > bytes.indexOf('IDAT', 'latin1') ? undefined : bytes.subarray(start + 4, start + 13)
}

/** Returns the output of a line of Python about a PNG that Pillow has loaded as `p`. */
function printedByPillow(png: Uint8Array, expression: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'encode-png-'))
  try {
    const path = join(directory, 'frame.png')
    writeFileSync(path, png)
    const script = `import sys, numpy, PIL.Image as i; p = i.open(sys.argv[1]); p.load(); a = numpy.asarray(p); print(${expression})`
    return execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }).trim()
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describe('encodePng', () => {
  test('returns 8-bit grey through the window of the data set', async () => {
    const attributes = { ...grey, WindowCenter: '128', WindowWidth: '256' }
    const { samples, header } = await decodedPng(pixels, attributes)
    expect(header).toMatchObject({ width, height, depth: 8, colorType: 0 })
    expect(samples).toEqual(Array.from(pixels, (word) => Math.min(word, 255)))
  })

  test('returns stored values in 16 bits', async () => {
    const { samples, header } = await decodedPng(pixels, grey, { bits: 16 })
    expect(header).toMatchObject({ width, height, depth: 16, colorType: 0 })
    expect(samples).toEqual([...pixels])
  })

  test('returns colour in 8 and 16 bits', async () => {
    const bytes = Uint8Array.from(words)
    expect((await decodedPng(bytes, rgb)).samples).toEqual([...bytes])
    const { samples, header } = await decodedPng(words, { ...rgb, BitsStored: 16 }, { bits: 16 })
    expect(header).toMatchObject({ width, height, depth: 16, colorType: 2 })
    expect(samples).toEqual([...words])
  })

  test.skipIf(missing !== undefined)('gives what Pillow reads', async () => {
    const png = await encodePng(pictureSource([pixels], grey), { bits: 16 })
    const printed = printedByPillow(png, 'a.shape, a.ravel().tolist()')
    expect(printed).toBe(`(${height}, ${width}) [${[...pixels].join(', ')}]`)
  })

  test('draws overlays if asked', async () => {
    const overlay = { '60000010': 1, '60000011': 2, '60000050': [1, 1], '60003000': Uint8Array.of(0b10) }
    const attributes = { ...grey, BitsStored: 8, ...overlay }
    const black = new Uint8Array(width * height)
    expect((await decodedPng(black, attributes)).samples.slice(0, 3)).toEqual([0, 0, 0])
    expect((await decodedPng(black, attributes, { overlays: true })).samples.slice(0, 3)).toEqual([0, 255, 0])
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
  test.each(densities)('writes the size of pixels from %s', async (_, attributes, expected) => {
    const chunk = await densityChunk({ ...grey, ...attributes })
    const values = chunk && [chunk.readUInt32BE(0), chunk.readUInt32BE(4), chunk.readUInt8(8)]
    expect(values).toEqual(expected)
  })

  test.skipIf(missing !== undefined)('notes sizes that Pillow reads', async () => {
    const png = await encodePng(pictureSource([pixels], { ...grey, PixelSpacing: ['0.5', '0.25'] }))
    const printed = printedByPillow(png, 'p.size, p.info["dpi"]')
    expect(printed).toBe(`(${width}, ${height}) (${4000 * 0.0254}, ${2000 * 0.0254})`)
  })

  test('accepts a frame and a window', async () => {
    const source = pictureSource([new Uint16Array(width * height), new Uint16Array(width * height).fill(50)], grey)
    const bytes = await encodePng(source, { frame: 1, window: { center: 10, width: 2 } })
    expect(PNG.sync.read(Buffer.from(bytes)).data[0]).toBe(255)
  })

  test('names the existing frames if a frame does not exist', async () => {
    const source = pictureSource([pixels, pixels], grey)
    await expect(encodePng(source, { frame: 2 })).rejects.toThrow(PictureError)
    await expect(encodePng(source, { frame: 2 })).rejects.toMatchObject({
      code: 'PICTURE_NO_SUCH_FRAME',
      sopInstanceUid: '1.2.3.4.5',
      frame: 2,
      message: 'Cannot show frame number 3 of instance 1.2.3.4.5: it has 2 frames. Choose one from 1 to 2.',
    })
    for (const frame of [-1, 0.5, Number.NaN]) await expect(encodePng(source, { frame })).rejects.toThrow(PictureError)
    await expect(encodePng(pictureSource([], grey))).rejects.toThrow(/: it has no frames\.$/u)
  })

  test('passes the signal on to the source, and stops when it aborts', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const source = {
      ...pictureSource([pixels], grey),
      async frame(_: number, options?: { readonly signal?: AbortSignal | undefined }) {
        expect(options?.signal).toBe(signal)
        controller.abort(new Error('stopped'))
        return pixels
      },
    }
    await expect(encodePng(source, { signal })).rejects.toThrow('stopped')
  })
})

describe('createPngEncoder', () => {
  test('returns each frame like encodePng, and reads shared attributes once', async () => {
    const source = pictureSource([pixels, pixels.map((word) => word >>> 1)], { ...grey, PixelSpacing: ['1', '1'] })
    let reads = 0
    const counting = {
      ...source,
      get attributes() {
        reads += 1
        return source.attributes
      },
    }
    const encode = createPngEncoder(counting, { bits: 16 })
    const pngs = [await encode(1), await encode(0)]
    expect(reads).toBe(1)
    expect(pngs).toEqual([
      await encodePng(source, { frame: 1, bits: 16 }),
      await encodePng(source, { frame: 0, bits: 16 }),
    ])
  })

  test('reads attributes only after the first frame', async () => {
    const source = pictureSource([Uint8Array.of(1)], {})
    let wasRead = false
    const late = {
      ...source,
      get attributes() {
        return pictureSource([], wasRead ? { ...grey, Rows: 1, Columns: 1, BitsStored: 8 } : {}).attributes
      },
      frame: (index: number) => ((wasRead = true), source.frame(index)),
    }
    expect(PNG.sync.read(Buffer.from(await createPngEncoder(late)(0)))).toMatchObject({ width: 1, height: 1 })
  })
})
