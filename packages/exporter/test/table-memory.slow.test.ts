import { createAhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, encodeParquet, tableColumns, type TableRow } from '@ahi-dicom/exporter'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const imageSets = 200
const instances = 500

function collectGarbage(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('memory does not grow with the rows of a table', async () => {
  await using emulator = await startEmulator()
  await emulator.addSyntheticImageSets({ imageSets, instances, rows: 16, columns: 16 })
  const { endpoint, datastoreId } = emulator
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  await using client = createAhiClient({ endpoint, region: 'us-east-1', credentials })
  await using exporter = createExporter({ client, maxMemory: 64 << 20 })
  let rows = 0
  const heap: number[] = []

  async function* measured(): AsyncGenerator<TableRow> {
    for await (const row of exporter.table({ datastoreId, selectors: 'all' })) {
      rows += 1
      if (rows % 25_000 === 0) heap.push(collectGarbage())
      yield row
    }
  }

  let byteLength = 0
  for await (const chunk of encodeParquet(measured(), tableColumns())) byteLength += chunk.byteLength
  expect(rows).toBe(imageSets * instances)
  expect(byteLength).toBeGreaterThan(rows)
  const [early = 0, , , late = 0] = heap
  // The rows alone would take 60 MB.
  expect(late - early).toBeLessThan(20e6)
})
