import { gunzipSync, gzipSync } from 'node:zlib'

import { createAhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import type { DocumentLimits } from '@ahi-dicom/ahi-metadata'
import { createExporter, type ErrorEntry, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { startDamagingProxy, type Damage } from './doubles/damaging-proxy.ts'
import { connection, linesOf, temporaryFolder } from './doubles/lane-store.ts'
import { smallFiles } from './doubles/small-files.ts'

let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
  await emulator.importDicom(smallFiles())
})
afterAll(() => emulator.close())

/** Adds an attribute to the instance: arrays nested to this depth. */
function deepened(depth: number): Damage {
  const value = `${'['.repeat(depth)}1${']'.repeat(depth)}`
  return (body) => {
    const text = gunzipSync(body).toString()
    return { body: gzipSync(text.replace(/(.*"DICOM":\s*{)/s, `$1"00091002":${value},`)) }
  }
}

/** Exports image sets. The first one has a document nested to this depth. */
async function exportDeep(
  depth: number,
  documentLimits?: DocumentLimits,
): Promise<{ readonly summary: ExportSummary; readonly errors: readonly ErrorEntry[] }> {
  await using folder = await temporaryFolder()
  let documents = 0
  await using proxy = await startDamagingProxy(emulator.endpoint, (operation) =>
    operation === 'getImageSetMetadata' && (documents += 1) === 1 ? deepened(depth) : undefined,
  )
  const { endpoint } = proxy
  await using client = createAhiClient({ ...connection(emulator), endpoint, documentLimits })
  await using exporter = createExporter({ client, lanes: 2 })
  const destination = folderDestination({ directory: folder.path })
  const summary = await exporter.exportTo({ datastoreId: emulator.datastoreId, selectors: 'all', destination })
  return { summary, errors: linesOf<ErrorEntry>(folder.path, 'errors') }
}

test('a document nested too deeply fails only its image set, and the message names the limit', async () => {
  const { summary, errors } = await exportDeep(20_000)
  expect(summary).toMatchObject({ outcome: 'failed', instances: { written: 3 }, imageSets: { failed: 1 } })
  expect(errors).toMatchObject([{ code: 'AHI_TOO_LARGE', retryable: false }])
  expect(errors[0]?.message).toContain('`maxDepth`')
})

test('a document nested as deeply as the limit allows reaches its lane', async () => {
  const { summary } = await exportDeep(1000)
  expect(summary.instances).toMatchObject({ selected: 4, unfinished: 0 })
  expect(summary.instances.written).toBeGreaterThanOrEqual(3)
})

test.each([1800, 2500, 10_000])(
  'an instance nested too deeply (%i) for another thread fails alone, and nothing waits for it',
  async (depth) => {
    const { summary } = await exportDeep(depth, { maxDepth: 20_000 })
    expect(summary.instances).toMatchObject({ selected: 4, unfinished: 0 })
    expect(summary.instances.written).toBeGreaterThanOrEqual(3)
  },
)
