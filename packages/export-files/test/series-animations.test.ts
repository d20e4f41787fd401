import type { DicomInstance } from '@ahi-dicom/dicomizer'
import {
  createFormats,
  gifSeriesFormat,
  webpFormat,
  webpSeriesFormat,
  writeInstanceFiles,
} from '@ahi-dicom/export-files'
import { encodePng, PictureError } from '@ahi-dicom/renderer'
import { PNG } from 'pngjs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { instanceDouble } from './instance-double.ts'
import { memoryDestination } from './memory-destination.ts'
import { readByPillow } from './read-by-pillow.ts'
import { columns, filesOfSeries, multiFrame, rows, slice } from './series-double.ts'

interface Read {
  readonly delay: readonly number[]
  /** Returns the grey levels of each frame. */
  readonly frames: readonly Buffer[]
}

async function read(file: Buffer | undefined): Promise<Read> {
  const { pages = 1, delay = [] } = await sharp(file, { animated: true }).metadata()
  const { data, info } = await sharp(file, { animated: true }).raw().toBuffer({ resolveWithObject: true })
  const grey = Buffer.from(data.filter((_, at) => at % info.channels === 0))
  const length = grey.length / pages
  return {
    delay,
    frames: Array.from({ length: pages }, (_, page) => grey.subarray(page * length, (page + 1) * length)),
  }
}

/** Returns the grey levels of the PNG of an instance. */
async function levelsOf(instance: DicomInstance, options = {}): Promise<Buffer> {
  const { data } = PNG.sync.read(Buffer.from(await encodePng(instance, options)))
  return Buffer.from(data.filter((_, at) => at % 4 === 0))
}

function distance(a: Uint8Array = new Uint8Array(), b: Uint8Array = new Uint8Array()): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, level, at) => Math.max(most, Math.abs(level - (b[at] ?? 0))), 0)
}

