import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import type { SeriesFormat } from '@ahi-dicom/export-files'
import { instanceDouble, type InstanceDouble } from './instance-double.ts'

type Attributes = NonNullable<InstanceDouble['attributes']>

/** Rows and columns of {@link slice}. */
export const [rows, columns] = [48, 64]

const samples = {
  Modality: 'CT',
  SeriesNumber: 4,
  PhotometricInterpretation: 'MONOCHROME2',
  SamplesPerPixel: 1,
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  Rows: rows,
  Columns: columns,
  WindowCenter: 1000,
  WindowWidth: 2000,
}

/** Returns an axial slice at a height. Its pixels are a ramp that starts at `from`. */
export function slice(
  number: number,
  { z, from = 0, ...more }: Attributes & { z?: number; from?: number } = {},
): DicomInstance {
  const place =
    z === undefined ? {} : { ImageOrientationPatient: [1, 0, 0, 0, 1, 0], ImagePositionPatient: [-100, -100, z] }
  const attributes: Attributes = { ...samples, InstanceNumber: number, ...place, ...more }
  const length = Number(attributes['Rows']) * Number(attributes['Columns']) * Number(attributes['SamplesPerPixel'])
  const frame = Uint16Array.from({ length }, (_, at) => (from + at) % 4096)
  const frames = [attributes['BitsAllocated'] === 8 ? Uint8Array.from(frame) : frame]
  return instanceDouble({ sopInstanceUid: `1.2.3.4.${number}`, attributes, frames })
}

/** Returns a multi-frame instance. Each frame is a different ramp. */
export function multiFrame(number: number, count: number, more: Attributes = {}): DicomInstance {
  const frames = Array.from({ length: count }, (_, frame) =>
    Uint16Array.from({ length: rows * columns }, (_, at) => (frame * 100 + at) % 4096),
  )
  const attributes = { ...samples, InstanceNumber: number, NumberOfFrames: count, ...more }
  return instanceDouble({ sopInstanceUid: `1.2.3.4.${number}`, attributes, frames })
}

/** Files of a series by suffix, with the frames and notices of the format. */
export interface SeriesFiles {
  readonly files: ReadonlyMap<string, Buffer>
  readonly frames: readonly number[]
  readonly notices: readonly InstanceNotice[]
}

export async function filesOfSeries(format: SeriesFormat, instances: readonly DicomInstance[]): Promise<SeriesFiles> {
  const files = new Map<string, Buffer>()
  const frames: number[] = []
  const notices: InstanceNotice[] = []
  const item = {
    instances,
    reading: {},
    onNotice: (notice: InstanceNotice) => void notices.push(notice),
    onFailure(error: unknown) {
      throw error
    },
  }
  for await (const file of format.files(item)) {
    const chunks: Uint8Array[] = []
    for await (const chunk of file.chunks) chunks.push(chunk.slice())
    files.set(file.suffix, Buffer.concat(chunks))
    frames.push(file.frames)
  }
  return { files, frames, notices }
}
