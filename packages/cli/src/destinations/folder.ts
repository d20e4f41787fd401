import { resolve } from 'node:path'
import { recordFolderOf } from '@ahi-dicom/export-files/writers'
import { isFileUrl, otherThanFolder, parseFolder } from '../options/folder-path.ts'
import type { DestinationKind } from './destination-kind.ts'
import { modeOption, type ModeOptions } from './mode-option.ts'
import { writerOption, type WriterOptions } from './writer-option.ts'

/** Options of a folder. */
export interface FolderOptions extends ModeOptions, WriterOptions {}

/** A local folder. Texts that look like a URL or an archive are refused. */
export const folder: DestinationKind<string, FolderOptions> = {
  name: 'a folder',
  form: 'DIR',
  parse: (text) =>
    otherThanFolder(text) === undefined || isFileUrl(text) ? parseFolder(text, 'the destination') : undefined,
  options: () => [modeOption(), writerOption()],
  shared: (directory) => resolve(directory),
  async open(directory, { mode, outWriter: writer }) {
    const { createFolderDigester, folderDestination } = await import('@ahi-dicom/exporter-fs')
    return {
      destination: folderDestination({ directory, mode, writer }),
      directory,
      recordFile: (name) => `${directory}/${writer === undefined ? '' : recordFolderOf(writer)}${name}`,
      openDigester: () => createFolderDigester({ directory }),
    }
  },
}
