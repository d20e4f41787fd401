/** Writes COUNT files of BYTES each, four at a time: node bare-write.ts FOLDER_PREFIX COUNT BYTES */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { meterWork } from '../measure/work-meter.ts'

const [parent = '', count = '0', byteLength = '0'] = process.argv.slice(2)
const bytes = new Uint8Array(Number(byteLength)).fill(7)
const folder = await mkdtemp(parent)
let next = 0
await meterWork(async () => {
  await Promise.all(Array.from({ length: 4 }, writeFiles))
})

async function writeFiles(): Promise<void> {
  while (next < Number(count)) await writeFile(join(folder, String(next++)), bytes)
}
