import { contactSheetFormat, createFormats, type ContactSheetFormatOptions } from '@ahi-dicom/export-files'
import { createFormat } from '@ahi-dicom/export-files/lane'
import { createFrameRenderer, fittingSize, scalePicture } from '@ahi-dicom/renderer'
import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { PNG } from 'pngjs'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { drawableText } from '../src/pictures/draw-text.ts'
import { headerLines, tileLabel } from '../src/format/sheet-labels.ts'
import { seriesFrames } from '../src/format/series-frames.ts'
import { attributesOf } from '../../renderer/test/picture-source-double.ts'
import { instanceDouble } from './instance-double.ts'
import { readByPillow } from './read-by-pillow.ts'
import { columns, filesOfSeries, multiFrame, rows, slice } from './series-double.ts'

const patient = {
  PatientName: 'Müller^Jörg=Secret',
  PatientID: 'SECRET-1',
  PatientBirthDate: '19700101',
  PatientSex: 'M',
  StudyDate: '20240102',
  StudyDescription: 'Head of Mr Secret',
  SeriesDescription: 'axial Secret',
}

async function sheetOf(
  instances: readonly DicomInstance[],
  options: ContactSheetFormatOptions = {},
): Promise<{ readonly png: PNG; readonly frames: readonly number[] }> {
  const { files, frames } = await filesOfSeries(contactSheetFormat(options), instances)
  expect([...files.keys()]).toEqual(['_contact-sheet.png'])
  return { png: PNG.sync.read(files.get('_contact-sheet.png') ?? Buffer.alloc(0)), frames }
}

/** Returns the red samples of a part of a picture. */
function part(png: PNG, at: { x: number; y: number; width: number; height: number }): Uint8Array {
  return Uint8Array.from({ length: at.width * at.height }, (_, index) => {
    const [x, y] = [at.x + (index % at.width), at.y + Math.floor(index / at.width)]
    return png.data[(y * png.width + x) * 4] ?? 0
  })
}

/** Sizes of the space around tiles. */
const [margin, header, label, leastTileWidth] = [8, 20, 32, 132]

async function tileOf(instance: DicomInstance, frame: number, size: number): Promise<Uint8Array> {
  const { picture } = await createFrameRenderer(instance)(frame)
  return Uint8Array.from(scalePicture(picture, fittingSize(picture, size)).data)
}

