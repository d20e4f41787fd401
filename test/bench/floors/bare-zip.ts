/** Writes COUNT entries of BYTES each into a ZIP, as they are, by a library and nothing else: node bare-zip.ts PATH COUNT BYTES */
import { createWriteStream } from 'node:fs'
import { Writable } from 'node:stream'
import { ZipWriter } from '@zip.js/zip.js'
import { meterWork } from '../measure/work-meter.ts'

const [path = '', count = '0', byteLength = '0'] = process.argv.slice(2)
const bytes = new Uint8Array(Number(byteLength)).fill(7)
await meterWork(async () => {
  const zip = new ZipWriter(Writable.toWeb(createWriteStream(path)), { level: 0, useWebWorkers: false })
  for (let index = 0; index < Number(count); index++) await zip.add(`${index}.dcm`, new Blob([bytes]).stream())
  await zip.close()
})
