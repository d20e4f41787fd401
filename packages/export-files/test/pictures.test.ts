import {
  createFormats,
  gifFormat,
  jpgFormat,
  pngFormat,
  webpFormat,
  writeInstanceFiles,
  type Format,
} from '@ahi-dicom/export-files'
import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { PNG } from 'pngjs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { instanceDouble, type InstanceDouble } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'
import { readByPillow } from './read-by-pillow.ts'

const [rows, columns] = [96, 160]
const bits = { BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelRepresentation: 0, Rows: rows, Columns: columns }
const grey = { PhotometricInterpretation: 'MONOCHROME2', SamplesPerPixel: 1, ...bits }
const colour = { PhotometricInterpretation: 'RGB', SamplesPerPixel: 3, PlanarConfiguration: 0, ...bits }

type Attributes = NonNullable<InstanceDouble['attributes']>

/** A smooth pattern that moves from frame to frame, similar to medical images. */
function moving(samples: Attributes, count: number, more: Attributes = {}): ReturnType<typeof instanceDouble> {
  const channels = samples === grey ? 1 : 3
  const frames = Array.from({ length: count }, (_, frame) => {
    const pixels = new Uint8Array(rows * columns * channels)
    for (let at = 0; at < pixels.length; at++) {
      const [x, y] = [Math.floor(at / channels) % columns, Math.floor(at / channels / columns)]
      pixels[at] = Math.round(127 + 120 * Math.sin(x / 15 + y / 23 + frame / 4 + (at % channels)))
    }
    return pixels
  })
  return instanceDouble({ frames, attributes: { ...samples, ...more } })
}

async function filesOf(
  instance: ReturnType<typeof instanceDouble>,
  ...formats: readonly Format[]
): Promise<ReadonlyMap<string, Buffer>> {
  const destination = memoryDestination()
  await writeInstanceFiles({ instance, stem: 'x' }, formats, destination)
  return new Map(Array.from(destination.files, ([path, bytes]) => [path, Buffer.from(bytes)]))
}

/** Result in place of a reading if Pillow is not installed. */
const sizeAlone = { size: [columns, rows], hasMetadata: false }

function distance(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let at = 0; at < a.length; at++) most = Math.max(most, Math.abs((a[at] ?? 0) - (b[at] ?? 0)))
  return most
}

/** Returns the samples of a PNG without the alpha channel that pngjs adds. */
function samplesOfPng(file: Buffer, channels: number): Buffer {
  const { data } = PNG.sync.read(file)
  return Buffer.from(data.filter((_, at) => at % 4 < channels))
}

describe('JPEG and WebP', () => {
  test.each([
    ['grey', grey, 1, undefined],
    ['colour', colour, 3, undefined],
    ['grey, resized', grey, 1, 50],
    ['colour, resized', colour, 3, 50],
  ] as const)('encode the very samples that the PNG has: %s', async (_, samples, channels, size) => {
    const instance = moving(samples, 2, { WindowCenter: 100, WindowWidth: 180 })
    const options = { png: { size }, jpg: { size, quality: 80 }, webp: { size, quality: 80 } }
    const files = await filesOf(instance, ...createFormats(['webp', 'png', 'jpg'], options))
    expect([...files.keys()]).toEqual(
      ['png', 'jpg', 'webp'].flatMap((format) => [`x-0001.${format}`, `x-0002.${format}`]),
    )
    const png = files.get('x-0002.png') ?? Buffer.alloc(0)
    const { width, height } = PNG.sync.read(png)
    expect(width).toBe(size ?? columns)
    const raw = sharp(samplesOfPng(png, channels), { raw: { width, height, channels } })
    const same = raw.toColourspace(channels === 1 ? 'b-w' : 'srgb')
    const jpg = await same.clone().jpeg({ quality: 80, chromaSubsampling: '4:4:4' }).toBuffer()
    expect(Buffer.compare(files.get('x-0002.jpg') ?? png, jpg)).toBe(0)
    expect(Buffer.compare(files.get('x-0002.webp') ?? png, await same.clone().webp({ quality: 80 }).toBuffer())).toBe(0)
  })

  test.each([
    ['grey', grey, 1, 2],
    ['colour', colour, 3, 4],
  ] as const)('show what the PNG shows: %s', async (_, samples, channels, most) => {
    const instance = moving(samples, 1, { WindowCenter: 100, WindowWidth: 180 })
    const files = await filesOf(instance, pngFormat(), jpgFormat({ quality: 100 }))
    const png = samplesOfPng(files.get('x.png') ?? Buffer.alloc(0), channels)
    const jpg = await sharp(files.get('x.jpg'))
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer()
    expect(distance(png, jpg)).toBeLessThanOrEqual(most)
  })

  test('contain no metadata, and the same picture gives the same bytes', async () => {
    const names = { PatientName: 'Doe^Jane', PatientID: 'SECRET-1', PixelSpacing: [0.5, 0.5] }
    const formats = createFormats(['jpg', 'webp', 'gif'])
    const [one, two] = [
      await filesOf(moving(colour, 1, names), ...formats),
      await filesOf(moving(colour, 1), ...formats),
    ]
    expect([...one.keys()]).toEqual(['x.jpg', 'x.webp', 'x.gif'])
    for (const [path, file] of one) {
      expect(Buffer.compare(file, two.get(path) ?? Buffer.alloc(0))).toBe(0)
      expect(await sharp(file).metadata()).not.toMatchObject({ exif: expect.anything() })
      expect(readByPillow(file) ?? sizeAlone).toMatchObject({ size: [columns, rows], hasMetadata: false })
    }
  })

  test('are smaller with a lower quality, and grey stays grey', async () => {
    const sizes = await Promise.all(
      [30, 60, 90, 100].map(async (quality) => {
        const [file = Buffer.alloc(0)] = (await filesOf(moving(grey, 1), jpgFormat({ quality }))).values()
        expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', channels: 1 })
        return file.byteLength
      }),
    )
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
  })

  test('cannot be larger than their formats allow', async () => {
    const wide = { ...grey, Rows: 1, Columns: 20_000 }
    const instance = instanceDouble({ frames: [new Uint8Array(20_000)], attributes: wide })
    await expect(filesOf(instance, webpFormat())).rejects.toMatchObject({ code: 'PICTURE_TOO_LARGE' })
    const widest = (Columns: number) =>
      filesOf(instanceDouble({ frames: [new Uint8Array(Columns)], attributes: { ...wide, Columns } }), jpgFormat())
    expect((await widest(65_500)).size).toBe(1)
    await expect(widest(65_501)).rejects.toMatchObject({ code: 'PICTURE_TOO_LARGE' })
  })
})

