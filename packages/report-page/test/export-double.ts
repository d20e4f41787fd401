import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { createFormats, memoryRecord, openRecord } from '@ahi-dicom/export-files'
import type { Destination, ErrorEntry, ManifestEntry, WarningEntry } from '@ahi-dicom/export-files'

/** A file of an export that is not written: its bytes are made when they are read. */
export interface FileDouble {
  readonly study?: string
  readonly series?: string
  readonly sop: string
  readonly path: string
  readonly format?: string
  readonly frame?: number
  readonly bytes?: () => Uint8Array
}

/** Record of {@link exportDouble}. */
export interface ExportDouble {
  readonly files: readonly FileDouble[]
  readonly failures?: readonly ErrorEntry[]
  readonly warnings?: readonly WarningEntry[]
}

const datastoreId = '12345678901234567890123456789012'
const sopClassUid = '1.2.840.10008.5.1.4.1.1.7'

/** Records an export that is complete. */
export async function exportDouble({ files, failures = [], warnings = [] }: ExportDouble): Promise<Destination> {
  const contents = new Map(files.map(({ path, bytes }) => [path, bytes]))
  const destination: Destination = {
    name: 'a double',
    record: memoryRecord(),
    async open() {},
    async write() {
      throw new Error('nothing is written')
    },
    async remove() {},
    async close() {},
    async read(path) {
      const bytes = contents.get(path)
      return bytes && [bytes()]
    },
  }
  const record = await openRecord(destination, { mode: 'new', formats: createFormats(['dcm']) })
  for (let at = 0; at < files.length; at += 1000) await record.add(files.slice(at, at + 1000).map(lineOf))
  for (const failure of failures) await record.fail(failure)
  for (const warning of warnings) await record.warn(warning)
  await record.close({ outcome: 'complete' })
  return destination
}

function lineOf({ study = '1.2.3', series = '1.2.3.4', sop, path, format = 'dcm', frame }: FileDouble): ManifestEntry {
  return {
    datastoreId,
    imageSetId: 'ab345678901234567890123456789012',
    versionId: '1',
    studyInstanceUid: study,
    seriesInstanceUid: series,
    sopInstanceUid: sop,
    sopClassUid,
    path,
    format,
    bytes: 1000,
    sha256: 'ab'.repeat(32),
    frames: 1,
    ...(frame === undefined ? {} : { frame }),
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    source: 'frames',
    request: { form: 'explicit', source: 'frames' },
    checksum: 'verified',
  }
}

/** Bytes of a DICOM file with a grey picture of 8 bits that gets lighter to the right. */
export function dicomFile(attributes: AttributeMap = {}): Uint8Array {
  const rows = 120
  const columns = 240
  const image = {
    SOPClassUID: sopClassUid,
    SOPInstanceUID: '1.2.3.4.5',
    SpecificCharacterSet: 'ISO_IR 192',
    Modality: 'OT',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  }
  const pixelData = Uint8Array.from({ length: rows * columns }, (_, index) => index % columns)
  return encodePart10({ attributes: { ...image, ...attributes }, pixelData })
}
