import type { FailureOfExport, WarningOfExport } from '@ahi-dicom/export-files'
import { scriptJson } from '../page/encode-json.ts'
import { blockEnd, blockStart } from '../page/frame.ts'
import { jsonList } from './json-list.ts'
import type { EntryData, LabelledText } from '../page/page-data.ts'

/** Yields the block of failures or warnings. */
export async function* entryBlock(
  id: 'failure-data' | 'warning-data',
  entries: AsyncIterable<FailureOfExport | WarningOfExport>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(blockStart(`id="${id}"`))
  yield* jsonList(textsOf(entries))
  yield Buffer.from(blockEnd)
}

async function* textsOf(entries: AsyncIterable<FailureOfExport | WarningOfExport>): AsyncGenerator<string> {
  for await (const entry of entries) yield scriptJson(entryData(entry))
}

function entryData(entry: FailureOfExport | WarningOfExport): EntryData {
  const about: LabelledText[] = []
  const add = (label: string, value: string | undefined): void =>
    void (value !== undefined && about.push([label, value]))
  add('Study', entry.studyInstanceUid)
  add('Series', entry.seriesInstanceUid)
  add('SOP instance', entry.sopInstanceUid)
  add('Image set', entry.imageSetId)
  if ('retryable' in entry) add('Running again', entry.retryable ? 'may succeed' : 'does not help')
  if ('tag' in entry) add('Attribute', entry.tag)
  if ('instances' in entry) add('Instances', entry.instances?.toString())
  return [entry.code, entry.message, about]
}