describe('size', () => {
  test.each(['png', 'jpg', 'webp', 'gif'] as const)(
    'limits the longest edge of %s, and does not enlarge',
    async (name) => {
      const sizes = await Promise.all(
        [40, 160, 1000].map(async (size) => {
          const files = await filesOf(moving(colour, 1), ...createFormats([name], { [name]: { size } }))
          const { width, height } = await sharp(files.get(`x.${name}`)).metadata()
          return [width, height]
        }),
      )
      expect(sizes).toEqual([
        [40, 24],
        [160, 96],
        [160, 96],
      ])
    },
  )

  test('keeps the 16 bits of a PNG, and scales its density', async () => {
    const attributes = { ...grey, BitsAllocated: 16, BitsStored: 12, HighBit: 11, PixelSpacing: [0.5, 0.5] }
    const frame = new Uint16Array(rows * columns).fill(3001)
    const files = await filesOf(instanceDouble({ frames: [frame], attributes }), pngFormat({ bits: 16, size: 80 }))
    const { width, height, depth, data } = Object.assign(
      PNG.sync.read(files.get('x.png') ?? Buffer.alloc(0), { skipRescale: true }),
    )
    expect({ width, height, depth }).toEqual({ width: 80, height: 48, depth: 16 })
    expect(new Set(new Uint16Array(data.buffer).filter((_: number, at: number) => at % 4 < 3))).toEqual(new Set([3001]))
    const bytes = files.get('x.png') ?? Buffer.alloc(0)
    const at = bytes.indexOf('pHYs')
    expect([bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8)]).toEqual([1000, 1000])
  })
})

