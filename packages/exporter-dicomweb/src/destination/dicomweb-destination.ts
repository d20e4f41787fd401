import {
  memoryRecord,
  type Destination,
  type DestinationLimits,
  type FileWriter,
  type LaneModule,
} from '@ahi-dicom/export-files'
import { createDicomwebWriter, type WriterOptions } from '../store/dicomweb-writer.ts'
import { checkServer } from './check-server.ts'
import { checkOptions, type DicomwebOptions } from './dicomweb-options.ts'

const limits: DestinationLimits = {
  sync: 'instances at a DICOMweb server are not replaced or removed; export the new image sets',
  verify: 'instances are not read back from a DICOMweb server; each was confirmed when it was stored',
  pictures: 'a DICOMweb server accepts only DICOM; export pictures and volumes into a folder',
  dicomdir: 'a DICOMweb server accepts only instances; export into a folder',
}

const noRecord =
  'it has no record to resume from; keep the record in a folder, or export everything again: a server keeps one copy of an instance'

/**
 * Creates a destination that stores instances at a DICOMweb server by STOW-RS (PS3.18 10.5). Stored instances are not
 * read back or removed.
 *
 * @throws {TypeError} if an option is invalid
 * @example
 * import { dicomwebDestination } from '@ahi-dicom/exporter-dicomweb'
 *
 * const destination = dicomwebDestination({ url: 'https://pacs.example/dicom-web' })
 * const { outcome } = await exporter.exportTo({ datastoreId, selectors: 'all', destination })
 * console.log(outcome)
 */
export function dicomwebDestination(options: DicomwebOptions): Destination {
  checkOptions(options)
  const { record, ...given } = options
  let settings: WriterOptions = given
  let writer: FileWriter | undefined
  const opened = (): FileWriter => (writer ??= createDicomwebWriter(settings))
  return {
    name: options.url,
    cannot: record === undefined ? { ...limits, resume: noRecord } : limits,
    async open({ mask } = {}) {
      settings = { ...given, mask }
    },
    check: ({ signal } = {}) => checkServer(options, signal),
    write: (file, writing) => opened().write(file, writing),
    remove: (path) => opened().remove(path),
    record: record ?? memoryRecord(),
    recordedAs: options.url.replace(/\/+$/u, ''),
    get lane() {
      return laneOf(settings)
    },
    async close() {
      await writer?.close()
      writer = undefined
    },
  }
}

/**
 * Returns the lane module. `undefined` if the settings have a function, which cannot be sent to another thread, or
 * credentials that only this thread can renew.
 */
function laneOf(settings: WriterOptions): LaneModule | undefined {
  const { token, sigv4 } = settings
  if (typeof token === 'function') return undefined
  if (sigv4 !== undefined && typeof sigv4.credentials !== 'object') return undefined
  const { mfaCodeProvider: _, ...signing } = sigv4 ?? {}
  const plain = { ...settings, ...(sigv4 && { sigv4: signing }) }
  return { module: import.meta.resolve('@ahi-dicom/exporter-dicomweb/lane'), options: plain }
}
