import { resolve } from 'node:path'
import { isFileUrl, otherThanFolder, parseFolder } from '../options/folder-path.ts'
import type { DestinationKind } from './destination-kind.ts'
import { modeOption, type ModeOptions } from './mode-option.ts'

/** A folder of this machine. It takes every text that names no other kind, but what looks like a URL or an archive. */
export const folder: DestinationKind<string, ModeOptions> = {
  name: 'a folder',
  form: 'DIR',
  parse: (text) =>
    otherThanFolder(text) === undefined || isFileUrl(text) ? parseFolder(text, 'the destination') : undefined,
  options: () => [modeOption()],
  shared: (directory) => resolve(directory),
  async open(directory, { mode }) {
    const { createFolderDigester, folderDestination } = await import('@ahi-dicom/exporter-fs')
    return {
      destination: folderDestination({ directory, mode }),
      recordFile: (name) => `${directory}/${name}`,
      openDigester: () => createFolderDigester({ directory }),
    }
  },
}