describe('an animation', () => {
  const vector = [0, 30, 50, 20.4, 20.4, 20.4]
  test.each<[string, Attributes, readonly number[], readonly number[]]>([
    ['FrameTime', { FrameTime: 40, CineRate: 5 }, [40, 40, 40, 40, 40, 40], [40, 40, 40, 40, 40, 40]],
    ['FrameTime of fractions', { FrameTime: 33.33 }, [33, 34, 33, 33, 34, 33], [30, 40, 30, 30, 40, 30]],
    ['FrameTimeVector', { FrameTimeVector: vector, FrameTime: 1 }, [30, 50, 20, 21, 20, 21], [30, 50, 20, 20, 20, 20]],
    [
      'RecommendedDisplayFrameRate',
      { RecommendedDisplayFrameRate: 20, CineRate: 5 },
      Array(6).fill(50),
      Array(6).fill(50),
    ],
    ['CineRate', { CineRate: 25, FrameTime: 0 }, Array(6).fill(40), Array(6).fill(40)],
    ['nothing', { FrameTimeVector: [0, 1] }, Array(6).fill(100), Array(6).fill(100)],
  ])('has its frame times from %s', async (_, times, webpTimes, gifTimes) => {
    const files = await filesOf(moving(grey, 6, times), webpFormat({ cine: true }), gifFormat())
    expect([...files.keys()]).toEqual(['x.webp', 'x.gif'])
    for (const [path, wanted] of [
      ['x.webp', webpTimes],
      ['x.gif', gifTimes],
    ] as const) {
      const file = files.get(path) ?? Buffer.alloc(0)
      const { pages, delay, loop, pageHeight = 0, width } = await sharp(file, { animated: true }).metadata()
      expect({ pages, delay, loop, pageHeight, width }).toEqual({
        pages: 6,
        delay: wanted,
        loop: 0,
        pageHeight: rows,
        width: columns,
      })
    }
  })

  test('can be read by Pillow: frames, times, repetition, pictures', async () => {
    const instance = moving(grey, 6, { FrameTimeVector: vector })
    const files = await filesOf(instance, pngFormat(), webpFormat({ cine: true, quality: 100 }), gifFormat())
    const pngRows = Array.from({ length: 6 }, (_, frame) =>
      samplesOfPng(files.get(`x-000${frame + 1}.png`) ?? Buffer.alloc(0), 1).subarray(0, columns),
    )
    for (const [path, format, most, durations] of [
      ['x.webp', 'WEBP', 8, [30, 50, 20, 21, 20, 21]],
      ['x.gif', 'GIF', 2, [30, 50, 20, 20, 20, 20]],
    ] as const) {
      const read = readByPillow(files.get(path) ?? Buffer.alloc(0))
      if (read === undefined) continue
      expect(read).toMatchObject({ format, size: [columns, rows], loop: 0, durations, hasMetadata: false })
      for (const [frame, row] of read.rows.entries()) {
        expect(distance(Buffer.from(row), pngRows[frame] ?? Buffer.alloc(0))).toBeLessThanOrEqual(most)
      }
    }
  })

  test('has all greys of a frame in a GIF', async () => {
    const ramp = Uint8Array.from({ length: rows * columns }, (_, at) => at % 256)
    const files = await filesOf(instanceDouble({ frames: [ramp, ramp], attributes: grey }), gifFormat())
    const { data, info } = await sharp(files.get('x.gif'), { animated: true })
      .raw()
      .toBuffer({ resolveWithObject: true })
    const shown = data.filter((_, at) => at % info.channels === 0)
    expect(distance(shown, Buffer.concat([ramp, ramp]))).toBeLessThanOrEqual(2)
  })

  test('has only the selected frames, and its settings name them', async () => {
    const format = webpFormat({ cine: true, frames: [0, { from: 2, to: 3 }] })
    expect(format.frames).toBeUndefined()
    expect(format).toMatchObject({ settings: { cine: true, quality: 90, frames: '1,3-4' } })
    const files = await filesOf(moving(colour, 5, { FrameTimeVector: [0, 10, 20, 30, 40] }), format)
    const { pages, delay } = await sharp(files.get('x.webp'), { animated: true }).metadata()
    expect({ pages, delay }).toEqual({ pages: 3, delay: [10, 30, 40] })
    await expect(filesOf(moving(grey, 2), format)).rejects.toMatchObject({ code: 'PICTURE_NO_SUCH_FRAME' })
  })

  test('has a notice if no attribute gives its times, but not for a single picture', async () => {
    const notices: InstanceNotice[] = []
    for (const count of [1, 2]) {
      await writeInstanceFiles({ instance: moving(grey, count), stem: 'x' }, [gifFormat()], memoryDestination(), {
        onNotice: (notice) => void notices.push(notice),
      })
    }
    expect(notices).toEqual([expect.objectContaining({ code: 'FRAME_TIME_ASSUMED', tag: '00181063', isLoss: false })])
  })

  test('is not made for an instance without pictures', async () => {
    expect((await filesOf(instanceDouble(), webpFormat({ cine: true }), gifFormat(), jpgFormat())).size).toBe(0)
  })

  test('reads one frame at a time', async () => {
    const double = moving(grey, 12)
    let reads = 0
    let writes = 0
    let mostAhead = 0
    const instance = {
      ...double,
      async frame(index: number) {
        mostAhead = Math.max(mostAhead, ++reads - writes)
        return double.frame(index)
      },
    }
    const destination = memoryDestination()
    const writer = {
      ...destination,
      write: (...[file, options]: Parameters<typeof destination.write>) =>
        destination.write({ ...file, chunks: counted(file.chunks) }, options),
    }
    async function* counted(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        writes += 1
        yield chunk
      }
    }
    await writeInstanceFiles({ instance, stem: 'x' }, [gifFormat()], writer)
    expect(reads).toBe(12)
    expect(mostAhead).toBeLessThanOrEqual(1)
  })
})

test.each([
  [() => jpgFormat({ quality: 0 }), 'quality'],
  [() => webpFormat({ quality: 50.5 }), 'quality'],
  [() => gifFormat({ size: 0 }), 'size'],
  [() => pngFormat({ size: 70_000 }), 'size'],
])('refuses options that are not valid', (make, name) => {
  expect(make).toThrow(new RegExp(`Expected the \`${name}\` option to be a whole number`))
})

test('formats are described by the options that change their files', () => {
  const formats = createFormats(['png', 'jpg', 'webp', 'gif'], {
    png: { size: 100 },
    jpg: { quality: 70, overlays: true },
    webp: { window: { center: 40, width: 400 } },
  })
  expect(formats.map(({ name, settings, frames }) => ({ name, settings, frames: frames?.text }))).toEqual([
    { name: 'png', settings: { size: 100 }, frames: 'all' },
    { name: 'jpg', settings: { quality: 70, overlays: true }, frames: 'all' },
    { name: 'webp', settings: { quality: 90, window: { center: 40, width: 400 } }, frames: 'all' },
    { name: 'gif', settings: {}, frames: undefined },
  ])
})
