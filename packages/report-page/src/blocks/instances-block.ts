import type { SeriesFile } from '../contents/series-files.ts'
import { scriptJson } from '../page/encode-json.ts'
import { blockEnd, blockStart } from '../page/frame.ts'
import { jsonList } from './json-list.ts'
import { fileLink } from './link.ts'
import type { FileData, InstanceData } from '../page/page-data.ts'

/** Options of the block of instances. */
export interface FileOptions {
  readonly withPatientData: boolean
  /** See `ReportPageOptions`. */
  readonly linkBase: string | undefined
}

/** Yields the block of the instances of a series. Files of an instance come one after another. */
export async function* instancesBlock(files: Iterable<SeriesFile>, options: FileOptions): AsyncGenerator<Uint8Array> {
  yield Buffer.from(blockStart('class="instances"'))
  yield* jsonList(instanceTexts(files, options))
  yield Buffer.from(blockEnd)
}

function* instanceTexts(files: Iterable<SeriesFile>, options: FileOptions): Generator<string> {
  let own: SeriesFile[] = []
  for (const file of files) {
    const [first] = own
    if (first !== undefined && first.sopInstanceUid !== file.sopInstanceUid) {
      yield scriptJson(instanceData(first, own, options))
      own = []
    }
    own.push(file)
  }
  const [first] = own
  if (first !== undefined) yield scriptJson(instanceData(first, own, options))
}

function instanceData(first: SeriesFile, files: readonly SeriesFile[], options: FileOptions): InstanceData {
  const name = first.sopInstanceUid === '' ? 'whole series' : first.sopInstanceUid
  return [name, first.frames, first.checksum, files.map((file) => fileData(file, options))]
}

/** Returns the data of a file. Without patient data, paths that may name a patient are masked and have no link. */
function fileData(file: SeriesFile, { withPatientData, linkBase }: FileOptions): FileData {
  const { path, shownPath, format, bytes, sha256, frame = -1 } = file
  const isShown = withPatientData || shownPath === path
  const link = isShown && linkBase !== undefined ? fileLink(path, linkBase) : ''
  return [link, isShown ? path : shownPath, format, bytes, sha256, frame]
}