describe('an animation of a series', () => {
  test.each([
    ['gif', gifSeriesFormat()],
    ['webp', webpSeriesFormat({ quality: 100 })],
  ])('can be read by Pillow: one file, all slices, their frame times: %s', async (name, format) => {
    const instances = [3, 1, 2].map((number) => slice(number, { z: number * 5, FrameTime: number * 20 }))
    const { files, frames, notices } = await filesOfSeries(format, instances)
    expect([...files.keys()]).toEqual([`.${name}`])
    expect({ frames, notices }).toEqual({ frames: [3], notices: [] })
    const file = files.get(`.${name}`) ?? Buffer.alloc(0)
    const times = { format: name.toUpperCase(), size: [columns, rows], durations: [20, 40, 60], loop: 0 }
    expect(readByPillow(file) ?? times).toMatchObject(times)
  })

  test('has its frames ordered by position, within 2 levels of their PNGs', async () => {
    const byPosition = [-5, 7.5, 20, 31].map((z, index) => slice(10 - index, { z, from: index * 300 }))
    const { files } = await filesOfSeries(gifSeriesFormat(), byPosition.toReversed())
    const { frames } = await read(files.get('.gif'))
    expect(frames).toHaveLength(4)
    for (const [index, instance] of byPosition.entries()) {
      expect(distance(frames[index], await levelsOf(instance))).toBeLessThanOrEqual(2)
    }
  })

  test('is ordered by InstanceNumber if not all slices are parallel', async () => {
    const instances = [2, 3, 1].map((number) => slice(number, { z: -number, CineRate: 1000 / (number * 50) }))
    const other = slice(4, {
      ImagePositionPatient: [0, 0, -9],
      ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
      CineRate: 5,
    })
    const { files } = await filesOfSeries(gifSeriesFormat(), [other, ...instances])
    expect((await read(files.get('.gif'))).delay).toEqual([50, 100, 150, 200])
    const parallel = await filesOfSeries(gifSeriesFormat(), instances)
    expect((await read(parallel.files.get('.gif'))).delay).toEqual([150, 100, 50])
  })

  test('has the frame times of a cycle from TriggerTime, slice by slice', async () => {
    const instances = [0, 40, 90].flatMap((TriggerTime, phase) =>
      [5, 10].map((z, place) => slice(phase * 2 + place, { z, TriggerTime, from: phase * 100 + place * 1000 })),
    )
    const { files, notices } = await filesOfSeries(gifSeriesFormat(), instances)
    const { delay, frames } = await read(files.get('.gif'))
    expect(delay).toEqual([40, 50, 50, 40, 50, 50])
    expect(notices).toEqual([])
    for (const [index, number] of [0, 2, 4, 1, 3, 5].entries()) {
      expect(distance(frames[index], await levelsOf(instances[number] ?? slice(0)))).toBeLessThanOrEqual(2)
    }
  })

  test('has a notice if no attribute gives its times, but not for a single image', async () => {
    const { files, notices } = await filesOfSeries(
      webpSeriesFormat(),
      [1, 2].map((number) => slice(number)),
    )
    expect(notices).toEqual([expect.objectContaining({ code: 'FRAME_TIME_ASSUMED', tag: '00181063', isLoss: false })])
    expect((await read(files.get('.webp'))).delay).toEqual([100, 100])
    expect((await filesOfSeries(webpSeriesFormat(), [slice(1)])).notices).toEqual([])
  })

  test('uses one window for images without one, and their own for the others', async () => {
    const bare = { WindowCenter: [], WindowWidth: [], FrameTime: 50 }
    const instances = [
      slice(1, { ...bare, from: 0, Columns: 16, Rows: 16 }),
      slice(2, { ...bare, from: 1000, Columns: 16, Rows: 16 }),
      slice(3, { FrameTime: 50, from: 500, Columns: 16, Rows: 16 }),
    ]
    const { files, notices } = await filesOfSeries(gifSeriesFormat(), instances)
    expect(notices).toEqual([expect.objectContaining({ code: 'WINDOW_ASSUMED', isLoss: false })])
    const { frames } = await read(files.get('.gif'))
    const window = { center: (1255 + 1) / 2, width: 1255 + 1 }
    for (const [index, instance] of instances.entries()) {
      const levels = await levelsOf(instance, index < 2 ? { window } : {})
      expect(distance(frames[index], levels)).toBeLessThanOrEqual(2)
    }
    expect(frames[0]?.[0]).not.toBe(frames[1]?.[0])
    const given = await filesOfSeries(gifSeriesFormat({ window: { center: 500, width: 100 } }), instances)
    expect(given.notices).toEqual([])
  })

  test('reads nine frames at most twice for a window', async () => {
    const reads: number[] = []
    const instances = Array.from({ length: 30 }, (_, index) => {
      const instance = slice(index, { z: index, WindowCenter: [], WindowWidth: [], FrameTime: 50 })
      return { ...instance, frame: (frame: number) => (reads.push(index), instance.frame(frame)) }
    })
    const { frames } = await filesOfSeries(gifSeriesFormat(), instances)
    expect(frames).toEqual([30])
    expect(reads).toHaveLength(39)
    expect(reads.slice(0, 9)).toEqual([0, 4, 7, 11, 15, 18, 22, 25, 29])
  })

  test('has one size; images of other sizes go into another animation', async () => {
    const small = { Rows: 16, Columns: 20, FrameTime: 50 }
    const instances = [slice(1, small), ...[2, 3, 4].map((number) => slice(number, { FrameTime: 50 })), slice(5, small)]
    const { files, frames } = await filesOfSeries(webpSeriesFormat(), instances)
    expect([...files.keys()]).toEqual(['_20x16.webp', '.webp'])
    expect(frames).toEqual([2, 3])
    expect((await read(files.get('.webp'))).frames).toHaveLength(3)
    expect(await sharp(files.get('_20x16.webp'), { animated: true }).metadata()).toMatchObject({ width: 20, pages: 2 })
  })

  test('scales frames to the option size', async () => {
    const { files } = await filesOfSeries(
      gifSeriesFormat({ size: 32 }),
      [1, 2].map((number) => slice(number)),
    )
    expect(await sharp(files.get('.gif'), { animated: true }).metadata()).toMatchObject({ width: 32, pageHeight: 24 })
  })

  test('leaves multi-frame instances to the format of instances, and is not made for reports', async () => {
    const report = instanceDouble({ attributes: { Modality: 'SR' } })
    const instances = [multiFrame(1, 3, { FrameTime: 50 }), slice(2), report, slice(3)]
    expect((await filesOfSeries(webpSeriesFormat(), instances)).frames).toEqual([2])
    expect((await filesOfSeries(webpSeriesFormat(), [report, multiFrame(1, 3)])).files.size).toBe(0)

    for (const format of createFormats(['webp', 'gif'], { webp: { cine: 'series' }, gif: { cine: 'series' } })) {
      const destination = memoryDestination()
      for (const [index, instance] of instances.entries()) {
        await writeInstanceFiles({ instance, stem: String(index) }, [format], destination)
      }
      expect([...destination.files.keys()]).toEqual([`0.${format.name}`])
      expect(format.foresee?.(slice(1)).files).toBe(0)
      expect(format.foresee?.(multiFrame(1, 3)).files).toBe(1)
    }
  })

  test('refuses a frame that the images lack', async () => {
    const format = gifSeriesFormat({ frames: [2] })
    await expect(filesOfSeries(format, [slice(1), slice(2)])).rejects.toThrow(PictureError)
    expect((await filesOfSeries(gifSeriesFormat({ frames: [0] }), [slice(1), slice(2)])).frames).toEqual([2])
  })

  test('fails if any frame cannot be read', async () => {
    const broken = { ...slice(2), frame: async () => Promise.reject(new Error('damaged')) }
    await expect(filesOfSeries(webpSeriesFormat(), [slice(1), broken, slice(3)])).rejects.toThrow('damaged')
  })

  test('reads at most the allowed number of frames ahead', async () => {
    let [running, most] = [0, 0]
    const instances = Array.from({ length: 12 }, (_, index) => {
      const instance = slice(index)
      async function frame(at: number) {
        most = Math.max(most, ++running)
        await new Promise(setImmediate)
        running -= 1
        return await instance.frame(at)
      }
      return { ...instance, frame }
    })
    for await (const { chunks } of gifSeriesFormat().files({
      instances,
      reading: { frameConcurrency: 3 },
      onNotice: () => {},
      onFailure: () => {},
    })) {
      for await (const _ of chunks) continue
    }
    expect(most).toBe(3)
  })
})

test('plans have an upper limit for the files of a series', () => {
  const instances = [slice(1), slice(2), slice(3, { Rows: 8, Columns: 8 }), multiFrame(4, 5)]
  const foreseen = webpSeriesFormat().foresee?.(instances)
  expect(foreseen).toMatchObject({ files: 2, frames: 3, accuracy: 'at-most' })
  expect(foreseen?.byteLength).toBeGreaterThan(2 * rows * columns)
})

test('settings contain the options that change the files', () => {
  expect(webpSeriesFormat({ size: 9, frames: [0] }).settings).toEqual({
    quality: 90,
    cine: 'series',
    size: 9,
    frames: '1',
  })
  expect(gifSeriesFormat().settings).toEqual({ cine: 'series' })
  expect(webpFormat({ cine: 'series' }).settings).toEqual({ quality: 90, cine: 'series' })
})
