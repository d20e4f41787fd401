import { Option } from 'commander'
import type { RecordStore } from '@ahi-dicom/export-files'
import { parseFolder } from '../options/folder-path.ts'
import type { OpenOutput } from './destination-kind.ts'

/** The folder for the record, for destinations that cannot keep one. */
export interface RecordOptions {
  /** A folder. */
  readonly record?: string
}

/** Returns the option that names a folder for the record. */
export function recordOption(): Option {
  const help = 'keep the record of the export in this folder, so that it can be resumed'
  return new Option('--record <dir>', help).argParser((value) => parseFolder(value, '--record'))
}

/** The record in the folder of the option, and the names of its files for messages. */
interface NamedRecord extends Pick<OpenOutput, 'recordFile'> {
  /** Undefined without the option: the record is then not kept. */
  readonly record: RecordStore | undefined
}

/** Opens the record in the folder of the option. */
export async function openRecordFolder({ record: directory }: RecordOptions): Promise<NamedRecord> {
  if (directory === undefined) return { record: undefined, recordFile: undefined }
  const { folderRecord } = await import('@ahi-dicom/exporter-fs')
  return { record: folderRecord({ directory }), recordFile: (name) => `${directory}/${name}` }
}
