import { recordNames } from '@ahi-dicom/export-files'
import {
  createExporter,
  type Destination,
  type ExportOptions,
  type ExportSummary,
  type RecordStore,
} from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination } from './doubles/recording-destination.ts'

const instances = { '1.1': {}, '1.2': {}, '1.3': {}, '1.4': {}, '1.5': {} }
const study = [makeImageSet({ imageSetId: 'a'.repeat(32), instances })]

async function run(
  client: ClientDouble,
  destination: Destination,
  options: Partial<ExportOptions> = {},
): Promise<ExportSummary> {
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  return await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout, ...options })
}

/** Returns a record that refuses to write one file once the manifest is open. */
function recordWithout(record: RecordStore, refused: string): RecordStore {
  let isOpen = false
  const refuse = (name: string): void => {
    isOpen ||= name === recordNames.manifest
    if (isOpen && name === refused) throw new Error(`Cannot write ${name}`)
  }
  return {
    ...record,
    async append(name, keepBytes) {
      refuse(name)
      return await record.append(name, keepBytes)
    },
    async write(name, bytes) {
      refuse(name)
      await record.write(name, bytes)
    },
  }
}

test('a failure that cannot be recorded does not hide the failure that ended the job', async () => {
  const full = Object.assign(new Error('Cannot write'), { code: 'OUTPUT_DISK_FULL', fatal: true })
  const destination = recordingDestination({
    beforeWrite: async () => Promise.reject(full),
    report: async () => Promise.reject(new Error('Cannot record')),
  })
  const summary = await run(clientDouble(study), destination, { instanceConcurrency: 1 })
  expect(summary).toMatchObject({
    outcome: 'fatal',
    fatal: { code: 'OUTPUT_DISK_FULL', message: 'Cannot write' },
    unrecorded: [{ name: 'errors.ndjson', message: 'Cannot record', entries: 1 }],
  })
  expect(destination.summaries).toEqual([summary])
})

test('if errors.ndjson cannot be created, for example without inodes, the written summary names it', async () => {
  const destination = recordingDestination()
  const record = recordWithout(destination.record, recordNames.errors)
  const client = clientDouble(study, { frame: async () => Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND')) })
  const summary = await run(client, { ...destination, record })
  expect(summary).toMatchObject({ outcome: 'fatal', fatal: { message: 'Cannot write errors.ndjson' } })
  expect(summary.unrecorded).toEqual([
    { name: 'errors.ndjson', message: 'Cannot write errors.ndjson', entries: expect.any(Number) },
  ])
  expect(destination.summaries).toEqual([summary])
})

test('a summary that cannot be written is returned, with a fatal outcome', async () => {
  const destination = recordingDestination()
  const record = recordWithout(destination.record, recordNames.summary)
  expect(await run(clientDouble(study), { ...destination, record })).toMatchObject({
    outcome: 'fatal',
    instances: { written: 5 },
    fatal: { message: 'Cannot write summary.json' },
    unrecorded: [{ name: 'summary.json', message: 'Cannot write summary.json', entries: 1 }],
  })
})

test.each([1, 5])(
  'entries that cannot be recorded after an abort are reported, too: after %i of 5 instances',
  async (count) => {
    const controller = new AbortController()
    let journaled = 0
    const destination = recordingDestination({
      journal: async () => {
        journaled += 1
        if (journaled === count) controller.abort(new Error('enough'))
      },
    })
    const record = recordWithout(destination.record, recordNames.summary)
    const job = { instanceConcurrency: 1, signal: controller.signal }
    expect(await run(clientDouble(study), { ...destination, record }, job)).toMatchObject({
      outcome: count === 5 ? 'fatal' : 'interrupted',
      unrecorded: [{ name: 'summary.json', message: 'Cannot write summary.json' }],
    })
  },
)