describe('a contact sheet', () => {
  test('shows the scaled PNG of each frame, ordered by position', async () => {
    const instances = [0, 1, 2, 3, 4].map((index) => slice(index, { z: index * 3, from: index * 350 }))
    const { png, frames } = await sheetOf(instances.toReversed(), { columns: 3, size: 32 })
    expect(frames).toEqual([5])
    const [tileWidth, tileHeight] = [32, 24]
    expect({ width: png.width, height: png.height }).toEqual({
      width: margin + 3 * (leastTileWidth + margin),
      height: margin + header + 2 * (tileHeight + label),
    })
    for (const [index, instance] of instances.entries()) {
      const x = margin + (index % 3) * (leastTileWidth + margin)
      const y = margin + header + Math.floor(index / 3) * (tileHeight + label)
      const tile = part(png, { x, y, width: tileWidth, height: tileHeight })
      expect(tile).toEqual(await tileOf(instance, 0, 32))
      const below = part(png, { x, y: y + tileHeight + 4, width: leastTileWidth, height: 14 })
      expect(new Set(below)).toEqual(new Set([0, 190]))
    }
  })

  test('shows every nth frame and reads only these', async () => {
    const reads: number[] = []
    const instances = Array.from({ length: 100 }, (_, index) => {
      const instance = slice(index, { z: index })
      return { ...instance, frame: (frame: number) => (reads.push(index), instance.frame(frame)) }
    })
    const { frames } = await sheetOf(instances, { count: 12, size: 16 })
    expect(frames).toEqual([12])
    expect(reads).toEqual(Array.from({ length: 12 }, (_, index) => index * 9))
    reads.length = 0
    expect((await sheetOf(instances, { count: 3, size: 16 })).frames).toEqual([3])
    expect(reads).toEqual([15, 49, 83])
  })

  test('counts each frame of a multi-frame instance as a slice', async () => {
    const instance = multiFrame(7, 10)
    const { png, frames } = await sheetOf([instance], { count: 5, size: 64 })
    expect(frames).toEqual([5])
    for (const index of [0, 4]) {
      const x = margin + index * (leastTileWidth + margin)
      const tile = part(png, { x, y: margin + header, width: columns, height: rows })
      expect(tile).toEqual(await tileOf(instance, index * 2, 64))
    }
  })

  test('is in colour if any frame is, and scales larger frames', async () => {
    const colour = {
      PhotometricInterpretation: 'RGB',
      SamplesPerPixel: 3,
      PlanarConfiguration: 0,
      BitsAllocated: 8,
      BitsStored: 8,
      HighBit: 7,
    }
    const instances = [slice(1), slice(2, colour), slice(3, { Rows: 96, Columns: 32 })]
    const { files } = await filesOfSeries(contactSheetFormat({ size: 48 }), instances)
    expect(await sharp(files.get('_contact-sheet.png')).metadata()).toMatchObject({ channels: 3, format: 'png' })
    const grey = await filesOfSeries(contactSheetFormat({ size: 48 }), [slice(1)])
    expect(await sharp(grey.files.get('_contact-sheet.png')).metadata()).toMatchObject({ channels: 1 })
    const png = PNG.sync.read(files.get('_contact-sheet.png') ?? Buffer.alloc(0))
    const y = margin + header
    expect(part(png, { x: margin, y, width: 48, height: 36 })).toEqual(await tileOf(slice(1), 0, 48))
    const x = margin + 2 * (leastTileWidth + margin)
    const tall = await tileOf(slice(3, { Rows: 96, Columns: 32 }), 0, 48)
    expect(part(png, { x, y, width: 16, height: 48 })).toEqual(tall)
  })

  test('can be read by Pillow, and a JPEG by sharp', async () => {
    const instances = [slice(1, patient), slice(2, patient)]
    const { files } = await filesOfSeries(contactSheetFormat(), instances)
    const read = readByPillow(files.get('_contact-sheet.png') ?? Buffer.alloc(0))
    const expected = { format: 'PNG', mode: 'L', hasMetadata: false }
    expect(read ?? expected).toMatchObject(expected)
    const jpg = await filesOfSeries(contactSheetFormat({ encoding: 'jpg', quality: 100 }), instances)
    const file = jpg.files.get('_contact-sheet.jpg')
    expect(await sharp(file).metadata()).toMatchObject({ format: 'jpeg', channels: 1 })
    const png = PNG.sync.read(files.get('_contact-sheet.png') ?? Buffer.alloc(0))
    const levels = await sharp(file).toColourspace('b-w').raw().toBuffer()
    const tile = { x: margin, y: margin + header, width: columns, height: rows }
    const differences = part(png, tile).map((level, index) => {
      const at = (tile.y + Math.floor(index / columns)) * png.width + tile.x + (index % columns)
      return Math.abs(level - (levels[at] ?? 0))
    })
    expect(Math.max(...differences)).toBeLessThanOrEqual(2)
  })

  test('with one tile is wide enough for its header', async () => {
    const { png } = await sheetOf([slice(1, { ...patient, StudyDescription: 'x'.repeat(64) })], {
      withPatientData: true,
    })
    const lines = headerLines(slice(1, { ...patient, StudyDescription: 'x'.repeat(64) }).attributes, {
      shown: 1,
      total: 1,
      withPatientData: true,
    })
    expect(png.width).toBe(2 * margin + 6 * Math.max(...lines.map(({ length }) => length)))
    const long = await sheetOf([slice(1, { ...patient, StudyDescription: 'x'.repeat(1000) })], {
      withPatientData: true,
    })
    expect(long.png.width).toBe(2 * margin + 1600)
  })

  test('is not made for a series without pictures', async () => {
    const report = instanceDouble({ attributes: { Modality: 'SR' } })
    expect((await filesOfSeries(contactSheetFormat(), [report])).files.size).toBe(0)
    expect(contactSheetFormat().foresee?.([report])).toMatchObject({ files: 0, byteLength: 0, frames: 0 })
  })

  test('fails if one of its frames cannot be read', async () => {
    const broken = { ...slice(2), frame: async () => Promise.reject(new Error('damaged')) }
    await expect(filesOfSeries(contactSheetFormat(), [slice(1), broken])).rejects.toThrow('damaged')
  })

  test('has a foreseen number of frames, and an upper limit of bytes', async () => {
    const instances = Array.from({ length: 40 }, (_, index) => slice(index, { from: index * 77 }))
    const foreseen = contactSheetFormat().foresee?.(instances)
    expect(foreseen).toMatchObject({ files: 1, frames: 20, accuracy: 'at-most' })
    const { files } = await filesOfSeries(contactSheetFormat(), instances)
    expect(files.get('_contact-sheet.png')?.byteLength).toBeLessThanOrEqual(foreseen?.byteLength ?? 0)
  })
})

