/** Fetches the bodies of all frames and drops them: node bare-fetch.ts FRAMES.json */
import { readFileSync } from 'node:fs'
import { meterWork } from '../measure/work-meter.ts'
import { fetchFrames } from './fetch-frames.ts'

const frames = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
await meterWork(() => fetchFrames(frames, () => {}))
