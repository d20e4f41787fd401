/** Decodes all frames by the codec alone in one thread. Pixels stay in its memory: node bare-decode.ts FRAMES.json */
import OpenJPH from '@cornerstonejs/codec-openjph'
import { readFileSync } from 'node:fs'
import { meterWork } from '../measure/work-meter.ts'
import { fetchFrames } from './fetch-frames.ts'

const bodies: Buffer[] = []
await fetchFrames(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')), (body) => bodies.push(body))
const codec = await OpenJPH({ print() {}, printErr() {} })
const decoder = new codec.HTJ2KDecoder()
await meterWork(() => {
  for (const body of bodies) {
    decoder.getEncodedBuffer(body.byteLength).set(body)
    decoder.decodeSubResolution(0)
  }
})
decoder.delete()