function linesOf(Modality: string): readonly string[] {
  const attributes = attributesOf({ Modality, SeriesNumber: 'Smith' })
  return headerLines(attributes, { shown: 1, total: 2, withPatientData: false })
}

function placeAt(z: number) {
  return { PlanePositionSequence: [{ ImagePositionPatient: [0, 0, z] }] }
}

describe('labels', () => {
  test('have patient data only with the option', async () => {
    const [frame] = seriesFrames([slice(3, { ...patient, z: -12.34 })])
    const { attributes } = frame?.instance ?? slice(0)
    const plain = headerLines(attributes, { shown: 1, total: 1, withPatientData: false })
    expect(plain).toEqual(['CT  series 4  1 frame'])
    expect(frame && tileLabel(frame)).toBe('#3  -12.3 mm')
    expect(headerLines(attributes, { shown: 12, total: 100, withPatientData: true })).toEqual([
      'CT  series 4  12 of 100 frames',
      'Muller Jorg  SECRET-1  19700101  M',
      '20240102  Head of Mr Secret  axial Secret',
    ])
    // The exact bytes do not matter.
    const [named, unnamed] = await Promise.all(
      [patient, {}].map(async (more) => filesOfSeries(contactSheetFormat(), [slice(1, more), slice(2, more)])),
    )
    expect(named?.files).toEqual(unnamed?.files)
    const asked = await filesOfSeries(contactSheetFormat({ withPatientData: true }), [
      slice(1, patient),
      slice(2, patient),
    ])
    expect(asked.files).not.toEqual(named?.files)
  })

  test('show no free text in place of a code', () => {
    expect(linesOf('John Smith')).toEqual(['1 of 2 frames'])
    expect(linesOf('Smith')).toEqual(['1 of 2 frames'])
    expect(linesOf('MR')).toEqual(['MR  1 of 2 frames'])
  })

  test('show instance number, frame number and position', () => {
    const enhanced = multiFrame(5, 2, {
      SharedFunctionalGroupsSequence: [{ PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }] }],
      PerFrameFunctionalGroupsSequence: [placeAt(20), placeAt(-0.04)],
    })
    expect(seriesFrames([enhanced]).map(tileLabel)).toEqual(['#5  frame 2  0.0 mm', '#5  frame 1  20.0 mm'])
    expect(seriesFrames([multiFrame(5, 2)]).map(tileLabel)).toEqual(['#5  frame 1', '#5  frame 2'])
    expect(seriesFrames([slice(1, { SliceLocation: 7.25 })]).map(tileLabel)).toEqual(['#1  7.3 mm'])
  })

  test('replace characters that the font lacks', () => {
    expect(drawableText('Ægir Ångström 山田\n')).toBe('?gir Angstrom ???')
  })
})

test('settings contain the options of a sheet, and another thread can create the format', () => {
  const options = { encoding: 'jpg', quality: 70, count: 9, columns: 3, size: 100, withPatientData: true } as const
  const [format] = createFormats(['contact-sheet'], {
    'contact-sheet': { ...options, window: { center: 1, width: 2 } },
  })
  expect(format?.settings).toEqual({ ...options, window: { center: 1, width: 2 } })
  expect(contactSheetFormat().settings).toEqual({ count: 24, columns: 6, size: 256 })
  const lane: Parameters<typeof createFormat>[0] = JSON.parse(JSON.stringify(format?.lane?.options))
  expect(createFormat(lane)).toMatchObject({ scope: 'series', settings: format?.settings })
})

test.each([
  [{ count: 0 }, 'count'],
  [{ columns: 1.5 }, 'columns'],
  [{ size: 15 }, 'size'],
  [{ quality: 101 }, 'quality'],
  [{ count: 10_000, size: 4096 }, 'count'],
  [{ count: 1000, columns: 1, size: 64 }, 'count'],
])('refuses options that are out of range: %j', (options, name) => {
  expect(() => contactSheetFormat(options)).toThrow(new RegExp(`Expected .*\`${name}\``))
  expect(() => contactSheetFormat(options)).toThrow(TypeError)
})
