import { gunzipSync } from 'node:zlib'
import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import { createFormats, gzippedNiftiFormat, niftiFormat, npzFormat, zarrFormat } from '@ahi-dicom/export-files'
import type { SeriesFormat } from '@ahi-dicom/export-files'
import { expect, test } from 'vitest'
import { instanceDouble } from './instance-double.ts'

const form = {
  Modality: 'CT',
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  PixelSpacing: [0.5, 0.5],
  Rows: 8,
  Columns: 8,
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 1,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  RescaleSlope: 1,
  RescaleIntercept: -1024,
  PatientName: 'Doe^Jane',
}

/** Returns a CT with slices 2 mm apart and ascending voxel values. `own` changes attributes. */
function series(slices: readonly number[], own: object = {}): DicomInstance[] {
  return slices.map((slice) =>
    instanceDouble({
      sopInstanceUid: `1.2.3.${slice + 1}`,
      attributes: { ...form, ImagePositionPatient: [0, 0, 2 * slice], ...own },
      frames: [Int16Array.from({ length: 64 }, (_, at) => 64 * slice + at)],
    }),
  )
}

interface Made {
  readonly files: ReadonlyMap<string, Buffer>
  readonly frames: number
  readonly notices: readonly InstanceNotice[]
  readonly failures: readonly unknown[]
}

async function make(format: SeriesFormat, instances: readonly DicomInstance[]): Promise<Made> {
  const files = new Map<string, Buffer>()
  const notices: InstanceNotice[] = []
  const failures: unknown[] = []
  let frames = 0
  const item = {
    instances,
    reading: { frameConcurrency: 3 },
    onNotice: (notice: InstanceNotice) => void notices.push(notice),
    onFailure: (error: unknown) => void failures.push(error),
  }
  for await (const file of format.files(item)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of file.chunks) chunks.push(chunk.slice())
    files.set(file.suffix, Buffer.concat(chunks))
    frames += file.frames
  }
  return { files, frames, notices, failures }
}

const voxels = Buffer.from(Int16Array.from({ length: 320 }, (_, at) => at).buffer)

test('NIfTI is one file and its sidecar, without patient data', async () => {
  const { files, frames, failures, notices } = await make(niftiFormat(), series([4, 2, 0, 1, 3]))
  expect([...files.keys()]).toEqual(['.nii', '.json'])
  expect(files.get('.nii')?.subarray(352)).toEqual(voxels)
  expect(JSON.parse(String(files.get('.json')))).toMatchObject({ Modality: 'CT', Units: 'HU', RescaleIntercept: -1024 })
  expect(String(files.get('.json'))).not.toContain('Doe')
  expect({ frames, failures, notices }).toEqual({ frames: 5, failures: [], notices: [] })
})

test('compressed NIfTI contains the same file', async () => {
  const instances = series([0, 1, 2, 3, 4])
  const [plain, compressed] = [await make(niftiFormat(), instances), await make(gzippedNiftiFormat(), instances)]
  expect([...compressed.files.keys()]).toEqual(['.nii.gz', '.json'])
  expect(gunzipSync(compressed.files.get('.nii.gz') ?? '')).toEqual(plain.files.get('.nii'))
})

test('NPZ is one file, and Zarr a file for each slice and two of metadata', async () => {
  const instances = series([0, 1, 2, 3, 4])
  const npz = await make(npzFormat(), instances)
  expect([...npz.files.keys()]).toEqual(['.npz'])
  expect(npz.files.get('.npz')?.includes(voxels)).toBe(true)
  const zarr = await make(zarrFormat(), instances)
  const chunks = [0, 1, 2, 3, 4].map((slice) => `.zarr/0/c/${slice}/0/0`)
  expect([...zarr.files.keys()]).toEqual(['.zarr/zarr.json', '.zarr/0/zarr.json', ...chunks])
  expect(Buffer.concat(chunks.map((path) => zarr.files.get(path) ?? Buffer.of()))).toEqual(voxels)
  expect([npz.frames, zarr.frames]).toEqual([5, 5])
})

