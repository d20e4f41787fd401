import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

const sdk = new URL('support/telemetry-sdk.ts', import.meta.url).href

test('a preloaded SDK gets all spans and metrics of an export in threads, before the command ends', async () => {
  const folder = await makeFolder()
  const file = join(folder, 'telemetry.json')
  const env = { NODE_OPTIONS: `--import=${sdk}`, TELEMETRY_FILE: file }
  const { exitCode, stdout } = await ahi.run(['export', '--all', '--out', join(folder, 'out'), '--json'], { env })
  expect(exitCode).toBe(0)
  const { spans, metrics }: Told = JSON.parse(await readFile(file, 'utf8'))
  const summary: Record<string, unknown> = JSON.parse(stdout)
  expect(spans.filter(({ name }) => name === 'ahi-dicom export')).toHaveLength(1)
  expect(new Set(spans.map(({ attributes }) => attributes['ahi_dicom.image_set_id']))).toEqual(
    new Set([undefined, ...ahi.imageSets.map(({ imageSetId }) => imageSetId)]),
  )
  const sums = Object.fromEntries(
    metrics.map(({ name, dataPoints }) => [name, dataPoints.reduce((sum, { value }) => sum + Number(value), 0)]),
  )
  expect(sums).toMatchObject({
    'ahi_dicom.export.instances': ahi.imported,
    'ahi_dicom.export.fetched': summary['bytesFetched'],
    'ahi_dicom.export.written': summary['bytesWritten'],
    'ahi_dicom.export.queue': 0,
  })
  expect(sums['ahi_dicom.export.decoded']).toBeGreaterThan(0)
  expect(sums['ahi_dicom.export.decode.time']).toBeGreaterThan(0)
})

interface Told {
  readonly spans: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[]
  readonly metrics: readonly { readonly name: string; readonly dataPoints: readonly { readonly value: unknown }[] }[]
}
