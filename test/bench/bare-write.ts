/** As many files of the bytes of one decoded slice as the CT has, written four at a time: node bare-write.ts FOLDER COUNT */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { endWork, startWork } from './report-usage.ts'

const [folder = '', count = '0'] = process.argv.slice(2)
const bytes = new Uint8Array(512 * 512 * 2).fill(7)
await mkdir(folder)
let next = 0
startWork()
await Promise.all(Array.from({ length: 4 }, writeFiles))
endWork()
await rm(folder, { recursive: true })

async function writeFiles(): Promise<void> {
  while (next < Number(count)) await writeFile(join(folder, String(next++)), bytes)
}
