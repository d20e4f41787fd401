import { isFileUrl, otherThanFolder, parseFolder } from '../options/folder-path.ts'
import type { DestinationKind } from './destination-kind.ts'

/** Options of a folder. */
export interface FolderOptions {
  /** Permissions of new files. */
  readonly mode?: number
}

/** A folder of this machine. It takes every text that names no other kind, but what looks like a URL or an archive. */
export const folder: DestinationKind<string, FolderOptions> = {
  name: 'a folder',
  form: 'DIR',
  parse: (text) =>
    otherThanFolder(text) === undefined || isFileUrl(text) ? parseFolder(text, 'the destination') : undefined,
  async open(directory, { mode }) {
    const { createFolderDigester, folderDestination } = await import('@ahi-dicom/exporter-fs')
    return {
      destination: folderDestination({ directory, mode }),
      recordFile: (name) => `${directory}/${name}`,
      openDigester: () => createFolderDigester({ directory }),
    }
  },
}