test('only one of both NIfTI formats writes the sidecar', async () => {
  const formats = createFormats(['nii.gz', 'nii'])
  const made = await Promise.all(formats.map((format) => make(format, series([0, 1]))))
  expect(made.flatMap(({ files }) => [...files.keys()])).toEqual(['.nii', '.json', '.nii.gz'])
})

test('images of different sizes become named volumes, and the rest of the series is reported', async () => {
  const wide = series([0, 1], { Columns: 4, Rows: 16 }).map((instance, index) => ({
    ...instance,
    sopInstanceUid: `1.2.9.${index}`,
  }))
  const { files, notices } = await make(niftiFormat(), [...series([0, 1, 2]), ...wide])
  expect([...files.keys()].sort()).toEqual(['_4x16.json', '_4x16.nii', '_8x8.json', '_8x8.nii'])
  expect(notices.map(({ code }) => code)).toEqual(['SERIES_SPLIT', 'SERIES_SPLIT'])
})

const refused = [
  ['a missing slice', series([0, 1, 3, 4]), 'VOLUME_GAP', ['1.2.3.2', '1.2.3.4']],
  ['no positions', series([0, 1], { ImagePositionPatient: [] }), 'VOLUME_GEOMETRY_MISSING', ['1.2.3.1', '1.2.3.2']],
] as const

test.each(refused)('a series with %s makes no file, and names its instances', async (_, instances, code, uids) => {
  for (const format of [niftiFormat(), npzFormat()]) {
    const { files, failures } = await make(format, instances)
    expect(files.size).toBe(0)
    expect(failures).toEqual([expect.objectContaining({ code, sopInstanceUids: uids })])
    expect(() => format.foresee?.(instances)).toThrow(expect.objectContaining({ code }))
  }
})

test('a missing slice is filled with the option, and reported', async () => {
  const { files, notices } = await make(niftiFormat({ gaps: 'fill' }), series([0, 1, 3]))
  expect(files.get('.nii')).toHaveLength(352 + 4 * 128)
  expect(notices).toEqual([expect.objectContaining({ code: 'SLICES_FILLED', isLoss: false })])
})

test('a volume that NIfTI cannot hold fails before a frame is read', async () => {
  const colours = { SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', BitsAllocated: 16 }
  const unread = series([0, 1], colours).map((instance) => ({
    ...instance,
    borrowFrame: () => Promise.reject(new Error('read')),
  }))
  const { files, failures } = await make(niftiFormat(), unread)
  expect(files.size).toBe(0)
  expect(failures).toEqual([expect.objectContaining({ code: 'VOLUME_NOT_ENCODABLE' })])
})

test('instances without images make no file', async () => {
  const { files, failures } = await make(niftiFormat(), [instanceDouble({ attributes: { Modality: 'SR' } })])
  expect({ files: files.size, failures }).toEqual({ files: 0, failures: [] })
})

test('a damaged frame fails the file', async () => {
  const [first, ...others] = series([0, 1, 2])
  if (first === undefined) throw new Error('expected an instance')
  const damaged = { ...first, borrowFrame: () => Promise.reject(new Error('damaged')) }
  for (const format of createFormats(['nii', 'nii.gz', 'npz', 'zarr'])) {
    await expect(make(format, [...others, damaged])).rejects.toThrow('damaged')
  }
})

test.each([
  ['nii', 'exact', [1, 1]],
  ['nii.gz', 'at-most', [0, 1]],
  ['npz', 'exact', [1, 1]],
  ['zarr', 'estimated', [0.5, 1.5]],
] as const)('%s files are foreseen', async (name, accuracy, [least, most]) => {
  const [format] = createFormats([name])
  const instances = series([0, 1, 2, 3, 4])
  if (format === undefined) throw new Error('expected a format')
  const { files, frames } = await make(format, instances)
  const foreseen = format.foresee?.(instances)
  expect(foreseen).toMatchObject({ files: files.size, frames, accuracy })
  const share = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0) / (foreseen?.byteLength ?? 0)
  expect(share).toBeGreaterThanOrEqual(least)
  expect(share).toBeLessThanOrEqual(most)
})
